from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.core import references, reverting
from bot.core.change import Event
from bot.core.errors import BotError, Invalid, NoChange, NotFound
from bot.core.model import Truth
from bot.core.progress import look
from tests.core.builders import NOW, REQUEST, applied, make, name, revision, snapshot, tags, target, written

if TYPE_CHECKING:
    from bot.core.model import Snapshot

ONE, TWO, THREE = name(1), name(2), name(3)
FOUND = (revision(3), revision(2), revision(1))


def three(**fields: object) -> Snapshot:
    """Revision 3 serves, 2 is tagged, 1 has a name and is called stable."""
    noted = {references.STABLE: ONE, f"{references.NAME}v1": ONE, f"{references.NAME}gone": "hello-00000"}
    wished = (target(THREE, 100), target(TWO, 0, "blue"))
    return snapshot(*wished, leads=3, revisions=FOUND, annotations=noted, **fields)


@pytest.mark.parametrize(
    ("reference", "meant"),
    [
        ("latest", THREE),
        ("@latest", THREE),
        ("previous", TWO),
        ("stable", ONE),
        ("current", THREE),
        ("blue", TWO),
        ("v1", ONE),
        ("2", TWO),
        ("#2", TWO),
        (TWO, TWO),
    ],
)
def test_a_reference_means_one_revision(reference: str, meant: str) -> None:
    assert references.resolve(reference, three()).revision.name == meant


@pytest.mark.parametrize(
    ("reference", "message", "hint"),
    [
        ("9", "no Revision “9”", f"Ready are `{THREE}`, `{TWO}`, `{ONE}`"),
        ("hello-00004", "no Revision “hello-00004”", f"Did you mean `{THREE}` or `{TWO}` or `{ONE}`?"),
        ("lastest", "no Revision “lastest”", "Did you mean `latest` or `@latest`?"),
        ("bule", "no Revision “bule”", "Did you mean `blue` or `stable`?"),
        ("web-00001", "a Revision of web by its name, not of hello", "Revisions and traffic of its own"),
        ("gone", "gone is a name of hello-00000, which no longer exists", "`untag hello gone` forgets the name"),
    ],
)
def test_what_cannot_be_had_is_refused_with_the_nearest_names(reference: str, message: str, hint: str) -> None:
    with pytest.raises(NotFound) as refused:
        references.resolve(reference, three())
    assert message in refused.value.message
    assert hint in refused.value.hint


def test_latest_tells_of_everybody_else_who_could_be_meant_by_it() -> None:
    broken = (revision(4, Truth.FALSE), *FOUND)
    on = snapshot(target(ONE, 100, "latest"), leads=2, revisions=broken)
    differ = f"hello-00004 is newer but has failed; @latest still leads to {TWO}; the tag latest leads to {ONE}"
    assert references.notes("latest", on) == (f"latest is {THREE}: {differ}.",)
    assert make("rollout hello latest=10", on).notes[0] == references.notes("latest", on)[0]
    assert references.notes("latest", three()) == ()
    assert references.notes("previous", on) == ()


def test_a_name_is_given_and_taken_without_touching_the_traffic() -> None:
    on = three()
    plan = make("tag hello 2 v2 --name-only", on)
    assert plan.annotations == ((f"{references.NAME}v2", TWO),)
    assert not plan.moves_traffic
    assert tags(plan) == {"blue": TWO}

    after = applied(plan, on)
    assert references.resolve("v2", after).revision.name == TWO
    with pytest.raises(NoChange):
        make("tag hello 2 v2 --name-only", after)
    assert make("untag hello v2", after).annotations == ((f"{references.NAME}v2", None),)


def test_undoing_a_name_gives_back_where_it_led() -> None:
    on = three()
    plan = make("tag hello 2 v1 --name-only", on)
    after = applied(plan, on)
    assert after.service is not None
    after = replace(after, service=replace(after.service, annotations={**after.service.annotations, "x": "y"}))
    back = reverting.service(plan, 8, after, REQUEST)
    assert back.annotations == ((f"{references.NAME}v1", ONE),)


def test_undoing_something_else_leaves_a_name_that_came_since() -> None:
    on = three()
    plan = make("rollout hello 2=10", on)
    after = applied(plan, on)
    assert after.service is not None
    noted = {**after.service.annotations, f"{references.NAME}new": TWO}
    after = replace(after, service=replace(after.service, annotations=noted))
    assert reverting.service(plan, 8, after, REQUEST).annotations == ()


def test_an_address_of_the_same_spelling_takes_the_place_of_a_name() -> None:
    plan = make("tag hello 2 v1", three())
    assert tags(plan) == {"blue": TWO, "v1": TWO}
    assert (f"{references.NAME}v1", None) in plan.annotations


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("tag hello 1 blue --name-only", "blue is a tag with an address"),
        ("tag hello 1 latest --name-only", "latest is a word of its own"),
        (f"tag hello 1 {TWO} --name-only", "names a Revision already"),
        ("untag hello green", "There is no tag “green”"),
    ],
)
def test_a_name_never_hides_something_else(line: str, message: str) -> None:
    with pytest.raises(BotError, match=message):
        make(line, three())


def test_the_names_are_told_where_a_tag_is_not_there() -> None:
    with pytest.raises(NotFound, match="The names without an address are `v1`, `gone`"):
        make("untag hello green", three())


def test_a_name_does_not_follow() -> None:
    plan = make("tag hello @latest v3 --name-only", three())
    assert plan.annotations == ((f"{references.NAME}v3", THREE),)
    assert f"A name does not follow: it stays with {THREE}." in plan.notes


def test_a_name_is_true_as_soon_as_it_is_written() -> None:
    on = three()
    assert look(written(make("tag hello 2 v2 --name-only", on), 7), on, (), NOW).outcome is Event.TRUE


def test_a_broken_revision_gets_no_traffic_and_may_have_a_name() -> None:
    on = snapshot(target(TWO, 100), revisions=(revision(3, Truth.FALSE, "ExitCode1"), revision(2)))
    with pytest.raises(Invalid, match=r"not Ready \(ExitCode1\)"):
        make("tag hello 3 bad", on)
    assert make("tag hello 3 bad --name-only", on).annotations == ((f"{references.NAME}bad", THREE),)
