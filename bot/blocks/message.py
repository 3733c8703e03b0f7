"""A message is said once: blocks and plain text are made of the same parts, so neither tells what the other lacks.

Slack truncates or refuses what is too long (a text of 4,000 characters in an update, 3,000 in a section, 50 blocks,
some 12,000 characters over all blocks). The parts are therefore made to fit the tightest bound, that of the text, in
one place: short parts stay whole, long ones share what is left and end with how much they leave out. Lists that are
never edited may be longer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from bot.blocks import mrkdwn

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

TEXT = 3_900
"""Characters of a whole message: chat.update refuses a text of more than 4,000."""
LISTING = 9_000
"""Characters of a whole message that is never edited; its blocks together may have some 12,000."""
SECTION = 2_900
"""Characters of one section; Slack's bound is 3,000."""
CONTEXT = 1_900
"""Characters of one context; Slack's bound is 2,000."""
VALUE = 2_000
"""Characters that a button may carry; what is cut means nothing any more, and is refused when it comes back."""


@dataclass(frozen=True, slots=True)
class Message:
    """What Slack is sent: `blocks` to be seen, and `text`, which alone tells the same."""

    text: str
    blocks: tuple[dict[str, Any], ...]


class Look(Enum):
    """How a part is shown."""

    PROSE = "prose"
    CODE = "code"
    SMALL = "small"


@dataclass(frozen=True, slots=True)
class Part:
    """Rows that are shown alike. Rows of PROSE and SMALL are markup, rows of CODE are plain text.

    A row may have several lines and is shown whole or not at all. `head` stands above the rows, where there are any;
    `missing` tells how many of them were left out, `below` are buttons for what they say.
    """

    look: Look
    rows: tuple[str, ...]
    head: str = ""
    missing: int = 0
    below: Buttons | None = None

    @property
    def markup(self) -> str:
        return self._joined(self._lines)

    def cut(self, room: int) -> Part:
        """Return this part with as many of its rows as fit into `room` characters."""
        if len(self.markup) <= room:
            return self
        before = [0, *accumulate(len(self._line(row)) + 1 for row in self.rows)]
        fits, too_many = 0, len(self.rows)
        while too_many - fits > 1:
            half = (fits + too_many) // 2
            length = len(self._first(0, len(self.rows) - half).markup) + before[half]
            fits, too_many = (half, too_many) if length <= room else (fits, half)
        return self._first(fits, len(self.rows) - fits)

    def _first(self, count: int, without: int) -> Part:
        return replace(self, rows=self.rows[:count], missing=self.missing + without)

    @property
    def _lines(self) -> Sequence[str]:
        """All lines as they are shown."""
        ending = f"… and {self.missing} more" if self.missing else ""
        return [self._line(line) for line in (self.head, *self.rows, ending) if line]

    def _line(self, line: str) -> str:
        return mrkdwn.fenced(line) if self.look is Look.CODE else line

    def _joined(self, lines: Sequence[str]) -> str:
        whole = "\n".join(lines)
        return f"```\n{whole}\n```" if self.look is Look.CODE else whole

    def blocks(self) -> Iterator[dict[str, Any]]:
        """Yield what shows this part: one block, unless it is too long for one."""
        bound = (CONTEXT if self.look is Look.SMALL else SECTION) - len(self._joined([""]))
        chunk: list[str] = []
        length = 0
        for line in self._lines:
            if chunk and length + len(line) > bound:
                yield self._block(chunk)
                chunk, length = [], 0
            chunk.append(line)
            length += len(line) + 1
        if chunk:
            yield self._block(chunk)
        if self.below and self.rows:
            yield from self.below.blocks()

    def _block(self, lines: Sequence[str]) -> dict[str, Any]:
        # "verbatim" keeps Slack from making links of its own out of names such as ghcr.io/acme/hello.
        text = {"type": "mrkdwn", "text": self._joined(lines), "verbatim": True}
        if self.look is Look.SMALL:
            return {"type": "context", "elements": [text]}
        return {"type": "section", "text": text}


@dataclass(frozen=True, slots=True)
class Button:
    """A button; `style` is "primary", "danger" or "" for none.

    `value` takes the place of its row's; `confirm` is what a person is asked before it counts, or "".
    """

    action: str
    label: str
    style: str = ""
    value: str = ""
    confirm: str = ""


def replay(word: str, label: str, line: str, confirm: str = "") -> Button:
    """Return a button that types a command for the person who presses it; `word` is unique in its row."""
    return Button(f"replay-{word}", label, value=line, confirm=confirm)


@dataclass(frozen=True, slots=True)
class Buttons:
    """A row of buttons that carry `value` unless they have one of their own.

    `block` must be new at each update, or clients keep the old ones.
    """

    block: str
    value: str
    buttons: tuple[Button, ...]

    def blocks(self) -> Iterator[dict[str, Any]]:
        """Yield the one block that shows them."""
        yield {"type": "actions", "block_id": self.block, "elements": [self._element(one) for one in self.buttons]}

    def _element(self, button: Button) -> dict[str, Any]:
        label = {"type": "plain_text", "text": button.label, "emoji": True}
        more: dict[str, Any] = {"style": button.style} if button.style else {}
        if button.confirm:
            more["confirm"] = {
                "title": {"type": "plain_text", "text": "Are you sure?"},
                "text": {"type": "plain_text", "text": button.confirm},
                "confirm": {"type": "plain_text", "text": "Yes"},
                "deny": {"type": "plain_text", "text": "No"},
            }
        value = (button.value or self.value)[:VALUE]
        return {"type": "button", "action_id": button.action, "value": value, "text": label, **more}


def prose(*rows: str, head: str = "", below: Buttons | None = None, missing: int = 0) -> Part:
    """Return sentences; each row is markup. `missing` are rows that were not even made."""
    return Part(Look.PROSE, rows, head, missing, below)


def small(*rows: str) -> Part:
    """Return fine print; each row is markup."""
    return Part(Look.SMALL, rows)


def table(*rows: str, head: str = "", missing: int = 0) -> Part:
    """Return preformatted lines; each row is plain text. `missing` are rows that were not even made."""
    return Part(Look.CODE, rows, head, missing)


def compose(headline: str, *parts: Part, buttons: Buttons | None = None, room: int = TEXT) -> Message:
    """Return the message that says `headline` (markup), which tells what happened, and then `parts`.

    `room` is for how many characters: more than TEXT only for what is never edited.
    """
    first = prose(headline)
    shown = [first, *_fit([part for part in parts if part.rows], room - len(headline))]
    text = "\n".join(part.markup for part in shown)
    blocks = [block for part in shown for block in part.blocks()]
    return Message(mrkdwn.spoken(text), (*blocks, *(buttons.blocks() if buttons else ())))


def _fit(parts: Sequence[Part], room: int) -> list[Part]:
    """Cut parts to `room` characters in all: the shorter a part the earlier it is served, and from an even share."""
    fitted = list(parts)
    by_length = sorted(range(len(parts)), key=lambda index: len(parts[index].markup))
    for served, index in enumerate(by_length):
        fitted[index] = parts[index].cut(room // (len(parts) - served) - 1)
        room -= len(fitted[index].markup) + 1
    return fitted
