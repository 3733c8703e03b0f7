"""Requests over HTTP: Slack's are let in once, all others are turned away without a word of what they said."""

from __future__ import annotations

import gzip
import json
import logging
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

from bot.core.ports import Addressee
from bot.sandbox.workspace.requesturl import signed
from bot.web.gate import LARGEST
from tests.handlers.payloads import CLICK, DEV, IDENTITY, SAID, SLASH, TEAM
from tests.web.door import FORM, JSON, SECRET, Door, form

if TYPE_CHECKING:
    from collections.abc import Mapping

BODY = form(SLASH)
MARK = "MARK-OF-A-BODY"


def now(age: int = 0) -> int:
    return int(time.time()) - age


def fresh(**fields: Any) -> bytes:
    """A slash command that nobody has sent before."""
    return form({**SLASH, "trigger_id": f"{time.monotonic_ns()}", **fields})


@pytest.mark.parametrize(
    ("body", "content", "call"),
    [
        (form(SLASH), FORM, ("submit", "services", Addressee(DEV, "C1"))),
        (form(CLICK), FORM, ("approve", IDENTITY, Addressee(DEV, "C1"))),
        (
            json.dumps(SAID).encode(),
            {"Content-Type": "application/json; charset=utf-8"},
            ("hear", "status hello", Addressee(DEV, "C1", thread="1.0", aloud=True), "Ev1"),
        ),
    ],
    ids=["a command", "a click", "an event"],
)
def test_what_slack_sends_reaches_its_use_case(
    knock: Door, body: bytes, content: Mapping[str, str], call: tuple[Any, ...]
) -> None:
    assert knock.slack(body, content) == (200, "")
    assert knock.reached() == [call]


def test_the_challenge_of_a_new_address_is_answered(knock: Door) -> None:
    asked = {"type": "url_verification", "token": "t", "challenge": "c1"}
    status, text = knock.slack(json.dumps(asked).encode(), JSON)

    assert (status, json.loads(text)) == (200, {"challenge": "c1"})


def test_what_slack_sends_any_app_is_answered_200(knock: Door, caplog: pytest.LogCaptureFixture) -> None:
    assert knock.slack(b"ssl_check=1&token=t") == (200, "")

    held = {"token": "t", "type": "app_rate_limited", "team_id": TEAM, "minute_rate_limited": 1518467820}
    assert knock.slack(json.dumps(held).encode(), JSON) == (200, "")
    assert "Slack keeps events of this workspace back" in caplog.text
    assert not knock.operations.calls


def test_the_same_request_twice_is_done_once(knock: Door) -> None:
    body = fresh()
    headers = {**FORM, **signed(SECRET, body, now())}

    assert [knock.send(body, headers)[0] for _ in range(3)] == [200, 200, 200]
    assert len(knock.reached()) == 1
    time.sleep(0.2)
    assert len(knock.operations.calls) == 1


def test_ten_copies_of_one_request_at_once_are_done_once(knock: Door) -> None:
    body = fresh()
    headers = {**FORM, **signed(SECRET, body, now())}
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: knock.send(body, headers), range(10)))

    assert answers == [(200, "")] * 10
    knock.reached()
    time.sleep(0.2)
    assert len(knock.operations.calls) == 1


def test_the_same_wish_signed_anew_is_another_wish(knock: Door) -> None:
    body = fresh()
    assert knock.slack(body)[0] == knock.slack(body, age=1)[0] == 200

    assert len(knock.reached(2)) == 2


SIGNED = signed(SECRET, BODY, 1_700_000_000)


