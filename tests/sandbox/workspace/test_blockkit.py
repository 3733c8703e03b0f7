from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, strategies

from bot.sandbox.workspace.blockkit import message_problems, view_problems


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def section(text: str = "hi", **more: Any) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def button(action_id: str = "a", **more: Any) -> dict[str, Any]:
    return {"type": "button", "action_id": action_id, "text": plain("Go"), **more}


def actions(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements)}


def option(value: str = "v", text: str = "V") -> dict[str, Any]:
    return {"text": plain(text), "value": value}


def table(rows: int, columns: int = 2) -> dict[str, Any]:
    return {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}] * columns] * rows}


def chart(**more: Any) -> dict[str, Any]:
    points = [{"label": "Mon", "value": 1}, {"label": "Tue", "value": 2.5}]
    return {
        "type": "data_visualization",
        "title": "Requests",
        "chart": {
            "type": "line",
            "series": [{"name": "hello-00001", "data": points}],
            "axis_config": {"categories": ["Mon", "Tue"], "y_label": "a second"},
        },
        **more,
    }


GOOD: dict[str, list[dict[str, Any]]] = {
    "fifty sections": [section()] * 50,
    "a section of 3,000 characters": [section("x" * 3000)],
    "fields": [{"type": "section", "fields": [plain("x" * 2000)] * 10}],
    "an accessory": [section(accessory=button(style="danger", confirm={"title": plain("Sure?"), "text": plain("!")}))],
    "twenty-five buttons": [actions(*(button(f"a{number}") for number in range(25)))],
    "a select": [actions({"type": "static_select", "action_id": "s", "options": [option()] * 100})],
    "an overflow menu": [section(accessory={"type": "overflow", "action_id": "o", "options": [option()] * 5})],
    "a header, a divider and context": [
        {"type": "header", "text": plain("x" * 150)},
        {"type": "divider"},
        {"type": "context", "elements": [plain("x"), {"type": "image", "image_url": "http://x/y", "alt_text": "y"}]},
    ],
    "rich text": [
        {
            "type": "rich_text",
            "elements": [
                {"type": "rich_text_section", "elements": [{"type": "text", "text": "x", "style": {"bold": True}}]},
                {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "code"}]},
            ],
        }
    ],
    "a table": [table(100, 20)],
    "a data table": [{"type": "data_table", "caption": "All", "page_size": 5, "rows": table(101)["rows"]}],
    "two charts": [chart(), chart()],
    "a pie": [chart(chart={"type": "pie", "segments": [{"label": "blue", "value": 90}]})],
    "markdown": [{"type": "markdown", "text": "x" * 12_000}],
}  # fmt: skip

BAD: dict[str, tuple[list[Any], str]] = {
    "51 blocks": ([section()] * 51, "no more than 50 items allowed [json-pointer:/blocks]"),
    "long section": ([section("x" * 3001)], "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"),
    "empty text": ([section("")], "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
    "long header": (
        [{"type": "header", "text": plain("x" * 151)}],
        "must be less than 151 characters [json-pointer:/blocks/0/text/text]",
    ),
    "header in mrkdwn": (
        [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}],
        "unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]",
    ),
    "section of nothing": ([{"type": "section"}], "missing required field: text [json-pointer:/blocks/0]"),
    "eleven fields": (
        [{"type": "section", "fields": [plain("x")] * 11}],
        "no more than 10 items allowed [json-pointer:/blocks/0/fields]",
    ),
    "eleven context elements": (
        [{"type": "context", "elements": [plain("x")] * 11}],
        "no more than 10 items allowed [json-pointer:/blocks/0/elements]",
    ),
    "26 buttons": (
        [actions(*(button(f"a{number}") for number in range(26)))],
        "no more than 25 items allowed [json-pointer:/blocks/0/elements]",
    ),
    "no buttons": ([actions()], "must provide at least 1 items [json-pointer:/blocks/0/elements]"),
    "same action twice": (
        [actions(button("a"), button("a"))],
        '`action_id` "a" already exists [json-pointer:/blocks/0/elements/1/action_id]',
    ),
    "same block id twice": (
        [section(block_id="b"), section(block_id="b")],
        '`block_id` "b" already exists [json-pointer:/blocks/1/block_id]',
    ),
    "long label": (
        [actions(button(text=plain("x" * 76)))],
        "must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]",
    ),
    "long value": (
        [actions(button(value="x" * 2001))],
        "must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]",
    ),
    "long action id": (
        [actions(button("x" * 256))],
        "must be less than 256 characters [json-pointer:/blocks/0/elements/0/action_id]",
    ),
    "unknown style": (
        [actions(button(style="green"))],
        "must be a valid enum value [json-pointer:/blocks/0/elements/0/style]",
    ),
    "101 options": (
        [actions({"type": "static_select", "action_id": "s", "options": [option()] * 101})],
        "no more than 100 items allowed [json-pointer:/blocks/0/elements/0/options]",
    ),
    "long option": (
        [actions({"type": "static_select", "action_id": "s", "options": [option("x" * 151)]})],
        "must be less than 151 characters [json-pointer:/blocks/0/elements/0/options/0/value]",
    ),
    "six overflow options": (
        [section(accessory={"type": "overflow", "action_id": "o", "options": [option()] * 6})],
        "no more than 5 items allowed [json-pointer:/blocks/0/accessory/options]",
    ),
    "long confirmation": (
        [actions(button(confirm={"title": plain("x" * 101), "text": plain("x")}))],
        "must be less than 101 characters [json-pointer:/blocks/0/elements/0/confirm/title/text]",
    ),
    "unknown block": ([{"type": "sections"}], "unsupported type: sections [json-pointer:/blocks/0/type]"),
    "a string for a block": (["hello"], "must provide an object [json-pointer:/blocks/0]"),
    "unknown field": ([section(colour="red")], "invalid additional property: colour [json-pointer:/blocks/0]"),
    "an input's element in actions": (
        [actions({"type": "plain_text_input", "action_id": "p"})],
        "unsupported type: plain_text_input [json-pointer:/blocks/0/elements/0/type]",
    ),
    "101 rows": ([table(101)], "no more than 100 items allowed [json-pointer:/blocks/0/rows]"),
    "21 cells": ([table(1, 21)], "no more than 20 items allowed [json-pointer:/blocks/0/rows/0]"),
    "two tables": ([table(1), table(1)], "only_one_table_allowed [json-pointer:/blocks]"),
    "three charts": ([chart(), chart(), chart()], "too many data_visualization blocks [json-pointer:/blocks]"),
    "a long chart title": (
        [chart(title="x" * 51)],
        "must be less than 51 characters [json-pointer:/blocks/0/title]",
    ),
    "a data table without caption": (
        [{"type": "data_table", "rows": table(2)["rows"]}],
        "missing required field: caption [json-pointer:/blocks/0]",
    ),
    "long data table": (
        [{"type": "data_table", "caption": "c", "rows": [[{"type": "raw_text", "text": "x" * 5001}]] * 2}],
        "data_table text exceeds 10000 characters [json-pointer:/blocks]",
    ),
    "no blocks at all": ("nonsense", "must provide an array [json-pointer:/blocks]"),  # type: ignore[dict-item]  # on purpose
}


