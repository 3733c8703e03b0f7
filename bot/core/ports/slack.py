"""Where Knobot speaks, and to whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from bot.core.change import Person

if TYPE_CHECKING:
    from bot.core.answers import Answer
    from bot.core.home import HomeTab
    from bot.core.panels import Panel, Ticket
    from bot.core.policy import Actor


@dataclass(frozen=True, slots=True)
class PanelHandle:
    """Which modal: as Slack names it, with the state of it that the person saw, or by a `name` that Knobot gave it."""

    view: str = ""
    hash: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Addressee:
    """Where one person waits for an answer.

    `reply` is an opaque handle of the edge (a response_url); never stored. `thread` is the ts of the thread in which
    they asked, None outside of threads. `aloud` tells that they asked where everybody reads it, by a mention.
    `trigger` is an opaque permit of their gesture to open one modal, within three seconds; `panel` the handle of the
    modal in which they are.
    """

    person: Person
    channel: str
    reply: str | None = None
    thread: str | None = None
    aloud: bool = False
    trigger: str | None = None
    panel: PanelHandle | None = None


BUSY = "ratelimited"
"""The code of what Slack would take later."""


class Channel(Protocol):
    """Where Knobot speaks. Answers are values; how they look is decided behind this port."""

    def answer(self, to: Addressee, answer: Answer, *, public: bool = False) -> None:
        """Answer one person where they asked, so that only they see it, or everybody there if `public`.

        Where they ask is the modal in which they are, if they are in one, else the conversation. Whom Slack does not
        let Knobot tell there is told in direct messages.
        """
        ...

    def post(
        self, channel: str, answer: Answer, thread: str | None = None, *, broadcast: bool = False, at_once: bool = False
    ) -> str:
        """Post a message and return its ts.

        Args:
            channel: its id.
            answer: what to say.
            thread: ts of the message that this answers, or None.
            broadcast: whether an answer is shown in the channel too.
            at_once: rather fail than wait for a turn.

        Raises:
            Refused: Knobot is not in the channel or may not write there (code "not-in-channel").
            Unavailable: Slack does not answer; code BUSY: it would take it later.
        """
        ...

    def update(self, channel: str, ts: str, answer: Answer, *, at_once: bool = False) -> bool:
        """Replace the message that `post` returned, with this answer or a later one for the same message.

        Args:
            channel: its id.
            ts: of the message.
            answer: what it shall tell.
            at_once: rather fail than wait for a turn.

        Returns:
            False, if it was deleted meanwhile or cannot be edited any more; it is left at that.

        Raises:
            Unavailable: Slack does not answer; code BUSY: it would take it later.
        """
        ...

    def wait(self, channel: str, *, edit: bool) -> float:
        """Return for how many seconds a message to a channel, or an `edit` there, would have to wait for its turn."""
        ...


class Panels(Protocol):
    """Modals and home tabs: each belongs to one person."""

    def open(self, to: Addressee, panel: Panel, ticket: Ticket) -> PanelHandle:
        """Open a modal by the person's gesture and return its handle.

        Raises:
            Unavailable: the gesture is too long ago, or Slack has told of none.
        """
        ...

    def home(self, person: Person, tab: HomeTab) -> None:
        """Publish a person's home tab."""
        ...

    def show(self, to: Addressee, panel: Panel, ticket: Ticket) -> None:
        """Replace what the modal shows in which the person is; one that is closed or newer is left at that.

        Raises:
            Invalid: the ticket is too long for Slack.
        """
        ...


class Directory(Protocol):
    """Who people are."""

    def actor(self, person: Person, channel: str) -> Actor:
        """Return what Slack knows now of a person who acts in a channel.

        An unknown or deactivated person is no member, and nobody is one in a channel that is shared with others.
        """
        ...

    def bystander(self, channel: str) -> Actor:
        """Return an ordinary member of the workspace in a channel, who is in no group: nobody, and anybody.

        In a channel that is shared with others nobody is a member.
        """
        ...

    def forget(self, identity: str) -> None:
        """Take note that what was known of a person, a user group or a channel is so no longer."""
        ...

    def channels(self, person: Person) -> frozenset[str]:
        """Return the channels that a person is in, of those that Knobot can see."""
        ...
