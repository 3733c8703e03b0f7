"""The form of a deploy: fields filled from what runs, and the line that stands for what was changed in them.

Only what differs from what the form showed is in the line, so that what somebody else changes meanwhile is kept. The
line is read like any other that was typed: each field has its mistakes from the parser, alone.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.core import template
from bot.core.errors import BotError, ParseError
from bot.core.language.parse import parse
from bot.core.template import AUTOSCALING, HIDDEN
from bot.core.template.document import serving

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.core.model import Service

ENV = "env"
IMAGE = "image"
TRAFFIC = "traffic"
LONGEST = 2_900
"""Characters that a field of a modal begins with at most; Slack's bound is 3,000."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `flag` is what it is called in the line; `emptied` is said instead when it is emptied."""

    name: str
    label: str
    flag: str
    emptied: str | None = None
    hint: str = ""


FIELDS = (
    Field(IMAGE, "Image", "--image"),
    Field(ENV, "Variables", "--env", hint="One NAME=VALUE a line; take a line away to unset it."),
    Field("min-scale", "At least so many pods", "--min-scale", f"--annotation {AUTOSCALING}min-scale-"),
    Field("max-scale", "At most so many pods", "--max-scale", f"--annotation {AUTOSCALING}max-scale-"),
    Field("concurrency", "Requests at once in one pod", "--concurrency", "--concurrency 0"),
    Field("port", "Port", "--port"),
    Field("cpu", "Processor", "--cpu", hint="For example 500m: request and limit."),
    Field("memory", "Memory", "--memory", hint="For example 256Mi: request and limit."),
    Field(TRAFFIC, "Traffic for the new Revision", "--traffic"),
    Field("tag", "Tag for the new Revision", "--tag", hint="Gives it an address of its own."),
)


def filled(service: Service) -> dict[str, str]:
    """Return what the fields show of a Service: secret values hidden, variables from elsewhere left out."""
    spec: dict[str, Any] = json.loads(service.template).get("spec") or {}
    annotations = (json.loads(service.template).get("metadata") or {}).get("annotations") or {}
    container = serving(spec.get("containers") or [{}])
    resources = container.get("resources") or {}
    quantities = {**(resources.get("requests") or {}), **(resources.get("limits") or {})}
    ports = container.get("ports") or [{}]
    concurrency = spec.get("containerConcurrency")
    shown = {
        IMAGE: container.get("image"),
        ENV: "\n".join(_lines(container)),
        "min-scale": annotations.get(f"{AUTOSCALING}min-scale"),
        "max-scale": annotations.get(f"{AUTOSCALING}max-scale"),
        "concurrency": concurrency or None,
        "port": ports[0].get("containerPort"),
        "cpu": quantities.get("cpu"),
        "memory": quantities.get("memory"),
    }
    return {name: str(value) for name, value in shown.items() if value not in (None, "")}


def kept(service: Service) -> tuple[str, ...]:
    """Return the variables that the form does not show, with where they come from."""
    spec = json.loads(service.template).get("spec") or {}
    container = serving(spec.get("containers") or [{}])
    shown = {line.partition("=")[0] for line in _lines(container)}
    return tuple(
        f"{name} ({value})" if value else name
        for name, value in template.environment(spec).items()
        if name not in shown
    )


def line(target: str, before: Mapping[str, str], after: Mapping[str, str]) -> str:
    """Return the command that makes of `target`, which the form showed as `before`, what it shows as `after`."""
    return " ".join(("deploy", target, *(words for _, words in _pieces(before, after))))


def mistakes(target: str, before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, str]:
    """Return field → what is wrong with it; empty if the whole line can be read."""
    pieces = list(_pieces(before, after))
    found: dict[str, str] = {}
    for name, words in pieces:
        alone = f"deploy x {words}" if name == IMAGE else f"deploy x a {words}"
        if HIDDEN in words:
            found.setdefault(name, "A hidden value cannot be changed in part: write the whole of it.")
        if problem := _problem(alone):
            found.setdefault(name, str(problem))
    for field in FIELDS:
        if field.emptied is None and before.get(field.name) and not after.get(field.name) and field.name != ENV:
            found.setdefault(field.name, "This cannot be taken away here.")
    if not pieces and not found:
        return {IMAGE: "Nothing is changed yet."}
    if found:
        return found
    whole = _problem(line(target, before, after))
    return {_at(whole, target, pieces): str(whole)} if whole else {}


def _at(problem: BotError, target: str, pieces: list[tuple[str, str]]) -> str:
    """Return the field in whose words a problem of the whole line lies."""
    start = problem.span[0] if isinstance(problem, ParseError) else 0
    end = len(f"deploy {target}")
    for name, words in pieces:
        end += 1 + len(words)
        if start < end:
            return name
    return pieces[-1][0]


def _problem(text: str) -> BotError | None:
    try:
        parse(text)
    except BotError as error:
        return error
    return None


def _pieces(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield (field, words) for each difference."""
    for field in FIELDS:
        was, now = before.get(field.name, "").strip(), after.get(field.name, "").strip()
        if was == now:
            continue
        if field.name == ENV:
            yield from ((ENV, f"{field.flag} {quoted(change)}") for change in _changes(was, now))
        elif now:
            yield field.name, f"{field.flag} {quoted(now)}"
        elif field.emptied is not None:
            yield field.name, field.emptied


def _changes(was: str, now: str) -> Iterator[str]:
    """Yield NAME=VALUE for lines that are new or differ, and NAME- for those that are gone."""
    former, lines = was.splitlines(), [text for line in now.splitlines() if (text := line.strip())]
    yield from (text for text in lines if text not in former)
    names = {text.partition("=")[0] for text in lines}
    yield from (f"{name}-" for text in former if (name := text.partition("=")[0]) not in names)


def quoted(word: str) -> str:
    """Return `word` so that it is read back as one word; what chat programs put in is made plain by the reader."""
    if word and all(character.isalnum() or character in "@%+=:,./_-#" for character in word):
        return word
    escaped = word.replace("\\", "\\\\")
    for mark in ('"', "“", "”", "„", "«", "»"):
        escaped = escaped.replace(mark, f"\\{mark}")
    return f'"{escaped}"'


def _lines(container: dict[str, Any]) -> list[str]:
    """Return the variables as lines, as many as the field has room for, without those that do not fit in a line."""
    shown, room = [], LONGEST
    for entry in container.get("env") or []:
        value = str(entry.get("value", ""))
        if "valueFrom" in entry or value != " ".join(value.split(" ")).strip() or not value.isprintable():
            continue
        text = f"{entry['name']}={HIDDEN if template.secret(entry['name'], value) else value}"
        room -= len(text) + 1
        if room >= 0:
            shown.append(text)
    return shown


def choices() -> tuple[tuple[str, str], ...]:
    """Return (value, label) of what the new Revision's traffic may be; "" leaves the targets as they are."""
    return (("0", "none"), *((str(percent), f"{percent}%") for percent in (1, 5, 10, 25, 50, 75, 90, 100)))
