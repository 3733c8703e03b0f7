"""Everything that can be typed can be chosen: the picker, the form of a deploy, and images in messages."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from tests.features.conversation import PATIENCE, traffic

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.features.conversation import Conversation

ROOM = "hello-test"
IMAGE = "ghcr.io/knative/helloworld-go:latest"
View = dict[str, Any]


def modal(conversation: Conversation, fits: Callable[[View], bool], user: str = "dev") -> View:
    """Wait for the modal on top to be one that fits."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        view: View | None = conversation.call(f"/sandbox/views?user={user}")["modal"]
        if view and fits(view):
            return view
        time.sleep(0.05)
    raise AssertionError(f"no such modal; there was {view}")


def fields(view: View) -> dict[str, View]:
    return {block["block_id"]: block["element"] for block in view["blocks"] if block["type"] == "input"}


def choose(conversation: Conversation, view: View, field: str, value: str) -> None:
    """Choose in a field of a modal that tells the bot at once."""
    place = {"user": "dev", "view_id": view["id"], "action_id": field}
    if fields(view)[field]["type"] == "external_select":
        conversation.call("/sandbox/options", {**place, "value": value})
    verb = fields(view).get("verb", {}).get("initial_option")
    state = {"verb": {"verb": verb["value"]}} if verb else {}
    conversation.call("/sandbox/click", {**place, "value": value, "state": state})


def submit(conversation: Conversation, view: View, **values: str) -> dict[str, Any]:
    found = fields(view)
    given = {block: {found[block]["action_id"]: value} for block, value in values.items()}
    answer: dict[str, Any] = conversation.call(
        "/sandbox/submit", {"user": "dev", "view_id": view["id"], "values": given}
    )
    return answer


def test_the_command_alone_opens_a_picker_that_ends_in_the_line_one_would_type(conversation: Conversation) -> None:
    conversation.change(ROOM, f"deploy picked {IMAGE} --env TARGET=blue", "is created")
    done = conversation.change(ROOM, "env picked TARGET=green", "is Ready")
    conversation.becomes(ROOM, done["ts"], "traffic is as wished")

    conversation.type(ROOM, "")
    choose(conversation, modal(conversation, lambda view: view["callback_id"] == "pick"), "verb", "rollout")
    choose(conversation, modal(conversation, lambda view: "service" in fields(view)), "service", "picked")
    view = modal(conversation, lambda view: "rollout revision-0 picked" in fields(view))
    chosen = {"rollout revision-0 picked": "latest", "rollout percent picked": "25"}
    assert not submit(conversation, view, verb="rollout", service="picked", **chosen)["errors"]
    plan = modal(conversation, lambda view: view["callback_id"] == "plan")
    submit(conversation, plan)

    conversation.see(
        ROOM, lambda seen: "25% picked-00002" in seen["text"] and "`rollout picked latest=25`" in seen["text"]
    )
    assert conversation.call("/sandbox/views?user=dev")["stack"] == []
    assert traffic(conversation.service("hello-test", "picked"), "spec") == {"picked-00001": 75, "picked-00002": 25}


def test_a_look_is_read_in_the_picker_and_back_is_the_picker(conversation: Conversation) -> None:
    conversation.type("deploys", "")
    choose(conversation, modal(conversation, lambda view: view["callback_id"] == "pick"), "verb", "status")
    view = modal(conversation, lambda view: "service" in fields(view))
    conversation.call(
        "/sandbox/options", {"user": "dev", "view_id": view["id"], "action_id": "service", "value": "che"}
    )
    submit(conversation, view, verb="status", service="checkout")
    told = modal(conversation, lambda view: view["callback_id"] == "told" and "checkout-00001" in str(view["blocks"]))

    conversation.call("/sandbox/close", {"user": "dev", "view_id": told["id"]})
    assert modal(conversation, lambda view: view["callback_id"] == "pick")["id"] == view["id"]
    conversation.call("/sandbox/close", {"user": "dev", "view_id": view["id"], "all": True})


def test_a_deploy_is_filled_in_shown_as_a_plan_and_made(conversation: Conversation) -> None:
    conversation.change(ROOM, f"deploy formed {IMAGE} --env TARGET=blue --env API_TOKEN=hunter2", "is created")

    conversation.type(ROOM, "deploy formed")
    view = modal(conversation, lambda view: "image" in fields(view))
    assert fields(view)["image"]["initial_value"] == IMAGE
    assert fields(view)["env"]["initial_value"] == "TARGET=blue\nAPI_TOKEN=••••"
    assert set(submit(conversation, view, port="99999", cpu="lots")["errors"]) == {"port", "cpu"}
    assert set(submit(conversation, view)["errors"]) == {"image"}

    submit(conversation, view, env="TARGET=a b\nAPI_TOKEN=••••\nNEW=1", traffic="10")
    plan = modal(conversation, lambda view: view["callback_id"] == "plan")
    assert "hunter2" not in str(plan["blocks"])
    submit(conversation, plan)
    conversation.see(ROOM, lambda seen: "10% formed-00002" in seen["text"] and "traffic is as wished" in seen["text"])
    (container,) = conversation.service("hello-test", "formed")["spec"]["template"]["spec"]["containers"]
    environment = {entry["name"]: entry["value"] for entry in container["env"]}
    assert environment == {"TARGET": "a b", "API_TOKEN": "hunter2", "NEW": "1"}


def test_an_image_in_a_message_is_deployed_from_its_menu(conversation: Conversation) -> None:
    said = {"user": "dev", "channel": ROOM, "text": f"CI built a/b:1 and {IMAGE}"}
    message = {
        "user": "dev",
        "callback_id": "deploy-image",
        "message_ts": conversation.call("/sandbox/say", said)["ts"],
    }
    conversation.call("/sandbox/shortcut", message)
    view = modal(conversation, lambda view: "proposed-image" in fields(view))
    choose(conversation, view, "service", "from-menu")
    view = modal(conversation, lambda view: "env" in fields(view))
    submit(conversation, view, **{"proposed-image": IMAGE})
    submit(conversation, modal(conversation, lambda view: view["callback_id"] == "plan"))

    conversation.see(ROOM, lambda seen: "from-menu" in seen["text"] and "is created" in seen["text"])


def test_in_production_the_form_asks_for_approval(conversation: Conversation) -> None:
    conversation.type("prod", "deploy checkout")
    view = modal(conversation, lambda view: "image" in fields(view))
    submit(conversation, view, env="TARGET=formed")
    plan = modal(conversation, lambda view: view["callback_id"] == "plan")
    assert plan["submit"]["text"] == "Ask for approval"
    submit(conversation, plan)

    card = conversation.see("prod", lambda seen: "needs 1 approval" in seen["text"] and "TARGET=formed" in seen["text"])
    conversation.click("dev", card, "withdraw")
    conversation.becomes("prod", card["ts"], "withdrew")
