"""Whatever arrives from Slack: nothing raises, and only what a person of this workspace did reaches a use case."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_bolt import BoltRequest
from slack_sdk import WebClient

from bot.app import build_app
from bot.core.change import Person
from bot.core.errors import BotError
from bot.core.model import ServiceKey
from bot.core.pad import Nudge, Seen
from bot.core.panels import Ticket
from bot.core.ports import Addressee, PanelHandle
from bot.handlers.boundary import STALE, admit, guarded, noted, offering
from bot.slack import Bot
from tests.handlers.payloads import (
    CLICK,
    DEV,
    IDENTITY,
    JSON,
    MODAL,
    SAID,
    SEAL,
    SLASH,
    SUBMITTED,
    TEAM,
    TICKET,
    FakeOperations,
)

if TYPE_CHECKING:
    from bot.operations import Operations


@dataclass
class Passage:
    """One payload's way through `admit` and, if it was let in, a listener."""

    operations: FakeOperations
    acks: int = 0
    admitted: bool = False

    def go(self, body: Any, work: Any, app: str | None = None) -> None:
        context: dict[str, Any] = {}
        admit(TEAM, SEAL, self.operations.turn_away, app)(SimpleNamespace(body=body), context, self._ack, self._next)
        if self.admitted:
            guarded(cast("Operations", self.operations), work)(body, context)

    def _ack(self) -> None:
        self.acks += 1

    def _next(self) -> None:
        self.admitted = True


def note(calls: list[Addressee]) -> Any:
    return lambda body, to: calls.append(to)  # noqa: ARG005 # a listener's signature


def test_a_slash_command_and_a_click_name_their_person_and_channel() -> None:
    for body in (SLASH, CLICK):
        calls: list[Addressee] = []
        Passage(FakeOperations()).go({**body, "response_url": "https://reply"}, note(calls))
        assert calls == [Addressee(DEV, "C1", "https://reply")]


@pytest.mark.parametrize(
    "fields",
    [
        {"team_id": "T2"},
        {"user_id": None},
        {"user_id": ""},
        {"user_id": 7},
        {"channel_id": None},
        {"channel_id": ["C1"]},
        {"team_id": [TEAM]},
        {"api_app_id": "A2"},
    ],
    ids=str,
)
def test_what_is_not_from_a_person_of_this_workspace_is_dropped_with_an_ack(fields: dict[str, Any]) -> None:
    passage = Passage(FakeOperations())
    calls: list[Addressee] = []
    passage.go({**SLASH, **fields}, note(calls), app="A1")

    assert passage.acks == 1
    assert not calls
    assert not passage.operations.reports


def test_a_direct_message_is_a_channel_like_any_other() -> None:
    calls: list[Addressee] = []
    Passage(FakeOperations()).go({**SLASH, "channel_id": "D1"}, note(calls))

    assert calls == [Addressee(DEV, "D1")]


def said(**fields: Any) -> dict[str, Any]:
    return {**SAID, "event": {**cast("dict[str, Any]", SAID["event"]), **fields}}


def test_a_mention_names_its_person_its_channel_and_its_thread() -> None:
    calls: list[Addressee] = []
    Passage(FakeOperations()).go(SAID, note(calls))

    assert calls == [Addressee(DEV, "C1", thread="1.0", aloud=True)]


def test_a_click_in_a_thread_is_answered_in_that_thread() -> None:
    calls: list[Addressee] = []
    Passage(FakeOperations()).go({**CLICK, "container": {"thread_ts": "1.0"}}, note(calls))

    assert calls == [Addressee(DEV, "C1", thread="1.0")]


@pytest.mark.parametrize(
    "fields",
    [
        {"subtype": "message_changed", "message": {"user": DEV.user}},
        {"subtype": "message_deleted", "previous_message": {"user": DEV.user}},
        {"subtype": "thread_broadcast"},
        {"subtype": "bot_message"},
        {"subtype": "file_share"},
        {"bot_id": "B1"},
        {"bot_profile": {"id": "B1"}},
        {"edited": {"user": DEV.user, "ts": "1.2"}},
        {"hidden": True},
        {"user": None},
        {"user": {"id": DEV.user}},
        {"channel": None},
    ],
    ids=str,
)
@pytest.mark.parametrize("kind", ["message", "app_mention"])
def test_what_is_no_message_of_a_person_as_they_sent_it_is_dropped(kind: str, fields: dict[str, Any]) -> None:
    passage = Passage(FakeOperations())
    calls: list[Addressee] = []
    passage.go(said(type=kind, **fields), note(calls))

    assert passage.acks == 1
    assert not calls


