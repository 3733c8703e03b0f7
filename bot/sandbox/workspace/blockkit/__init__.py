"""Says what Slack says about blocks and views that break its rules, so that a bot learns it here first.

`message_problems` and `view_problems` never raise: they return complaints in the order in which Slack lists them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.workspace.blockkit.blocks import IN_HOME, IN_MODAL, in_message
from bot.sandbox.workspace.blockkit.elements import (
    BUTTONS,
    CONTEXT_BUTTONS,
    MULTI_SELECTS,
    PICKERS,
    SELECTS,
    TEXT_INPUTS,
)
from bot.sandbox.workspace.blockkit.objects import ANSWERED_OPTIONS, characters, plain
from bot.sandbox.workspace.blockkit.schema import Problem, anything, boolean, one_of, record, string

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "INTERACTIVE",
    "TOTAL_CHARACTERS",
    "Problem",
    "characters",
    "message_problems",
    "options_problems",
    "view_problems",
]

INTERACTIVE = frozenset({**BUTTONS, **CONTEXT_BUTTONS, **SELECTS, **MULTI_SELECTS, **PICKERS, **TEXT_INPUTS})
"""The types of elements that a person can use, and that therefore have an action_id."""

TOTAL_CHARACTERS = 12_000
"""Above about this many characters in all blocks together, chat.postMessage answers msg_blocks_too_long.

Slack documents no such limit; people met it between 11,000 and 13,000."""


def message_problems(blocks: object, at: str = "/blocks") -> list[Problem]:
    """What is wrong with a message's blocks; [] if Slack would take them."""
    return list(in_message(blocks, at))


def view_problems(view: object, at: str = "/view") -> list[Problem]:
    """What is wrong with a modal or home view; [] if Slack would take it."""
    return list(_VIEW(view, at))


def options_problems(answer: object) -> list[Problem]:
    """What is wrong with the answer to a block_suggestion: {"options": [...]} or {"option_groups": [...]}."""
    return list(ANSWERED_OPTIONS(answer, ""))


def _inputs_need_submit(view: object, at: str) -> Iterator[Problem]:
    if isinstance(view, dict) and not view.get("submit") and isinstance(view.get("blocks"), list):
        for index, block in enumerate(view["blocks"]):
            if isinstance(block, dict) and block.get("type") == "input":
                yield Problem(f"{at}/blocks/{index}/input", "must define `submit` to use an `input` block in modals")


_COMMON = {"callback_id": string(255), "external_id": string(255), "private_metadata": string(3000)}

_VIEW = one_of(
    {
        "modal": record(
            {"type": string(), "title": plain(24), "blocks": IN_MODAL},
            {
                **_COMMON,
                "submit": plain(24),
                "close": plain(24),
                "clear_on_close": boolean,
                "notify_on_close": boolean,
                "submit_disabled": boolean,
            },
            _inputs_need_submit,
        ),
        "home": record({"type": string(), "blocks": IN_HOME}, {**_COMMON, "title": anything}),
    }
)
