"""The traffic pad always splits to 100, and moves what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core import making, pad, traffic
from bot.core.commands import Rollout, Share
from bot.core.errors import Invalid, NoChange
from bot.core.model import ServiceKey, Truth
from bot.core.pad import STEP, Nudge, Seen
from tests.core.builders import HELLO, KEY, REQUEST, name, revision, snapshot, target

if TYPE_CHECKING:
    from bot.core.model import Snapshot

COUNT = 4


@st.composite
def splits(draw: st.DrawFn) -> Snapshot:
    """A Service with four Revisions, of which some share the traffic, the newest perhaps by following latest."""
    places = draw(st.lists(st.sampled_from(["@latest", *map(name, range(1, COUNT + 1))]), min_size=1, unique=True))
    weights = draw(st.lists(st.integers(1, 20), min_size=len(places), max_size=len(places)))
    shares = traffic.spread(100, dict(zip(places, weights, strict=True)))
    targets = [target(where, percent) for where, percent in shares.items() if percent]
    return snapshot(*targets, revisions=tuple(revision(number) for number in range(COUNT, 0, -1)), leads=COUNT)


def newest(shares: dict[str, int]) -> int:
    return shares.get("@latest", 0) + shares.get(name(COUNT), 0)


@given(splits(), st.sampled_from(Nudge))
def test_a_press_sums_to_100_and_is_a_rollout_that_can_be_planned(on: Snapshot, nudge: Nudge) -> None:
    assert on.service
    before = traffic.percents(on.service.traffic)
    after = pad.press(nudge, on)

    assert sum(after.values()) == 100
    assert all(0 < percent <= 100 for percent in after.values())
    assert ("@latest" in before) >= ("@latest" in after)
    shares = tuple(Share(where, percent) for where, percent in after.items())
    try:
        plan = making.make(Rollout(HELLO, shares), on, REQUEST)
    except NoChange:
        assert newest(after) == newest(before)
    else:
        assert traffic.percents(plan.after.traffic) == after


@given(splits())
def test_less_and_more_move_five_percent_as_far_as_there_are_five(on: Snapshot) -> None:
    assert on.service
    held = newest(traffic.percents(on.service.traffic))

    assert newest(pad.press(Nudge.LESS, on)) == max(0, held - STEP)
    assert newest(pad.press(Nudge.MORE, on)) == min(100, held + STEP)
    assert newest(pad.press(Nudge.LATEST, on)) == 100


@given(splits(), st.sampled_from(Nudge))
def test_a_button_is_offered_exactly_where_its_press_would_move_traffic(on: Snapshot, nudge: Nudge) -> None:
    assert on.service
    after = pad.press(nudge, on)
    moves = spread(after) != spread(traffic.percents(on.service.traffic))
    assert (nudge in pad.useful(on)) == moves
    if moves:
        making.make(Rollout(HELLO, tuple(Share(where, percent) for where, percent in after.items())), on, REQUEST)


def spread(shares: dict[str, int]) -> dict[str, int]:
    """Return the shares by names alone."""
    held = newest(shares)
    others = {where: percent for where, percent in shares.items() if where not in ("@latest", name(COUNT))}
    return {**others, name(COUNT): held} if held else others


def test_at_all_the_traffic_there_is_no_more_to_give() -> None:
    assert pad.useful(snapshot(target("@latest", 100))) == (Nudge.LESS, Nudge.EVEN)
    assert pad.useful(snapshot(target(name(1), 100))) == (Nudge.MORE, Nudge.EVEN, Nudge.LATEST)


@given(splits())
def test_even_gives_all_the_same_within_one_percent(on: Snapshot) -> None:
    shares = pad.press(Nudge.EVEN, on)
    assert len(shares) >= 2
    assert max(shares.values()) - min(shares.values()) <= 1


def test_what_the_newest_gains_the_others_lose_in_proportion() -> None:
    on = snapshot(
        target(name(3), 10),
        target(name(2), 60),
        target(name(1), 30),
        revisions=tuple(map(revision, (3, 2, 1))),
        leads=3,
    )
    assert pad.press(Nudge.MORE, on) == {name(3): 15, name(2): 57, name(1): 28}


def test_what_follows_latest_keeps_following() -> None:
    on = snapshot(target("@latest", 10), target(name(1), 90))
    assert pad.press(Nudge.LATEST, on) == {"@latest": 100}


def test_what_the_only_one_gives_away_goes_to_the_last_good_one() -> None:
    assert pad.press(Nudge.LESS, snapshot(target("@latest", 100))) == {"@latest": 95, name(1): 5}


def test_one_revision_alone_shares_with_nobody() -> None:
    alone = snapshot(revisions=(revision(2), revision(1, Truth.FALSE)))
    assert not pad.useful(alone)
    for nudge in (Nudge.LESS, Nudge.EVEN):
        with pytest.raises(Invalid, match="only one Revision"):
            pad.press(nudge, alone)


@given(
    st.builds(ServiceKey, *[st.from_regex(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?", fullmatch=True)] * 3), st.integers(0)
)
def test_what_was_seen_reads_back(key: ServiceKey, generation: int) -> None:
    seen = Seen(key, generation % 10**18)
    assert Seen.parse(str(seen)) == seen


@pytest.mark.parametrize("text", ["", "hello@1", "a/b/c", "a/b/c@x", "a/b/../c@1", "a/b/c@1 ", "a/b/C@1", f"{KEY}@1"])
def test_what_nobody_saw_is_nothing(text: str) -> None:
    assert Seen.parse(text) is None
