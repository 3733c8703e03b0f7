"""What a person sees of messages, and in which words the control interface tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bot.sandbox.workspace.messages import Conversation, Message
    from bot.sandbox.workspace.slack import Slack
    from bot.sandbox.workspace.state import Person


def messages(
    slack: Slack, person: Person | None, conversations: Sequence[Conversation] | None, after: float | None
) -> list[dict[str, Any]]:
    """Oldest first; only from these `conversations`, if any are given.

    `person` is whose eyes see; None sees everything, ephemeral messages to anybody included.
    With `after` only what was posted or changed later than that timestamp.
    """
    places: Iterable[Conversation] = slack.conversations() if conversations is None else conversations
    found = [
        message
        for place in places
        for message in (place if after is None else place.changed_after(after))
        if person is None or slack.sees(person, message)
    ]
    if conversations is None:
        found.sort(key=lambda message: message.ts)
    return [told(slack, message) for message in found]


def told(slack: Slack, message: Message) -> dict[str, Any]:
    """One message. `from` and `only_for` are names; `thread_ts` is that of the message answered, or None."""
    content = message.content
    return {
        "ts": message.ts,
        "thread_ts": message.thread_ts,
        "channel": slack.label(slack.home_of(message)),
        "from": _name(slack, message.author),
        "text": content.text,
        "blocks": content.blocks,
        "attachments": content.attachments,
        "files": content.files,
        "reactions": [{"name": name, "user": _name(slack, user)} for name, user in message.reactions],
        "ephemeral": message.only_for is not None,
        "only_for": _name(slack, message.only_for) if message.only_for else None,
        "edited": message.edited,
        "revision": message.revision,
        "client_msg": message.client_msg_id or None,
    }


def versions(message: Message) -> Iterator[list[dict[str, Any]]]:
    """The blocks that a person may have before their eyes, the present ones first, then ever earlier ones."""
    for content in (message.content, *reversed(message.earlier)):
        yield blocks_of(content.blocks, content.attachments)


def blocks_of(blocks: list[dict[str, Any]], attachments: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """All blocks of a message, those within attachments too."""
    return [*blocks, *(block for attachment in attachments for block in attachment.get("blocks") or ())]


def _name(slack: Slack, user: str) -> str:
    person = slack.directory.person(user)
    return person.name if person else user
