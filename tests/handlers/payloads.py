"""What Slack sends, as far as the bot reads it, and use cases that note that they were called."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from hypothesis import strategies as st

from bot.core.change import Person
from bot.core.panels import Seal, Ticket
from bot.core.ports import Addressee

SEAL = Seal("a secret of a test")
TEAM, DEV = "T1", Person("T1", "U1DEV")
IDENTITY = "0123456789abcdef" * 2
SLASH = {"team_id": TEAM, "user_id": DEV.user, "channel_id": "C1", "command": "/knative", "text": "services"}
CLICK = {
    "type": "block_actions",
    "team": {"id": TEAM},
    "user": {"id": DEV.user, "team_id": TEAM},
    "channel": {"id": "C1"},
    "actions": [{"type": "button", "action_id": "approve", "block_id": "b", "value": IDENTITY}],
}
SAID = {
    "type": "event_callback",
    "team_id": TEAM,
    "event_id": "Ev1",
    "event": {
        "type": "app_mention",
        "user": DEV.user,
        "channel": "C1",
        "text": "<@UBOT> status hello",
        "ts": "1.1",
        "thread_ts": "1.0",
    },
}
TICKET = Ticket("C1", "1.0", "rollout hello latest=10", 7)
MODAL = {
    "team": {"id": TEAM},
    "user": {"id": DEV.user, "team_id": TEAM},
    "trigger_id": "1.2",
    "view": {
        "id": "V1",
        "hash": "h1",
        "type": "modal",
        "callback_id": "plan",
        "private_metadata": SEAL.close(TICKET, DEV),
        "blocks": [],
        "state": {"values": {}},
    },
}
SUBMITTED = {**MODAL, "type": "view_submission"}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@dataclass
class FakeOperations:
    """Use cases that note that they were called."""

    calls: list[tuple[Any, ...]] = field(default_factory=list)
    reports: list[tuple[Exception, Addressee]] = field(default_factory=list)
    turned: list[tuple[str, ...]] = field(default_factory=list)

    @property
    def forms(self) -> FakeOperations:
        return self

    @property
    def homes(self) -> FakeOperations:
        return self

    def placed(self, identity: str, to: Addressee) -> Addressee:
        return replace(to, channel=f"C of {identity}")

    def offered(self, *given: Any, **how: Any) -> tuple[tuple[str, str], ...]:
        self.calls.append(("offered", *given, how))
        return (("hello", "hello"),)

    def __getattr__(self, name: str) -> Any:
        return lambda *given: self.calls.append((name, *given))

    def turn_away(self, *told: str) -> None:
        self.turned.append(told)

    def report(self, error: Exception, to: Addressee) -> None:
        self.reports.append((error, to))
