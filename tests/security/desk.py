"""A team's Knobot behind the Bolt app that Slack's payloads meet, on a cluster that counts what it is asked.

Each payload goes the whole way, from the Bolt app to the store.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from slack_bolt import BoltRequest
from slack_sdk import WebClient

from bot.app import build_app
from bot.core.change import Person, State
from bot.core.panels import Seal, Ticket
from bot.handlers.shape import Misshapen, check
from bot.slack import Bot
from tests.handlers.at_once import AtOnce
from tests.operations.site import DEV, FREE, GUARDED, OPS, WISH, Site

if TYPE_CHECKING:
    from pathlib import Path

    from slack_bolt import App

    from bot.store import Entry

APP, ME = "A1KNOBOT", "UBOT"
MALLORY = Person("T1", "U9MALLORY")
READS = frozenset(
    {
        "glance",
        "snapshot",
        "observed",
        "observed_keys",
        "services",
        "revisions",
        "pods",
        "events",
        "logs",
        "tail",
        "domains",
        "release",
        "stored",
        "applied",
        "permits",
        "gateways",
        "settings",
        "document",
    }
)
"""What of the port Knative writes nothing, not even on trial, and reaches nobody's Service."""


class Counted:
    """A cluster that notes each call of its methods, with what it is called with."""

    def __init__(self, knative: object) -> None:
        self._knative = knative
        self.calls: list[tuple[str, tuple[Any, ...]]] = []

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._knative, name)

        def counted(*given: Any, **how: Any) -> Any:
            self.calls.append((name, given))
            return method(*given, **how)

        return counted

    def beyond_reads(self) -> list[str]:
        return [name for name, _ in self.calls if name not in READS]


@dataclass
class Desk:
    """Where payloads are handed in."""

    site: Site
    cluster: Counted
    seal: Seal = field(default_factory=lambda: Seal("a secret of a test"))

    def __post_init__(self) -> None:
        self.app = self.process()

    def process(self, **ports: Any) -> App:
        """Return the app of one more process of the bot."""
        operations = self.site.start(**{"knative": self.cluster, **ports})
        self.site.operations = operations
        client = WebClient(token="xoxb-of-a-test", base_url="http://127.0.0.1:9/")
        app = build_app(operations, client, Bot(DEV.team, ME, "BBOT", APP), "/knative", self.seal)
        app.listener_runner.listener_executor = AtOnce()
        return app

    def restart(self, **ports: Any) -> None:
        """Let another process of the bot take over, with the site's policy as it is now."""
        self.app = self.process(**ports)

    def hand(self, body: Any, app: App | None = None) -> int:
        """Hand a payload in as the doors do; the status that it is answered with, 400 where it is none."""
        try:
            check(body)
        except Misshapen:
            self.site.operations.turn_away("it is no payload")
            return 400
        status: int = (app or self.app).dispatch(BoltRequest(body=body, mode="socket_mode")).status
        return status

    def slash(self, text: str, person: Person = DEV, channel: str = FREE, **more: Any) -> dict[str, Any]:
        """The payload of a slash command."""
        return {
            "team_id": person.team,
            "user_id": person.user,
            "channel_id": channel,
            "command": "/knative",
            "text": text,
            "api_app_id": APP,
            **more,
        }

    def click(
        self, action_id: str, value: Any, person: Person = OPS, channel: str = GUARDED, **more: Any
    ) -> dict[str, Any]:
        """The payload of a click on a button of a message."""
        return {
            "type": "block_actions",
            "api_app_id": APP,
            "team": {"id": person.team},
            "user": {"id": person.user, "team_id": person.team},
            "channel": {"id": channel},
            "trigger_id": "1.2",
            "actions": [{"type": "button", "action_id": action_id, "block_id": "b", "value": value}],
            **more,
        }

    def said(self, person: Person = DEV, channel: str = FREE, **event: Any) -> dict[str, Any]:
        """The payload of an event; a mention unless told."""
        plain = {"type": "app_mention", "user": person.user, "channel": channel, "ts": "1.1"}
        identity = f"Ev{event.pop('number', 1)}"
        return {
            "type": "event_callback",
            "api_app_id": APP,
            "team_id": person.team,
            "event_id": identity,
            "event": {**plain, **event},
        }

    def modal(self, kind: str, callback: str, ticket: Ticket, person: Person = DEV, **more: Any) -> dict[str, Any]:
        """The payload of what is done in a modal."""
        view = {
            "id": "V1",
            "hash": "h1",
            "type": "modal",
            "callback_id": callback,
            "private_metadata": self.seal.close(ticket, person),
            "blocks": [],
            "state": {"values": {}},
        }
        return {
            "type": kind,
            "api_app_id": APP,
            "team": {"id": person.team},
            "user": {"id": person.user, "team_id": person.team},
            "trigger_id": "1.2",
            "view": {**view, **more.pop("view", {})},
            **more,
        }


def desk(folder: Path, **how: Any) -> Desk:
    site = Site(folder, **how)
    return Desk(site, Counted(site.knative))


def rows(front: Desk) -> list[Entry]:
    assert not front.site.store.audit.verify().fault
    return list(front.site.store.audit.export())


def ask(front: Desk, text: str = WISH) -> str:
    """Ask for a change that needs an approval; its id. What the cluster was asked so far is forgotten."""
    front.hand(front.slash(text, channel=GUARDED))
    change = front.site.change()
    assert change.state is State.PENDING
    front.cluster.calls.clear()
    return change.id


def untouched(front: Desk) -> None:
    """The cluster was only read."""
    assert front.cluster.beyond_reads() == []
    assert not front.site.knative.writes


def refused(front: Desk, before: list[Entry], person: Person, code: str = "") -> None:
    """The last thing on record is that this person was refused, they were told so, and the cluster was only read."""
    after = rows(front)
    assert len(after) == len(before) + 1
    assert (after[-1].event, after[-1].actor_team, after[-1].actor_user) == ("refused", person.team, person.user)
    assert after[-1].reason
    if code:
        assert front.site.told(person) == code
    untouched(front)


def attack(front: Desk, body: Any, person: Person, code: str = "") -> None:
    """Hand a payload in that must be refused."""
    before = rows(front)
    front.hand(body)
    refused(front, before, person, code)
