from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.core import traffic
from bot.core.errors import Invalid, NotFound
from tests.core.builders import target

if TYPE_CHECKING:
    from bot.core.model import TrafficTarget

PLACES = ["hello-00001", "hello-00002", "hello-00003", "@latest"]


@st.composite
def hundred(draw: st.DrawFn, most: int = 4) -> list[int]:
    """Percents that sum to 100."""
    cuts = sorted(draw(st.lists(st.integers(0, 100), max_size=most - 1)))
    return [high - low for low, high in zip([0, *cuts], [*cuts, 100], strict=True)]


@st.composite
def targets(draw: st.DrawFn) -> tuple[TrafficTarget, ...]:
    """Targets as Knative accepts them: a place may stand there more than once, tags are unique."""
    names = draw(st.permutations(["blue", "green", None, None, None]))
    percents = draw(hundred())
    return tuple(target(draw(st.sampled_from(PLACES)), each, tag) for each, tag in zip(percents, names, strict=False))


@st.composite
def wishes(draw: st.DrawFn) -> dict[str, int]:
    places, percents = draw(st.permutations(PLACES)), draw(hundred())
    return dict(zip(places, percents, strict=False))


def total(found: tuple[TrafficTarget, ...]) -> int:
    return sum(each.percent for each in found)


@given(targets(), wishes())
def test_assigned_percents_are_what_was_wished_and_tags_stay(present: traffic.Targets, wanted: dict[str, int]) -> None:
    after = traffic.assign(present, wanted)
    assert total(after) == 100
    assert traffic.percents(after) == {where: percent for where, percent in wanted.items() if percent}
    assert traffic.tags(after) == traffic.tags(present)
    assert all(each.percent or each.tag for each in after)


@given(targets(), wishes())
def test_assigning_twice_is_assigning_once(present: traffic.Targets, wanted: dict[str, int]) -> None:
    once = traffic.assign(present, wanted)
    assert traffic.assign(once, wanted) == once


@given(targets(), st.sampled_from(PLACES), st.sampled_from(["blue", "green", "new"]))
def test_tagging_moves_one_tag_and_no_traffic(present: traffic.Targets, where: str, name: str) -> None:
    after = traffic.tag(present, where, name)
    assert traffic.tags(after) == traffic.tags(present) | {name: where}
    assert traffic.percents(after) == traffic.percents(present)
    assert sum(each.tag == name for each in after) == 1


@given(targets())
def test_untagging_takes_one_tag_and_no_traffic(present: traffic.Targets) -> None:
    assume(traffic.tags(present))
    name = next(iter(traffic.tags(present)))
    after = traffic.untag(present, name)
    assert traffic.tags(after) == {tag: where for tag, where in traffic.tags(present).items() if tag != name}
    assert traffic.percents(after) == traffic.percents(present)


def test_a_tag_that_is_not_there_is_not_taken_away_and_the_others_are_named() -> None:
    with pytest.raises(NotFound, match=r"no tag “red”.*`blue`"):
        traffic.untag((target("@latest", 100, "blue"),), "red")
    with pytest.raises(NotFound, match="no tags at all"):
        traffic.untag((target("@latest", 100),), "red")


@given(st.integers(0, 100), st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 100), min_size=1))
def test_spreading_loses_nothing_and_keeps_the_proportion(rest: int, weights: dict[str, int]) -> None:
    shares = traffic.spread(rest, weights)
    whole = sum(weights.values())
    assert sum(shares.values()) == rest
    assert all(abs(shares[where] - rest * weight / whole) < 1 for where, weight in weights.items())


@given(wishes(), wishes(), st.integers(0, 100))
def test_filled_percents_sum_to_100_and_keep_what_was_named(
    present: dict[str, int], wanted: dict[str, int], cut: int
) -> None:
    named = {where: percent * cut // 100 for where, percent in list(wanted.items())[:2]}
    others = [where for where, percent in present.items() if percent and where not in named]
    assume(others or sum(named.values()) == 100)
    filled = traffic.fill(present, named, None)
    assert sum(filled.values()) == 100
    assert filled | named == filled


@pytest.mark.parametrize(
    ("present", "named", "fallback", "filled"),
    [
        pytest.param({"a": 100}, {"b": 10}, None, {"b": 10, "a": 90}, id="one other keeps the rest"),
        pytest.param({"a": 60, "b": 20, "c": 20}, {"d": 50}, None, {"d": 50, "a": 30, "b": 10, "c": 10}, id="shared"),
        pytest.param({"a": 100}, {"a": 10}, "s", {"a": 10, "s": 90}, id="stable carries it where there is no other"),
        pytest.param({"a": 100}, {"b": 100}, None, {"b": 100}, id="nothing is left"),
        pytest.param({"a": 50, "b": 50}, {"a": 0}, None, {"a": 0, "b": 100}, id="one goes"),
    ],
)
def test_the_rest_stays_with_the_others(
    present: dict[str, int], named: dict[str, int], fallback: str | None, filled: dict[str, int]
) -> None:
    assert traffic.fill(present, named, fallback) == filled


@pytest.mark.parametrize(
    ("present", "named", "fallback", "message"),
    [
        pytest.param({"a": 100}, {"a": 60, "b": 50}, None, "sum to 110, which is over 100", id="too much"),
        pytest.param({"a": 100}, {"a": 10}, None, "carry the remaining 90%", id="nobody else"),
        pytest.param({"a": 100}, {"a": 10}, "a", "carry the remaining 90%", id="stable is named itself"),
        pytest.param({"a": 100}, {"a": -1}, None, "-1% for a is not between", id="negative"),
        pytest.param({"a": 100}, {"a": 101}, None, "101% for a is not between", id="over 100"),
    ],
)
def test_what_cannot_be_filled_is_refused(
    present: dict[str, int], named: dict[str, int], fallback: str | None, message: str
) -> None:
    with pytest.raises(Invalid, match=message):
        traffic.fill(present, named, fallback)


@pytest.mark.parametrize("wanted", [{"a": 99}, {"a": 101}, {"a": 110, "b": -10}, {}])
def test_percents_that_the_webhook_would_refuse_are_refused_here(wanted: dict[str, int]) -> None:
    with pytest.raises(Invalid):
        traffic.assign((), wanted)
