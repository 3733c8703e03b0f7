"""Composition objects: what blocks and elements are made of (text, options, confirmations, rich text).

Limits are those of Slack's Block Kit reference (docs.slack.dev/reference/block-kit/composition-objects).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.sandbox.workspace.blockkit.schema import (
    Check,
    Problem,
    anything,
    array,
    boolean,
    choice,
    exactly_one,
    integer,
    one_of,
    record,
    string,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

ACTION_ID = string(255)
BLOCK_ID = string(255)
TYPE = {"type": string()}


def plain(most: int) -> Check:
    """Text of type plain_text only."""
    return one_of({"plain_text": _text(most, {"emoji": boolean})})


def text(most: int) -> Check:
    """Text of either type. As Slack does, a fault inside is announced by a line about the whole object."""
    either = one_of({"plain_text": _text(most, {"emoji": boolean}), "mrkdwn": _text(most, {"verbatim": boolean})})

    def check(value: object, at: str) -> Iterator[Problem]:
        problems = list(either(value, at))
        if any(problem.pointer.endswith("/text") for problem in problems):
            yield Problem(at, "failed to match all allowed schemas")
        yield from problems

    return check


def _text(most: int, extra: dict[str, Check]) -> Check:
    return record({**TYPE, "text": string(most, least=1)}, extra)


def option(label: Check | None = None) -> Check:
    return record(
        {"text": label or plain(75), "value": string(150, least=1)},
        {"description": text(75), "url": string(3000)},
    )


def options(most: int, *, least: int = 1, label: Check | None = None) -> Check:
    return array(option(label), most, least=least)


OPTION_GROUPS = array(record({"label": plain(75), "options": options(100)}, {}), 100, least=1)
ANSWERED_OPTIONS = record(
    {}, {"options": options(100, least=0), "option_groups": OPTION_GROUPS}, exactly_one("options", "option_groups")
)

CONFIRM = record(
    {"title": plain(100), "text": text(300)},
    {"confirm": plain(30), "deny": plain(30), "style": choice("primary", "danger")},
)

DISPATCH_CONFIG = record(
    {}, {"trigger_actions_on": array(choice("on_enter_pressed", "on_character_entered"), 2, least=1)}
)

CONVERSATION_FILTER = record(
    {},
    {
        "include": array(choice("im", "mpim", "private", "public"), 4, least=1),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
)

_STYLE = record(
    {},
    dict.fromkeys(
        ("bold", "italic", "strike", "code", "underline", "highlight", "client_highlight", "unlink"), boolean
    ),
)

_INLINE = one_of(
    {
        "text": record({**TYPE, "text": string(least=1)}, {"style": _STYLE}),
        "link": record({**TYPE, "url": string(3000, least=1)}, {"text": string(), "unsafe": boolean, "style": _STYLE}),
        "emoji": record(
            {**TYPE, "name": string(least=1)}, {"unicode": string(), "skin_tone": integer(1, 6), "style": _STYLE}
        ),
        "user": record({**TYPE, "user_id": string(least=1)}, {"style": _STYLE}),
        "channel": record({**TYPE, "channel_id": string(least=1)}, {"style": _STYLE}),
        "usergroup": record({**TYPE, "usergroup_id": string(least=1)}, {"style": _STYLE}),
        "broadcast": record({**TYPE, "range": choice("here", "channel", "everyone")}, {"style": _STYLE}),
        "date": record(
            {**TYPE, "timestamp": integer(0, 2**40), "format": string(least=1)},
            {"url": string(), "fallback": string(), "style": _STYLE},
        ),
        "color": record({**TYPE, "value": string(least=1)}, {"style": _STYLE}),
    }
)  # fmt: skip
_INLINES = {**TYPE, "elements": array(_INLINE)}
_SECTION = record(_INLINES, {})

RICH_TEXT: dict[str, Check] = {
    "elements": array(
        one_of(
            {
                "rich_text_section": _SECTION,
                "rich_text_preformatted": record(_INLINES, {"border": integer(0, 1), "language": string()}),
                "rich_text_quote": record(_INLINES, {"border": integer(0, 1)}),
                "rich_text_list": record(
                    {**TYPE, "style": choice("bullet", "ordered"), "elements": array(_SECTION)},
                    {"indent": integer(0, 8), "offset": integer(0, 10_000), "border": integer(0, 1)},
                ),
            }
        )
    )
}
RICH_TEXT_BLOCK = record({**TYPE, **RICH_TEXT}, {"block_id": BLOCK_ID})


def characters(value: Any) -> int:
    """How many characters of text stand anywhere inside: what Slack's undocumented total is counted over."""
    match value:
        case dict():
            return sum(len(v) if k == "text" and isinstance(v, str) else characters(v) for k, v in value.items())
        case list():
            return sum(characters(entry) for entry in value)
        case _:
            return 0


SLACK_FILE = record({}, {"id": string(), "url": string(3000)}, exactly_one("id", "url"))
METADATA = record({"event_type": string(255), "event_payload": anything}, {})
