"""Label and field selectors as the API server reads them: parse once, then test many objects.

Equality (`a=b`, `a==b`, `a!=b`), sets (`a in (b,c)`, `a notin (b)`) and existence (`a`, `!a`), joined by commas.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from bot.sandbox.cluster.failures import bad_request

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.sandbox.cluster.kinds import JSON, Kind


SET_TERM = re.compile(r"^(?P<key>[^\s!=,()]+)\s+(?P<operator>in|notin)\s*\((?P<values>[^()]*)\)$")
EQUALITY_TERM = re.compile(r"^(?P<key>[^\s!=,()]+)\s*(?P<operator>==|=|!=)\s*(?P<value>[^\s!=,()]*)$")
EXISTS_TERM = re.compile(r"^(?P<absent>!?)\s*(?P<key>[^\s!=,()]+)$")
OUTSIDE_PARENTHESES = re.compile(r",(?![^()]*\))")


def label_test(selector: str) -> Callable[[dict[str, str]], bool]:
    """A predicate over an object's labels. Raises a 400 Failure for a selector that cannot be parsed."""
    tests = [_label_term(term.strip()) for term in OUTSIDE_PARENTHESES.split(selector) if term.strip()]
    return lambda labels: all(test(labels) for test in tests)


def _label_term(term: str) -> Callable[[dict[str, str]], bool]:
    if found := SET_TERM.match(term):
        key, values = found["key"], {value.strip() for value in found["values"].split(",")}
        if found["operator"] == "in":
            return lambda labels: labels.get(key) in values
        return lambda labels: labels.get(key) not in values
    if found := EQUALITY_TERM.match(term):
        key, value = found["key"], found["value"]
        if found["operator"] == "!=":
            return lambda labels: labels.get(key) != value
        return lambda labels: labels.get(key) == value
    if found := EXISTS_TERM.match(term):
        key, absent = found["key"], bool(found["absent"])
        return lambda labels: (key in labels) is not absent
    raise bad_request(f"unable to parse requirement: found '{term}'")


def field_test(selector: str, kind: Kind) -> Callable[[JSON], bool]:
    """A predicate over whole objects. A custom resource knows only its name and namespace, as on a real server."""
    tests = [_field_term(term.strip(), kind) for term in selector.split(",") if term.strip()]
    return lambda obj: all(test(obj) for test in tests)


def _field_term(term: str, kind: Kind) -> Callable[[JSON], bool]:
    found = EQUALITY_TERM.match(term)
    if not found:
        raise bad_request(f"invalid selector: '{term}'; can't understand '{term}'")
    path, value, negated = found["key"], found["value"], found["operator"] == "!="
    if kind.custom and path not in {"metadata.name", "metadata.namespace"}:
        raise bad_request(f"field label not supported: {path}")
    return lambda obj: (field_of(obj, path) == value) is not negated


def field_of(obj: JSON, path: str) -> str:
    """The text at a dotted path; absent is the empty text."""
    value: Any = obj
    for part in path.split("."):
        value = value.get(part, "") if isinstance(value, dict) else ""
    return str(value)