def forged() -> dict[str, tuple[bytes, Mapping[str, str]]]:
    """Return requests that are not Slack's, signed at the moment: a signature that is older would be refused anyway."""
    return {
        "no signature": (BODY, {}),
        "no time": (BODY, {"X-Slack-Signature": signed(SECRET, BODY, now())["X-Slack-Signature"]}),
        "another secret": (BODY, signed("another" * 5, BODY, now())),
        "301 seconds old": (BODY, signed(SECRET, BODY, now(301))),
        "310 seconds ahead": (BODY, signed(SECRET, BODY, now(-310))),
        "long ago": (BODY, SIGNED),
        "a time that is no number": (BODY, {**SIGNED, "X-Slack-Request-Timestamp": "soon"}),
        "a time in other digits": (BODY, {**SIGNED, "X-Slack-Request-Timestamp": "²³"}),
        "a time without end": (BODY, {**SIGNED, "X-Slack-Request-Timestamp": "9" * 5000}),
        "a negative time": (BODY, {**SIGNED, "X-Slack-Request-Timestamp": "-1"}),
        "a signature that is not ASCII": (BODY, {**SIGNED, "X-Slack-Signature": "v0=" + "é" * 64}),
        "an empty signature": (BODY, {**SIGNED, "X-Slack-Signature": ""}),
        "another body": (BODY + b"&x=1", signed(SECRET, BODY, now())),
        "a body cut short": (BODY[:-1], signed(SECRET, BODY, now())),
        "a body in other words": (BODY.replace(b"services", b"%73ervices"), signed(SECRET, BODY, now())),
        "nothing at all": (b"", {}),
        "an unsigned ssl_check": (b"ssl_check=1&token=t", {}),
        "an unsigned challenge": (b'{"type":"url_verification","challenge":"c"}', {}),
    }


