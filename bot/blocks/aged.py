"""What was so once: said above the answer, since all of it may be otherwise by now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks.message import Message, small
from bot.core import duration

if TYPE_CHECKING:
    from datetime import timedelta


def aged(message: Message, age: timedelta) -> Message:
    """Return the message with how old it is."""
    note = small(f"⚠️ The cluster does not answer. This is how it was {duration.words(age)} ago.")
    return Message(f"{note.markup}\n{message.text}", (*note.blocks(), *message.blocks))
