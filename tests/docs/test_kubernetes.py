"""The manifests in config/kubernetes: each is applied, and they fit together."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).parents[2] / "config" / "kubernetes"
SETTINGS = {"knobot.yaml", "policy.yaml"}


def load(name: str) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((FOLDER / name).read_text()))


def applied() -> Iterator[dict[str, Any]]:
    for name in load("kustomization.yaml")[0]["resources"]:
        yield from load(name)


def only(kind: str) -> dict[str, Any]:
    (found,) = (each for each in applied() if each["kind"] == kind)
    return found


def test_every_manifest_and_every_setting_is_named_by_the_kustomization() -> None:
    kustomization = load("kustomization.yaml")[0]
    generated = {name for each in kustomization["configMapGenerator"] for name in each["files"]}

    there = {path.name for path in FOLDER.glob("*.yaml")} - {"kustomization.yaml"}

    assert generated == SETTINGS
    assert set(kustomization["resources"]) == there - SETTINGS


def test_what_chooses_pods_chooses_those_of_the_deployment() -> None:
    labels = only("Deployment")["spec"]["template"]["metadata"]["labels"]

    assert only("Deployment")["spec"]["selector"]["matchLabels"] == labels
    assert only("PodDisruptionBudget")["spec"]["selector"]["matchLabels"] == labels
    assert only("NetworkPolicy")["spec"]["podSelector"]["matchLabels"] == labels


def test_a_drained_node_does_not_wait_for_ever_for_a_single_replica() -> None:
    budget = only("PodDisruptionBudget")["spec"]

    assert only("Deployment")["spec"]["replicas"] == 1
    assert (budget.get("minAvailable"), budget["maxUnavailable"]) == (None, 1)


def test_only_the_port_of_the_settings_lets_anybody_in_and_the_probes_are_there() -> None:
    container = only("Deployment")["spec"]["template"]["spec"]["containers"][0]
    ((port,),) = (rule["ports"] for rule in only("NetworkPolicy")["spec"]["ingress"])
    ports = {each["name"]: each["containerPort"] for each in container["ports"]}

    assert ports[port["port"]] == load("knobot.yaml")[0]["http"]["port"]
    for probe in ("livenessProbe", "readinessProbe"):
        assert container[probe]["httpGet"]["port"] == port["port"]


def test_the_metadata_service_of_a_cloud_is_out_of_reach() -> None:
    blocks = [block["ipBlock"] for rule in only("NetworkPolicy")["spec"]["egress"] for block in rule.get("to", ())]

    assert [block for block in blocks if block["cidr"] == "0.0.0.0/0" and "169.254.0.0/16" in block["except"]]


def test_several_replicas_share_a_database_and_no_file() -> None:
    component = load("replicas/kustomization.yaml")[0]
    patched, volume = (load(f"replicas/{each['path']}")[0] for each in component["patches"])
    (container,) = patched["spec"]["template"]["spec"]["containers"]
    (address,) = container["env"]
    former = only("Deployment")["spec"]["template"]["spec"]["containers"][0]

    assert {path.name for path in (FOLDER / "replicas").iterdir()} == {
        "kustomization.yaml",
        *(each["path"] for each in component["patches"]),
    }
    assert "# components: [replicas]" in (FOLDER / "kustomization.yaml").read_text()
    assert container["name"] == former["name"]
    assert address["name"] in {each["name"] for each in former["env"]}
    assert (address["value"], address["valueFrom"]["secretKeyRef"]["key"]) == (None, "url")
    assert (volume["$patch"], volume["metadata"]) == ("delete", only("PersistentVolumeClaim")["metadata"])
