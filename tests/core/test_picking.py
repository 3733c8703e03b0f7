"""The picker is made from the COMMANDS table, and makes lines that the parser reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.core import picking
from bot.core.language.grammar import COMMANDS, VERBS
from bot.core.language.parse import formed, parse
from bot.core.picking import Kind

if TYPE_CHECKING:
    from bot.core.language.verb import Verb

CHOICES = {Kind.SERVICE: "hello", Kind.REVISION: "latest", Kind.PERCENT: "10"}


@pytest.mark.parametrize("verb", COMMANDS, ids=lambda verb: verb.name)
def test_every_verb_can_be_picked(verb: Verb) -> None:
    wanted = picking.slots(verb)
    filled = {slot.name: CHOICES.get(slot.kind, slot.hint) for slot in wanted if not slot.optional}
    line = picking.line(verb.name, filled, wanted)

    assert picking.mistakes(verb, filled) == {}, line
    if not formed(line):
        parse(line)


@pytest.mark.parametrize(
    ("verb", "filled", "line"),
    [
        ("help", {}, "help"),
        ("rollout", {"service": "hello", "revision-0": "latest", "percent": "10"}, "rollout hello latest=10"),
        ("rollback", {"service": "hello"}, "rollback hello"),
        ("rollback", {"service": "hello", "revision-0": "hello-00003"}, "rollback hello hello-00003"),
        ("diff", {"service": "a/hello", "revision-0": "previous", "revision-1": "3"}, "diff a/hello previous 3"),
        ("unmute", {}, "unmute"),
        ("tag", {"service": "hello", "revision-0": "latest", "words": "blue"}, "tag hello latest blue"),
        ("deploy", {"service": "hello", "words": "ignored"}, "deploy hello"),
    ],
)
def test_choices_make_the_line_that_one_would_type(verb: str, filled: dict[str, str], line: str) -> None:
    assert picking.line(verb, filled, picking.slots(VERBS[verb])) == line


def test_what_is_missing_or_wrong_is_told_at_its_place() -> None:
    assert set(picking.mistakes(VERBS["rollout"], {})) == {"service", "revision-0", "percent"}
    assert set(picking.mistakes(VERBS["env"], {"service": "hello", "words": "nonsense"})) == {"words"}
    assert set(picking.mistakes(VERBS["status"], {"service": "NOT A NAME"})) == {"service"}
