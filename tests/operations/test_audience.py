"""What a channel is told by itself is what those may look at for whom it is, when it is told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.blocks import render
from bot.core.answers import DigestPost, DigestTable, StoryCard, WatchTable
from bot.core.policy import Actor, Effect, Group, Policy, Rule
from bot.core.subscriptions import Scope, Watch
from bot.operations.subscribing import DIGESTS, WATCHES
from bot.scheduler import Calendar
from tests.operations.site import DEV, ELSEWHERE, FREE, OPS, Site
from tests.operations.test_digests import HOUR
from tests.operations.test_news import BROKEN, happens, hear, started

OPEN = Rule("open", Effect())
TEAM = Rule("the team", Effect(), ("team",))
OTHERS = Rule("others", Effect(), ("others",))
BY_ID = Rule("by id", Effect(), (DEV.user,))
NOT_LOOK = Rule("no look", Effect(allow=False), verbs=("look",), namespaces=("shop",))
NOT_HELLO = Rule("not hello", Effect(allow=False), verbs=("status",), services=("hello",))
TALK = Rule("talk", Effect(), verbs=("talk",))


def ruled(site: Site, *rules: Rule) -> None:
    """Let these be the rules from now on."""
    groups = {"team": Group(usergroups=frozenset({"S1"})), "others": Group(frozenset({OPS.user}))}
    site.policy = Policy(rules, groups)
    site.operations = site.start()


def subscribed(site: Site, *rules: Rule) -> None:
    """Let dev, who is in the team, have the channel told of everything while they may."""
    site.directory.actors[DEV.user] = Actor(DEV, "dev", usergroups=frozenset({"S1"}))
    ruled(site, OPEN)
    site.type('digest add "every 1h"')
    started(site, "watch failures")
    ruled(site, *rules)


def leave(site: Site) -> None:
    """Let dev leave the workspace, and with it their groups."""
    gone = Actor(DEV, "dev", member=False, standing="a deactivated person", gone=True)
    site.directory.actors[DEV.user] = gone


def told(site: Site) -> tuple[bool, bool]:
    """Whether the channel is told of a failure, and gets its digest with the Service in it."""
    happens(site, BROKEN)
    hear(site)
    site.wait(HOUR)
    messages = [shown[-1] for shown in site.channel.messages.values()]
    digests = [answer.report for answer in messages if isinstance(answer, DigestPost)]
    return any(isinstance(answer, StoryCard) for answer in messages), any(digest.total for digest in digests)


CASES = {
    "everybody may": ((OPEN,), False, True),
    "everybody may, and who asked has left": ((OPEN,), True, True),
    "only who asked may": ((BY_ID,), False, True),
    "the team of who asked may": ((TEAM,), False, True),
    "the team may, and who asked has left": ((TEAM,), True, True),
    "only others may": ((OTHERS, TALK), False, False),
    "only others may, and who asked has left": ((OTHERS,), True, True),
    "it was forbidden": ((NOT_LOOK, OPEN), False, False),
    "it was forbidden, and who asked has left": ((NOT_LOOK, OTHERS, OPEN), True, False),
    "of this Service it was forbidden": ((NOT_HELLO, OPEN), False, False),
    "of this Service it was forbidden, and who asked has left": ((NOT_HELLO, OPEN), True, False),
    "nobody may": ((TALK,), False, False),
    "nobody may, and who asked has left": ((TALK,), True, False),
}


@pytest.mark.parametrize(("rules", "left", "heard"), CASES.values(), ids=CASES)
def test_a_channel_is_told_as_long_as_those_may_look_for_whom_it_is(
    site: Site, rules: tuple[Rule, ...], left: bool, heard: bool
) -> None:
    subscribed(site, *rules)
    if left:
        leave(site)

    assert told(site) == (heard, heard)


def test_what_is_held_back_is_listed_so_and_goes_on_when_it_may(site: Site) -> None:
    subscribed(site, NOT_LOOK, OPEN)
    assert told(site) == (False, False)
    site.type("watch")
    site.type("digest list")
    tables = [answer for _, answer in site.channel.answers if isinstance(answer, WatchTable | DigestTable)]

    assert len(tables) == 2
    assert all("held back" in render(table).text for table in tables)
    ruled(site, OPEN)
    site.type("watch")
    assert "held back" not in render(site.channel.answers[-1][1]).text
    happens(site)
    hear(site)
    assert told(site) == (True, True)


def test_what_the_configuration_says_is_told_whatever_the_rules_say(site: Site) -> None:
    watch = Watch("w1", FREE, Scope("main", "shop"))
    configured = replace(site.configuration(), watches=(watch,))
    site.operations = site.start(configuration=replace(configured, policy=Policy((), {})))
    happens(site)
    hear(site)

    assert told(site)[0]


@pytest.mark.parametrize(
    ("schedule", "fits"),
    [
        ("every 9m", False),
        ("every 10m", True),
        ("*/5 * * * *", False),
        ("*/10 * * * *", True),
        ("0,5 9 * * *", False),
        ("0,55 * * * *", False),
        ("0,50 * * * *", True),
        ("0,30 9 * * mon", True),
        ("weekdays 09:00", True),
    ],
)
def test_a_digest_leaves_people_ten_minutes(site: Site, schedule: str, fits: bool) -> None:
    site.operations = site.start(calendar=Calendar())
    site.type(f'digest add "{schedule}"')

    assert site.told() == ("" if fits else "too-often")
    assert len(site.store.digests()) == fits


def test_a_channel_has_so_many_subscriptions_and_no_more(site: Site) -> None:
    for number in range(WATCHES):
        site.type(f"watch shop/a{number}")
    for _ in range(DIGESTS):
        site.type('digest add "every 1h"')
    assert site.told() == ""

    site.type("watch shop/one-more")
    assert "`unwatch ID`" in site.hint()
    site.type('digest add "every 1h"')
    assert "`digest remove ID`" in site.hint()
    assert (len(site.store.watches.all()), len(site.store.digests())) == (WATCHES, DIGESTS)
    site.type("watch shop/one-more", ELSEWHERE)
    assert len(site.store.watches.all()) == WATCHES + 1
