"""Deploying, as a channel sees it: what is set, what it came to, and what changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.features.conversation import Conversation

ROOM = "deploys"
IMAGE = "ghcr.io/knative/helloworld-go:latest"


def test_the_flags_of_kn_reach_the_cluster_and_are_told(conversation: Conversation) -> None:
    line = (
        f"service create flags --image {IMAGE} --env TARGET=a,b --env-from cm:settings --scale 1..3 --port h2c:8080 "
        "--request cpu=50m,memory=64Mi --probe-readiness tcp::8080 --mount /config=cm:settings --user 1001 "
        "--label team=shop --revision-name {{.Service}}-first --cluster-local"
    )
    card = conversation.change(ROOM, line, "flags-first is Ready", "traffic is as wished")
    made = conversation.service("shop", "flags")
    container = made["spec"]["template"]["spec"]["containers"][0]

    assert made["metadata"]["labels"]["networking.knative.dev/visibility"] == "cluster-local"
    assert made["metadata"]["labels"]["team"] == "shop"
    assert container["env"] == [{"name": "TARGET", "value": "a,b"}]
    assert container["volumeMounts"] == [{"mountPath": "/config", "name": "config", "readOnly": True}]
    assert container["readinessProbe"]["tcpSocket"] == {"port": 8080}
    for told in ("mount /config: `config map settings`", "min-scale: `1`", "Service label team: `shop`"):
        assert told in card["text"]

    conversation.change(ROOM, "deploy flags --env TARGET- --mount /config-", "is Ready", "traffic is as wished")
    spec = conversation.service("shop", "flags")["spec"]["template"]["spec"]
    assert "env" not in spec["containers"][0]
    assert "volumes" not in spec


def test_a_deploy_that_changes_nothing_says_what_runs(conversation: Conversation) -> None:
    line = f"deploy unchanged {IMAGE}"
    conversation.change(ROOM, line, "unchanged-00001 is Ready", "traffic is as wished")

    said = conversation.ask(ROOM, line)

    assert "unchanged is already so." in said
    assert f"unchanged-00001 runs {IMAGE}" in said
    conversation.change(ROOM, f"{line} --fresh", "unchanged-00002 is Ready", "traffic is as wished")


def test_a_label_of_the_service_alone_is_set_at_once_and_taken_back(conversation: Conversation) -> None:
    conversation.change(ROOM, f"deploy labelled {IMAGE}", "is Ready", "traffic is as wished")

    conversation.change(ROOM, "deploy labelled --label-service team=shop", "it is noted")
    made = conversation.service("shop", "labelled")
    assert (made["metadata"]["labels"]["team"], made["status"]["latestCreatedRevisionName"]) == (
        "shop",
        "labelled-00001",
    )

    conversation.change(ROOM, "undo labelled", "it is noted")
    assert "team" not in (conversation.service("shop", "labelled")["metadata"].get("labels") or {})


def test_a_dry_run_tells_the_plan_and_what_the_webhook_says_and_writes_nothing(conversation: Conversation) -> None:
    said = conversation.ask(ROOM, f"deploy tried {IMAGE} --env A=1 --dry-run")
    assert "*shop/tried* would be created:" in said
    assert "env A: `1`" in said
    assert "The cluster would take it." in said
    assert "There is no Service" in conversation.ask(ROOM, "status tried")

    refused = conversation.ask(ROOM, f"deploy tried {IMAGE} --scale-metric cpu --timeout 700 --dry-run")
    assert "Knative refuses this: expected 0 &lt;= 700" in refused


def test_a_service_and_one_of_its_revisions_are_annotated_without_a_new_revision(conversation: Conversation) -> None:
    conversation.change(ROOM, f"deploy noted {IMAGE}", "is Ready", "traffic is as wished")

    conversation.change(ROOM, "annotate noted owner=shop", "it is noted")
    kept = "serving.knative.dev/no-gc=true"
    card = conversation.change(ROOM, f"annotate noted latest {kept} version=1.3", "*Revision noted-00001*: annotation")

    made = conversation.service("shop", "noted")
    assert made["metadata"]["annotations"]["owner"] == "shop"
    assert made["status"]["latestCreatedRevisionName"] == "noted-00001"
    assert "Knative never collects noted-00001 then." in card["text"]
    assert "annotation version: `1.3`" in card["text"]
    said = conversation.ask(ROOM, f"annotate noted noted-00001 {kept}")
    assert "noted-00001 is already so." in said
    conversation.change(ROOM, "annotate noted latest version-", "annotation version: `1.3` is removed")


def test_a_cluster_without_shipwright_says_so_and_what_to_do(conversation: Conversation) -> None:
    said = conversation.ask(ROOM, "deploy unbuilt --build unbuilt-build")
    assert "does not have Shipwright, which builds images." in said
    assert "until then build elsewhere, and deploy the image" in said
    assert "says where the source is" in conversation.ask(ROOM, "deploy unbuilt --git-url https://example.com/a.git")
