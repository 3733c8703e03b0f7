"""What channels are told without having asked: the words that one types after `watch`, in the configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.commands import WatchAdd
from bot.core.errors import BotError, Invalid
from bot.core.language.parse import parse
from bot.core.subscriptions import Quiet, Scope, Watch

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.core.place import Home
    from bot.settings.document import Item


def read_watches(item: Item, channel: str, home: Home, zone: str) -> list[Watch]:
    """Return the watches of a channel; they are named c1, c2 … there.

    Args:
        item: a list of texts such as "failures" or "shop/* all --quiet 22:00-07:00".
        channel: its id.
        home: what a bare name means in it.
        zone: the time zone of quiet hours that name none.
    """
    found = [entry.read(_reading(home), None) for entry in item.items()]
    return [
        Watch(
            f"c{number}",
            channel,
            Scope(home.cluster, wish.pattern.namespace or home.namespace, wish.pattern.service, wish.labels),
            wish.topics,
            Quiet(*wish.quiet, wish.timezone or zone) if wish.quiet else None,
        )
        for number, wish in enumerate((wish for wish in found if wish), 1)
    ]


def _reading(home: Home) -> Callable[[str], WatchAdd | None]:
    def read(text: str) -> WatchAdd:
        try:
            command = parse(f"watch {text}")
        except BotError as error:
            raise Invalid(error.message, error.hint) from None
        if not isinstance(command, WatchAdd):
            raise Invalid("this names nothing to watch", "write “all” for everything of the channel’s namespace")
        if command.pattern.cluster not in (None, home.cluster):
            raise Invalid("a channel watches its own cluster", "leave the cluster out")
        return command

    return read
