"""Modals and home tabs over slack_sdk: the port Panels."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any

from bot.blocks.home import home
from bot.blocks.panels import view
from bot.core.errors import BotError, Invalid, Unavailable
from bot.core.panels import LONGEST
from bot.core.ports import PanelHandle
from bot.slack.connection import call

if TYPE_CHECKING:
    from slack_sdk import WebClient

    from bot.core.change import Person
    from bot.core.home import HomeTab
    from bot.core.panels import Panel, Seal, Ticket
    from bot.core.ports import Addressee

log = logging.getLogger(__name__)

LATE = frozenset({"expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id", "trigger_expired"})
"""Errors that mean: the gesture that permits a modal is too old, or has opened one already."""
CLOSED = frozenset({"not_found", "view_not_found", "hash_conflict", "no_active_modal"})
"""Errors that mean: the person has closed the modal, or it shows something newer already."""
TRIES, PAUSE = 4, 0.25
"""A modal that came with an ack is there when Slack has read the ack: it is asked for again after so many seconds."""


class SlackPanels:
    """The Panels port."""

    def __init__(self, client: WebClient, command: str, seal: Seal) -> None:
        self._client = client
        self._command = command
        self._seal = seal

    def open(self, to: Addressee, panel: Panel, ticket: Ticket) -> PanelHandle:
        """Open a modal; see the port."""
        if not to.trigger:
            raise Unavailable("Slack has not said that a form may be opened.", "Try again.")
        try:
            answer = call(self._client.views_open, trigger_id=to.trigger, view=self._view(to, panel, ticket))
        except BotError as error:
            if error.code in LATE:
                raise Unavailable("That took too long for Slack to open a form.", "Try again.") from error
            raise
        return PanelHandle(str(answer["view"]["id"]), str(answer["view"].get("hash", "")))

    def show(self, to: Addressee, panel: Panel, ticket: Ticket) -> None:
        """Replace what a modal shows; see the port."""
        handle = to.panel or PanelHandle()
        shown = self._view(to, panel, ticket) | ({"external_id": handle.name} if handle.name else {})
        where = {"view_id": handle.view, "hash": handle.hash, "external_id": handle.name}
        for left in reversed(range(TRIES if handle.name else 1)):
            try:
                call(self._client.views_update, view=shown, **{name: value for name, value in where.items() if value})
            except BotError as error:
                if error.code not in CLOSED:
                    raise
                if not left:
                    log.info("A modal of %s was not updated: %s", to.person.user, error.code)
                else:
                    time.sleep(PAUSE)
            else:
                return

    def home(self, person: Person, tab: HomeTab) -> None:
        """Publish a home tab; see the port."""
        call(self._client.views_publish, user_id=person.user, view=home(tab, command=self._command))

    def _view(self, to: Addressee, panel: Panel, ticket: Ticket) -> dict[str, Any]:
        metadata = self._seal.close(ticket, to.person)
        if len(metadata) > LONGEST:
            raise Invalid("This is too long for a form.", "Type it as a command, or change less at once.")
        return view(panel, command=self._command) | {"private_metadata": metadata}
