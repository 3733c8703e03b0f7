"""Release manifests: read from files, applied in the order that they need, and reported until all of it is there."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from bot.core import installing
from bot.core.errors import Invalid, NotFound, Refused, Stale
from bot.core.model import Truth
from bot.core.plan import Request
from bot.knative import releases
from bot.knative.client import KnativeClusters
from tests.knative.wire import Asked, Said, Wire, kubeconfig

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CORE = {
    "Namespace": ("namespaces", False),
    "ConfigMap": ("configmaps", True),
    "Service": ("services", True),
}
OTHERS = {
    "apps/v1": {"Deployment": ("deployments", True)},
    "apiextensions.k8s.io/v1": {"CustomResourceDefinition": ("customresourcedefinitions", False)},
}


@dataclass
class Cluster:
    """An API server that takes everything by server-side apply; a kind of one's own is served once its CRD is in."""

    objects: dict[str, dict[str, Any]] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)
    available: bool = True
    forbidden: str = ""

    def answer(self, asked: Asked) -> Said:
        if asked.method == "PATCH":
            return self._apply(asked)
        if asked.path in self.objects:
            return Said(200, json.dumps(self.objects[asked.path]).encode())
        version = asked.path.removeprefix("/apis/").removeprefix("/api/")
        kinds = CORE if version == "v1" else OTHERS.get(version, self._own(version))
        if not kinds:
            return Said(404, b'{"kind":"Status","reason":"NotFound","code":404,"message":"not found"}')
        listed = [
            {"name": plural, "kind": kind, "namespaced": namespaced} for kind, (plural, namespaced) in kinds.items()
        ]
        return Said(200, json.dumps({"resources": listed}).encode())

    def _own(self, version: str) -> dict[str, tuple[str, bool]]:
        specs = [each["spec"] for path, each in self.objects.items() if "customresourcedefinitions" in path]
        return {
            spec["names"]["kind"]: (spec["names"]["plural"], True) for spec in specs if f"{spec['group']}/v1" == version
        }

    def _apply(self, asked: Asked) -> Said:
        assert asked.headers["Content-Type"] == "application/apply-patch+yaml"
        assert asked.query == {"fieldManager": "knobot", "force": "true"}
        document = json.loads(asked.body)
        if document["metadata"]["name"] == self.forbidden:
            return Said(403, b'{"kind":"Status","reason":"Forbidden","code":403,"message":"no"}')
        wanted = releases.TRUE_WHEN.get(document["kind"])
        if wanted:
            truth = "True" if self.available or document["kind"] != "Deployment" else "False"
            document["status"] = {"conditions": [{"type": wanted, "status": truth}]}
        self.objects[asked.path] = document
        self.order.append(f"{document['kind']} {document['metadata']['name']}")
        return Said(200, json.dumps(document).encode())


@pytest.fixture
def cluster() -> Cluster:
    return Cluster()


@pytest.fixture
def clusters(cluster: Cluster, tmp_path: Path) -> Iterator[KnativeClusters]:
    wire = Wire(cluster.answer)
    file = tmp_path / "kubeconfig"
    file.write_text(kubeconfig(wire.url))
    found = KnativeClusters([write(tmp_path)])
    found.connect("main", file)
    yield found
    found.close()
    wire.stop()


def manifest(version: str, kind: str, name: str, namespace: str = "", **more: Any) -> dict[str, Any]:
    where = {"namespace": namespace} if namespace else {}
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name, **where}, **more}


IMAGE = manifest("caching.example.dev/v1", "Image", "queue-proxy", "knative-serving")
CRD = manifest(
    "apiextensions.k8s.io/v1",
    "CustomResourceDefinition",
    "images.caching.example.dev",
    spec={"group": "caching.example.dev", "names": {"kind": "Image", "plural": "images"}},
)
SYSTEM = manifest("v1", "Namespace", "knative-serving")
SETTINGS = manifest("v1", "ConfigMap", "config-network", "knative-serving", data={"ingress-class": "kourier"})
ACTIVATOR = manifest("apps/v1", "Deployment", "activator", "knative-serving")
GATEWAY = manifest("apps/v1", "Deployment", "gateway", "kourier-system")


