"""What Slack's errors mean to the use cases, by a client that answers as Slack does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast
from urllib.error import URLError

import pytest
from slack_sdk.errors import SlackApiError

from bot.core.answers import DigestPost, Problem
from bot.core.change import Person
from bot.core.curve import Curve
from bot.core.digest import Changed, Digest
from bot.core.errors import Invalid, Refused, Unavailable
from bot.core.lingering import Line, Matter, Offer
from bot.core.panels import Seal, Ticket, Waiting
from bot.core.policy import Actor
from bot.core.ports import Addressee
from bot.core.updates import News, Update
from bot.slack import Bot, SlackChannel, SlackDirectory, SlackPanels
from bot.slack.channel import GONE, TOO_RICH
from bot.slack.connection import SILENT
from bot.slack.directory import MOST, UNKNOWN
from bot.slack.pacing import Pacer

if TYPE_CHECKING:
    from slack_sdk import WebClient

ANSWER = Problem(Invalid("Something is wrong."))
DEV = Person("T1", "U1DEV")


def said(code: str) -> Exception:
    """The error that the client raises for an answer of Slack."""
    error: Exception = SlackApiError("no", {"ok": False, "error": code})  # type: ignore[no-untyped-call] # Slack's
    return error


class FakeClient:
    """The Web API: `errors` are answered one by one before it does what it is asked; method `broken` always fails."""

    def __init__(self, *errors: str | Exception) -> None:
        self.errors = list(errors)
        self.broken = ""
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.user: dict[str, Any] = {"name": "dev", "team_id": "T1"}
        self.room: dict[str, Any] = {"id": "C1"}

    def __getattr__(self, method: str) -> Any:
        def call(**arguments: Any) -> dict[str, Any]:
            self.calls.append((method, arguments))
            if method == self.broken:
                raise said("internal_error")
            if self.errors:
                error = self.errors.pop(0)
                raise said(error) if isinstance(error, str) else error
            return {"ok": True, "ts": "1.2", "user": self.user, "users": [DEV.user], "channel": self.room}

        return call


def panels(client: FakeClient) -> SlackPanels:
    return SlackPanels(cast("WebClient", client), "/knative", Seal("a secret"))


def channel(client: FakeClient) -> SlackChannel:
    return SlackChannel(cast("WebClient", client), "/knative", panels(client))


def directory(client: FakeClient, *groups: str) -> SlackDirectory:
    return SlackDirectory(cast("WebClient", client), "T1", groups)


@pytest.mark.parametrize("code", sorted(SILENT))
def test_where_knobot_may_not_speak_a_post_is_refused(code: str) -> None:
    with pytest.raises(Refused) as caught:
        channel(FakeClient(code)).post("C1", ANSWER)
    assert caught.value.code == code


@pytest.mark.parametrize("error", ["internal_error", URLError("down"), TimeoutError(), OSError()])
def test_what_may_pass_is_unavailable(error: str | Exception) -> None:
    for act in (
        lambda: channel(FakeClient(error)).post("C1", ANSWER),
        lambda: channel(FakeClient(error)).update("C1", "1.2", ANSWER),
        lambda: channel(FakeClient(error)).answer(Addressee(DEV, "C1"), ANSWER),
        lambda: directory(FakeClient(error)).actor(DEV, "C1"),
    ):
        with pytest.raises(Unavailable):
            act()


@pytest.mark.parametrize("code", sorted(GONE))
def test_a_message_that_cannot_be_edited_any_more_is_left_at_that(code: str) -> None:
    assert not channel(FakeClient(code)).update("C1", "1.2", ANSWER)


@pytest.mark.parametrize("errors", [("invalid_blocks",), ("invalid_blocks", "invalid_blocks")])
def test_a_chart_that_a_workspace_does_not_know_is_left_out_before_the_buttons_are(errors: tuple[str, ...]) -> None:
    client = FakeClient(*errors)
    curve = Curve(("a", "b"), (0, 1), (1, 0))
    line = Line("hello", Matter.BROKEN, "not Ready", offers=(Offer("Status", "status hello"),))
    report = Digest("shop", 1, 0, (line,), (Changed("hello", (Update(News.GONE),)),), curve=curve)
    channel(client).post("C1", DigestPost(report))

    kinds = [[block["type"] for block in sent["blocks"]] for _, sent in client.calls]
    assert kinds[0][-1] == "data_visualization"
    assert kinds[1] == kinds[0][:-1]
    assert "actions" in kinds[1]
    assert kinds[2:] == ([[]] if len(errors) > 1 else [])
    assert all("traffic moved" in sent["text"] for _, sent in client.calls)


@pytest.mark.parametrize("code", sorted(TOO_RICH))
def test_blocks_that_slack_does_not_take_are_left_out_and_the_text_tells_all(code: str) -> None:
    client = FakeClient(code)
    assert channel(client).post("C1", ANSWER) == "1.2"

    (_, first), (_, second) = client.calls
    assert first["blocks"]
    assert second["blocks"] == []
    assert second["text"] == first["text"]


@pytest.mark.parametrize(
    ("fields", "standing"),
    [
        ({"deleted": True}, "a deactivated person"),
        ({"is_bot": True}, "a bot"),
        ({"is_workflow_bot": True}, "a bot"),
        ({"team_id": "T2"}, "from another workspace"),
        ({"is_stranger": True}, "from another workspace"),
        ({"is_restricted": True}, "a guest"),
        ({"is_ultra_restricted": True}, "a guest"),
        ({}, "a member"),
    ],
    ids=str,
)
def test_who_counts_as_a_member(fields: dict[str, Any], standing: str) -> None:
    client = FakeClient()
    client.user = {**client.user, **fields}
    actor = directory(client).actor(DEV, "C1")

    assert actor.standing == standing
    assert actor.member is (standing == "a member")


def test_of_a_user_group_that_cannot_be_read_nobody_knows_who_is_in_it() -> None:
    sure = directory(FakeClient(), "S1").actor(DEV, "C1")
    assert sure.usergroups == {"S1"}
    assert not sure.unsure

    client = FakeClient()
    client.broken = "usergroups_users_list"
    actor = directory(client, "S1").actor(DEV, "C1")
    assert not actor.usergroups
    assert actor.unsure == {"S1"}


@pytest.mark.parametrize("fields", [{"is_ext_shared": True}, {"is_pending_ext_shared": True}], ids=str)
def test_in_a_channel_that_is_shared_with_others_nobody_is_a_member(fields: dict[str, Any]) -> None:
    client = FakeClient()
    client.room = {**client.room, **fields}
    actor = directory(client).actor(DEV, "C1")

    assert not actor.member
    assert "shared" in actor.standing


def test_an_ordinary_member_of_a_channel_is_nobody_in_particular() -> None:
    client = FakeClient()
    assert directory(client, "S1").bystander("C1") == Actor(Person("T1", ""))

    client.room = {**client.room, "is_ext_shared": True}
    assert not directory(client).bystander("C2").member


def test_in_a_channel_that_knobot_does_not_see_nobody_is_a_member() -> None:
    client = FakeClient()
    people = directory(client)
    assert people.actor(DEV, "C1").member
    client.errors = ["channel_not_found"]

    actor = people.actor(DEV, "G2")
    assert (actor.member, actor.standing) == (False, "in a channel that Knobot cannot see")


@pytest.mark.parametrize("broken", ["users_info", "conversations_info"])
def test_when_slack_does_not_tell_who_or_where_a_person_is_nothing_is_believed(broken: str) -> None:
    client = FakeClient()
    client.broken = broken
    with pytest.raises(Unavailable):
        directory(client).actor(DEV, "C1")


@pytest.mark.parametrize("code", sorted(UNKNOWN))
def test_whom_slack_does_not_know_is_no_member(code: str) -> None:
    actor = directory(FakeClient(code)).actor(DEV, "C1")

    assert not actor.member
    assert actor.standing == "unknown to Slack"


@pytest.mark.parametrize("identity", [DEV.user, "S1", "C1"])
def test_an_answer_of_slack_is_believed_until_it_is_said_to_be_so_no_longer(identity: str) -> None:
    client = FakeClient()
    people = directory(client, "S1")
    people.actor(DEV, "C1")
    people.actor(DEV, "C1")
    assert len(client.calls) == 3
    people.forget("U9OTHER")
    people.actor(DEV, "C1")
    assert len(client.calls) == 3
    people.forget(identity)
    people.actor(DEV, "C1")

    assert len(client.calls) == 4
    assert identity in client.calls[-1][1].values()


def test_an_answer_that_was_on_its_way_when_it_changed_is_not_kept() -> None:
    client = FakeClient()
    people = directory(client)

    def changed(**arguments: str) -> dict[str, Any]:
        people.forget(arguments["user"])
        return {"user": {"name": "dev", "team_id": "T1"}}

    vars(client)["users_info"] = changed
    people.actor(DEV, "C1")
    del vars(client)["users_info"]
    people.actor(DEV, "C1")

    assert [method for method, _ in client.calls].count("users_info") == 1


def test_a_rate_limit_is_waited_out_and_the_message_posted_once() -> None:
    client = FakeClient("ratelimited")
    pacer = Pacer(sleep=lambda _: None)
    ts = SlackChannel(cast("WebClient", client), "/knative", panels(client), pacer).post("C1", ANSWER)

    assert ts == "1.2"
    assert [method for method, _ in client.calls] == ["chat_postMessage", "chat_postMessage"]


def test_an_answer_in_a_thread_says_which_and_may_be_shown_in_the_channel_too() -> None:
    client = FakeClient()
    channel(client).post("C1", ANSWER, "1.1", broadcast=True)
    ((_, arguments),) = client.calls

    assert (arguments["thread_ts"], arguments["reply_broadcast"]) == ("1.1", True)


def test_knobot_knows_its_app_or_says_that_it_does_not() -> None:
    class Answers(FakeClient):
        def auth_test(self) -> dict[str, str]:
            return {"team_id": "T1", "user_id": "UBOT", "bot_id": "BBOT"}

        def bots_info(self, bot: str) -> dict[str, Any]:
            if self.broken:
                raise said("missing_scope")
            return {"bot": {"id": bot, "app_id": "A1"}}

    client = Answers()
    assert Bot.of(cast("WebClient", client)) == Bot("T1", "UBOT", "BBOT", "A1")
    client.broken = "bots_info"
    assert Bot.of(cast("WebClient", client)) == Bot("T1", "UBOT", "BBOT", None)


def test_of_a_large_workspace_only_the_last_are_remembered() -> None:
    client = FakeClient()
    people = directory(client)

    def asked(*users: str) -> int:
        before = len(client.calls)
        for user in users:
            people.actor(Person("T1", user), "C1")
        return sum(method == "users_info" for method, _ in client.calls[before:])

    assert asked(*(f"U{number}" for number in range(MOST + 1))) == MOST + 1
    assert asked(f"U{MOST}") == 0
    assert asked("U0") == 1


@pytest.mark.parametrize("trigger", [None, ""])
def test_a_form_without_a_gesture_is_not_asked_for(trigger: str | None) -> None:
    client = FakeClient()

    with pytest.raises(Unavailable, match="may be opened"):
        panels(client).open(Addressee(DEV, "C1", trigger=trigger), Waiting(), Ticket("C1"))

    assert client.calls == []
