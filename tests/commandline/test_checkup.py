"""`knobot check` on the embedded cluster, with more and with fewer rights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot.checkup import examine
from bot.core.language.grammar import KINDS
from bot.knative.connection import connect
from bot.settings import load
from tests.contracts.site import Embedded

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RBAC = "/apis/rbac.authorization.k8s.io/v1"


@pytest.fixture
def embedded() -> Iterator[Embedded]:
    cluster = Embedded()
    yield cluster
    cluster.stop()


def findings(folder: Path, embedded: Embedded, **more: Any) -> list[str]:
    """What is found about the cluster; Slack is not there."""
    (folder / "kubeconfig").write_text(embedded.cluster.kubeconfig("knobot"))
    (folder / "policy.yaml").write_text("rules: [{name: all, people: [everyone], verbs: [look], effect: allow}]\n")
    cluster = {"name": "main", "kubeconfig": "kubeconfig", **more}
    (folder / "knobot.yaml").write_text(f"clusters: [{cluster}]\nchannels: {{C01: {{namespace: default}}}}\n")
    nowhere = "http://127.0.0.1:9/api/"
    settings = load(
        {
            "KNOBOT_CONFIG": str(folder / "knobot.yaml"),
            "KNOBOT_DATABASE_URL": f"sqlite:///{folder / 'knobot.db'}",
            "SLACK_API_URL": nowhere,
            "SLACK_BOT_TOKEN": "xoxb-1",
            "SLACK_APP_TOKEN": "xapp-1",
        },
        verbs=KINDS,
    )
    return [str(finding) for finding in examine(settings) if finding.what.startswith("cluster")]


def narrow(folder: Path, embedded: Embedded) -> None:
    """Give Knobot rights in one namespace instead of all."""
    (folder / "admin").write_text(embedded.cluster.kubeconfig("admin"))
    admin = connect("main", folder / "admin", None)
    admin.write("DELETE", f"{RBAC}/clusterrolebindings/knobot", {}, {})
    binding = {
        "metadata": {"name": "knobot", "namespace": "default"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "knobot"},
        "subjects": [{"kind": "ServiceAccount", "name": "knobot", "namespace": "knobot"}],
    }
    admin.write("POST", f"{RBAC}/namespaces/default/rolebindings", binding, {})
    admin.close()


def test_what_is_watched_and_what_channels_stand_for_are_looked_at(embedded: Embedded, tmp_path: Path) -> None:
    assert findings(tmp_path, embedded) == [
        "✓ cluster main, all namespaces: watches Services, Revisions and domains",
        "✓ cluster main, namespace default: 0 Services, may read and change them",
    ]


def test_rights_in_a_namespace_are_not_enough_where_all_are_watched(embedded: Embedded, tmp_path: Path) -> None:
    narrow(tmp_path, embedded)
    watched, home = findings(tmp_path, embedded)
    assert watched.startswith("✗ cluster main, all namespaces: may not list services, watch services, list revisions")
    assert "name the `namespaces` of cluster main" in watched
    assert home.startswith("✓")
    assert findings(tmp_path, embedded, namespaces=["default"]) == [
        "✓ cluster main, namespace default: watches Services, Revisions and domains",
        "✓ cluster main, namespace default: 0 Services, may read and change them",
    ]


def test_who_writes_as_others_needs_no_right_to_write(embedded: Embedded, tmp_path: Path) -> None:
    assert findings(tmp_path, embedded, impersonate=True)[1] == (
        "✓ cluster main, namespace default: 0 Services, may read them; changes are made as whoever asks"
    )
