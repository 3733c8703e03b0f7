"""The home tab as Slack takes it. What waits for the reader stands first, then what runs, then what they did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.blocks import marks, mrkdwn
from bot.blocks.approvals import wanted
from bot.blocks.bars import told
from bot.blocks.message import Button, Buttons, compose, prose, small
from bot.core import duration
from bot.core.answers import ROWS
from bot.core.traffic import shares

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from bot.core.change import Change
    from bot.core.home import HomeTab, Place
    from bot.core.model import Service

Block = dict[str, Any]

PLACES, WAITING = 8, 10
"""How many are shown, so that all fit into the hundred blocks of a home tab."""
DECISION = (Button("approve", "Approve", "primary"), Button("decline", "Decline", "danger"))


def home(tab: HomeTab, *, command: str) -> dict[str, Any]:
    """Return the view of a person's home tab."""
    return {"type": "home", "callback_id": "home", "blocks": [*_blocks(tab, command)]}


def _blocks(tab: HomeTab, command: str) -> Iterator[Block]:
    if not (tab.places or tab.waiting or tab.recent):
        yield from _welcome(command)
        return
    count = len(tab.waiting)
    if count:
        yield _title("1 change waits for you" if count == 1 else f"{count} changes wait for you")
    for change in tab.waiting[:WAITING]:
        yield from _waiting(change)
    if count > WAITING:
        more = mrkdwn.code(f"{command} approvals")
        yield from compose(f"… and {count - WAITING} more: {more} in their channels lists them.").blocks
    yield _title("Your Services")
    for place in tab.places[:PLACES]:
        yield from _place(place, command)
    if not tab.places:
        yield from compose("None of your channels stands for a namespace.").blocks
    if tab.recent:
        yield _title("What you did last")
        yield from compose("", prose(*(_did(change, tab.now) for change in tab.recent))).blocks


def _welcome(command: str) -> Iterator[Block]:
    yield _title("Welcome to Knobot")
    yield from compose(
        "Knobot looks after Knative Services, from your channels.",
        prose(
            "Join a channel that stands for a namespace, and its Services are shown here, with the changes that wait "
            "for you.",
            f"There, {mrkdwn.code(command)} opens a picker, and {mrkdwn.code(f'{command} help')} tells the words.",
        ),
    ).blocks


def _waiting(change: Change) -> Iterator[Block]:
    where = f"in {mrkdwn.channel(change.plan.request.channel)}"
    yield from compose(
        f"{mrkdwn.bold(change.plan.subject)} {where}: {mrkdwn.person(change.requester)} asks "
        f"{mrkdwn.code(change.plan.request.text, 160)}",
        small(f"It {wanted(change)}."),
        buttons=Buttons(f"home-{change.id}-{change.version}"[:255], change.id, DECISION),
    ).blocks


def _place(place: Place, command: str) -> Iterator[Block]:
    title = f"{mrkdwn.bold(place.namespace)} in {mrkdwn.channel(place.channel)}"
    if place.trouble:
        yield from compose(title, prose(f":warning: {mrkdwn.prose(place.trouble)}")).blocks
        return
    shown = place.services[:ROWS]
    first = mrkdwn.code(f"{command} deploy hello ghcr.io/acme/hello:v1")
    empty = prose(f"There are no Services yet. {first} in the channel makes the first one.")
    rows = prose(*(_service(service) for service in shown), missing=len(place.services) - len(shown))
    pick = Buttons(f"home-{place.channel}", place.channel, (Button("home-pick", "Do something …"),))
    yield from compose(title, rows if shown else empty, buttons=pick).blocks


def _service(service: Service) -> str:
    held = told(shares(service.routed, service.latest_ready or "@latest"))
    return f"{marks.TRUTHS[service.ready]} {mrkdwn.bold(service.key.name)}: {held or 'no traffic reaches it yet'}"


def _did(change: Change, now: datetime) -> str:
    mark = marks.STATES[change.state]
    age = duration.words(now - change.created)
    text = mrkdwn.code(change.plan.request.text, 120)
    return f"{mark} {text} on {mrkdwn.prose(change.plan.subject, 80)}, {change.state.value}, {age} ago"


def _title(text: str) -> Block:
    return {"type": "header", "text": {"type": "plain_text", "text": text, "emoji": True}}
