"""What a channel hears by itself, and what it does not for a while."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks import mrkdwn
from bot.blocks.message import Buttons, Message, compose, prose, replay

if TYPE_CHECKING:
    from bot.core.answers import Muted, Unmuted, WatchAdded, WatchRemoved, WatchTable
    from bot.core.subscriptions import Scope, Silence, Watch


HELD = ":mute: *held back*: by the policy not everybody here may look at it, nor may who added it"


def listed(answer: WatchTable, command: str) -> Message:
    """Return what a channel is told, with the ids by which that ends."""
    muted = prose(*(_silence(silence) for silence in answer.silences if not silence.matter), head="Muted:")
    if not answer.watches:
        example = mrkdwn.code(f"{command} watch failures", 120)
        return compose("This channel is told nothing by itself.", prose(f"To hear of failures: {example}"), muted)
    rows = [
        f"{mrkdwn.code(watch.id)} {_watch(watch)}{_origin(watch)}{holding(watch.id in answer.held)}"
        for watch in answer.watches
    ]
    own = next((watch.id for watch in answer.watches if watch.creator), None)
    end = [f"To end one: {mrkdwn.code(f'{command} unwatch {own}', 120)}"] if own else []
    return compose("This channel is told of:", prose(*rows), muted, prose(*end))


def holding(held: bool) -> str:
    """Say it of a subscription by which nothing is told."""
    return f" {HELD}" if held else ""


def added(answer: WatchAdded, command: str) -> Message:
    """Return the confirmation of a new watch."""
    watch = answer.watch
    end = mrkdwn.code(f"{command} unwatch {watch.id}", 120)
    return compose(f":eyes: This channel will be told of {_watch(watch)}", prose(f"To end it: {end}"))


def removed(answer: WatchRemoved) -> Message:
    """Return the confirmation that a channel is told less."""
    return compose("This channel is no longer told of", prose(*(_watch(watch) for watch in answer.watches)))


def muted(answer: Muted) -> Message:
    """Return the confirmation of a silence, with the way back."""
    silence = answer.silence
    line = f"unmute {silence.scope.cluster}/{silence.scope}"
    where = f"unmute-{silence.channel}-{int(silence.until.timestamp())}"[-255:]
    return compose(
        f":mute: Muted: {_silence(silence)}",
        prose("What is different at its end is told then."),
        buttons=Buttons(where, "", (replay("unmute", "Unmute", line),)),
    )


def unmuted(answer: Unmuted) -> Message:
    """Return the confirmation that a silence is over."""
    return compose(":speaker: This channel hears again of", prose(*(_scope(one.scope) for one in answer.silences)))


def _watch(watch: Watch) -> str:
    what = ", ".join(topic.value for topic in watch.topics) or "everything"
    quiet = f", quiet {mrkdwn.prose(str(watch.quiet))} ({mrkdwn.prose(watch.quiet.timezone)})" if watch.quiet else ""
    return f"{_scope(watch.scope)}: {what}{quiet}"


def _scope(scope: Scope) -> str:
    labels = "".join(f" {mrkdwn.code(f'{name}={value}', 80)}" for name, value in scope.labels[:4])
    return f"{mrkdwn.code(str(scope), 140)} on {mrkdwn.prose(scope.cluster, 80)}{labels}"


def _origin(watch: Watch) -> str:
    return f", added by {mrkdwn.person(watch.creator)}" if watch.creator else ", by the configuration"


def _silence(silence: Silence) -> str:
    return f"{_scope(silence.scope)} until {mrkdwn.moment(silence.until)}, by {mrkdwn.person(silence.creator)}"
