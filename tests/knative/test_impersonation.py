"""Impersonation against the embedded cluster: RBAC decides about the person, and several groups arrive as several."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot.core.acting import Acting
from bot.core.commands import Address, Deploy
from bot.core.errors import Refused
from bot.core.making import make
from bot.core.model import ServiceKey
from bot.core.plan import Plan, Request
from bot.core.template import TemplateEdit
from bot.knative.access import impersonated
from bot.knative.client import KnativeClusters
from bot.knative.connection import Connection, connect
from tests.contracts.site import Embedded

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RBAC = "/apis/rbac.authorization.k8s.io/v1"
KEY = ServiceKey("main", "default", "mine")


@pytest.fixture
def embedded() -> Iterator[Embedded]:
    cluster = Embedded()
    yield cluster
    cluster.stop()


@pytest.fixture
def admin(embedded: Embedded, tmp_path: Path) -> Iterator[Connection]:
    file = tmp_path / "admin"
    file.write_text(embedded.cluster.kubeconfig("admin"))
    opened = connect("main", file, None)
    yield opened
    opened.close()


@pytest.fixture
def clusters(admin: Connection, tmp_path: Path) -> Iterator[KnativeClusters]:
    role: dict[str, Any] = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "Role",
        "metadata": {"name": "deployer", "namespace": "default"},
        "rules": [{"apiGroups": ["serving.knative.dev"], "resources": ["services"], "verbs": ["create", "patch"]}],
    }
    binding = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "RoleBinding",
        "metadata": {"name": "deployer", "namespace": "default"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "deployer"},
        "subjects": [{"kind": "Group", "name": "team-shop", "apiGroup": "rbac.authorization.k8s.io"}],
    }
    admin.write("POST", f"{RBAC}/namespaces/default/roles", role, {})
    admin.write("POST", f"{RBAC}/namespaces/default/rolebindings", binding, {})
    found = KnativeClusters()
    found.connect("main", tmp_path / "admin")
    yield found
    found.close()


def plan(clusters: KnativeClusters) -> Plan:
    command = Deploy(Address("mine"), TemplateEdit(image="ghcr.io/acme/mine:v1"))
    return make(command, clusters.snapshot(KEY), Request("T1", "U1", "C1", "a test"))


MEMBER = Acting("slack:U1", ("others", "team-shop"))
STRANGER = Acting("slack:U2", ("others",))


def test_rbac_decides_about_the_person_and_their_groups(clusters: KnativeClusters) -> None:
    wanted = plan(clusters)

    assert clusters.permits(wanted, MEMBER)
    assert not clusters.permits(wanted, STRANGER)
    with pytest.raises(Refused, match="slack:U2"):
        clusters.apply(wanted, STRANGER)
    assert clusters.snapshot(KEY).service is None

    clusters.apply(wanted, MEMBER)

    service = clusters.snapshot(KEY).service
    assert service is not None
    assert service.annotations["serving.knative.dev/lastModifier"] == "slack:U1"


def test_what_is_asked_for_is_the_very_write(clusters: KnativeClusters) -> None:
    clusters.apply(plan(clusters), MEMBER)
    changed = Deploy(Address("mine"), TemplateEdit(image="ghcr.io/acme/mine:v2"))
    patch = make(changed, clusters.snapshot(KEY), Request("T1", "U1", "C1", "a test"))

    assert clusters.permits(patch, MEMBER)
    assert not clusters.permits(patch, STRANGER)


def test_each_group_has_a_header_of_its_own_and_nobody_adds_none() -> None:
    headers = impersonated(MEMBER)

    assert headers.getlist("Impersonate-Group") == ["others", "team-shop"]
    assert headers["Impersonate-User"] == "slack:U1"
    assert not impersonated(None)
