"""Interactive elements: what a person can click, choose from or fill in.

One table says what each may contain; a second, in `blocks`, says where each may stand.
Limits are those of Slack's Block Kit reference (docs.slack.dev/reference/block-kit/block-elements).
"""

from __future__ import annotations

from bot.sandbox.workspace.blockkit.objects import (
    ACTION_ID,
    CONFIRM,
    CONVERSATION_FILTER,
    DISPATCH_CONFIG,
    OPTION_GROUPS,
    SLACK_FILE,
    TYPE,
    option,
    options,
    plain,
    text,
)
from bot.sandbox.workspace.blockkit.schema import (
    Check,
    anything,
    array,
    boolean,
    choice,
    exactly_one,
    integer,
    number,
    record,
    string,
)

_FOCUS: dict[str, Check] = {"action_id": ACTION_ID, "focus_on_load": boolean}
_CHOSEN: dict[str, Check] = {**_FOCUS, "confirm": CONFIRM, "placeholder": plain(150)}
_MANY: dict[str, Check] = {**_CHOSEN, "max_selected_items": integer(1, 1000)}
_STATIC: dict[str, Check] = {"options": options(100), "option_groups": OPTION_GROUPS}
_TYPED: dict[str, Check] = {**_FOCUS, "placeholder": plain(150), "dispatch_action_config": DISPATCH_CONFIG}
_IDS = array(string(least=1))
_CONVERSATIONS: dict[str, Check] = {
    "default_to_current_conversation": boolean,
    "filter": CONVERSATION_FILTER,
    "response_url_enabled": boolean,
}
_BOXES = options(10, label=text(75))
_EITHER_OPTIONS = exactly_one("options", "option_groups")

IMAGE = record(
    {**TYPE, "alt_text": string(2000, least=1)},
    {"image_url": string(3000, least=1), "slack_file": SLACK_FILE, "fallback": string()},
    exactly_one("image_url", "slack_file"),
)

_BUTTON = record(
    {**TYPE, "text": plain(75)},
    {
        "action_id": ACTION_ID,
        "url": string(3000),
        "value": string(2000),
        "style": choice("primary", "danger"),
        "confirm": CONFIRM,
        "accessibility_label": string(75),
    },
)

SELECTS: dict[str, Check] = {
    "static_select": record(TYPE, {**_CHOSEN, **_STATIC, "initial_option": option()}, _EITHER_OPTIONS),
    "external_select": record(TYPE, {**_CHOSEN, "initial_option": option(), "min_query_length": integer(0, 1000)}),
    "users_select": record(TYPE, {**_CHOSEN, "initial_user": string()}),
    "conversations_select": record(TYPE, {**_CHOSEN, **_CONVERSATIONS, "initial_conversation": string()}),
    "channels_select": record(TYPE, {**_CHOSEN, "initial_channel": string(), "response_url_enabled": boolean}),
}

MULTI_SELECTS: dict[str, Check] = {
    "multi_static_select": record(TYPE, {**_MANY, **_STATIC, "initial_options": options(100)}, _EITHER_OPTIONS),
    "multi_external_select": record(
        TYPE, {**_MANY, "initial_options": options(100), "min_query_length": integer(0, 1000)}
    ),
    "multi_users_select": record(TYPE, {**_MANY, "initial_users": _IDS}),
    "multi_conversations_select": record(TYPE, {**_MANY, **_CONVERSATIONS, "initial_conversations": _IDS}),
    "multi_channels_select": record(TYPE, {**_MANY, "initial_channels": _IDS}),
}

PICKERS: dict[str, Check] = {
    "datepicker": record(TYPE, {**_CHOSEN, "initial_date": string(10)}),
    "timepicker": record(TYPE, {**_CHOSEN, "initial_time": string(5), "timezone": string()}),
    "datetimepicker": record(TYPE, {**_FOCUS, "confirm": CONFIRM, "initial_date_time": integer(10**9, 10**10 - 1)}),
    "checkboxes": record(
        {**TYPE, "options": _BOXES}, {**_FOCUS, "confirm": CONFIRM, "initial_options": _BOXES}
    ),
    "radio_buttons": record(
        {**TYPE, "options": _BOXES}, {**_FOCUS, "confirm": CONFIRM, "initial_option": option(text(75))}
    ),
}  # fmt: skip

BUTTONS: dict[str, Check] = {
    "button": _BUTTON,
    "overflow": record({**TYPE, "options": options(5)}, {"action_id": ACTION_ID, "confirm": CONFIRM}),
    "workflow_button": record({**TYPE, "text": plain(75), "workflow": anything}, {"action_id": ACTION_ID}),
}

TEXT_INPUTS: dict[str, Check] = {
    "plain_text_input": record(
        TYPE,
        {
            **_TYPED,
            "initial_value": string(3000),
            "multiline": boolean,
            "min_length": integer(0, 3000),
            "max_length": integer(1, 3000),
        },
    ),
    "number_input": record(
        {**TYPE, "is_decimal_allowed": boolean},
        {**_TYPED, "initial_value": string(), "min_value": string(), "max_value": string()},
    ),
    "email_text_input": record(TYPE, {**_TYPED, "initial_value": string()}),
    "url_text_input": record(TYPE, {**_TYPED, "initial_value": string()}),
    "rich_text_input": record(TYPE, {**_TYPED, "initial_value": anything}),
    "file_input": record(TYPE, {**_FOCUS, "filetypes": array(string()), "max_files": integer(1, 10)}),
}

_FEEDBACK = record({"text": plain(75), "value": string(2000)}, {"accessibility_label": string(75)})

CONTEXT_BUTTONS: dict[str, Check] = {
    "feedback_buttons": record(
        {**TYPE, "positive_button": _FEEDBACK, "negative_button": _FEEDBACK}, {"action_id": ACTION_ID}
    ),
    "icon_button": record(
        {**TYPE, "icon": choice("trash"), "text": plain(75)},
        {
            "action_id": ACTION_ID,
            "value": string(2000),
            "confirm": CONFIRM,
            "accessibility_label": string(75),
            "visible_to_user_ids": _IDS,
        },
    ),
}

RAW_CELLS: dict[str, Check] = {
    "raw_text": record({**TYPE, "text": string(least=1)}, {}),
    "raw_number": record({**TYPE, "value": number}, {"text": string(least=1)}),
}
