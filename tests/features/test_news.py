"""The bot speaks by itself: what kubectl does is told in the channel, and the buttons under it do what they say."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.features.conversation import Conversation

ROOM = "hello-test"


def service(name: str, image: str = "ghcr.io/knative/helloworld-go:latest", target: str = "one") -> str:
    container = {"image": image, "env": [{"name": "TARGET", "value": target}]}
    return json.dumps(
        {
            "apiVersion": "serving.knative.dev/v1",
            "kind": "Service",
            "metadata": {"name": name, "namespace": "hello-test"},
            "spec": {"template": {"spec": {"containers": [container]}}},
        }
    )


def domain(name: str, leads: str) -> str:
    reference = {"apiVersion": "serving.knative.dev/v1", "kind": "Service", "name": leads}
    mapping = {"apiVersion": "serving.knative.dev/v1beta1", "kind": "DomainMapping", "spec": {"ref": reference}}
    return json.dumps({**mapping, "metadata": {"name": name, "namespace": "hello-test"}})


def claim(name: str) -> str:
    made = {"apiVersion": "networking.internal.knative.dev/v1alpha1", "kind": "ClusterDomainClaim"}
    return json.dumps({**made, "metadata": {"name": name}, "spec": {"namespace": "hello-test"}})


def test_a_domain_that_nobody_claimed_is_told_with_what_to_do_and_so_is_its_end(conversation: Conversation) -> None:
    conversation.change(ROOM, "watch addressed all", "addressed", "everything")
    conversation.apply(service("addressed"))
    made = conversation.see(ROOM, lambda message: "addressed-00001 is Ready" in message["text"])
    conversation.apply(domain("addressed.example.org", "addressed"))
    conversation.becomes(ROOM, made["ts"], "addressed.example.org does not work: DomainAlreadyClaimed", "domain claim")
    conversation.see(ROOM, lambda message: message["thread_ts"] == made["ts"] and "does not work" in message["text"])

    conversation.apply(claim("addressed.example.org"))
    conversation.becomes(ROOM, made["ts"], "addressed.example.org works again")
    conversation.change(ROOM, "unwatch addressed", "no longer")


def test_a_digest_whose_chart_slack_refuses_comes_without_it_and_tells_the_same(conversation: Conversation) -> None:
    conversation.change(ROOM, "watch charted all", "charted", "everything")
    conversation.apply(service("charted"))
    conversation.see(ROOM, lambda message: "charted-00001 is Ready" in message["text"])
    whole = conversation.change(ROOM, "digest now", "charted", "in trouble")
    assert whole["blocks"][-1]["type"] == "data_visualization"

    fault = {"target": "slack", "kind": "error", "error": "invalid_blocks", "method": "response_url", "count": 1}
    assert conversation.call("/sandbox/faults", fault) == {}
    plain = conversation.change(ROOM, "digest now", "charted", "in trouble")
    kinds = [block["type"] for block in plain["blocks"]]
    assert "data_visualization" not in kinds
    assert kinds == [block["type"] for block in whole["blocks"]][:-1]
    conversation.call("/sandbox/faults", {"target": "slack", "kind": "clear"})
    conversation.change(ROOM, "unwatch charted", "no longer")


def test_a_failure_by_kubectl_is_told_with_what_still_serves_and_its_recovery_answers_it(
    conversation: Conversation,
) -> None:
    conversation.change(ROOM, "watch spoken all", "spoken", "everything")
    conversation.apply(service("spoken"))
    made = conversation.see(ROOM, lambda message: "spoken-00001 is Ready" in message["text"])
    conversation.apply(service("spoken", "ghcr.io/acme/missing:v1"))
    failed = conversation.becomes(ROOM, made["ts"], "spoken-00002 failed", "Still serving: 100% spoken-00001")
    below = conversation.see(ROOM, lambda message: message["thread_ts"] == made["ts"])
    assert "spoken-00002 failed" in below["text"]

    conversation.click("dev", failed, "replay-status")
    seen = conversation.see(ROOM, lambda message: message["ephemeral"] and "hello-test/spoken" in message["text"])
    assert "older Revision still serves" in seen["text"]

    conversation.apply(service("spoken", target="two"))
    conversation.becomes(ROOM, made["ts"], "nothing is wrong any more", "100% spoken-00003")
    conversation.see(
        ROOM, lambda message: message["thread_ts"] == made["ts"] and "nothing is wrong any more" in message["text"]
    )
    conversation.click("dev", conversation.becomes(ROOM, made["ts"], "spoken"), "replay-mute")
    conversation.see(ROOM, lambda message: "spoken" in message["text"] and ":mute:" in message["text"])
    conversation.change(ROOM, "unwatch spoken", "no longer")
