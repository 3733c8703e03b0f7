from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from slack_sdk.errors import SlackApiError

from tests.sandbox.workspace.conftest import Hands, Script, Wire, eventually

if TYPE_CHECKING:
    from slack_sdk import WebClient


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def field(block_id: str, element: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "input", "block_id": block_id, "label": plain(block_id), "element": element, **more}


def modal(*blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "modal", "title": plain("T"), "submit": plain("Go"), "blocks": list(blocks), **more}


NAME = field("name", {"type": "plain_text_input", "action_id": "value"})
BUTTON = {
    "type": "actions",
    "block_id": "buttons",
    "elements": [{"type": "button", "action_id": "more", "text": plain("More")}],
}
OPTIONS = [{"text": plain("hello-00001"), "value": "1"}, {"text": plain("hello-00002"), "value": "2"}]


def error_of(refusal: pytest.ExceptionInfo[SlackApiError]) -> str:
    error: str = refusal.value.response["error"]
    return error


def opened(client: WebClient, script: Script, view: dict[str, Any]) -> dict[str, Any]:
    trigger_id = script.slash("x")["trigger_id"]
    shown: dict[str, Any] = client.views_open(trigger_id=trigger_id, view=view)["view"]
    return shown


def on_top(script: Script, user: str = "dev") -> Any:
    return script.get("/sandbox/views", user=user)["modal"]


@pytest.mark.usefixtures("wire")
def test_a_trigger_opens_one_modal_within_three_seconds(client: WebClient, script: Script, clock: Hands) -> None:
    used, late = script.slash("x")["trigger_id"], script.slash("x")["trigger_id"]
    client.views_open(trigger_id=used, view=modal(NAME))
    with pytest.raises(SlackApiError) as refusal:
        client.views_open(trigger_id=used, view=modal(NAME))
    assert error_of(refusal) == "exchanged_trigger_id"

    clock.ahead = 3.1
    with pytest.raises(SlackApiError) as refusal:
        client.views_open(trigger_id=late, view=modal(NAME))
    assert error_of(refusal) == "expired_trigger_id"
    with pytest.raises(SlackApiError) as refusal:
        client.views_open(trigger_id="1.2.3", view=modal(NAME))
    assert error_of(refusal) == "invalid_trigger_id"


def test_modals_stack_three_deep(client: WebClient, script: Script, wire: Wire) -> None:
    root = opened(client, script, modal(BUTTON))
    for _ in range(2):
        view_id = on_top(script)["id"]
        trigger_id = script.post("/sandbox/click", user="dev", view_id=view_id, action_id="more")["trigger_id"]
        pushed = client.views_push(trigger_id=trigger_id, view=modal(BUTTON))["view"]
        assert (pushed["root_view_id"], pushed["previous_view_id"]) == (root["id"], view_id)
    assert wire.payload["container"] == {"type": "view", "view_id": view_id}

    trigger_id = script.post("/sandbox/click", user="dev", view_id=on_top(script)["id"], label="More")["trigger_id"]
    with pytest.raises(SlackApiError) as refusal:
        client.views_push(trigger_id=trigger_id, view=modal(BUTTON))

    assert error_of(refusal) == "push_limit_reached"
    assert len(script.get("/sandbox/views", user="dev")["stack"]) == 3


@pytest.mark.usefixtures("wire")
def test_an_update_with_an_old_hash_is_refused(client: WebClient, script: Script) -> None:
    view = opened(client, script, modal(NAME, external_id="deploy-1"))
    client.views_update(external_id="deploy-1", hash=view["hash"], view=modal(BUTTON))

    with pytest.raises(SlackApiError) as refusal:
        client.views_update(view_id=view["id"], hash=view["hash"], view=modal(NAME))

    assert error_of(refusal) == "hash_conflict"
    assert on_top(script)["blocks"] == [BUTTON]


def test_an_ack_may_update_push_or_clear(client: WebClient, script: Script, wire: Wire) -> None:
    opened(client, script, modal(NAME))
    answers: list[dict[str, Any]] = [
        {"response_action": "update", "view": modal(NAME, callback_id="second")},
        {"response_action": "push", "view": modal(NAME, callback_id="third")},
        {"response_action": "clear"},
    ]
    seen = []
    for answer in answers:
        wire.reply = lambda _envelope, answer=answer: answer  # type: ignore[misc]  # bound per turn
        view = on_top(script)
        script.post("/sandbox/submit", user="dev", view_id=view["id"], values={"name": {"value": "x"}})
        top = on_top(script)
        seen.append(top and top["callback_id"])

    assert seen == ["second", "third", None]


def test_a_wrong_ack_leaves_the_modal_and_says_so(client: WebClient, script: Script, wire: Wire) -> None:
    view = opened(client, script, modal(NAME))
    wire.reply = lambda _envelope: {"response_action": "errors", "errors": {"nowhere": "wrong"}}

    answer = script.post("/sandbox/submit", user="dev", view_id=view["id"], values={"name": {"value": "x"}})

    assert answer["error"] == "We had some trouble connecting. Try again?"
    assert on_top(script)["id"] == view["id"]


def test_closing_is_told_if_the_app_asked(client: WebClient, script: Script, wire: Wire) -> None:
    view = opened(client, script, modal(NAME, notify_on_close=True, private_metadata="m"))

    script.post("/sandbox/close", user="dev", view_id=view["id"])

    assert (wire.payload["type"], wire.payload["is_cleared"]) == ("view_closed", False)
    assert wire.payload["view"]["private_metadata"] == "m"
    assert on_top(script) is None


