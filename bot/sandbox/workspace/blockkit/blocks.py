"""Blocks, by the surface they may stand on: messages, modals, App Home.

The exported names are checks of whole lists of blocks. Limits are those of Slack's Block Kit reference
(docs.slack.dev/reference/block-kit/blocks); counts over a whole message are Slack's as well.
Known to Slack and left out here, because nothing that Knobot shows uses them: call, video, file, card, carousel,
container, plan, task_card, auth_provider. They are refused as an unsupported type.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.workspace.blockkit.elements import (
    BUTTONS,
    CONTEXT_BUTTONS,
    IMAGE,
    MULTI_SELECTS,
    PICKERS,
    RAW_CELLS,
    SELECTS,
    TEXT_INPUTS,
)
from bot.sandbox.workspace.blockkit.objects import (
    BLOCK_ID,
    RICH_TEXT,
    RICH_TEXT_BLOCK,
    SLACK_FILE,
    TYPE,
    characters,
    plain,
    text,
)
from bot.sandbox.workspace.blockkit.schema import (
    Check,
    Problem,
    array,
    at_least_one,
    boolean,
    choice,
    exactly_one,
    integer,
    number,
    one_of,
    record,
    string,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def _block(required: Mapping[str, Check], optional: Mapping[str, Check], *rules: Check) -> Check:
    return record({**TYPE, **required}, {"block_id": BLOCK_ID, **optional}, *rules)


_ACTIONS = one_of({**BUTTONS, **SELECTS, **MULTI_SELECTS, **PICKERS})
_ACCESSORY = one_of({"image": IMAGE, **BUTTONS, **SELECTS, **MULTI_SELECTS, **PICKERS})
_INPUT = one_of({**TEXT_INPUTS, **SELECTS, **MULTI_SELECTS, **PICKERS})
_CELL = one_of({**RAW_CELLS, "rich_text": RICH_TEXT_BLOCK})
_POINTS = array(record({"label": string(20, least=1), "value": number}, {}), 20, least=1)
_CHART = record(
    {
        **TYPE,
        "series": array(record({"name": string(20, least=1), "data": _POINTS}, {}), 12, least=1),
        "axis_config": record(
            {"categories": array(string(20, least=1), 20, least=1)}, {"x_label": string(50), "y_label": string(50)}
        ),
    },
    {},
)
_PIE = record({**TYPE, "segments": array(record({"label": string(20, least=1), "value": number}, {}), 12, least=1)}, {})

_EVERYWHERE: dict[str, Check] = {
    "section": _block(
        {},
        {
            "text": text(3000),
            "fields": array(text(2000), 10, least=1),
            "accessory": _ACCESSORY,
            "expand": boolean,
        },
        at_least_one("text", "fields"),
    ),
    "divider": _block({}, {}),
    "header": _block({"text": plain(150)}, {"level": integer(1, 4)}),
    "context": _block(
        {
            "elements": array(
                one_of({"image": IMAGE, "plain_text": text(3000), "mrkdwn": text(3000)}), 10, least=1
            )
        },
        {},
    ),
    "actions": _block({"elements": array(_ACTIONS, 25, least=1, unique=("action_id",))}, {}),
    "image": _block(
        {"alt_text": string(2000, least=1)},
        {
            "image_url": string(3000, least=1),
            "slack_file": SLACK_FILE,
            "title": plain(2000),
        },
        exactly_one("image_url", "slack_file"),
    ),
    "input": _block(
        {"label": plain(2000), "element": _INPUT},
        {"hint": plain(2000), "optional": boolean, "dispatch_action": boolean},
    ),
    "rich_text": _block(RICH_TEXT, {}),
}  # fmt: skip

_IN_MESSAGES: dict[str, Check] = {
    "markdown": _block({"text": string(12_000, least=1)}, {}),
    "context_actions": _block({"elements": array(one_of(CONTEXT_BUTTONS), 5, least=1, unique=("action_id",))}, {}),
    "table": _block(
        {"rows": array(array(_CELL, 20, least=1), 100, least=1)},
        {
            "column_settings": array(
                record({}, {"align": choice("left", "center", "right"), "is_wrapped": boolean}), 20
            )
        },
    ),
    "data_table": _block(
        {"caption": string(least=1), "rows": array(array(_CELL, 20, least=1), 101, least=2)},
        {"page_size": integer(1, 100), "row_header_column_index": integer(0, 19)},
    ),
    "data_visualization": _block(
        {"title": string(50, least=1), "chart": one_of({"pie": _PIE, "bar": _CHART, "line": _CHART, "area": _CHART})},
        {},
    ),
}  # fmt: skip

_IN_MODALS: dict[str, Check] = {
    "alert": _block({"text": text(3000)}, {"level": choice("default", "info", "warning", "error", "success")})
}


def _surface(kinds: Mapping[str, Check], most: int) -> Check:
    return array(one_of(kinds), most, unique=("block_id",))


IN_MODAL = _surface({**_EVERYWHERE, **_IN_MODALS}, 100)
IN_HOME = _surface(_EVERYWHERE, 100)
_IN_MESSAGE = _surface({**_EVERYWHERE, **_IN_MESSAGES}, 50)


def in_message(value: object, at: str) -> Iterator[Problem]:
    """A message's blocks, with the limits that hold over all of them together."""
    yield from _IN_MESSAGE(value, at)
    if not isinstance(value, list):
        return
    by_type: dict[str, list[object]] = {}
    for block in value:
        if isinstance(block, dict):
            by_type.setdefault(str(block.get("type")), []).append(block)
    if len(by_type.get("table", ())) > 1:
        yield Problem(at, "only_one_table_allowed")
    if len(by_type.get("data_visualization", ())) > 2:
        yield Problem(at, "too many data_visualization blocks")
    if characters(by_type.get("markdown", [])) > 12_000:
        yield Problem(at, "markdown text exceeds 12000 characters")
    if characters(by_type.get("data_table", [])) > 10_000:
        yield Problem(at, "data_table text exceeds 10000 characters")
