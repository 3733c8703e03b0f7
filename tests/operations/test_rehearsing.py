"""A dry run tells what would be, changes nothing, and asks nobody."""

from __future__ import annotations

import pytest

from bot.blocks import render
from bot.core.answers import Rehearsed
from bot.core.commands import DryRun
from bot.core.errors import Invalid, ParseError
from bot.core.language.grammar import COMMANDS
from bot.core.language.parse import parse
from bot.core.language.verb import Kind, Verb
from tests.operations.site import GUARDED, LEAD, OPS, Site


def rehearsal(site: Site) -> Rehearsed:
    answer = site.channel.answers[-1][1]
    assert isinstance(answer, Rehearsed)
    return answer


def test_a_dry_run_changes_nothing_and_leaves_no_trace(site: Site) -> None:
    site.type("rollout hello latest=10 --dry-run")
    said = render(rehearsal(site)).text
    assert "A dry run of `rollout hello latest=10 --dry-run`: nothing is written" in said
    assert "10%" in said
    assert "The cluster would take it." in said
    assert (site.knative.writes, site.changes(), site.channel.messages) == ([], [], {})


def test_a_dry_run_tells_whose_approval_it_would_need_and_asks_nobody(site: Site) -> None:
    site.type("deploy hello img --dry-run", GUARDED)
    assert "It would need 1 approval from approvers." in render(rehearsal(site)).text
    assert site.changes() == []


def test_a_dry_run_tells_who_holds_the_service_back(site: Site) -> None:
    site.type("lock hello the fair", person=LEAD)
    site.type("deploy hello img --dry-run")
    assert "Locked by" in render(rehearsal(site)).text
    site.type("deploy hello img --dry-run", person=LEAD)
    assert "Locked by" not in render(rehearsal(site)).text


def test_what_the_cluster_would_refuse_is_said_in_its_words(site: Site) -> None:
    site.knative.trouble["rehearse"] = Invalid("max-scale=2 is less than min-scale=5")
    site.type("deploy hello img --dry-run")
    assert site.told() == "invalid"


def test_what_the_cluster_sees_no_difference_in_is_said_to_change_nothing(site: Site) -> None:
    site.knative.blind = True
    site.type("deploy hello img --dry-run")
    assert "The cluster sees no difference: nothing would change." in render(rehearsal(site)).text


def test_an_undo_is_tried_too(site: Site) -> None:
    site.type("rollout hello latest=10")
    site.type("undo hello --dry-run=server")
    assert rehearsal(site).plan.verb == "undo"
    assert len(site.knative.writes) == 1


def test_who_may_not_change_may_not_try(site: Site) -> None:
    site.type("deploy hello img --dry-run", channel="C9NOWHERE", person=OPS)
    assert not any(isinstance(answer, Rehearsed) for _, answer in site.channel.answers)


@pytest.mark.parametrize("verb", [verb for verb in COMMANDS if verb.kind is Kind.CHANGE], ids=lambda verb: verb.name)
def test_every_verb_that_changes_can_be_tried(verb: Verb) -> None:
    for example in verb.examples:
        assert isinstance(parse(f"{example} --dry-run"), DryRun)


def test_looking_cannot_be_tried() -> None:
    with pytest.raises(ParseError, match="status has no flag --dry-run"):
        parse("status hello --dry-run")
    assert not isinstance(parse("deploy hello img --dry-run=none"), DryRun)
