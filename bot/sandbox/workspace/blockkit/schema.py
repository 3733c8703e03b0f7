"""A check yields what Slack would say against one JSON value; it never raises and never stops at the first fault.

Block Kit is a grammar of some forty objects with a limit on nearly every field. Written as data (`record`, `array`,
`string` …) the grammar reads like Slack's reference, and every complaint gets its JSON pointer from one place.
The wording is Slack's own, as its Web API answers in `response_metadata.messages`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One complaint: where (a JSON pointer) and what, in Slack's words."""

    pointer: str
    message: str

    def __str__(self) -> str:
        return f"{self.message} [json-pointer:{self.pointer}]"


Check = Callable[[object, str], Iterator[Problem]]


def anything(_value: object, _at: str) -> Iterator[Problem]:
    """Accept every value: for fields that Slack takes and the sandbox has no use for."""
    yield from ()


def string(most: int | None = None, *, least: int = 0) -> Check:
    def check(value: object, at: str) -> Iterator[Problem]:
        if not isinstance(value, str):
            yield Problem(at, "must provide a string")
        elif len(value) < least:
            yield Problem(at, f"must be more than {least - 1} characters")
        elif most is not None and len(value) > most:
            yield Problem(at, f"must be less than {most + 1} characters")

    return check


def boolean(value: object, at: str) -> Iterator[Problem]:
    if not isinstance(value, bool):
        yield Problem(at, "must provide a boolean")


def number(value: object, at: str) -> Iterator[Problem]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        yield Problem(at, "must provide a number")


def integer(least: int, most: int) -> Check:
    def check(value: object, at: str) -> Iterator[Problem]:
        if isinstance(value, bool) or not isinstance(value, int):
            yield Problem(at, "must provide an integer")
        elif value < least:
            yield Problem(at, f"must be greater than {least - 1}")
        elif value > most:
            yield Problem(at, f"must be less than {most + 1}")

    return check


def choice(*allowed: object) -> Check:
    def check(value: object, at: str) -> Iterator[Problem]:
        if value not in allowed:
            yield Problem(at, "must be a valid enum value")

    return check


def array(item: Check, most: int | None = None, *, least: int = 0, unique: Collection[str] = ()) -> Check:
    """A list whose items pass `item`; of the fields named in `unique`, no two items may have the same value."""

    def check(value: object, at: str) -> Iterator[Problem]:
        if not isinstance(value, list):
            yield Problem(at, "must provide an array")
            return
        if len(value) < least:
            yield Problem(at, f"must provide at least {least} items")
        if most is not None and len(value) > most:
            yield Problem(at, f"no more than {most} items allowed")
        for index, entry in enumerate(value):
            yield from item(entry, f"{at}/{index}")
        for field in unique:
            yield from _repeated(value, field, at)

    return check


def record(required: Mapping[str, Check], optional: Mapping[str, Check], *rules: Check) -> Check:
    """An object with these fields and no others; `rules` are checks on the whole of it."""
    known = {**required, **optional}

    def check(value: object, at: str) -> Iterator[Problem]:
        if not isinstance(value, dict):
            yield Problem(at, "must provide an object")
            return
        yield from (Problem(at, f"missing required field: {name}") for name in required if name not in value)
        for name, entry in value.items():
            if name not in known:
                yield Problem(at, f"invalid additional property: {name}")
            elif entry is not None or name in required:
                yield from known[name](entry, f"{at}/{name}")
        for rule in rules:
            yield from rule(value, at)

    return check


def one_of(kinds: Mapping[str, Check]) -> Check:
    """An object whose `type` says which of the checks it must pass."""

    def check(value: object, at: str) -> Iterator[Problem]:
        if not isinstance(value, dict):
            yield Problem(at, "must provide an object")
        elif "type" not in value:
            yield Problem(at, "missing required field: type")
        elif (kind := kinds.get(str(value["type"]))) is None:
            yield Problem(f"{at}/type", f"unsupported type: {value['type']}")
        else:
            yield from kind(value, at)

    return check


def exactly_one(*names: str) -> Check:
    """A rule for `record`: one of these fields, and not two."""

    def check(value: object, at: str) -> Iterator[Problem]:
        given = [name for name in names if isinstance(value, dict) and value.get(name) is not None]
        if not given:
            yield Problem(at, f"missing required field: {names[0]}")
        elif len(given) > 1:
            yield Problem(at, f"only one of {', '.join(names)} is allowed")

    return check


def at_least_one(*names: str) -> Check:
    """A rule for `record`: one of these fields, or several."""

    def check(value: object, at: str) -> Iterator[Problem]:
        if isinstance(value, dict) and all(value.get(name) is None for name in names):
            yield Problem(at, f"missing required field: {names[0]}")

    return check


def _repeated(items: list[object], field: str, at: str) -> Iterator[Problem]:
    seen: set[object] = set()
    for index, entry in enumerate(items):
        value = entry.get(field) if isinstance(entry, dict) else None
        if not isinstance(value, str) or not value:
            continue
        if value in seen:
            yield Problem(f"{at}/{index}/{field}", f'`{field}` "{value}" already exists')
        seen.add(value)
