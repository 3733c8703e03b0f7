"""One call of a Web API method: its arguments as Slack reads them, and what the method may touch."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from bot.sandbox.workspace.errors import SlackError
from bot.sandbox.workspace.slack import Slack
from bot.sandbox.workspace.sockets import SocketMode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bot.sandbox.workspace.messages import Conversation

DEFAULT_LIMIT = 100
T = TypeVar("T")
Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    """What a method is called with.

    Args:
        args: from a form or JSON body, or the query; values may be strings where Slack documents other types.
        origin: scheme, host and port of the workspace.
    """

    slack: Slack
    sockets: SocketMode
    origin: str
    args: Mapping[str, Any]

    def optional(self, name: str) -> str | None:
        value = self.args.get(name)
        return None if value in (None, "") else str(value)

    def required(self, name: str) -> str:
        value = self.optional(name)
        if value is None:
            raise SlackError("invalid_arguments", [f"missing required field: {name}"])
        return value

    def required_value(self, name: str) -> Any:
        """Like `required`, for arguments that are lists or objects, or JSON in a string."""
        self.required(name)
        return self.args[name]

    def flag(self, name: str) -> bool:
        return str(self.args.get(name, "")).lower() in ("true", "1")

    def conversation(self, *, by_name: bool = False, as_member: bool = False) -> Conversation:
        """The conversation in `channel`; SlackError channel_not_found, not_in_channel."""
        reference = self.optional("channel") or ""
        found = self.slack.conversation(reference)
        if found is None and by_name:
            found = self.slack.room(reference)
        if found is None:
            raise SlackError("channel_not_found")
        if as_member and self.slack.bot.id not in self.slack.members(found):
            raise SlackError("not_in_channel")
        return found

    def page(self, items: Iterable[T], shown: Callable[[T], Any]) -> tuple[list[Any], Answer]:
        """One page of a list, and the `response_metadata` that leads to the next. Nothing behind the page is read."""
        start, limit = self._cursor(), self._limit()
        window = list(islice(items, start, start + limit + 1))
        more = base64.b64encode(f"next:{start + limit}".encode()).decode() if len(window) > limit else ""
        return [shown(item) for item in window[:limit]], {"response_metadata": {"next_cursor": more}}

    def _limit(self) -> int:
        try:
            limit = int(self.optional("limit") or DEFAULT_LIMIT)
        except ValueError:
            raise SlackError("invalid_limit") from None
        if limit < 0:
            raise SlackError("invalid_limit")
        return min(limit or DEFAULT_LIMIT, 1000)

    def _cursor(self) -> int:
        cursor = self.optional("cursor")
        if cursor is None:
            return 0
        try:
            return int(base64.b64decode(cursor, validate=True).decode().removeprefix("next:"))
        except (binascii.Error, ValueError):
            raise SlackError("invalid_cursor") from None