def test_whoever_writes_from_another_workspace_is_named_by_it() -> None:
    calls: list[Addressee] = []
    Passage(FakeOperations()).go(said(user_team="T2"), note(calls))

    assert [to.person for to in calls] == [Person("T2", DEV.user)]


def test_an_address_to_answer_to_that_is_none_is_left_out() -> None:
    calls: list[Addressee] = []
    Passage(FakeOperations()).go({**SLASH, "response_url": {"href": "x"}}, note(calls))

    assert calls == [Addressee(DEV, "C1")]


def test_a_payload_that_waited_too_long_does_nothing_and_the_person_is_told() -> None:
    operations, calls = FakeOperations(), list[Addressee]()
    to = Addressee(DEV, "C1")
    listener = guarded(cast("Operations", operations), note(calls))
    listener(SLASH, {"to": to, "accepted": time.monotonic() - STALE - 1})

    assert not calls
    ((error, told),) = operations.reports
    assert isinstance(error, BotError)
    assert told == to


def test_whatever_a_listener_raises_is_reported_and_not_raised() -> None:
    operations = FakeOperations()

    def fails(body: dict[str, Any], to: Addressee) -> None:
        raise ValueError(body, to)

    Passage(operations).go(SLASH, fails)
    assert isinstance(operations.reports[0][0], ValueError)


@pytest.fixture(scope="module")
def served() -> tuple[FakeOperations, Any]:
    operations = FakeOperations()
    client = WebClient(token="xoxb-of-a-test", base_url="http://127.0.0.1:9/")
    app = build_app(cast("Operations", operations), client, Bot(TEAM, "UBOT", "BBOT"), "/knative", SEAL)
    return operations, app


