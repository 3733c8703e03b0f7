"""The shipped RBAC grants what Knobot asks the cluster for, and `knobot check` asks for the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.checkup import READS, WRITES
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


@pytest.mark.parametrize(("verb", "resource"), READS)
def test_what_is_read_is_granted_everywhere(verb: str, resource: str) -> None:
    assert grants("knobot-reader", verb, resource)


@pytest.mark.parametrize(("verb", "resource"), WRITES)
def test_what_is_written_is_granted_where_knobot_may_change(verb: str, resource: str) -> None:
    assert grants("knobot-deployer", verb, resource)
    assert not grants("knobot-reader", verb, resource)


@pytest.mark.parametrize("kind", ["services", "revisions", "domainmappings"])
def test_all_that_is_watched_is_among_what_is_checked(kind: str) -> None:
    assert {("list", kind), ("watch", kind)} <= set(READS)