def write(folder: Path) -> Path:
    """A release in two files: what is in the wrong order there comes in the right one."""
    release = folder / "release"
    release.mkdir(exist_ok=True)
    (release / "1-serving.yaml").write_text(yaml.safe_dump_all([IMAGE, ACTIVATOR, CRD, SYSTEM, SETTINGS]))
    (release / "2-kourier.yaml").write_text(
        yaml.safe_dump({"kind": "List", "items": [manifest("v1", "Namespace", "kourier-system"), GATEWAY]})
    )
    (release / "README.md").write_text("no manifest")
    return release


def plan(clusters: KnativeClusters) -> Any:
    return installing.plan(clusters.release(), "main", Request("T1", "U1", "C1", "install"))


def test_files_become_modules_in_their_order(clusters: KnativeClusters) -> None:
    assert [(each.name, each.objects) for each in clusters.release()] == [("1-serving", 5), ("2-kourier", 2)]


def test_namespaces_and_definitions_come_first_and_the_rest_in_its_order(
    clusters: KnativeClusters, cluster: Cluster
) -> None:
    clusters.apply(plan(clusters))

    assert cluster.order == [
        "Namespace knative-serving",
        "Namespace kourier-system",
        "CustomResourceDefinition images.caching.example.dev",
        "Image queue-proxy",
        "Deployment activator",
        "ConfigMap config-network",
        "Deployment gateway",
    ]
    assert "/apis/caching.example.dev/v1/namespaces/knative-serving/images/queue-proxy" in cluster.objects


def test_it_is_said_module_by_module_what_is_available(clusters: KnativeClusters, cluster: Cluster) -> None:
    cluster.available = False
    clusters.apply(plan(clusters))
    waiting = clusters.stored("main", installing.RELEASE)
    assert waiting is not None
    assert waiting.ready is Truth.UNKNOWN
    first = waiting.condition("1-serving")
    assert first is not None
    assert first.message == "1 of 2 are available; waiting for Deployment activator"

    cluster.available = True
    clusters.apply(plan(clusters))
    there = clusters.stored("main", installing.RELEASE)
    assert there is not None
    assert there.ready is Truth.TRUE


def test_applying_again_changes_nothing(clusters: KnativeClusters, cluster: Cluster) -> None:
    clusters.apply(plan(clusters))
    before = dict(cluster.objects)
    clusters.apply(plan(clusters))

    assert cluster.objects == before


def test_manifests_that_have_changed_since_are_not_applied(
    clusters: KnativeClusters, cluster: Cluster, tmp_path: Path
) -> None:
    agreed = plan(clusters)
    (tmp_path / "release" / "2-kourier.yaml").write_text(yaml.safe_dump(manifest("v1", "ConfigMap", "other")))

    with pytest.raises(Stale):
        clusters.apply(agreed)
    assert not cluster.order


def test_what_the_rights_do_not_allow_is_refused(clusters: KnativeClusters, cluster: Cluster) -> None:
    cluster.forbidden = "activator"
    with pytest.raises(Refused):
        clusters.apply(plan(clusters))


@pytest.mark.parametrize(
    ("text", "why"),
    [("a: [", "cannot be read"), ("a: 1", "no manifest"), ("- 1", "no manifest"), ("kind: Pod", "no manifest")],
)
def test_what_is_no_manifest_is_said(tmp_path: Path, text: str, why: str) -> None:
    (tmp_path / "bad.yaml").write_text(text)
    with pytest.raises(Invalid, match=why):
        releases.load([tmp_path])


def test_no_manifests_at_all_are_said_with_the_remedy(tmp_path: Path) -> None:
    for paths in ([], [tmp_path], [tmp_path / "nothing.yaml"]):
        with pytest.raises(NotFound) as error:
            releases.load(paths)
        assert error.value.code == "no-manifests"


def test_an_empty_document_between_two_lines_is_none(tmp_path: Path) -> None:
    (tmp_path / "some.yaml").write_text(f"---\n---\n{yaml.safe_dump(SYSTEM)}---\n# nothing\n")
    assert releases.load([tmp_path])[0].objects == (SYSTEM,)