@pytest.mark.parametrize("blocks", GOOD.values(), ids=GOOD)
def test_what_slack_takes_is_taken(blocks: list[dict[str, Any]]) -> None:
    assert message_problems(blocks) == []


@pytest.mark.parametrize(("blocks", "complaint"), BAD.values(), ids=BAD)
def test_what_slack_refuses_is_refused_in_its_words(blocks: list[Any], complaint: str) -> None:
    assert complaint in [str(problem) for problem in message_problems(blocks)]


JSON = strategies.recursive(
    strategies.none() | strategies.booleans() | strategies.integers() | strategies.text(),
    lambda inner: (
        strategies.lists(inner)
        | strategies.dictionaries(
            strategies.sampled_from(["type", "text", "elements", "options", "rows", "accessory", "element", "x"]), inner
        )
    ),
)


@given(JSON)
def test_nothing_is_so_wrong_that_it_cannot_be_explained(value: object) -> None:
    for problem in (*message_problems(value), *view_problems(value)):
        assert "[json-pointer:/" in str(problem)


def modal(**more: Any) -> dict[str, Any]:
    return {"type": "modal", "title": plain("Deploy"), "blocks": [section()], **more}


def field(element: dict[str, Any]) -> dict[str, Any]:
    return {"type": "input", "label": plain("L"), "element": element}


VIEWS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "a modal": (modal(submit=plain("Go"), private_metadata="x" * 3000), []),
    "a hundred blocks": (modal(blocks=[section()] * 100), []),
    "a home tab": ({"type": "home", "blocks": [section()]}, []),
    "pickers": (
        modal(
            submit=plain("Go"),
            blocks=[
                field({"type": "datepicker", "action_id": "d"}),
                field({"type": "timepicker", "action_id": "t"}),
                field({"type": "checkboxes", "action_id": "c", "options": [option()] * 10}),
                field({"type": "external_select", "action_id": "e", "min_query_length": 0}),
                field({"type": "number_input", "action_id": "n", "is_decimal_allowed": False}),
            ],
        ),
        [],
    ),
    "101 blocks": (modal(blocks=[section()] * 101), ["no more than 100 items allowed [json-pointer:/view/blocks]"]),
    "a long title": (
        modal(title=plain("x" * 25)),
        ["must be less than 25 characters [json-pointer:/view/title/text]"],
    ),
    "long metadata": (
        modal(private_metadata="x" * 3001),
        ["must be less than 3001 characters [json-pointer:/view/private_metadata]"],
    ),
    "an input without submit": (
        modal(blocks=[field({"type": "plain_text_input"})]),
        ["must define `submit` to use an `input` block in modals [json-pointer:/view/blocks/0/input]"],
    ),
    "a chart": (
        modal(blocks=[chart()]),
        ["unsupported type: data_visualization [json-pointer:/view/blocks/0/type]"],
    ),
    "a home tab that closes": (
        {"type": "home", "blocks": [], "close": plain("x")},
        ["invalid additional property: close [json-pointer:/view]"],
    ),
    "eleven checkboxes": (
        modal(submit=plain("Go"), blocks=[field({"type": "checkboxes", "options": [option()] * 11})]),
        ["no more than 10 items allowed [json-pointer:/view/blocks/0/element/options]"],
    ),
}


@pytest.mark.parametrize(("view", "complaints"), VIEWS.values(), ids=VIEWS)
def test_views_are_held_to_slacks_rules(view: dict[str, Any], complaints: list[str]) -> None:
    assert [str(problem) for problem in view_problems(view)] == complaints
