from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient

from tests.sandbox.workspace.conftest import Hands, Script, Wire, eventually

if TYPE_CHECKING:
    from bot.sandbox.workspace import Workspace

ROOM = "C0DEPLOYS"
SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "hi"}}
RICH = {
    "type": "rich_text",
    "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "x"}]}],
}


def refused(client: WebClient, method: str, **arguments: Any) -> str:
    with pytest.raises(SlackApiError) as refusal:
        client.api_call(method, json=arguments)
    error: str = refusal.value.response["error"]
    return error


REFUSALS: dict[str, tuple[str, dict[str, Any], str]] = {
    "unknown method": ("chat.sing", {}, "unknown_method"),
    "unknown channel": ("chat.postMessage", {"channel": "C404", "text": "x"}, "channel_not_found"),
    "no channel": ("chat.postMessage", {"text": "x"}, "channel_not_found"),
    "not a member": ("chat.postMessage", {"channel": "C0QUIET", "text": "x"}, "not_in_channel"),
    "nothing to say": ("chat.postMessage", {"channel": ROOM}, "no_text"),
    "blocks that are no JSON": ("chat.postMessage", {"channel": ROOM, "blocks": "[{"}, "invalid_blocks_format"),
    "bad blocks": ("chat.postMessage", {"channel": ROOM, "blocks": [{"type": "sing"}]}, "invalid_blocks"),
    "12,001 characters": (
        "chat.postMessage",
        {"channel": ROOM, "blocks": [{**SECTION, "text": {"type": "mrkdwn", "text": "x" * 2401}}] * 5},
        "msg_blocks_too_long",
    ),
    "ephemeral to an outsider": (
        "chat.postEphemeral",
        {"channel": "C0PROD", "user": "U0GUEST", "text": "x"},
        "user_not_in_channel",
    ),
    "update of nothing": ("chat.update", {"channel": ROOM, "ts": "1.1", "text": "x"}, "message_not_found"),
    "deletion of nothing": ("chat.delete", {"channel": ROOM, "ts": "1.1"}, "message_not_found"),
    "unknown user": ("users.info", {"user": "U404"}, "user_not_found"),
    "unknown mail": ("users.lookupByEmail", {"email": "who@example.com"}, "users_not_found"),
    "unknown group": ("usergroups.users.list", {"usergroup": "S404"}, "no_such_subteam"),
    "thread of nothing": ("conversations.replies", {"channel": ROOM, "ts": "1.1"}, "thread_not_found"),
    "bad cursor": ("users.list", {"cursor": "?"}, "invalid_cursor"),
    "message to the bot itself": ("conversations.open", {"users": "U0KNOBOT"}, "cannot_dm_bot"),
    "made-up trigger": (
        "views.open",
        {"trigger_id": "1.2.3", "view": {"type": "home", "blocks": []}},
        "invalid_arguments",
    ),
    "update of no view": ("views.update", {"view_id": "V404", "view": {}}, "not_found"),
    "file of nothing": ("files.completeUploadExternal", {"files": [{"id": "F404"}]}, "file_not_found"),
}


@pytest.mark.parametrize(("method", "arguments", "error"), REFUSALS.values(), ids=REFUSALS)
def test_what_slack_refuses_is_refused(client: WebClient, method: str, arguments: dict[str, Any], error: str) -> None:
    assert refused(client, method, **arguments) == error


def test_tokens_are_told_apart(workspace: Workspace) -> None:
    def asked(method: str, token: str | None) -> str:
        return refused(WebClient(token=token, base_url=workspace.api_url), method)

    assert asked("chat.postMessage", None) == "not_authed"
    assert asked("chat.postMessage", "xoxb-wrong") == "invalid_auth"
    assert asked("chat.postMessage", workspace.app_token) == "not_allowed_token_type"
    assert asked("apps.connections.open", workspace.bot_token) == "not_allowed_token_type"


def test_bad_blocks_are_explained(client: WebClient) -> None:
    with pytest.raises(SlackApiError) as refusal:
        client.chat_postMessage(channel=ROOM, text="x", blocks=[SECTION] * 51)

    messages = refusal.value.response["response_metadata"]["messages"]
    assert messages == ["[ERROR] no more than 50 items allowed [json-pointer:/blocks]"]


def test_messages_of_others_cannot_be_changed(client: WebClient, script: Script) -> None:
    ts = script.post("/sandbox/say", user="dev", channel="deploys", text="mine")["ts"]

    assert refused(client, "chat.update", channel=ROOM, ts=ts, text="ours") == "cant_update_message"
    assert refused(client, "chat.delete", channel=ROOM, ts=ts) == "cant_delete_message"


def test_an_update_takes_4000_characters_and_a_post_40000(client: WebClient, script: Script) -> None:
    ts = client.chat_postMessage(channel=ROOM, text="x" * 40_001)["ts"]

    assert len(script.messages()[0]["text"]) == 40_000
    assert refused(client, "chat.update", channel=ROOM, ts=ts, text="x" * 4001) == "msg_too_long"


def test_an_update_with_text_alone_drops_the_blocks(client: WebClient, script: Script) -> None:
    ts = client.chat_postMessage(channel="#deploys", text="x", blocks=[SECTION])["ts"]
    assert script.messages()[0]["blocks"][0]["block_id"]

    client.chat_update(channel=ROOM, ts=str(ts), text="y")

    assert script.messages()[0]["blocks"] == []


def test_rich_text_cannot_be_replaced_by_other_blocks(client: WebClient) -> None:
    ts = client.chat_postMessage(channel=ROOM, text="x", blocks=[RICH])["ts"]

    assert refused(client, "chat.update", channel=ROOM, ts=ts, blocks=[SECTION]) == "block_mismatch"


