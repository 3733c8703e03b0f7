"""Checks: text → check → text, bounds in the unit of their figure, and queries without open places."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core import checks
from bot.core.checks import SIGNS, UNITS, Check, Measure
from bot.core.errors import Invalid, NotFound
from bot.core.measures import MEASURES
from tests.core import builders

OWN = {**MEASURES, "errors": Measure("errors", wanted="<0.5"), "bare": Measure("bare")}


@pytest.mark.parametrize(
    ("text", "complete"),
    [
        ("success>=99", "success>=99%"),
        ("success≥99.5%", "success>=99.5%"),
        ("p95<500ms", "p95<500ms"),
        ("p95<0.5s", "p95<500ms"),
        ("p99 <= 800", "p99<=800ms"),
        ("errors", "errors<0.5"),
        ("errors<2", "errors<2"),
    ],
)
def test_a_check_is_completed_with_the_unit_and_the_bound_of_its_figure(text: str, complete: str) -> None:
    assert str(checks.resolve(checks.parse(text), OWN)) == complete


@pytest.mark.parametrize("text", ["", "success>", ">=99", "success=99", "success>=99ms ago", "p95<<5", "Ⅷ<1", "p95<٣"])
def test_what_is_no_check_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(Invalid) as wrong:
        checks.parse(text)
    assert "p95<500ms" in wrong.value.hint


def test_a_figure_that_nobody_knows_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(NotFound) as wrong:
        checks.resolve(Check("sucess", ">=", 99), OWN)
    assert "success" in wrong.value.hint


@pytest.mark.parametrize("text", ["bare", "success>=99ms", "errors<1s"])
def test_without_a_bound_or_in_another_unit_nothing_can_be_checked(text: str) -> None:
    with pytest.raises(Invalid):
        checks.resolve(checks.parse(text), OWN)


@given(
    st.from_regex(checks.NAME, fullmatch=True),
    st.sampled_from(sorted(SIGNS)),
    st.integers(0, 99_999_999).map(lambda number: number / 1000),
    st.sampled_from(["", *UNITS]),
)
def test_every_check_is_read_as_it_is_written(name: str, sign: str, bound: float, unit: str) -> None:
    check = Check(name.strip(), sign, bound, unit)
    assert checks.parse(str(check)) == check


@pytest.mark.parametrize("name", MEASURES)
def test_a_query_has_no_place_left_open(name: str) -> None:
    asked = checks.query(MEASURES[name], builders.KEY, "hello-00002", timedelta(minutes=10))
    assert not re.search(r"\{\{|\}\}", asked)
    for label in ('{namespace_name="shop",revision_name="hello-00002"', 'kn_revision_name="hello-00002"'):
        assert label in asked
    assert "[600s]" in asked


@pytest.mark.parametrize(("figure", "good"), [(99.0, True), (98.9, False)])
def test_a_bound_that_is_reached_is_held(figure: float, good: bool) -> None:  # a column of the table
    check = checks.parse("success>=99%")
    assert check.holds(figure) is good
    assert (check.told(66.66667), check.wanted) == ("success 66.67%", "≥ 99%")
