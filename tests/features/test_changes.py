"""Changes of a Service, as a channel sees them: each ends in the truth, and can be taken back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.features.conversation import traffic

if TYPE_CHECKING:
    from tests.features.conversation import Conversation

ROOM = "deploys"
IMAGE = "ghcr.io/knative/helloworld-go:latest"


def _deployed(conversation: Conversation, name: str, *targets: str) -> None:
    for number, target in enumerate(targets, 1):
        line = f"deploy {name} {IMAGE} --env TARGET={target}"
        conversation.change(ROOM, line, f"{name}-{number:05} is Ready", "traffic is as wished")


def test_undo_gives_back_exactly_the_former_traffic(conversation: Conversation) -> None:
    _deployed(conversation, "undoing", "one", "two")
    before = conversation.service("shop", "undoing")["spec"]["traffic"]

    conversation.change(ROOM, "rollout undoing previous=30", "30%", "70%", "traffic is as wished")
    assert traffic(conversation.service("shop", "undoing")) == {"undoing-00001": 30, "undoing-00002": 70}
    conversation.change(ROOM, "undo undoing", "traffic is as wished")

    assert conversation.service("shop", "undoing")["spec"]["traffic"] == before


def test_the_undo_button_takes_back_its_own_change_only(conversation: Conversation) -> None:
    _deployed(conversation, "buttons", "one", "two")
    first = conversation.change(ROOM, "rollout buttons previous=30", "traffic is as wished")
    conversation.change(ROOM, "rollout buttons previous=60", "traffic is as wished")

    assert "Another change" in conversation.refusal("dev", ROOM, first, "undo")
    assert traffic(conversation.service("shop", "buttons")) == {"buttons-00001": 60, "buttons-00002": 40}


def test_undo_is_refused_when_somebody_else_has_changed_the_service_since(conversation: Conversation) -> None:
    _deployed(conversation, "moved", "one", "two")
    conversation.change(ROOM, "rollout moved previous=30", "traffic is as wished")
    patch = '{"spec":{"traffic":[{"latestRevision":true,"percent":100}]}}'
    conversation.kubectl("patch", "ksvc", "-n", "shop", "moved", "--type", "merge", "-p", patch)

    assert "was changed after" in conversation.ask(ROOM, "undo moved")
    assert traffic(conversation.service("shop", "moved"), "spec") == {"@latest": 100}


@pytest.mark.parametrize("fault", ["missing", "crash"])
def test_a_deploy_that_fails_says_why_and_leaves_the_traffic(conversation: Conversation, fault: str) -> None:
    name = f"broken-{fault}"
    _deployed(conversation, name, "good")

    conversation.change(ROOM, f"deploy {name} registry.example.com/{fault}:1", f"{name}-00002 failed")

    found = conversation.service("shop", name)
    reason = next(item for item in found["status"]["conditions"] if item["type"] == "ConfigurationsReady")["message"]
    assert reason
    assert traffic(found) == {f"{name}-00001": 100}
    assert "Hello good!" in conversation.ask(ROOM, f"curl {name}")


def test_rollback_pins_and_follow_lets_go(conversation: Conversation) -> None:
    _deployed(conversation, "back", "one", "two")

    conversation.change(ROOM, "rollback back", "back-00001", "follow back", "traffic is as wished")
    assert traffic(conversation.service("shop", "back"), "spec") == {"back-00001": 100}
    conversation.change(ROOM, f"deploy back {IMAGE} --env TARGET=three", "back-00003 is Ready", "no traffic")
    assert traffic(conversation.service("shop", "back")) == {"back-00001": 100}
    conversation.change(ROOM, "follow back", "traffic is as wished")
    assert traffic(conversation.service("shop", "back"), "spec") == {"@latest": 100}


def test_a_tag_has_an_address_of_its_own_and_moves_in_one_step(conversation: Conversation) -> None:
    _deployed(conversation, "tagged", "one", "two")

    conversation.change(ROOM, "tag tagged previous preview", "traffic is as wished", "http://preview-tagged")
    assert "Hello one!" in conversation.ask(ROOM, "curl tagged --tag preview")
    conversation.change(ROOM, "tag tagged latest preview", "traffic is as wished", "preview keeps its address")
    assert "Hello two!" in conversation.ask(ROOM, "curl tagged --tag preview")
    assert "preview-tagged" in conversation.ask(ROOM, "url tagged")
    conversation.change(ROOM, "untag tagged preview", "traffic is as wished")
    assert "preview-tagged" not in conversation.ask(ROOM, "url tagged")


def test_what_is_already_so_is_said_and_not_written(conversation: Conversation) -> None:
    _deployed(conversation, "same", "one")
    before = conversation.service("shop", "same")["metadata"]["generation"]

    assert "already so" in conversation.ask(ROOM, f"deploy same {IMAGE} --env TARGET=one")
    assert conversation.service("shop", "same")["metadata"]["generation"] == before


def test_a_write_by_knobot_tells_kubectl_users_who_did_it(conversation: Conversation) -> None:
    _deployed(conversation, "signed", "one")

    annotations = conversation.service("shop", "signed")["metadata"]["annotations"]
    assert annotations["knobot.dev/changed-by"].endswith("/U01DEV")
    assert annotations["knobot.dev/plan"]


def test_a_service_is_deleted_after_a_second_click_and_is_gone_for_kubectl_too(conversation: Conversation) -> None:
    _deployed(conversation, "doomed", "one")
    asked = conversation.change(ROOM, "delete doomed", "will be deleted", "1 Revision", "waits for")

    conversation.click("dev", asked, "confirm")

    conversation.becomes(ROOM, asked["ts"], "doomed* is gone")
    assert "doomed" not in conversation.kubectl("get", "ksvc,rev,route,configuration", "-n", "shop", "-o", "name")


def test_an_old_revision_is_deleted_alone(conversation: Conversation) -> None:
    _deployed(conversation, "pruned", "one", "two")
    asked = conversation.change(ROOM, "delete pruned --revision 1", "Revision pruned-00001", "waits for")

    conversation.click("dev", asked, "confirm")

    conversation.becomes(ROOM, asked["ts"], "pruned-00001* is gone")
    assert conversation.kubectl("get", "rev", "-n", "shop", "-o", "name").count("pruned-") == 1


def test_a_rollback_to_what_is_asleep_wakes_it_before_anybody_waits_for_it(conversation: Conversation) -> None:
    _deployed(conversation, "sleepy", "one", "two")
    conversation.until(lambda: _pods(conversation, "sleepy-00001") == 0)

    conversation.change(ROOM, "rollback sleepy", "100% sleepy-00001", "traffic is as wished")
    assert _pods(conversation, "sleepy-00001") == 1
    targets = conversation.service("shop", "sleepy")["spec"]["traffic"]
    assert targets == [{"latestRevision": False, "percent": 100, "revisionName": "sleepy-00001"}]
    assert conversation.service("shop", "sleepy")["metadata"]["generation"] == 4


def _pods(conversation: Conversation, revision: str) -> int:
    found = json.loads(conversation.kubectl("get", "revision", "-n", "shop", revision, "-o", "json"))
    return int(found["status"]["actualReplicas"])