@pytest.mark.parametrize("name", forged())
def test_what_is_not_signed_by_slack_just_now_is_answered_401_and_nothing_else(
    knock: Door, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    body, headers = forged()[name]
    caplog.set_level(logging.DEBUG)
    latin = {name: value.encode().decode("latin-1") for name, value in headers.items()}

    assert knock.send(body, {**FORM, **latin}) == (401, "")
    assert not knock.operations.calls
    assert not knock.operations.reports
    assert "Traceback" not in caplog.text
    assert "services" not in caplog.text


def test_a_header_that_is_there_twice_is_none(knock: Door) -> None:
    wire = b"".join(f"{name}: {value}\r\n".encode() for name, value in [*signed(SECRET, BODY, now()).items()] * 2)
    head = b"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    with socket.create_connection(("127.0.0.1", knock.server.port), timeout=5) as raw:
        raw.sendall(head + wire + f"Content-Length: {len(BODY)}\r\nConnection: close\r\n\r\n".encode() + BODY)
        assert raw.recv(100).startswith(b"HTTP/1.1 401")
    assert not knock.operations.calls


def test_the_case_of_headers_does_not_matter(knock: Door) -> None:
    body = fresh()
    headers = {name.upper(): value for name, value in {**FORM, **signed(SECRET, body, now())}.items()}
    assert knock.send(body, headers)[0] == 200
    knock.reached()


ODD: dict[str, tuple[int, bytes, Mapping[str, str]]] = {
    "too large": (413, b"a=" + b"x" * LARGEST, FORM),
    "no content type": (415, fresh(), {}),
    "text": (415, fresh(), {"Content-Type": "text/plain"}),
    "another charset": (415, fresh(), {"Content-Type": "application/json; charset=utf-16"}),
    "packed": (415, gzip.compress(fresh()), {**FORM, "Content-Encoding": "gzip"}),
    "not UTF-8": (400, b"text=\xff\xfe&command=/knative", FORM),
    "not UTF-8 behind percents": (400, b"text=%ff%fe&command=/knative", FORM),
    "a name twice": (400, fresh() + b"&command=/other", FORM),
    "a name twice in JSON": (400, b'{"team_id":"T1","team_id":"T2"}', JSON),
    "a form that calls itself JSON": (400, fresh(), JSON),
    "JSON that calls itself a form": (400, json.dumps(SAID).encode(), FORM),
    "a list": (400, b"[1,2]", JSON),
    "half of a letter": (400, json.dumps({**SAID, "authorizations": "\ud800"}).encode(), JSON),
    "a payload that is no JSON": (400, b"payload=%7B", FORM),
    "a payload that is a list": (400, b"payload=[]", FORM),
    "deeper than anybody reads": (400, b'{"a":' * 100_000 + b"1" + b"}" * 100_000, JSON),
    "ten thousand fields": (400, urlencode({f"f{number}": "" for number in range(10_000)}).encode(), FORM),
    "an event that is none": (400, json.dumps({**SAID, "event": "x"}).encode(), JSON),
    "an event in a form": (400, fresh(event="x"), FORM),
    "an event without a type": (400, json.dumps({**SAID, "event": {}}).encode(), JSON),
    "a click on nothing": (400, form({**CLICK, "actions": []}), FORM),
    "a click on something nameless": (400, form({**CLICK, "actions": [{"value": "x"}]}), FORM),
    "a command that is a click, too": (400, form({"payload": json.dumps({**CLICK, "command": "/x"})}), FORM),
    "of a kind that nobody sends": (400, json.dumps({**SAID, "type": "workflow_step_edit"}).encode(), JSON),
    "an enterprise that is a number": (400, form({**CLICK, "enterprise": 7}), FORM),
    "authorizations that are none": (400, json.dumps({**SAID, "authorizations": 7}).encode(), JSON),
}


@pytest.mark.parametrize(("status", "body", "content"), ODD.values(), ids=ODD)
def test_what_slack_would_not_send_is_turned_away_even_if_it_is_signed(
    knock: Door, status: int, body: bytes, content: Mapping[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    assert knock.slack(body, content) == (status, "")
    assert not knock.operations.calls
    assert "Traceback" not in caplog.text


def test_no_body_is_logged_whatever_becomes_of_it(knock: Door, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    body = fresh(text=MARK, response_url=f"https://reply/{MARK}")
    knock.slack(body)
    knock.send(body, {**FORM, **signed("another" * 5, body, now())})
    knock.slack(f"payload={MARK}".encode())
    knock.slack(json.dumps({"type": "event_callback", "team_id": "T1", "event": MARK}).encode(), JSON)
    knock.reached()

    assert MARK not in caplog.text


def test_a_word_that_bolt_takes_for_a_field_is_only_a_word(knock: Door) -> None:
    assert knock.slack(fresh(text="status payload-service", trigger_id="1.2"))[0] == 200
    assert knock.reached() == [("submit", "status payload-service", Addressee(DEV, "C1", trigger="1.2"))]


def test_payloads_for_another_app_or_workspace_do_nothing(knock: Door) -> None:
    for foreign in ({"team_id": "T2"}, {"api_app_id": "A2"}):
        assert knock.slack(fresh(**foreign)) == (200, "")
    time.sleep(0.2)
    assert not knock.operations.calls


@pytest.mark.parametrize("path", ["/", "/slack", "/slack/events/", "/slack/events/..%2f", "/sandbox/state"])
def test_there_is_one_address(knock: Door, path: str) -> None:
    assert knock.send(BODY, FORM, "POST", path)[0] in (404, 405)
    assert knock.send(b"", {}, "GET", "/slack/events")[0] == 405


def test_a_caller_cannot_choose_socket_mode_where_nothing_is_signed(knock: Door) -> None:
    odd = {"mode": "socket_mode", "x-slack-bolt-lazy-only": "1", "x-slack-bolt-lazy-function-name": "listener"}
    assert knock.send(BODY, {**FORM, **odd}, "POST", "/slack/events?mode=socket_mode")[0] == 401
    assert not knock.operations.calls


def test_who_sends_a_request_slowly_holds_nobody_up(knock: Door) -> None:
    with socket.create_connection(("127.0.0.1", knock.server.port), timeout=10) as raw:
        raw.sendall(b"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\na")
        began = time.monotonic()
        assert knock.slack(fresh())[0] == 200
        assert time.monotonic() - began < 2
        assert raw.recv(100).startswith(b"HTTP/1.1 408")
