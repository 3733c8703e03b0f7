"""What the rules let nobody look at, nobody hears of by itself either."""

from __future__ import annotations

import pytest

from bot.core.policy import Effect, Policy, Rule
from tests.operations.site import FREE, Site

HIDDEN = Rule("hidden", Effect(allow=False), namespaces=("vault",))
UNSEEN = Rule("unseen", Effect(allow=False), namespaces=("vault",), verbs=("look",))
OPEN = Rule("open", Effect())


def ruled(site: Site, *rules: Rule) -> None:
    site.policy = Policy(rules, {})
    site.operations = site.start()


@pytest.mark.parametrize("rule", [HIDDEN, UNSEEN], ids=["hidden", "unseen"])
@pytest.mark.parametrize(
    "line",
    [
        "watch vault/* all",
        "watch vault/keys",
        "watch */* failures",
        'digest add "every 1h" --namespace vault',
        "digest preview --namespace vault",
        "digest now --namespace vault",
    ],
)
def test_what_nobody_may_look_at_no_channel_is_told_of(site: Site, rule: Rule, line: str) -> None:
    ruled(site, rule, OPEN)
    site.type(line)

    assert site.told() == "refused"
    assert not site.store.watches.all()
    assert not site.store.digests(FREE)
    assert not site.channel.messages
    assert site.last_row().event == "refused"


@pytest.mark.parametrize("line", ["status helo", "env helo A=1", "delete helo"])
def test_a_name_that_somebody_may_not_look_at_is_not_proposed_to_them(site: Site, line: str) -> None:
    ruled(site, OPEN)
    site.type(line)
    assert "`hello`" in site.hint()

    ruled(site, Rule("own", Effect(), services=("helo",)))
    site.type(line)
    assert site.told() == "not-found"
    assert "`hello`" not in site.hint()


def test_who_may_look_everywhere_is_told_of_everything(site: Site) -> None:
    ruled(site, OPEN)
    site.type("watch */* all")

    assert len(site.store.watches.all()) == 1