def test_the_home_tab_is_the_persons_own(client: WebClient, script: Script, wire: Wire) -> None:
    script.post("/sandbox/home", user="dev")
    assert eventually(lambda: wire.payload["event"])["tab"] == "home"

    client.views_publish(user_id="U0DEV", view={"type": "home", "blocks": [BUTTON]})

    home = script.get("/sandbox/views", user="dev")["home"]
    assert home["blocks"] == [BUTTON]
    assert script.get("/sandbox/views", user="sre")["home"] is None
    script.post("/sandbox/click", user="dev", view_id=home["id"], action_id="more")
    assert wire.payload["view"]["type"] == "home"
    with pytest.raises(SlackApiError) as refusal:
        client.views_publish(user_id="U0DEV", hash="1.old", view={"type": "home", "blocks": []})
    assert error_of(refusal) == "hash_conflict"


def test_an_external_select_asks_the_bot_and_takes_only_what_it_offered(
    client: WebClient, script: Script, wire: Wire
) -> None:
    select = {"type": "external_select", "action_id": "revision", "min_query_length": 0}
    view = opened(client, script, modal(field("revision", select)))
    wire.reply = lambda _envelope: {"options": OPTIONS}

    where = {"user": "dev", "view_id": view["id"], "action_id": "revision"}
    offered = script.post("/sandbox/options", value="hel", **where)
    assert offered["options"] == OPTIONS
    assert (wire.payload["type"], wire.payload["value"]) == ("block_suggestion", "hel")

    wire.reply = lambda _envelope: {}
    wrong = script.post("/sandbox/submit", user="dev", view_id=view["id"], values={"revision": {"revision": "9"}})
    assert wrong["status"] == 404
    script.post("/sandbox/submit", user="dev", view_id=view["id"], values={"revision": {"revision": "2"}})
    assert wire.payload["view"]["state"]["values"]["revision"]["revision"]["selected_option"] == OPTIONS[1]


VALUES: dict[str, tuple[dict[str, Any], Any, dict[str, Any]]] = {
    "datepicker": ({}, "2026-12-24", {"selected_date": "2026-12-24"}),
    "timepicker": ({}, "18:30", {"selected_time": "18:30"}),
    "datetimepicker": ({}, "1798131600", {"selected_date_time": 1798131600}),
    "checkboxes": ({"options": OPTIONS}, ["1"], {"selected_options": OPTIONS[:1]}),
    "radio_buttons": ({"options": OPTIONS}, "hello-00002", {"selected_option": OPTIONS[1]}),
    "multi_static_select": ({"options": OPTIONS}, ["1", "2"], {"selected_options": OPTIONS}),
    "users_select": ({}, "sre", {"selected_user": "U0SRE"}),
    "multi_users_select": ({}, ["sre", "U0DEV"], {"selected_users": ["U0SRE", "U0DEV"]}),
    "conversations_select": ({}, "deploys", {"selected_conversation": "C0DEPLOYS"}),
    "channels_select": ({}, "#prod", {"selected_channel": "C0PROD"}),
    "number_input": ({"is_decimal_allowed": False}, 7, {"value": "7"}),
}


@pytest.mark.parametrize(("kind", "given"), VALUES.items(), ids=VALUES)
def test_values_are_reported_as_slack_reports_them(
    client: WebClient, script: Script, wire: Wire, kind: str, given: tuple[dict[str, Any], Any, dict[str, Any]]
) -> None:
    more, value, reported = given
    view = opened(client, script, modal(field("b", {"type": kind, "action_id": "a", **more})))

    script.post("/sandbox/submit", user="dev", view_id=view["id"], values={"b": {"a": value}})

    assert wire.payload["view"]["state"]["values"] == {"b": {"a": {"type": kind, **reported}}}


def test_what_is_not_touched_keeps_its_beginning(client: WebClient, script: Script, wire: Wire) -> None:
    element = {"type": "static_select", "action_id": "a", "options": OPTIONS, "initial_option": OPTIONS[0]}
    optional = field("note", {"type": "plain_text_input", "action_id": "a"}, optional=True)
    view = opened(client, script, modal(field("b", element), optional))

    script.post("/sandbox/submit", user="dev", view_id=view["id"], values={})

    values = wire.payload["view"]["state"]["values"]
    assert values["b"]["a"]["selected_option"] == OPTIONS[0]
    assert values["note"]["a"]["value"] is None


def test_an_overflow_menu_reports_the_option_by_its_label(client: WebClient, script: Script, wire: Wire) -> None:
    menu = {"type": "overflow", "action_id": "menu", "options": OPTIONS}
    section = {"type": "section", "text": plain("x"), "accessory": menu}
    ts = client.chat_postMessage(channel="C0DEPLOYS", text="x", blocks=[section])["ts"]

    script.post("/sandbox/click", user="dev", message_ts=ts, label="hello-00002")

    assert wire.payload["actions"][0]["selected_option"] == OPTIONS[1]


def test_a_message_shortcut_carries_the_message(client: WebClient, script: Script, wire: Wire) -> None:
    ts = client.chat_postMessage(channel="C0DEPLOYS", text="x")["ts"]

    script.post("/sandbox/shortcut", user="dev", callback_id="undo", message_ts=ts)

    assert (wire.payload["type"], wire.payload["callback_id"]) == ("message_action", "undo")
    assert wire.payload["message"]["text"] == "x"


def test_a_click_on_an_ephemeral_message_does_not_carry_it(client: WebClient, script: Script, wire: Wire) -> None:
    client.chat_postEphemeral(channel="C0DEPLOYS", user="U0DEV", text="x", blocks=[BUTTON])
    ts = script.messages()[0]["ts"]

    script.post("/sandbox/click", user="dev", message_ts=ts, action_id="more")

    assert wire.payload["container"]["is_ephemeral"]
    assert "message" not in wire.payload
    assert script.post("/sandbox/click", user="sre", message_ts=ts, action_id="more")["status"] == 404
