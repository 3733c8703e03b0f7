"""What Slack refuses or obeys, checked on a whole message: sizes, escapes, and that nothing in it calls or links."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

from bot.sandbox.workspace.blockkit import message_problems

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.blocks import Message

OWN = re.compile(
    r"<@[UW][A-Z0-9]+>|<!subteam\^S[A-Z0-9]+>"
    r"|<#[CG][A-Z0-9]+>"
    r"|<!date\^\d+\^\{date_short_pretty\} \{time\}\|\d{4}-\d\d-\d\d \d\d:\d\d UTC>"
    r"|<https?://[^\s<>|`]+>"
)
"""The only things in angle brackets that Knobot writes."""
ENTITY = re.compile(r"&(amp|lt|gt);")
FENCE = re.compile(r"```\n.*?\n```", re.DOTALL)


def check(message: Message, room: int = 3_900) -> None:
    """Assert that Slack takes `message` as it is meant and that its text tells all that its blocks show.

    `room` may be larger for what is never edited.
    """
    assert 0 < len(message.text) <= room
    assert len(message.blocks) <= 50
    assert not message_problems(list(message.blocks))
    shown = list(texts(message))
    assert sum(map(len, shown)) <= 11_000
    for text in [message.text, *shown]:
        check_markup(text)
    for block in message.blocks:
        check_block(block)
    for text in shown:
        for line in re.sub(r"<!date[^|]*\|([^>]*)>", r"\1", text).split("\n"):
            assert line in message.text, line


def texts(message: Message) -> Iterator[str]:
    for block in message.blocks:
        match block["type"]:
            case "section":
                yield block["text"]["text"]
            case "context":
                yield from (element["text"] for element in block["elements"])


def check_markup(text: str) -> None:
    rest = OWN.sub("", text)
    assert not re.search("[<>]", rest), rest
    assert "&" not in ENTITY.sub("", rest), rest
    for character in text:
        assert character == "\n" or unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}, repr(
            character
        )
    prose = FENCE.sub("", text)
    assert "``" not in prose, prose
    assert all(line.count("`") % 2 == 0 for line in prose.split("\n")), prose


def check_block(block: dict[str, Any]) -> None:
    match block["type"]:
        case "section":
            assert 0 < len(block["text"]["text"]) <= 3_000
            assert block["text"]["type"] == "mrkdwn"
            assert block["text"]["verbatim"] is True
        case "context":
            assert 1 <= len(block["elements"]) <= 10
            assert all(0 < len(element["text"]) <= 2_000 for element in block["elements"])
        case "actions":
            assert 0 < len(block["block_id"]) <= 255
            assert 1 <= len(block["elements"]) <= 25
            assert all(0 < len(button["value"]) <= 2_000 for button in block["elements"])
            assert all(0 < len(button["text"]["text"]) <= 75 for button in block["elements"])
            assert len({button["action_id"] for button in block["elements"]}) == len(block["elements"])
        case "data_visualization":
            assert 0 < len(block["title"]) <= 50
        case kind:
            raise AssertionError(kind)
