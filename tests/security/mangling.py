"""Payloads as Slack does not send them: fields missing, doubled, of other types, huge, or of odd characters."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

HUGE = 50_000
ODD_WORDS = (
    "",
    "\0",
    "\ud800",
    "é" * 300,
    "<!channel>",
    "../..",
    "{{7*7}}",
    "%s%n",
    "\u202e",
    "v0=",
    "9" * 400,
    "null",
)
EXTRA = ("subtype", "bot_id", "authorizations", "enterprise", "view", "event", "user", "team", "actions")
odd: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**70),
    st.floats(),
    st.sampled_from(ODD_WORDS),
    st.text(max_size=30),
    st.just("x" * HUGE),
    st.just([]),
    st.just({}),
    st.lists(st.text(max_size=5), max_size=3),
    st.dictionaries(st.sampled_from(["id", "type", "value", "text", "team_id"]), st.text(max_size=5), max_size=3),
    st.builds(lambda: [{"a": [[[[{}]]]]} for _ in range(200)]),  # not one that stands there 200 times
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the paths to everything in a JSON value, itself left out."""
    inner: Sequence[tuple[Any, Any]] = (
        list(value.items()) if isinstance(value, dict) else list(enumerate(value)) if isinstance(value, list) else ()
    )
    return [found for key, part in inner for found in ((*path, key), *places(part, (*path, key)))]


@st.composite
def mangled(draw: st.DrawFn, plain: st.SearchStrategy[dict[str, Any]]) -> dict[str, Any]:
    """A payload to which up to four things have been done."""
    body = copy.deepcopy(draw(plain))
    for _ in range(draw(st.integers(0, 4))):
        where = places(body)
        if not where:
            break
        *way, last = draw(st.sampled_from(where))
        holder = body
        for step in way:
            holder = holder[step]
        match draw(st.sampled_from(["drop", "replace", "double", "add", "wrap", "swap"])):
            case "drop":
                del holder[last]
            case "replace":
                holder[last] = copy.deepcopy(draw(odd))
            case "double" if isinstance(holder, list):
                holder.append(holder[last])
            case "double" if isinstance(holder, dict):
                holder[f"{last}_2"] = holder[last]
            case "add" if isinstance(holder, dict):
                holder[draw(st.sampled_from(EXTRA))] = copy.deepcopy(draw(odd))
            case "wrap":
                holder[last] = [holder[last]]
            case _:
                other = draw(st.sampled_from(where))
                holder[last] = str(other[-1])
    return body


@st.composite
def encoded(draw: st.DrawFn, plain: st.SearchStrategy[dict[str, Any]]) -> tuple[bytes, str]:
    """The body of a request and its type: a mangled payload in one of Slack's ways, perhaps broken on its way."""
    payload = draw(mangled(plain))
    match draw(st.sampled_from(["JSON", "a form around JSON", "a form"])):  # one is enough: some are of many megabytes
        case "JSON":
            body, content = json.dumps(payload, default=str).encode(), CONTENTS[0]
        case "a form around JSON":
            body, content = urlencode({"payload": json.dumps(payload, default=str)}).encode(), CONTENTS[1]
        case _:
            flat = {name: str(value) for name, value in payload.items()}
            body, content = urlencode(flat, errors="replace").encode(), CONTENTS[1]
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(body)))
        match draw(st.sampled_from(["cut", "insert", "double"])):
            case "cut":
                body = body[:at]
            case "insert":
                body = body[:at] + draw(st.binary(max_size=8)) + body[at:]
            case _:
                body += body[at:]
    return body, draw(st.just(content) | st.sampled_from(CONTENTS))


CONTENTS = (
    "application/json",
    "application/x-www-form-urlencoded",
    "application/json; charset=utf-16",
    "multipart/form-data; boundary=x",
    "text/plain",
    "",
)
HEADERS = (
    "X-Slack-Signature",
    "X-Slack-Request-Timestamp",
    "Content-Type",
    "X-Slack-Retry-Num",
    "X-Slack-Bolt-Lazy-Only",
)
latin = st.text(st.characters(min_codepoint=32, max_codepoint=255, blacklist_characters="\x7f\x80\x85"), max_size=80)


def headers() -> st.SearchStrategy[Mapping[str, str]]:
    """Headers that nobody has signed."""
    values = st.one_of(latin, st.just("9" * 3000), st.just("v0=" + "a" * 64), st.sampled_from(CONTENTS))
    return st.dictionaries(st.sampled_from(HEADERS), values, max_size=5)
