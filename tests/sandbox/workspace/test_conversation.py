from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.workspace.conftest import Hands, Script, eventually

if TYPE_CHECKING:
    from slack_bolt import App
    from slack_bolt.adapter.socket_mode import SocketModeHandler
    from slack_sdk import WebClient

    from bot.sandbox.workspace import Workspace

CARD: list[dict[str, Any]] = [
    {"type": "section", "text": {"type": "mrkdwn", "text": "Roll out?"}},
    {
        "type": "actions",
        "block_id": "decision",
        "elements": [
            {
                "type": "button",
                "action_id": "approve",
                "value": "plan-1",
                "text": {"type": "plain_text", "text": "Yes"},
            },
            {"type": "button", "action_id": "decline", "text": {"type": "plain_text", "text": "No"}},
        ],
    },
]
FORM: dict[str, Any] = {
    "type": "modal",
    "callback_id": "deploy",
    "private_metadata": "hello",
    "title": {"type": "plain_text", "text": "Deploy"},
    "submit": {"type": "plain_text", "text": "Go"},
    "blocks": [
        {
            "type": "input",
            "block_id": "image",
            "label": {"type": "plain_text", "text": "Image"},
            "element": {"type": "plain_text_input", "action_id": "name"},
        },
        {
            "type": "input",
            "block_id": "share",
            "optional": True,
            "label": {"type": "plain_text", "text": "Traffic"},
            "element": {
                "type": "static_select",
                "action_id": "percent",
                "options": [
                    {"text": {"type": "plain_text", "text": "Ten"}, "value": "10"},
                    {"text": {"type": "plain_text", "text": "All"}, "value": "100"},
                ],
            },
        },
    ],
}


@pytest.fixture
def seen(app: App) -> list[dict[str, Any]]:
    """Every payload that reaches the bot."""
    payloads: list[dict[str, Any]] = []

    @app.middleware
    def keep(body: dict[str, Any], next_: Any) -> None:
        payloads.append(body)
        next_()

    return payloads


@pytest.fixture
def bot(app: App) -> App:
    """A bot that knows a few commands."""

    @app.command("/knative")
    def command(ack: Any, command: dict[str, Any], respond: Any, client: WebClient) -> None:
        match command["text"]:
            case "ack":
                ack("at once")
            case "public":
                ack()
                respond("for all", response_type="in_channel")
            case "card":
                ack()
                client.chat_postMessage(channel=command["channel_id"], text="Roll out?", blocks=CARD)
            case "form":
                ack()
                client.views_open(trigger_id=command["trigger_id"], view=FORM)
            case text:
                ack()
                respond(f"you said {text}")

    @app.action("approve")
    def approve(ack: Any, body: dict[str, Any], client: WebClient) -> None:
        ack()
        who = body["user"]["name"]
        client.chat_update(
            channel=body["channel"]["id"], ts=body["message"]["ts"], text=f"Approved by {who}", blocks=[CARD[0]]
        )

    @app.action("decline")
    def decline(ack: Any, respond: Any) -> None:
        ack()
        respond("Declined", replace_original=True)

    @app.view("deploy")
    def deploy(ack: Any, view: dict[str, Any], body: dict[str, Any], client: WebClient) -> None:
        image = view["state"]["values"]["image"]["name"]["value"]
        if " " in image:
            ack(response_action="errors", errors={"image": "No spaces"})
            return
        ack()
        client.chat_postEphemeral(channel="C0DEPLOYS", user=body["user"]["id"], text=f"Deploying {image}")

    @app.event("app_mention")
    def mentioned(event: dict[str, Any], say: Any) -> None:
        say(text="You called?", thread_ts=event["ts"])

    @app.event("message")
    def written(event: dict[str, Any], say: Any) -> None:
        say(f"You wrote {event['text']}")

    return app


@pytest.mark.usefixtures("bot", "connected")
def test_a_command_is_acked_and_answered_to_the_person_alone(script: Script, seen: list[dict[str, Any]]) -> None:
    answer = script.slash("  services --all ")

    assert 0 < answer["acked_ms"] < 3000
    message = eventually(script.messages)[0]
    assert message["text"] == "you said services --all"
    assert message["from"] == "knobot"
    assert message["ephemeral"]
    assert script.messages(user="sre") == []
    assert seen[0] == {
        "token": seen[0]["token"],
        "team_id": "T0SANDBOX",
        "team_domain": "knobot-sandbox",
        "channel_id": "C0DEPLOYS",
        "channel_name": "deploys",
        "user_id": "U0DEV",
        "user_name": "dev",
        "command": "/knative",
        "text": "services --all",
        "api_app_id": "A0KNOBOT",
        "is_enterprise_install": "false",
        "response_url": seen[0]["response_url"],
        "trigger_id": answer["trigger_id"],
    }


@pytest.mark.usefixtures("bot", "connected")
def test_an_ack_with_text_is_shown(script: Script) -> None:
    assert script.slash("ack")["ack"]["text"] == "at once"
    assert script.texts() == ["at once"]


@pytest.mark.usefixtures("bot", "connected")
def test_a_public_answer_shows_the_command_as_well(script: Script) -> None:
    script.slash("public")

    eventually(lambda: len(script.messages(user="sre")) == 2)
    assert [(m["from"], m["text"]) for m in script.messages(user="sre")] == [
        ("dev", "/knative public"),
        ("knobot", "for all"),
    ]


@pytest.mark.usefixtures("bot", "connected")
def test_a_command_is_answered_where_the_bot_is_no_member(script: Script) -> None:
    script.slash("hello", channel="quiet")

    eventually(lambda: script.texts("quiet") == ["you said hello"])