def send(served: tuple[FakeOperations, Any], body: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Let Bolt dispatch a payload; return the calls of use cases that it led to, none if an error was reported."""
    operations, app = served
    operations.calls.clear()
    operations.reports.clear()
    app.dispatch(BoltRequest(body=body, mode="socket_mode"))
    deadline = time.monotonic() + 5
    while not operations.calls and not operations.reports:
        assert time.monotonic() < deadline, "no listener was reached"
        time.sleep(0.002)
    return list(operations.calls)


def test_bolt_brings_a_command_and_a_click_to_their_use_cases(served: tuple[FakeOperations, Any]) -> None:
    to = Addressee(DEV, "C1")
    assert send(served, SLASH) == [("submit", "services", to)]
    assert send(served, CLICK) == [("approve", IDENTITY, to)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<@UBOT> status hello", "status hello"),
        ("<@UBOT|knobot>: status hello", "status hello"),
        ("hey <@UBOT>, status hello", "status hello"),
        ("status hello <@UBOT>", "status hello"),
        ("<@UBOT>", ""),
        ("<@UBOT> tag hello <@UBOT> x", "tag hello <@UBOT> x"),
    ],
)
def test_what_is_said_stands_beside_the_name(served: tuple[FakeOperations, Any], text: str, words: str) -> None:
    to = Addressee(DEV, "C1", thread="1.0", aloud=True)
    assert send(served, said(text=text)) == [("hear", words, to, "Ev1")]


def test_a_direct_message_needs_no_name(served: tuple[FakeOperations, Any]) -> None:
    body = said(type="message", channel_type="im", channel="D1", text="status hello", thread_ts=None)
    assert send(served, body) == [("hear", "status hello", Addressee(DEV, "D1"), "Ev1")]


NEWS = [
    ({"type": "user_change", "user": {"id": "U1"}}, "U1"),
    ({"type": "subteam_updated", "subteam": {"id": "S1"}}, "S1"),
    ({"type": "subteam_members_changed", "subteam_id": "S1", "users": []}, "S1"),
    ({"type": "channel_shared", "channel": "C1", "connected_team_id": "T2"}, "C1"),
    ({"type": "channel_unshared", "channel": "C1"}, "C1"),
]


@pytest.mark.parametrize(("event", "identity"), NEWS, ids=lambda word: word if isinstance(word, str) else word["type"])
def test_news_of_people_groups_and_channels_are_taken_note_of(
    served: tuple[FakeOperations, Any], event: dict[str, Any], identity: str
) -> None:
    assert send(served, {"type": "event_callback", "team_id": TEAM, "event": event}) == [("forget", identity)]


@pytest.mark.parametrize(
    "fields", [{"team_id": "T2"}, {"api_app_id": "A2"}, {"event": {"type": "user_change"}}], ids=str
)
def test_news_of_others_or_of_nobody_are_dropped(fields: dict[str, Any]) -> None:
    passage = Passage(FakeOperations())
    passage.go({"type": "event_callback", "team_id": TEAM, "event": NEWS[0][0], **fields}, note([]), app="A1")

    assert (passage.acks, passage.admitted) == (1, False)


@pytest.mark.parametrize("fields", [{"event_id": None}, {"event_id": 7}])
def test_what_cannot_be_told_from_its_repetition_is_not_done(
    served: tuple[FakeOperations, Any], fields: dict[str, Any]
) -> None:
    assert not send(served, {**SAID, **fields})
    assert not send(served, said(text=None))


@pytest.mark.parametrize(
    "action",
    [{}, {"value": None}, {"value": 7}, {"value": ""}, {"value": "x" * 257}, {"value": "é"}, {"value": [IDENTITY]}],
    ids=str,
)
def test_a_button_without_an_id_reaches_no_use_case(served: tuple[FakeOperations, Any], action: dict[str, Any]) -> None:
    assert not send(served, {**CLICK, "actions": [{"action_id": "approve", "block_id": "b", **action}]})


def test_a_press_on_the_pad_tells_what_was_seen(served: tuple[FakeOperations, Any]) -> None:
    pressed = {"action_id": "pad-even", "block_id": "b", "value": "main/shop/hello@7"}
    seen = Seen(ServiceKey("main", "shop", "hello"), 7)

    assert send(served, {**CLICK, "actions": [pressed]}) == [("press", Nudge.EVEN, seen, Addressee(DEV, "C1"))]
    assert not send(served, {**CLICK, "actions": [{**pressed, "value": IDENTITY}]})


def test_two_buttons_at_once_are_none(served: tuple[FakeOperations, Any]) -> None:
    assert not send(served, {**CLICK, "actions": [*CLICK["actions"], *CLICK["actions"]]})


def test_a_text_that_is_none_reaches_no_use_case(served: tuple[FakeOperations, Any]) -> None:
    assert not send(served, {**SLASH, "text": {"a": 1}})


@given(
    st.sampled_from([SLASH, CLICK, SAID, SUBMITTED]),
    st.dictionaries(st.sampled_from(sorted({*SLASH, *CLICK, *SAID, *SUBMITTED})), JSON, max_size=4),
)
def test_nothing_odd_raises_at_the_boundary(plain: dict[str, Any], odd: dict[str, Any]) -> None:
    passage = Passage(FakeOperations())
    calls: list[Addressee] = []
    body = {**plain, **odd}
    passage.go(body, note(calls))

    answered = passage.admitted and body.get("type") in ("view_submission", "block_suggestion")
    assert passage.acks == (0 if answered else 1)
    for to in calls:
        named: tuple[Any, ...] = (to.person.team, to.person.user, to.channel)
        assert all(isinstance(word, str) and word for word in named)


def test_every_listener_stands_behind_the_boundary(served: tuple[FakeOperations, Any]) -> None:
    wrapped = {
        guarded(cast("Operations", FakeOperations()), note([])).__code__,
        offering(lambda body, to: {}, {}).__code__,  # noqa: ARG005 # a listener's signature
        noted(lambda _: None).__code__,
    }
    _, app = served
    listeners = app._listeners  # noqa: SLF001 # Bolt has no public list of them

    assert len(listeners) >= 20
    for listener in listeners:
        assert listener.ack_function.__code__ in wrapped, listener.ack_function
        assert not listener.lazy_functions


def test_whoever_is_not_let_in_reaches_no_listener(served: tuple[FakeOperations, Any]) -> None:
    """The middleware stands before all listeners: of each kind of payload one from elsewhere is acked and dropped."""
    operations, app = served
    admitting = admit(TEAM, SEAL, operations.turn_away).__code__
    middleware = [one.func.__code__ for one in app._middleware_list if hasattr(one, "func")]  # noqa: SLF001 # likewise
    assert admitting in middleware
    operations.calls.clear()
    operations.reports.clear()
    foreign = {"team_id": "T2", "team": {"id": "T2"}, "user": {"id": "U2", "team_id": "T2"}}
    suggestion = {**MODAL, "type": "block_suggestion", "action_id": "service", "block_id": "service", "value": ""}
    shortcut = {**CLICK, "type": "message_action", "callback_id": "deploy-image", "message": {"text": "a/b:1"}}
    for body in (SLASH, CLICK, SAID, SUBMITTED, suggestion, shortcut):
        answer = app.dispatch(BoltRequest(body={**body, **foreign}, mode="socket_mode"))
        assert answer.status == 200
        assert not answer.body
    assert not operations.calls
    assert not operations.reports


def test_a_modal_is_where_its_ticket_says(served: tuple[FakeOperations, Any]) -> None:
    handle = PanelHandle("V1", "h1")
    to = Addressee(DEV, "C1", thread="1.0", trigger="1.2")
    assert send(served, SUBMITTED) == [("ask", TICKET, to)]

    chosen = {"verb": {"verb": {"selected_option": {"value": "status"}}}}
    picker = {**MODAL["view"], "callback_id": "pick", "state": {"values": chosen}}  # type: ignore[dict-item] # JSON
    body = {**MODAL, "type": "block_actions", "view": picker, "actions": [{"action_id": "verb", "block_id": "verb"}]}
    assert send(served, body) == [("pick", "status", "", replace(to, panel=handle))]


FOREIGN = {
    "none": "",
    "a channel": "C1",
    "somebody else's": SEAL.close(Ticket("C1"), Person(TEAM, "U2")),
    "changed": SEAL.close(Ticket("C1"), DEV).replace("C1", "C2"),
    "null": None,
    "a number": 7,
}


@pytest.mark.parametrize("metadata", FOREIGN.values(), ids=FOREIGN)
def test_a_modal_whose_ticket_is_not_the_persons_own_does_nothing(
    served: tuple[FakeOperations, Any], metadata: Any
) -> None:
    operations, app = served
    operations.calls.clear()
    view = {**MODAL["view"], "private_metadata": metadata}  # type: ignore[dict-item] # JSON
    for kind in ("view_submission", "block_actions", "block_suggestion"):
        app.dispatch(BoltRequest(body={**MODAL, "type": kind, "view": view}, mode="socket_mode"))
    assert not operations.calls


def test_mistakes_are_answered_at_their_fields_and_reach_no_use_case(served: tuple[FakeOperations, Any]) -> None:
    operations, app = served
    operations.calls.clear()
    form = {**MODAL["view"], "callback_id": "pick"}  # type: ignore[dict-item] # JSON
    answer = app.dispatch(BoltRequest(body={**SUBMITTED, "view": form}, mode="socket_mode"))

    assert json.loads(answer.body) == {"response_action": "errors", "errors": {"verb": "Choose what shall be done."}}
    assert not operations.calls


def test_the_home_tab_is_published_for_whoever_opens_it(served: tuple[FakeOperations, Any]) -> None:
    event = {"type": "app_home_opened", "user": DEV.user, "channel": "D1", "tab": "home"}
    assert send(served, {**SAID, "event": event}) == [("open", DEV)]


def test_a_button_in_the_home_tab_acts_where_its_change_was_asked_for(served: tuple[FakeOperations, Any]) -> None:
    home = {"id": "V2", "hash": "h", "type": "home", "private_metadata": ""}
    clicked = {**MODAL, "type": "block_actions", "view": home, "actions": CLICK["actions"]}
    there = Addressee(DEV, f"C of {IDENTITY}", trigger="1.2")

    assert send(served, clicked) == [("approve", IDENTITY, there)]
    pad = {"action_id": "pad-even", "block_id": "b", "value": "main/shop/hello@7"}
    assert not send(served, {**clicked, "actions": [pad]})


def test_choices_come_with_the_ack(served: tuple[FakeOperations, Any]) -> None:
    _, app = served
    body = {**MODAL, "type": "block_suggestion", "action_id": "service", "block_id": "service", "value": "he"}
    answer = app.dispatch(BoltRequest(body=body, mode="socket_mode"))

    assert [option["value"] for option in json.loads(answer.body)["options"]] == ["hello"]


def test_the_texts_of_a_message_are_read_wherever_they_stand(served: tuple[FakeOperations, Any]) -> None:
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "built a/b:2"}}]
    message = {"text": "see a/b:1", "attachments": [{"fallback": "a/b:3", "blocks": blocks}]}
    body = {**CLICK, "type": "message_action", "callback_id": "deploy-image", "message": message, "trigger_id": "1.2"}
    ((called, said, to),) = send(served, body)

    assert called == "deploy_image"
    assert {"a/b:1", "a/b:2", "a/b:3"} <= set(said.replace("\n", " ").split())
    assert to == Addressee(DEV, "C1", trigger="1.2")
