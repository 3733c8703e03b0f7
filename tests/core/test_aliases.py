from __future__ import annotations

import pytest

from bot.core.commands import Address, Deploy, Help, Rollout, Share
from bot.core.errors import Invalid, ParseError
from bot.core.language import elsewhere
from bot.core.language.aliases import check
from bot.core.language.grammar import COMMANDS, SPELLINGS
from bot.core.language.parse import TOOLS, parse
from bot.core.template import TemplateEdit

OWN = {"ship": "deploy", "half": "rollout latest=50", "shop": "service update -n “shop”", "odd": "rollout lat"}


def test_an_alias_stands_for_the_beginning_of_a_line() -> None:
    assert parse("ship hello img", OWN) == Deploy(Address("hello"), TemplateEdit(image="img"))
    assert parse("HALF hello", OWN) == Rollout(Address("hello"), (Share("latest", 50),))
    assert parse("shop hello --image img", OWN) == Deploy(Address("hello", "shop"), TemplateEdit(image="img"))
    assert parse("/knative ship hello img", OWN) == parse("deploy hello img")


def test_an_alias_is_a_word_like_any_other_further_on() -> None:
    assert parse("status ship", OWN) == parse("status ship")


def test_help_knows_what_an_alias_stands_for() -> None:
    assert parse("help half", OWN) == Help("rollout")
    assert parse("half --help", OWN) == Help("rollout")


@pytest.mark.parametrize(
    ("line", "span"),
    [
        ("odd hello", (4, 9)),
        ("ship", (4, 4)),
        ("half hello [nonsense]", (11, 21)),
        ("ship hello img --trafic 1", (15, 23)),
    ],
)
def test_a_complaint_points_into_what_was_typed(line: str, span: tuple[int, int]) -> None:
    with pytest.raises(ParseError) as caught:
        parse(line, OWN)
    assert caught.value.source == line
    assert caught.value.span == span


def test_a_misspelled_alias_is_offered() -> None:
    with pytest.raises(ParseError) as caught:
        parse("shipp hello img", OWN)
    assert caught.value.hint == "Did you mean `ship`?"


@pytest.mark.parametrize(
    ("alias", "expansion", "message"),
    [
        ("rollout", "deploy", "“rollout” means something already"),
        ("service", "deploy", "“service” means something already"),
        ("kn", "deploy", "“kn” means something already"),
        ("Ship", "deploy", "is not a word for an alias"),
        ("two words", "deploy", "is not a word for an alias"),
        ("ship", "frobnicate", "does not begin with a verb"),
        ("ship", " ", "does not begin with a verb"),
        ("ship", "ship", "does not begin with a verb"),
        ("ship", 'deploy "', "cannot be read: This quote is not closed"),
    ],
)
def test_an_alias_that_means_nothing_or_something_else_is_refused(alias: str, expansion: str, message: str) -> None:
    with pytest.raises(Invalid, match=message):
        check(alias, expansion, (*TOOLS, *elsewhere.WORDS))


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_no_spelling_of_a_verb_can_be_taken(spelling: str) -> None:
    with pytest.raises(Invalid):
        check(spelling, "deploy", ())


def test_every_verb_can_be_given_another_word() -> None:
    for verb in COMMANDS:
        assert check("x", verb.name, ()) == verb.name