@pytest.mark.usefixtures("bot", "connected")
def test_a_click_edits_the_card_and_a_stale_click_still_reaches_the_bot(
    script: Script, seen: list[dict[str, Any]]
) -> None:
    script.slash("card")
    card = eventually(script.messages)[0]

    answer = script.post("/sandbox/click", user="sre", message_ts=card["ts"], label="Yes")

    assert answer["acked_ms"] > 0
    edited = eventually(lambda: [m for m in script.messages() if m["text"] == "Approved by sre"])[0]
    assert (edited["ts"], edited["edited"], edited["revision"]) == (card["ts"], True, 2)
    assert [m["ts"] for m in script.messages(after=card["ts"])] == [card["ts"]]
    assert script.messages(after=f"{float(card['ts']) + 100}") == []
    click = seen[-1]
    assert click["actions"][0] | {"action_ts": ""} == {
        "type": "button",
        "action_id": "approve",
        "block_id": "decision",
        "value": "plan-1",
        "text": {"type": "plain_text", "text": "Yes"},
        "action_ts": "",
    }
    assert click["container"] == {
        "type": "message",
        "message_ts": card["ts"],
        "channel_id": "C0DEPLOYS",
        "is_ephemeral": False,
    }
    gone = script.post("/sandbox/click", user="sre", message_ts=card["ts"], action_id="approve")
    assert gone["status"] == 404
    assert "nothing to click" in gone["error"]
    stale = script.post("/sandbox/click", user="dev", message_ts=card["ts"], action_id="approve", stale=True)
    assert stale["acked_ms"] > 0


@pytest.mark.usefixtures("bot", "connected")
def test_a_click_can_be_answered_by_replacing_the_message(script: Script) -> None:
    script.slash("card")
    card = eventually(script.messages)[0]

    script.post("/sandbox/click", user="dev", message_ts=card["ts"], action_id="decline", channel="deploys")

    eventually(lambda: script.texts() == ["Declined"])
    assert script.messages()[0]["blocks"] == []


@pytest.mark.usefixtures("bot", "connected")
def test_a_modal_is_opened_corrected_and_submitted(script: Script, seen: list[dict[str, Any]]) -> None:
    script.slash("form")
    modal = eventually(lambda: script.get("/sandbox/views", user="dev")["modal"])
    assert script.get("/sandbox/views", user="sre")["modal"] is None

    def submit(**values: Any) -> Any:
        return script.post("/sandbox/submit", user="dev", view_id=modal["id"], values=values)

    assert submit()["errors"] == {"image": "Please complete this required field."}
    assert submit(image={"name": "a b"})["errors"] == {"image": "No spaces"}
    assert script.get("/sandbox/views", user="dev")["modal"]["id"] == modal["id"]
    done = submit(image={"name": "hello:v2"}, share={"percent": "Ten"})

    assert (done["errors"], done["view_id"]) == ({}, None)
    eventually(lambda: script.texts() == ["Deploying hello:v2"])
    assert seen[-1]["view"]["private_metadata"] == "hello"
    assert seen[-1]["view"]["state"]["values"] == {
        "image": {"name": {"type": "plain_text_input", "value": "hello:v2"}},
        "share": {
            "percent": {
                "type": "static_select",
                "selected_option": {"text": {"type": "plain_text", "text": "Ten"}, "value": "10"},
            }
        },
    }
    assert script.get("/sandbox/views", user="dev")["modal"] is None
    assert submit()["status"] == 404


@pytest.mark.usefixtures("bot", "connected")
@pytest.mark.parametrize("name", ["@knobot", "@Knobot"])
def test_a_mention_is_answered_in_its_thread(script: Script, name: str) -> None:
    asked = script.post("/sandbox/say", user="dev", channel="deploys", text=f"{name} are you <there>?")

    answer = eventually(lambda: script.messages()[1:])[0]
    assert answer["thread_ts"] == asked["ts"]
    assert script.texts() == ["<@U0KNOBOT> are you &lt;there&gt;?", "You called?"]


@pytest.mark.usefixtures("bot", "connected")
def test_direct_messages_reach_the_bot_and_belong_to_one_person(script: Script) -> None:
    script.post("/sandbox/say", user="sre", channel="@knobot", text="hi")

    eventually(lambda: script.texts("@knobot", "sre") == ["hi", "You wrote hi"])
    assert script.texts("@knobot", "dev") == []


def test_a_command_without_a_bot_says_so(script: Script) -> None:
    answer = script.slash("services")

    assert answer["acked_ms"] is None
    assert script.messages()[0]["from"] == "slackbot"
    assert script.texts() == ['/knative failed with the error "dispatch_failed"']


def test_a_command_that_is_not_acked_in_time_says_so(
    app: App, connected: SocketModeHandler, script: Script, clock: Hands
) -> None:
    @app.command("/knative")
    def never(client: WebClient, command: dict[str, Any]) -> None:
        clock.ahead += 10
        with pytest.raises(Exception, match="expired_trigger_id"):
            client.views_open(trigger_id=command["trigger_id"], view=FORM)

    assert connected.client.is_connected()
    assert script.slash("slow")["acked_ms"] is None
    assert script.texts() == ['/knative failed with the error "operation_timeout": Knobot did not respond in time']


@pytest.mark.usefixtures("bot", "connected")
def test_a_bot_whose_connection_drops_comes_back(script: Script, workspace: Workspace) -> None:
    script.post("/sandbox/faults", target="slack", kind="drop_sockets")
    eventually(lambda: not script.get("/sandbox/state")["bot"]["connected"])
    eventually(lambda: script.get("/sandbox/state")["bot"]["connected"], 10)

    assert script.slash("ack")["acked_ms"]
    assert workspace.url in script.workspace.api_url
