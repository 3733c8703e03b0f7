"""Arithmetic on spec.traffic: percents always sum to 100, and tags survive.

A target is told apart by where it leads: a Revision's name, or @latest. Every function takes the present targets and
returns new ones; status.traffic enters `shares` alone, since one wish can appear there as several entries.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core.errors import Invalid, NotFound
from bot.core.model import TrafficTarget
from bot.core.references import FOLLOW

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Targets = tuple[TrafficTarget, ...]
WHOLE = 100


def place(target: TrafficTarget) -> str:
    """Return where a target leads: a Revision's name, or @latest."""
    return FOLLOW if target.latest else str(target.revision)


def percents(traffic: Sequence[TrafficTarget]) -> dict[str, int]:
    """Return place → percent, of the places that have traffic, heaviest first."""
    shares: dict[str, int] = {}
    for target in traffic:
        if target.percent:
            shares[place(target)] = shares.get(place(target), 0) + target.percent
    return dict(sorted(shares.items(), key=lambda item: -item[1]))


def shares(targets: Sequence[TrafficTarget], leads: str | None) -> dict[str, int]:
    """Return Revision → percent, heaviest first; `leads` names the Revision that @latest leads to, if any.

    Takes spec.traffic as well as status.traffic, where one wish can stand as several entries.
    """
    found: dict[str, int] = {}
    for target in targets:
        if target.percent:
            name = target.revision or leads or FOLLOW
            found[name] = found.get(name, 0) + target.percent
    return dict(sorted(found.items(), key=lambda item: -item[1]))


def tags(traffic: Sequence[TrafficTarget]) -> dict[str, str]:
    """Return tag → place."""
    return {target.tag: place(target) for target in traffic if target.tag}


def assign(traffic: Sequence[TrafficTarget], wanted: Mapping[str, int]) -> Targets:
    """Return targets that give exactly `wanted` (place → percent) and keep every tag where it leads.

    Raises:
        Invalid: the percents do not sum to 100, or one is outside 0..100.
    """
    check(wanted)
    left = dict(wanted)
    result = []
    for target in traffic:
        percent = left.pop(place(target), 0)
        if percent or target.tag:
            result.append(replace(target, percent=percent, url=None))
    result.extend(_new(where, percent) for where, percent in left.items() if percent)
    return tuple(sorted(result, key=lambda target: -target.percent))


def check(wanted: Mapping[str, int]) -> None:
    """Refuse percents that Knative's webhook would refuse."""
    for where, percent in wanted.items():
        if not 0 <= percent <= WHOLE:
            raise Invalid(f"{percent}% for {where} is not between 0 and 100.", "Give a whole number from 0 to 100.")
    total = sum(wanted.values())
    if total != WHOLE:
        raise Invalid(f"The percentages sum to {total}, not to 100.", "Name fewer, or make them smaller.")


def fill(present: Mapping[str, int], named: Mapping[str, int], fallback: str | None) -> dict[str, int]:
    """Return `named` completed to 100: the rest stays with the others that have traffic, in proportion.

    Args:
        present: place → percent, as it is now.
        named: place → percent, as asked for.
        fallback: the place that takes the rest where no other has traffic, or None.

    Raises:
        Invalid: the sum is over 100, or nobody is there to carry the rest.
    """
    for where, percent in named.items():
        if not 0 <= percent <= WHOLE:
            raise Invalid(f"{percent}% for {where} is not between 0 and 100.", "Give a whole number from 0 to 100.")
    rest = WHOLE - sum(named.values())
    if rest < 0:
        raise Invalid(f"The percentages sum to {WHOLE - rest}, which is over 100.", "Make them smaller.")
    wanted = dict(named)
    if rest == 0:
        return wanted
    others = {where: percent for where, percent in present.items() if where not in named and percent}
    if not others and fallback and fallback not in named:
        others = {fallback: WHOLE}
    if not others:
        raise Invalid(
            f"Nobody is there to carry the remaining {rest}%.", "Name who takes it: `revisions` lists who could."
        )
    return wanted | spread(rest, others)


def spread(rest: int, weights: Mapping[str, int]) -> dict[str, int]:
    """Share `rest` whole percents by `weights` (largest remainder first), so that nothing is lost to rounding."""
    total = sum(weights.values())
    shares = {where: rest * weight // total for where, weight in weights.items()}
    by_remainder = sorted(weights, key=lambda where: -(rest * weights[where] % total))
    for where in by_remainder[: rest - sum(shares.values())]:
        shares[where] += 1
    return shares


def tag(traffic: Sequence[TrafficTarget], where: str, name: str) -> Targets:
    """Return targets with the tag `name` leading to `where`, moved there in one step if it led elsewhere."""
    without = [target for target in traffic if target.tag != name or place(target) == where]
    moved = [target for target in traffic if target.tag == name and place(target) != where]
    result = [*without]
    for target in moved:
        if target.percent:
            result = _give(result, target)
    if not any(target.tag == name for target in result):
        bare = next((index for index, target in enumerate(result) if place(target) == where and not target.tag), None)
        if bare is None:
            result.append(replace(_new(where, 0), tag=name))
        else:
            result[bare] = replace(result[bare], tag=name)
    return tuple(replace(target, url=None) for target in result)


def untag(traffic: Sequence[TrafficTarget], name: str) -> Targets:
    """Return targets without the tag `name`; a target left with neither tag nor traffic goes.

    Raises:
        NotFound: no target has this tag.
    """
    if name not in tags(traffic):
        known = ", ".join(f"`{known}`" for known in tags(traffic))
        raise NotFound(f"There is no tag “{name}”.", f"The tags are {known}." if known else "There are no tags at all.")
    kept = [replace(target, tag=None if target.tag == name else target.tag, url=None) for target in traffic]
    return tuple(target for target in kept if target.percent or target.tag)


def _new(where: str, percent: int) -> TrafficTarget:
    if where == FOLLOW:
        return TrafficTarget(percent, latest=True)
    return TrafficTarget(percent, revision=where)


def _give(targets: list[TrafficTarget], lost: TrafficTarget) -> list[TrafficTarget]:
    """Keep the traffic of a target whose tag moves away: on its place's other entry, or on a bare one."""
    for index, target in enumerate(targets):
        if place(target) == place(lost):
            return [
                *targets[:index],
                replace(target, percent=target.percent + lost.percent),
                *targets[index + 1 :],
            ]
    return [*targets, replace(lost, tag=None)]
