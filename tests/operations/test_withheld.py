"""Log lines stand where everybody may see them; elsewhere it is said that there are some, and how to see them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.blocks import render
from bot.core.answers import Problem, StoryCard
from bot.core.change import State
from bot.core.errors import Unavailable
from bot.core.policy import Effect, Group, Policy, Rule
from tests.core.builders import revision
from tests.operations.site import DEV, FREE, GUARDED, OPS, Site
from tests.operations.test_news import BROKEN, happens, hear, started

if TYPE_CHECKING:
    from bot.core.answers import Answer

SECRET = "panic: password of the database is wrong"
OPEN = Rule("open", Effect())
NO_LOGS = Rule("no logs", Effect(allow=False), verbs=("logs",))
FOR_OPS = Rule("for ops", Effect(), ("ops",), verbs=("logs",))
ELSEWHERE_ONLY = replace(NO_LOGS, channels=(GUARDED,))
OTHERS_ONLY = replace(NO_LOGS, services=("other",))
RULES = {
    "nobody may": ((NO_LOGS, OPEN), False),
    "a group may": ((FOR_OPS, NO_LOGS, OPEN), False),
    "approvals are asked for": ((Rule("asked", Effect(approvals=1), verbs=("logs",)), OPEN), False),
    "everybody may": ((OPEN,), True),
    "only in another channel nobody may": ((ELSEWHERE_ONLY, OPEN), True),
    "nobody may of another Service": ((OTHERS_ONLY, OPEN), True),
}


def ruled(site: Site, *rules: Rule) -> None:
    site.policy = Policy(rules, {"ops": Group(frozenset({OPS.user}))})
    site.operations = site.start()
    site.knative.wrote_last = (SECRET,)


def everything(site: Site) -> str:
    """All that was ever said in a channel, or stands behind it."""
    return "".join(render(answer).text for shown in site.channel.messages.values() for answer in shown)


def last(site: Site, kind: type[Answer]) -> str:
    """The text of the last message of a kind, as it is now."""
    return [render(shown[-1]).text for shown in site.channel.messages.values() if isinstance(shown[-1], kind)][-1]


@pytest.mark.parametrize(("rules", "shown"), RULES.values(), ids=RULES)
def test_a_card_shows_log_lines_to_a_channel_of_which_everybody_may_see_them(
    site: Site, rules: tuple[Rule, ...], shown: bool
) -> None:
    ruled(site, *rules)
    site.knative.prompt = False
    site.type("deploy hello ghcr.io/acme/hello:v3")
    site.knative.break_newest("ContainerMissing")
    site.wait()

    assert site.states() == [State.FAILED]
    assert (SECRET in everything(site)) is shown
    assert ("`logs shop/hello hello-00003`" in last(site, type(site.channel.cards()[-1]))) is not shown


@pytest.mark.parametrize(("rules", "shown"), RULES.values(), ids=RULES)
def test_news_show_log_lines_to_a_channel_of_which_everybody_may_see_them(
    site: Site, rules: tuple[Rule, ...], shown: bool
) -> None:
    ruled(site, *rules)
    started(site, "watch failures")
    happens(site, BROKEN)
    hear(site)

    assert (SECRET in everything(site)) is shown
    assert ("`logs main/shop/hello hello-00003`" in last(site, StoryCard)) is not shown


def test_in_a_channel_of_two_organisations_nobody_is_everybody(site: Site) -> None:
    ruled(site, Rule("by id", Effect(), (DEV.user,)), OPEN)
    site.directory.shared.add(FREE)
    started(site, "watch failures")
    happens(site, BROKEN)
    hear(site)

    assert SECRET not in everything(site)
    assert "hello-00003 failed" in everything(site).replace("`", "")


def test_where_slack_does_not_say_whose_a_channel_is_no_line_is_shown_and_news_wait(site: Site) -> None:
    ruled(site, OPEN)
    site.knative.prompt = False
    started(site, "watch failures")
    site.type("deploy hello ghcr.io/acme/hello:v3")
    site.directory.trouble["actor"] = Unavailable("Slack does not answer.")
    site.knative.break_newest("ContainerMissing")
    site.wait()
    happens(site, BROKEN)
    hear(site)

    assert site.states() == [State.FAILED]
    assert SECRET not in everything(site)
    assert not any(isinstance(shown[-1], StoryCard) for shown in site.channel.messages.values())
    site.directory.trouble.clear()
    hear(site)
    assert SECRET in last(site, StoryCard)


def test_who_may_see_them_does_so_by_asking(site: Site) -> None:
    ruled(site, FOR_OPS, NO_LOGS, OPEN)
    happens(site, revision(3))
    site.type("logs shop/hello", person=OPS)
    site.type("logs shop/hello", person=DEV)

    told = {who: render(answer).text for who, answer in site.channel.answers if not isinstance(answer, Problem)}
    assert SECRET in told[OPS]
    assert DEV not in told
    assert site.told(DEV) == "refused"
