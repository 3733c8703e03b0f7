"""A rollback that keeps: two changes, of which the rollback is the last, and the only one that counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.change import State
from bot.core.errors import Refused
from bot.core.model import Object, ObjectKind, Stored
from bot.core.retention import NO_GC
from tests.core import builders

if TYPE_CHECKING:
    from tests.operations.site import Site

ONE, TWO = builders.name(1), builders.name(2)
FIRST = Object(ObjectKind.REVISION, ONE, "shop")


def served_by_two(site: Site) -> None:
    site.knative.snapshots[builders.KEY] = builders.snapshot(builders.target("@latest", 100))
    site.knative.objects[FIRST] = Stored("uid-1", 1, "1", "{}")


def test_the_revision_that_is_gone_back_to_is_kept(site: Site) -> None:
    served_by_two(site)
    site.type("rollback hello --keep")
    site.wait()
    assert site.knative.objects[FIRST].document == f'{{"{NO_GC}": "true"}}'
    assert site.shares() == {ONE: 100}
    assert site.states() == [State.DONE, State.DONE]

    site.type("undo hello")
    site.wait()
    assert site.shares() == {TWO: 100}


def test_what_cannot_be_kept_is_gone_back_to_all_the_same(site: Site) -> None:
    served_by_two(site)
    site.knative.trouble["stored"] = Refused("Knobot may not read Revisions.")
    site.type("rollback hello --keep")
    site.wait()
    assert site.told() == "refused"
    assert site.shares() == {ONE: 100}


def test_what_is_kept_already_is_only_gone_back_to(site: Site) -> None:
    served_by_two(site)
    site.knative.objects[FIRST] = Stored("uid-1", 1, "1", f'{{"{NO_GC}": "true"}}')
    site.type("rollback hello --keep")
    site.wait()
    assert not site.told()
    assert site.states() == [State.DONE]
