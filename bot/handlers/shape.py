"""What a payload looks like. Bolt and the listeners take that for granted, so it is made sure of before either sees it.

Only what they read is told here: whatever else Slack sends, now or later, is let be. That a value has its type makes
it neither true nor permitted; the rules and the use cases decide about that.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType


class Misshapen(Exception):
    """It is nothing that Slack sends; the message says where, with no content of it."""


class Named(Struct):
    """A person, a workspace, a channel, or a user group."""

    id: str | None = None
    team_id: str | None = None
    enterprise_id: str | None = None


class Option(Struct):
    """One of several that were chosen from."""

    value: str


class Given(Struct):
    """What is filled in at one element of a form."""

    value: str | None = None
    selected_option: Option | None = None


class Element(Struct):
    """An element of a form, as far as it tells what it began with."""

    initial_value: str | None = None
    initial_option: Option | None = None
    options: list[Option] = []


class Block(Struct):
    """A block of a modal or home tab."""

    type: str
    block_id: str = ""
    element: Element | None = None

    def __post_init__(self) -> None:
        if self.type == "input" and not (self.block_id and self.element):
            raise ValueError("An input has a name and an element")


class State(Struct):
    """What is filled in: block → element → value."""

    values: dict[str, dict[str, Given]] = {}


class View(Struct):
    """A modal or home tab."""

    type: str
    id: str | None = None
    hash: str | None = None
    callback_id: str = ""
    private_metadata: str | None = None
    app_installed_team_id: str | None = None
    team_id: str | None = None
    blocks: list[Block] = []
    state: State = msgspec.field(default_factory=State)


class Execution(Struct):
    """What a step of a workflow would carry; Bolt looks for one in every payload."""

    execution_id: str | None = None
    inputs: dict[str, Any] | None = None


class Reply(Struct):
    """An address to answer to."""

    response_url: str | None = None


class Origin(Struct):
    """Where something comes from. Bolt looks for ids like these in every payload, on several levels."""

    enterprise: str | Named | None = None
    enterprise_id: str | None = None
    is_enterprise_install: bool | str | None = None
    is_ext_shared_channel: bool | None = None
    authorizations: list[Origin] | None = None
    team: str | Named | None = None
    team_id: str | None = None
    user: str | Named | None = None
    user_id: str | None = None
    user_team: str | None = None
    channel: str | Named | None = None
    channel_id: str | None = None
    thread_ts: str | None = None
    function_execution_id: str | None = None
    bot_access_token: str | None = None
    function_data: Execution | None = None
    inputs: dict[str, Any] | None = None
    message: Origin | None = None
    previous_message: Origin | None = None
    item: Origin | None = None
    assistant_thread: Origin | None = None


class Event(Origin, kw_only=True):
    """What has happened, or was said."""

    type: str
    subtype: str | None = None
    bot_id: str | None = None
    channel_type: str | None = None
    tab: str | None = None
    text: str | None = None
    subteam: Named | None = None
    subteam_id: str | None = None


class Payload(Origin, kw_only=True):
    """What all payloads have in common."""

    type: str | UnsetType = UNSET
    api_app_id: str | None = None
    trigger_id: str | None = None
    response_url: str | None = None
    response_urls: list[Reply] | UnsetType = UNSET
    event: Event | UnsetType = UNSET
    view: View | None = None
    container: Origin | None = None


class Command(Payload, kw_only=True):
    """A slash command, which is of no type."""

    command: str
    text: str = ""


class Action(Struct):
    """What was pressed, or chosen."""

    action_id: str
    block_id: str | None = None
    value: str | None = None


class Pressed(Payload, kw_only=True):
    """A press on a button, or a choice in a form."""

    actions: Annotated[list[Action], Meta(min_length=1)]


class Submitted(Payload, kw_only=True):
    """A form that was sent off."""

    view: View


class Suggesting(Payload, kw_only=True):
    """A wish for what to choose from, while somebody types."""

    action_id: str
    block_id: str
    value: str | None = None
    view: View


class Shortcut(Payload, kw_only=True):
    """A shortcut in the menu of a message."""

    callback_id: str
    message: Origin


class Happened(Payload, kw_only=True):
    """News, or something that was said."""

    event: Event
    event_id: str | None = None


KINDS: dict[str, type[Payload]] = {
    "block_actions": Pressed,
    "view_submission": Submitted,
    "block_suggestion": Suggesting,
    "message_action": Shortcut,
    "event_callback": Happened,
    "url_verification": Payload,
    "app_rate_limited": Payload,
}
"""What the manifest makes Slack send, by its type, and what Slack sends any app."""

MARKS: dict[str, type[Payload]] = {"command": Command, "actions": Pressed}
"""By what Bolt and the listeners know a payload without a look at its type."""


def check(body: Any) -> None:
    """Make sure of the shape of a payload.

    Raises:
        Misshapen: Slack sends nothing like it.
    """
    kind = body.get("type") if isinstance(body, dict) else None
    if isinstance(body, dict) and body.get("ssl_check") == "1" and "command" not in body:
        return  # Slack looks at the certificate, and Bolt answers that by itself
    shape = KINDS.get(kind) if isinstance(kind, str) else Command
    if shape is None:
        raise Misshapen("nothing of that type is for Knobot")
    if any(mark in body and shape is not of for mark, of in MARKS.items()):
        raise Misshapen("it is of two types")
    try:
        msgspec.convert(body, shape)
    except (msgspec.ValidationError, RecursionError) as error:
        raise Misshapen(str(error)) from None
    except UnicodeError:  # half of a pair of surrogates, which JSON can write
        raise Misshapen("a text in it is none") from None
