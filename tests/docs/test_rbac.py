"""The shipped RBAC grants what Knobot asks the cluster for, and `knobot check` asks for the same."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.checkup import READS, WATCHED, WRITES
from bot.knative.access import CORE, SERVING

CONFIG = Path(__file__).parents[2] / "config" / "kubernetes" / "rbac.yaml"
ROLES: dict[str, list[dict[str, Any]]] = {
    each["metadata"]["name"]: each["rules"]
    for each in yaml.safe_load_all(CONFIG.read_text())
    if each["kind"] == "ClusterRole"
}


def grants(role: str, verb: str, resource: str) -> bool:
    group = "" if resource.partition("/")[0] in CORE else SERVING
    return any(
        group in rule["apiGroups"] and resource in rule["resources"] and verb in rule["verbs"] for rule in ROLES[role]
    )


@pytest.mark.parametrize(("verb", "resource"), sorted({*READS, *WATCHED}))
def test_what_is_read_is_granted_everywhere(verb: str, resource: str) -> None:
    assert grants("knobot-reader", verb, resource)


@pytest.mark.parametrize(("verb", "resource"), WRITES)
def test_what_is_written_is_granted_where_knobot_may_change(verb: str, resource: str) -> None:
    assert grants("knobot-deployer", verb, resource)
    assert not grants("knobot-reader", verb, resource)


@pytest.mark.parametrize("kind", ["services", "revisions", "domainmappings"])
def test_all_that_is_watched_is_among_what_is_checked(kind: str) -> None:
    assert {("list", kind), ("watch", kind)} <= set(WATCHED)


def rights(rules: list[dict[str, Any]]) -> set[tuple[str, str, str, str]]:
    """What rules let one do: group, resource, name and verb."""
    return {
        (group, resource, name, verb)
        for rule in rules
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for name in rule.get("resourceNames", [""])
        for verb in rule["verbs"]
    }


def test_the_bot_has_the_rights_in_the_demo_that_these_roles_give() -> None:
    """So each test over the embedded cluster tells whether they are enough."""
    seed = resources.files("bot.sandbox.cluster").joinpath("seed.yaml").read_text()
    (given,) = (each["rules"] for each in yaml.safe_load_all(seed) if _named(each) == ("ClusterRole", "knobot"))
    shipped = [rights(ROLES[f"knobot-{part}"]) for part in ("reader", "deployer", "deleter", "domains")]
    assert rights(given) == set().union(*shipped)


def _named(document: dict[str, Any]) -> tuple[str, str]:
    return document["kind"], document["metadata"]["name"]
