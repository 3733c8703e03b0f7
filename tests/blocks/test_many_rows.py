"""Lists of thousands: what has no room is counted, and not even made."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.blocks import render
from bot.blocks.columns import Row, columns, fitting
from bot.blocks.home import home
from bot.core.answers import ROWS, RevisionTable, RouteTable, ServiceTable
from bot.core.home import HomeTab, Place
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
    text = render(RevisionTable(None, "shop", revisions, {"hello": one}, NOON, older=30_000)).text
    assert f"… and {MANY + 30_000 - text.count(chr(10) + 'hello-')} more" in text
    assert f"{MANY + 30_000} Revisions" in text


def test_a_home_tab_counts_the_services_that_have_no_room() -> None:
    one = builders.service(builders.target(builders.name(1), 100))
    services = tuple(replace(one, key=replace(one.key, name=f"s{number:05}")) for number in range(MANY))
    text = str(home(HomeTab((Place("C1", "shop", services),), (), (), NOON), command="/knative"))
    assert f"… and {MANY - text.count('*s0')} more" in text


@given(
    st.lists(
        st.tuples(
            st.tuples(st.text("abc-", min_size=1, max_size=60), st.text("12%", max_size=8)),
            st.tuples(st.text("xyz", max_size=99)),
        ),
        max_size=60,
    ),
    st.integers(0, 800),
)
def test_rows_are_left_out_only_where_they_would_not_fit(rows: list[Row], room: int) -> None:
    fit = fitting(iter(rows), room)
    assert fit == rows[: len(fit)]
    if len(fit) < len(rows):
        assert len(columns(("NAME", "NUMBER"), fit).markup) > room
