from __future__ import annotations

from bot.core.digest import Line, digest
from bot.core.model import Condition, Service, ServiceKey, Truth
from tests.core.builders import service, target


def failing(*, serves: bool) -> Service:
    route = Condition("RoutesReady", Truth.TRUE if serves else Truth.FALSE)
    return service(conditions=(Condition("Ready", Truth.FALSE, "RevisionFailed", "boom"), route))


def test_when_all_is_well_there_is_nothing_to_say() -> None:
    found = digest("shop", [service(), service(target("hello-00002", 100))])
    assert (found.total, found.ready, found.lines) == (2, 2, ())


def test_what_hurts_people_comes_first() -> None:
    first = service(target("hello-00001", 100), key=ServiceKey("main", "shop", "a"))
    lines = digest("shop", [first, failing(serves=False)]).lines
    assert lines == (
        Line("hello", "not Ready: RevisionFailed: boom", urgent=True),
        Line("a", "pinned to hello-00001 while hello-00002 waits"),
    )


def test_a_broken_template_is_not_urgent_while_an_older_revision_serves() -> None:
    (line,) = digest("shop", [failing(serves=True)]).lines
    assert line == Line("hello", "not Ready: RevisionFailed: boom — an older Revision still serves")


def test_a_split_lingers_and_is_told() -> None:
    (line,) = digest("shop", [service(target("hello-00001", 90), target("@latest", 10))]).lines
    assert line.text == "split 90% hello-00001, 10% @latest"


def test_a_pin_is_nothing_to_tell_while_no_newer_revision_is_ready() -> None:
    assert digest("shop", [service(target("hello-00001", 100), leads=None)]).lines == ()
