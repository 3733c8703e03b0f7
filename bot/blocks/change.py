"""The card of a change: one message, edited from the wish to its end, that is true at every moment of that life.

Its first line says what is so now, in words of the state; below stays what it was about, so that a card that ended can
still be understood weeks later. Buttons are there only while they can do something.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, assert_never

from bot.blocks import guards, logs, marks, mrkdwn, planned, remedies, rollout
from bot.blocks.approvals import wanted
from bot.blocks.bars import bars, told
from bot.blocks.message import Button, Buttons, Message, Part, compose, prose, small, table
from bot.blocks.pad import pad
from bot.core import plan as plans
from bot.core.change import REPEATABLE, State
from bot.core.pad import Seen
from bot.core.template import HIDDEN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from bot.core.answers import ChangeCard
    from bot.core.change import Change
    from bot.core.plan import Plan
    from bot.core.progress import Progress, Step
    from bot.core.rollout.state import Rollout

DECISION = (
    Button("approve", "Approve", "primary"),
    Button("decline", "Decline", "danger"),
    Button("withdraw", "Withdraw"),
)
CONFIRMATION = (Button("confirm", "Yes, do it", "danger"), Button("withdraw", "No, keep it"))
UNDO = Button("undo", "Undo")
REASON = 500
HEADED = 3
"""So many settings stand in the first line where they are all that a change was about."""
OF_OUTCOME = frozenset({State.DONE, State.FAILED, State.ABORTED, State.SUPERSEDED, State.STALE, State.REFUSED})
"""States whose first line is about what has become so, not about what was asked for."""


def card(answer: ChangeCard) -> Message:
    """Return the message of a change as it is now."""
    change, progress = answer.change, answer.progress
    return compose(
        _headline(change, progress),
        *_body(answer),
        small(*_fine_print(change)),
        buttons=_buttons(change, progress),
    )


def _headline(change: Change, progress: Progress | None) -> str:
    """Say in one line what is so now."""
    where, text = mrkdwn.bold(change.plan.subject), mrkdwn.code(change.plan.request.text)
    who = mrkdwn.person(change.actor) if change.actor else "somebody"
    reason = mrkdwn.prose(change.reason, REASON)
    match change.state:
        case State.PENDING:
            return f"{mrkdwn.person(change.requester)} asks: {text}"
        case State.APPLYING | State.ROLLING if stepped := _stepped(change):
            return rollout.headline(change, stepped, progress)
        case State.APPLYING | State.ROLLING if ending := rollout.ending(change):
            return ending
        case State.FAILED | State.ABORTED if plans.returned(change.plan):
            return rollout.ended(change)
        case State.APPROVED | State.APPLYING:
            return f":hourglass_flowing_sand: {where}: {text} is being applied"
        case State.WARMING:
            pods = ", ".join(mrkdwn.prose(name, 70) for name in change.plan.warms)
            return f":hourglass_flowing_sand: {where}: {text} is waking {pods} first"
        case State.ROLLING:
            return f":hourglass_flowing_sand: {where}: {text} is rolling out"
        case State.DONE:
            return f":white_check_mark: {where}{rollout.finished(change) or _outcome(change, progress)}"
        case State.FAILED | State.ABORTED:
            return f":x: {where}: {reason or 'it failed'}"
        case State.SUPERSEDED:
            return f":fast_forward: {reason or f'Another change of {where} followed.'}"
        case State.STALE:
            why = mrkdwn.prose(change.reason.split("\n")[0], REASON)
            return f":warning: This request is stale: {why or f'{where} was changed in the meantime.'}"
        case State.REFUSED:
            return f":no_entry: Refused: {reason or text}"
        case State.DECLINED:
            return f":no_entry: {who} declined {text}{f': {reason}' if reason else ''}"
        case State.EXPIRED:
            return f":alarm_clock: Nobody approved {text} in time"
        case State.WITHDRAWN:
            return f":leftwards_arrow_with_hook: {who} withdrew {text}{f': {reason}' if reason else ''}"
        case _:
            assert_never(change.state)


def _body(answer: ChangeCard) -> list[Part]:
    """Return what is below the first line, in the order in which people ask for it."""
    change, progress = answer.change, answer.progress
    plan, revision = change.plan, progress.revision if progress else None
    settings = list(planned.settings(plan, revision))
    match change.state:
        case State.PENDING:
            return _asked(answer, settings)
        case State.APPLYING | State.ROLLING if stepped := _stepped(change):
            return list(rollout.body(change, stepped, progress, _steps(progress.steps if progress else ())))
        case State.APPROVED | State.WARMING | State.APPLYING | State.ROLLING:
            return [
                *_way(change, progress),
                prose(*settings),
                planned.traffic_bars(plan, revision),
                planned.remarks(plan, written=change.state is State.ROLLING),
            ]
        case State.DONE:
            return _so(change, progress, settings)
        case State.FAILED:
            return [*_serving(change, progress), *_failure(change, progress), prose(*settings, head="What was wished:")]
        case State.ABORTED:
            return list(_serving(change, progress))
        case State.SUPERSEDED:
            return [prose(*settings, head="What was wished:"), planned.traffic_bars(plan)]
        case State.STALE:
            moved = [f"• {mrkdwn.prose(line, 200)}" for line in change.reason.split("\n")[1:]]
            differs = prose(*moved, head="What is different since it was planned:" if moved else "")
            return [differs, *_unwritten(plan, settings)]
        case State.REFUSED | State.DECLINED | State.EXPIRED | State.WITHDRAWN:
            return _unwritten(plan, settings)
        case _:
            assert_never(change.state)


def _asked(answer: ChangeCard, settings: list[str]) -> list[Part]:
    """Say what will be, and what has to happen before."""
    plan = answer.change.plan
    return [
        prose(f"{mrkdwn.bold(plan.subject)} will be {planned.doing(plan)}:", *settings),
        prose(*(rollout.agreement(plan.rollout) if plan.rollout else [])),
        planned.losses(plan),
        planned.traffic_bars(plan),
        planned.remarks(plan),
        prose(*guards.holding(answer.holds), f"It {wanted(answer.change)}."),
    ]


def _way(change: Change, progress: Progress | None) -> list[Part]:
    """Say how far it is, and what is in its way."""
    steps = prose(*_steps(progress.steps if progress else ()))
    return [steps, _lines(change, progress), _trouble(change)]


def _trouble(change: Change) -> Part:
    return prose(*([mrkdwn.prose(change.reason, REASON)] if change.reason else []))


def _so(change: Change, progress: Progress | None, settings: list[str]) -> list[Part]:
    """Say what has become so, as far as the first line has not."""
    plan, revision = change.plan, progress.revision if progress else None
    so = dict(progress.routed) if progress else None
    answering = [f"{mrkdwn.code(tag)} answers at {mrkdwn.link(url)}" for tag, url in _addresses(progress)]
    return [
        table() if plan.deletes else planned.traffic_bars(plan, revision, so),
        _trouble(change),
        prose(*_steps(progress.steps if progress else ())),
        prose(*(settings[HEADED:] if planned.settings_alone(plan) else settings), *answering),
        planned.remarks(plan, written=True),
    ]


def _unwritten(plan: Plan, settings: list[str]) -> list[Part]:
    """Say what was asked for and did not happen."""
    asked = f"Nothing was written to {mrkdwn.bold(plan.subject)}. What was asked for:"
    return [prose(asked, *settings), planned.traffic_bars(plan)]


def _stepped(change: Change) -> Rollout | None:
    """Return the rollout in steps that a change is in the middle of."""
    going = change.plan.rollout
    return going if going and going.running and change.generation is not None else None


def _outcome(change: Change, progress: Progress | None) -> str:
    """Say what a change that came true has made so."""
    plan, revision = change.plan, progress.revision if progress else None
    if plan.deletes:
        return " is gone"
    if planned.settings_alone(plan):
        return f": {', '.join(itertools.islice(planned.settings(plan), HEADED))}" if plan.changes else " is as wished"
    held = _routed(progress) or planned.shares_after(plan, revision)
    if plan.before is None:
        return f" is created: {told(held)}"
    fresh = planned.follower(plan, revision)
    renamed = (*planned.tags(plan, revision), *planned.names(plan))
    moved = [_leads(tag, now) for tag, _, now in renamed]
    if moved and held == planned.shares_before(plan) and not plan.new_revision:
        return f": {', '.join(moved[:6])}"
    if plan.new_revision and fresh not in held:
        return f": {mrkdwn.prose(fresh, 70)} is Ready and gets no traffic; {told(held)}"
    return f": {told(held)}"


def _leads(tag: str, where: str | None) -> str:
    return f"{mrkdwn.code(tag)} leads to {mrkdwn.prose(where, 70)}" if where else f"the tag {mrkdwn.code(tag)} is gone"


def _addresses(progress: Progress | None) -> tuple[tuple[str, str], ...]:
    return progress.addresses if progress else ()


def _routed(progress: Progress | None) -> dict[str, int]:
    return dict(progress.routed) if progress else {}


def _serving(change: Change, progress: Progress | None) -> Iterator[Part]:
    """Say what still serves after a failure: a Route that cannot be had leaves the former routing in place."""
    if change.plan.about:
        return
    held: Mapping[str, int] = _routed(progress) or planned.shares_before(change.plan)
    if not held:
        yield prose("Nothing serves yet.")
        return
    stayed = held == planned.shares_before(change.plan)
    if not plans.returned(change.plan):  # else the first line has said it
        yield prose(f"{'Traffic stayed where it was' if stayed else 'Traffic is now'}: {told(held)}")
    yield table(*bars(held))


def _failure(change: Change, progress: Progress | None) -> Iterator[Part]:
    """Say how far it came, what to do about it, and what the container last wrote."""
    remedy = remedies.remedy_in(change.reason)
    steps = [step for step in progress.steps if step.text != change.reason] if progress else []
    yield prose(*_steps(steps), *([mrkdwn.prose(remedy)] if remedy else []))
    yield _lines(change, progress)


def _lines(change: Change, progress: Progress | None) -> Part:
    """Tell what the container last wrote."""
    if progress is None:
        return prose()
    wish = f"logs {change.plan.key.namespace}/{change.plan.key.name} {progress.revision or ''}".strip()
    return logs.written(progress.logs, wish, withheld=progress.withheld)


def _steps(steps: Iterable[Step]) -> list[str]:
    return [f"{marks.STEPS[step.mark]} {mrkdwn.prose(step.text)}" for step in steps]


def _fine_print(change: Change) -> Iterator[str]:
    """Say who asked for what and who approved it, as far as the first line does not."""
    text = f": {mrkdwn.code(change.plan.request.text, 160)}" if change.state in OF_OUTCOME else ""
    if change.state is not State.PENDING:
        yield f"asked by {mrkdwn.person(change.requester)}{text}"
        if change.votes.given:
            yield f"approved by {mrkdwn.people(change.votes.given)}"
    if change.state is State.ROLLING and not _stepped(change):
        yield f"gives up at {mrkdwn.moment(change.deadline)}"
    yield f"cluster {mrkdwn.prose(change.plan.key.cluster, 80)}"


def _buttons(change: Change, progress: Progress | None) -> Buttons | None:
    match change.state:
        case State.ROLLING if stepped := _stepped(change):
            return rollout.buttons(change, stepped, progress)
        case State.PENDING:
            buttons: tuple[Button, ...] = DECISION if change.votes.needed else CONFIRMATION
        case State.FAILED | State.ABORTED if plans.returned(change.plan):
            buttons = (Button("again", "Start again"),)
        case State.DONE if plans.undoable(change.plan):
            nudges = progress.nudges if progress else ()
            buttons = (UNDO, *pad(Seen(change.plan.key, change.generation or 0), nudges))
        case State.FAILED if plans.undoable(change.plan):
            buttons = (UNDO,)
        # Neither an undo nor a command whose secret was hidden can be planned from its words alone.
        case _ if change.state in REPEATABLE and change.plan.verb != "undo" and HIDDEN not in change.plan.request.text:
            buttons = (Button("again", "Plan again"),)
        case _:
            return None
    return Buttons(f"change-{change.id}-{change.version}"[:255], change.id, buttons)
