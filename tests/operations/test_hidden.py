"""What the rules let nobody look at, nobody hears of by itself either."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.blocks import render
from bot.core.model import DomainMapping
from bot.core.policy import Effect, Policy, Rule
from bot.core.ports import Addressee
from tests.core import builders
from tests.operations.site import DEV, FREE, OPS, Site

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


SECRET = Rule("secret", Effect(allow=False), services=("secret",), verbs=("status",))
UNLISTED = Rule("unlisted", Effect(allow=False), services=("secret*",), verbs=("look",))


def beside(site: Site, rule: Rule) -> None:
    """Let there be a Service beside hello, locked, with a domain and a wish that waits; a rule forbids dev of it."""
    key = replace(builders.KEY, name="secret")
    made = builders.snapshot(builders.target("secret-00001", 100), key=key)
    revisions = tuple(replace(each, name=f"secret-0000{each.number}", service="secret") for each in made.revisions)
    site.knative.snapshots[key] = replace(made, key=key, revisions=revisions)
    site.knative.mappings = (DomainMapping("secret.example.com", "secret"),)
    ruled(site, replace(rule, people=(DEV.user,)), Rule("ask", Effect(approvals=1), verbs=("rollout",)), OPEN)
    site.type("lock secret because", person=OPS)
    site.type("mute secret 4h", person=OPS)
    site.type("rollout secret 1=50,2=50", person=OPS)
    site.channel.answers.clear()


LISTS = (
    "services",
    "services -A",
    "revisions",
    "routes",
    "domain list",
    "digest preview",
    "approvals",
    "approvals --all",
)


@pytest.mark.parametrize("rule", [SECRET, UNLISTED], ids=["no status", "no look"])
@pytest.mark.parametrize("line", LISTS)
def test_what_somebody_may_not_look_at_no_list_tells_them(site: Site, rule: Rule, line: str) -> None:
    beside(site, rule)
    for person in (OPS, DEV):
        site.type(line, person=person)
    told = {who: render(answer) for who, answer in site.channel.answers}

    assert "secret" in told[OPS].text
    assert "secret" not in told[DEV].text + repr(told[DEV].blocks)
    assert site.told(DEV) == ""


def test_what_somebody_may_not_look_at_no_form_and_no_home_tab_offers_them(site: Site) -> None:
    beside(site, SECRET)
    for person, seen in ((OPS, True), (DEV, False)):
        site.directory.joined[person.user] = frozenset({FREE})
        assert ("secret" in dict(site.operations.forms.offered("", Addressee(person, FREE)))) is seen
        site.operations.homes.open(person)
        (place,) = site.panels.homes[-1][1].places
        assert ("secret" in {service.key.name for service in place.services}) is seen