def test_ephemeral_messages_cannot_be_updated(client: WebClient, script: Script) -> None:
    ts = client.chat_postEphemeral(channel=ROOM, user="U0DEV", text="psst")["message_ts"]

    assert (script.texts(user="dev"), script.texts(user="sre")) == (["psst"], [])
    assert refused(client, "chat.update", channel=ROOM, ts=ts, text="y") == "message_not_found"


def test_history_and_threads_can_be_read_in_pages(client: WebClient) -> None:
    root = str(client.chat_postMessage(channel=ROOM, text="root")["ts"])
    for number in range(3):
        client.chat_postMessage(channel=ROOM, text=f"reply {number}", thread_ts=root)
    client.chat_postMessage(channel=ROOM, text="last")
    client.chat_postEphemeral(channel=ROOM, user="U0DEV", text="psst")

    history = client.conversations_history(channel=ROOM)
    assert [(m["text"], m.get("reply_count")) for m in history["messages"]] == [("last", None), ("root", 3)]
    pages = [
        [m["text"] for m in page["messages"]] for page in client.conversations_replies(channel=ROOM, ts=root, limit=2)
    ]
    assert pages == [["root", "reply 0"], ["reply 1", "reply 2"]]
    assert [m["text"] for m in client.conversations_history(channel=ROOM, oldest=root)["messages"]] == ["last"]


def test_the_directory_tells_guests_strangers_and_shared_channels_apart(client: WebClient) -> None:
    users = {user["name"]: user for user in client.users_list()["members"]}
    assert users["guest"]["is_restricted"]
    assert users["stranger"]["is_stranger"]
    assert users["gone"]["deleted"]
    assert users["knobot"]["is_bot"]
    assert client.users_lookupByEmail(email="dev@example.com")["user"]["id"] == "U0DEV"
    assert client.usergroups_users_list(usergroup="S0APPROVE")["users"] == ["U0SRE"]
    assert client.usergroups_list(include_users=True)["usergroups"][0]["users"] == ["U0SRE"]
    channels = {channel["name"]: channel for channel in client.conversations_list()["channels"]}
    assert channels["partners"]["is_ext_shared"]
    assert not channels["quiet"]["is_member"]
    assert client.conversations_members(channel="C0PROD")["members"] == ["U0DEV", "U0KNOBOT", "U0SRE"]


def test_a_bot_can_write_to_one_person(client: WebClient, script: Script) -> None:
    channel = client.conversations_open(users="U0SRE")["channel"]["id"]
    client.chat_postMessage(channel=channel, text="please approve")
    client.chat_postMessage(channel="U0SRE", text="please do")

    assert script.texts("@knobot", "sre") == ["please approve", "please do"]


def test_blocks_can_be_validated_without_a_token(workspace: Workspace) -> None:
    client = WebClient(base_url=workspace.api_url)

    assert client.api_call("blocks.validate", json={"blocks": [SECTION]})["ok"]
    with pytest.raises(SlackApiError) as refusal:
        client.api_call("blocks.validate", json={"blocks": [{"type": "sing"}]})
    assert refusal.value.response["errors"][0]["pointer"] == "/0/type"


def test_a_file_is_seen_once_its_third_step_is_done(client: WebClient, script: Script) -> None:
    client.files_upload_v2(channel=ROOM, filename="log.txt", content="line 1\n", initial_comment="the log")

    message = script.messages()[0]
    assert (message["text"], message["files"][0]["name"], message["files"][0]["size"]) == ("the log", "log.txt", 7)
    announced = client.files_getUploadURLExternal(filename="a", length=3)["file_id"]
    assert refused(client, "files.completeUploadExternal", files=[{"id": announced}]) == "file_not_found"
    assert refused(client, "files.getUploadURLExternal", filename="a", length=0) == "invalid_arguments"


def test_a_response_url_serves_five_times(script: Script, wire: Wire) -> None:
    script.slash("x")
    hook = WebhookClient(wire.payload["response_url"])

    answers = [hook.send(text=f"{number}") for number in range(6)]

    assert [answer.status_code for answer in answers] == [200] * 5 + [404]
    assert "used_url" in answers[-1].body
    assert len(script.messages()) == 5


def test_a_response_url_serves_half_an_hour(script: Script, wire: Wire, clock: Hands) -> None:
    script.slash("x")
    hook = WebhookClient(wire.payload["response_url"])

    clock.ahead = 29 * 60
    assert hook.send(text="in time").status_code == 200
    clock.ahead = 31 * 60
    answer = hook.send(text="late")

    assert (answer.status_code, "expired_url" in answer.body) == (404, True)


def test_a_response_url_refuses_bad_blocks_but_not_long_ones(script: Script, wire: Wire) -> None:
    script.slash("x")
    hook = WebhookClient(wire.payload["response_url"])

    assert hook.send(blocks=[{"type": "sing"}]).status_code == 400
    assert hook.send(blocks=[{**SECTION, "text": {"type": "mrkdwn", "text": "x" * 2500}}] * 5).status_code == 200


def test_a_response_can_delete_what_was_clicked(client: WebClient, script: Script, wire: Wire) -> None:
    button = {"type": "button", "action_id": "a", "text": {"type": "plain_text", "text": "A"}}
    client.chat_postMessage(channel=ROOM, text="x", blocks=[{"type": "actions", "elements": [button]}])
    script.post("/sandbox/click", user="dev", message_ts=script.messages()[0]["ts"], action_id="a")

    WebhookClient(wire.payload["response_url"]).send(delete_original=True)

    assert eventually(lambda: not script.messages())
