"""Lists of thousands: what has no room is counted, and not even made."""

from __future__ import annotations

from dataclasses import replace

from bot.blocks import render
from bot.blocks.message import ROWS
from bot.core.answers import RevisionTable, RouteTable, ServiceTable
from tests.core import builders
from tests.operations.fakes import NOON

MANY = ROWS * 3


def test_the_services_that_have_no_room_are_counted() -> None:
    one = builders.service(builders.target(builders.name(1), 100))
    services = tuple(replace(one, key=replace(one.key, name=f"s{number:05}")) for number in range(MANY))
    for namespace in ("shop", None):
        text = render(ServiceTable(namespace, services, NOON)).text
        shown = text.count("\ns0")
        assert 0 < shown < ROWS
        assert f"… and {MANY - shown} more" in text
        assert f"{MANY} Services" in text


def test_the_routes_and_revisions_that_have_no_room_are_counted() -> None:
    one = builders.service(builders.target(builders.name(1), 100))
    services = tuple(replace(one, key=replace(one.key, name=f"s{number:05}")) for number in range(MANY))
    text = render(RouteTable("shop", services)).text
    assert f"… and {MANY - text.count('*s0')} more" in text
    revisions = tuple(builders.revision(number) for number in range(1, MANY + 1))
    text = render(RevisionTable(None, "shop", revisions, {"hello": one}, NOON)).text
    assert f"… and {MANY - text.count(chr(10) + 'hello-')} more" in text
