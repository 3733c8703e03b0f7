"""A press on the traffic pad: a change like any other, planned on what the person saw."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core import pad
from bot.core.commands import Address, Rollout, Share
from bot.core.errors import Refused, Stale
from bot.operations import changes
from bot.operations.world import World, authorize, intent, missing

if TYPE_CHECKING:
    from bot.core.change import Change
    from bot.core.pad import Nudge, Seen
    from bot.core.ports import Addressee


def press(world: World, nudge: Nudge, seen: Seen, to: Addressee) -> Change:
    """Propose what a press on the pad means. A second press on the same pad does nothing.

    Raises:
        Stale: the Service is no longer as the pad's message shows it. Refused: this very press is under way already.
    """
    key = seen.key
    authorize(world, to, intent(Rollout.verb, to.channel, key), f"{nudge.value} on the traffic pad of {key}")
    snapshot = world.knative.snapshot(key)
    if snapshot.service is None:
        raise missing(world, key, to.person, to.channel)
    if snapshot.service.generation != seen.generation:
        raise Stale(
            f"{key} is no longer as this message shows it.",
            f"`status {key.name}` shows it as it is, with buttons of its own.",
        )
    shares = tuple(Share(where, percent) for where, percent in pad.press(nudge, snapshot).items())
    words = " ".join(f"{share.reference}={share.percent}" for share in shares)
    text = f"rollout {world.configuration.spelled(key, to.channel)} {words}"
    for change in world.store.unfinished(key):
        if change.plan.request.text == text and change.plan.base and change.plan.base.generation == seen.generation:
            raise Refused("This is asked for already.", "Its message shows how far it is.", code="already")
    command = Rollout(Address(key.name, key.namespace, key.cluster), shares)
    return changes.propose(world, command, to, text, seen.generation)
