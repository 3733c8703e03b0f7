"""install: it needs the right and a yes, is one card, and may be repeated."""

from __future__ import annotations

from dataclasses import replace

from bot.core import installing
from bot.core.change import State
from bot.core.installing import Module
from bot.core.model import Condition, Stored, Truth
from bot.core.progress import Mark
from tests.operations.site import DEV, FREE, OPS, Site

MODULES = (Module("serving", 60, "d1"), Module("kourier", 12, "d2"))


def _stored(*conditions: Condition) -> Stored:
    return Stored(
        installing.UID, 0, "", installing.document(MODULES), observed_generation=0, conditions=tuple(conditions)
    )


def _prepared(site: Site) -> Site:
    site.knative.modules = MODULES
    site.knative.objects[installing.RELEASE] = _stored(Condition("Ready", Truth.UNKNOWN))
    return site


def test_installing_says_what_it_will_do_and_waits_for_a_yes(site: Site) -> None:
    _prepared(site).type("install --exclude-monitoring")

    plan = site.channel.cards()[-1].change.plan
    assert [change.what for change in plan.changes] == ["serving", "kourier"]
    assert "72 objects" in plan.loses[0]
    assert not site.knative.writes


def test_it_is_reported_module_by_module_until_all_are_available(site: Site) -> None:
    _prepared(site).type("install")
    identity = site.channel.cards()[-1].change.id
    site.click("confirm", identity, DEV, FREE)
    slow = Condition("kourier", Truth.UNKNOWN, message="0 of 1 are available")
    parts = (Condition("serving", Truth.TRUE), slow, Condition("Ready", Truth.UNKNOWN))
    site.knative.objects[installing.RELEASE] = _stored(*parts)
    site.wait()
    shown = site.channel.cards()[-1].progress
    assert shown is not None
    assert [step.mark for step in shown.steps] == [Mark.DONE, Mark.WORKING]

    done = _stored(Condition("serving", Truth.TRUE), Condition("kourier", Truth.TRUE), Condition("Ready", Truth.TRUE))
    site.knative.objects[installing.RELEASE] = done
    site.wait(ticks=3)

    assert site.card().state is State.DONE
    assert len(site.knative.writes) == 1


def test_what_is_not_available_in_time_is_named(site: Site) -> None:
    _prepared(site).type("install")
    site.click("confirm", site.channel.cards()[-1].change.id, DEV, FREE)
    slow = Condition("kourier", Truth.UNKNOWN, message="0 of 1 are available")
    site.knative.objects[installing.RELEASE] = _stored(slow, Condition("Ready", Truth.UNKNOWN))
    site.clock.sleep(replace(site.card()).deadline - site.clock.now())
    site.operations.tick()

    assert site.card().state is State.FAILED
    assert "kourier: 0 of 1 are available" in site.card().reason


def test_without_manifests_nothing_is_asked(site: Site) -> None:
    site.type("install -p")
    assert site.told() == "parse"


def test_nobody_else_says_yes(site: Site) -> None:
    _prepared(site).type("install")
    site.click("confirm", site.channel.cards()[-1].change.id, OPS, FREE)
    assert not site.knative.writes
