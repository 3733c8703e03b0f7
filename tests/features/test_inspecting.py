"""Looking closer: pods, logs, differences, history, rights, and the deploys that change one thing only."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.features.conversation import Conversation

ROOM = "deploys"
IMAGE = "ghcr.io/knative/helloworld-go:latest"


def test_one_looks_into_a_service(conversation: Conversation) -> None:
    conversation.change(ROOM, f"deploy inspected {IMAGE} --env TARGET=one", "inspected-00001 is Ready", "as wished")
    conversation.change(ROOM, "env inspected TARGET=two MODE=fast", "inspected-00002 is Ready", "as wished")
    conversation.change(ROOM, "scale inspected 1..5", "inspected-00003 is Ready", "as wished")

    assert "inspected-00003" in conversation.ask(ROOM, "pods inspected")
    assert "the last" in conversation.ask(ROOM, "logs inspected")
    assert "has written no lines with" in conversation.ask(ROOM, "logs inspected --grep nothing-like-this")

    difference = conversation.ask(ROOM, "diff inspected inspected-00001 inspected-00002")
    assert "env TARGET: `one` → `two`" in difference
    assert "env MODE: nothing → `fast`" in difference

    told = conversation.ask(ROOM, "history inspected")
    assert told.index("scale inspected 1..5") < told.index("env inspected TARGET=two") < told.index("deploy inspected")
    annotations = conversation.service("shop", "inspected")["spec"]["template"]["metadata"]["annotations"]
    assert annotations["autoscaling.knative.dev/min-scale"] == "1"
    assert annotations["autoscaling.knative.dev/max-scale"] == "5"


def test_one_learns_what_one_may_do_before_trying(conversation: Conversation) -> None:
    assert "*yes*: `deploy`" in conversation.ask(ROOM, "can hello")
    assert "*with 1 approval from approvers*: `deploy`" in conversation.ask("prod", "can checkout")


def test_why_a_pod_is_not_ready_is_told(conversation: Conversation) -> None:
    conversation.change(ROOM, "deploy unpulled registry.example.com/missing:1", "unpulled-00001 failed")

    assert "ImagePullBackOff" in conversation.ask(ROOM, "pods unpulled")
    assert "0 of 1 pods ready" in conversation.ask(ROOM, "pods unpulled")


def test_logs_are_followed_in_a_thread_until_somebody_stops_them(conversation: Conversation) -> None:
    conversation.change(ROOM, f"deploy followed {IMAGE} --env TARGET=one", "followed-00001 is Ready", "as wished")

    root = conversation.change(ROOM, "logs followed -f --lines 0", "Following the logs of *shop/followed*")
    conversation.see(ROOM, lambda message: message["ts"] == root["ts"])
    conversation.ask(ROOM, "curl followed")
    shown = conversation.see(ROOM, lambda message: message.get("thread_ts") == root["ts"] and "│" in message["text"])
    assert "00001·" in shown["text"]
    assert "received a request" in shown["text"]

    conversation.click("sre", root, "stop-logs")
    conversation.becomes(ROOM, root["ts"], "Followed the logs of *shop/followed*", "<@U02SRE> stopped it")


def test_events_and_the_ways_into_the_cluster_are_told(conversation: Conversation) -> None:
    conversation.change(ROOM, "deploy eventful registry.example.com/missing:1", "eventful-00001 failed")

    told = conversation.ask(ROOM, "events eventful --warnings")
    assert "LatestCreatedFailed" in told
    assert "BackOff" in told

    told = conversation.ask(ROOM, "ingress list")
    assert "kourier" in told
    assert "127.0.0.1" in told


def test_services_of_all_namespaces_are_listed(conversation: Conversation) -> None:
    told = conversation.ask(ROOM, "services -A --grep checkout")
    assert told.index("prod/") < told.index("shop/")
