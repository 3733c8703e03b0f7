"""What a plan changes, as people compare it: settings and tags before → after, and traffic as bars."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks import images, mrkdwn
from bot.blocks.bars import FOLLOWS, bars, follows
from bot.blocks.message import Part, prose, table
from bot.core import references, traffic, warming
from bot.core.plan import undoable
from bot.core.rollout.state import Outcome
from bot.core.traffic import shares

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.core.plan import Plan

NEW = "new Revision"
"""What a Revision is called that has no name yet."""


def shares_before(plan: Plan) -> dict[str, int]:
    """Return Revision → percent as it was, before the whole of a rollout that is done; empty for a new Service."""
    if plan.rollout and plan.rollout.outcome is Outcome.FINISHED:
        return shares(plan.rollout.base, _leads(plan))
    return shares(plan.before.traffic, _leads(plan)) if plan.before else {}


def shares_after(plan: Plan, revision: str | None) -> dict[str, int]:
    """Return Revision → percent as it shall be; `revision` is the one that the plan makes, once its name is known."""
    return shares(plan.after.traffic, follower(plan, revision))


def follower(plan: Plan, revision: str | None) -> str:
    """Return the Revision that @latest will lead to."""
    return revision or NEW if plan.new_revision else _leads(plan)


def _leads(plan: Plan) -> str:
    return plan.leads or references.FOLLOW


def doing(plan: Plan) -> str:
    """Return what is done to the object, in a word."""
    if plan.deletes:
        return "deleted"
    return "changed" if plan.before else "created"


def losses(plan: Plan) -> Part:
    """Return what is lost for good."""
    head = ":warning: What goes, until it is undone:" if undoable(plan) else ":warning: This cannot be taken back:"
    return prose(*(f"• {mrkdwn.prose(loss, 200)}" for loss in plan.loses), head=head)


def settings_alone(plan: Plan) -> bool:
    """Whether a plan changes nothing but settings: of another object, or annotations of the Service."""
    if plan.about:
        return True
    return not (plan.deletes or plan.moves_traffic or plan.new_revision or tuple(names(plan)))


def settings(plan: Plan, revision: str | None = None) -> Iterator[str]:
    """Yield a line of markup for each setting and each tag that changes."""
    yield from (f"{mrkdwn.prose(change.what, 160)}: {_arrow(change.before, change.after)}" for change in plan.changes)
    yield from (f"tag {mrkdwn.code(tag)}: {_arrow(was, now)}" for tag, was, now in tags(plan, revision))
    yield from (f"name {mrkdwn.code(name)}: {_arrow(was, now)}" for name, was, now in names(plan))


def tags(plan: Plan, revision: str | None = None) -> Iterator[tuple[str, str | None, str | None]]:
    """Yield each tag that changes, the Revision that it led to and the one that it will lead to; None for neither.

    Those that are there only to wake or keep pods nobody has asked for.
    """
    before = traffic.tags(plan.before.traffic) if plan.before else {}
    after = traffic.tags(plan.after.traffic)
    for tag in sorted({*before, *after}):
        if before.get(tag) != after.get(tag) and not tag.startswith(warming.TAG):
            yield tag, _led(before.get(tag), _leads(plan)), _led(after.get(tag), follower(plan, revision))


def names(plan: Plan) -> Iterator[tuple[str, str | None, str | None]]:
    """Yield each name without an address that changes, with the Revisions as `tags` does."""
    before, after = dict(plan.before.names if plan.before else ()), dict(plan.after.names)
    for name in sorted({*before, *after}):
        if before.get(name) != after.get(name):
            yield name, before.get(name), after.get(name)


def _arrow(before: str | None, after: str | None) -> str:
    if after is None:
        return f"{mrkdwn.code(before or '')} is removed"
    return mrkdwn.code(after) if before is None else f"{mrkdwn.code(before)} → {mrkdwn.code(after)}"


def _led(where: str | None, leads: str) -> str | None:
    return leads if where == references.FOLLOW else where


def pinned(follow: str) -> str:
    """Say what it means that nothing follows latest: people find out at the next deploy otherwise."""
    return f":pushpin: pinned: new deploys get no traffic until {follow}."


def traffic_bars(plan: Plan, revision: str | None = None, so: Mapping[str, int] | None = None) -> Part:
    """Return the bars before → after; `so` is the traffic by status, where it is known to have become so."""
    after = dict(so or shares_after(plan, revision))
    newest = follower(plan, revision)
    if plan.new_revision and plan.before:
        after.setdefault(newest, 0)
    mark = newest if follows(plan.after.traffic) else None
    return table(*bars(after, shares_before(plan) if plan.before else None, mark=mark))


def remarks(plan: Plan, *, written: bool = False) -> Part:
    """Return what a person should know beside the bars: following or pinned, the plan's notes, the image's digest.

    Once it is `written`, what is asleep has been woken, or its requests wait: that is not to come any more.
    """
    over = warming.notes(tuple(shares_after(plan, None)), plan.warms) if written else []
    notes = [mrkdwn.prose(note) for note in plan.notes if note not in over]
    if plan.about or plan.deletes:
        return prose(*notes)
    legend = (
        f"{FOLLOWS} follows latest" if follows(plan.after.traffic) else pinned(mrkdwn.code(f"follow {plan.key.name}"))
    )
    # Before a new Revision is made the digest of its image is not known: the one in the plan is another's.
    known = plan.digest if plan.digest and not plan.new_revision else None
    digest = [f"image digest {mrkdwn.code(images.digest(known))}"] if known else []
    look = [f"Preview: {mrkdwn.link(plan.preview)}"] if plan.preview else []
    return prose(legend, *notes, *digest, *look)
