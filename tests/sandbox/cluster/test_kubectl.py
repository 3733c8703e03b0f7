from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.sandbox.cluster.conftest import Background, service

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.sandbox.cluster.replaying import JSON

KUBECTL = shutil.which("kubectl") or "kubectl"
WARNING = "Kubernetes default value is insecure"


@dataclass(slots=True)
class Kubectl:
    folder: Path

    def __call__(self, *words: str, document: JSON | None = None, fails: bool = False) -> str:
        done = subprocess.run(
            [
                KUBECTL,
                f"--kubeconfig={self.folder / 'config'}",
                f"--cache-dir={self.folder / 'cache'}",
                "--namespace=shop",
                *words,
            ],
            input=json.dumps(document) if document else None,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert (done.returncode != 0) is fails, done.stdout + done.stderr
        return done.stdout + (done.stderr if fails else "")

    def table(self, *words: str) -> list[list[str]]:
        return [line.split() for line in self(*words).splitlines()]


@pytest.fixture(scope="module")
def kubectl(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kubectl]:
    background = Background(pace=0.05)
    folder = tmp_path_factory.mktemp("kubectl")
    (folder / "config").write_text(background.cluster.kubeconfig())
    try:
        yield Kubectl(folder)
    finally:
        background.stop()


@pytest.fixture(scope="module")
def hello(kubectl: Kubectl) -> str:
    """A Service with two Revisions, blue and green, that kubectl applied."""
    for target in ("blue", "green"):
        kubectl("apply", "-f", "-", document=service("hello", target))
        kubectl("wait", "--for=condition=Ready", "ksvc/hello", "--timeout=20s")
    return "hello"


def test_lists_services_revisions_and_routes_as_tables(kubectl: Kubectl, hello: str) -> None:
    heads = [line for line in kubectl.table("get", "ksvc,rev,route", "-A") if line and line[0] == "NAMESPACE"]
    rows = kubectl.table("get", "ksvc", hello)

    assert heads[0][1:] == ["NAME", "URL", "LATESTCREATED", "LATESTREADY", "READY", "REASON"]
    assert heads[1][1:6] == ["NAME", "CONFIG", "NAME", "GENERATION", "READY"]
    assert heads[2][1:] == ["NAME", "URL", "READY", "REASON"]
    assert rows[1] == ["hello", "http://hello.shop.example.com", "hello-00002", "hello-00002", "True"]


def test_reads_single_fields_and_whole_objects(kubectl: Kubectl, hello: str) -> None:
    assert kubectl("get", "ksvc", hello, "-o", "jsonpath={.status.url}") == "http://hello.shop.example.com"
    assert json.loads(kubectl("get", "ksvc", hello, "-o", "json"))["metadata"]["name"] == "hello"
    assert "latestReadyRevisionName: hello-00002" in kubectl("get", "ksvc", hello, "-o", "yaml")


def test_patches_the_split_and_puts_it_back(kubectl: Kubectl, hello: str) -> None:
    split = [{"revisionName": "hello-00001", "percent": 90}, {"latestRevision": True, "percent": 10, "tag": "green"}]
    kubectl("patch", "ksvc", hello, "--type=merge", "-p", json.dumps({"spec": {"traffic": split}}))
    kubectl("wait", "--for=condition=Ready", f"ksvc/{hello}", "--timeout=20s")
    shown = json.loads(kubectl("get", "ksvc", hello, "-o", "jsonpath={.status.traffic}"))

    test = [{"op": "test", "path": "/spec/traffic/0/percent", "value": 90}]
    back = [{"op": "replace", "path": "/spec/traffic", "value": [{"latestRevision": True, "percent": 100}]}]
    kubectl("patch", "ksvc", hello, "--type=json", "-p", json.dumps(test + back))

    assert [(entry["revisionName"], entry["percent"]) for entry in shown] == [("hello-00001", 90), ("hello-00002", 10)]


def test_says_in_the_webhooks_words_why_a_split_is_refused(kubectl: Kubectl, hello: str) -> None:
    bad = {"spec": {"traffic": [{"latestRevision": True, "percent": 60}]}}

    said = kubectl("patch", "ksvc", hello, "--type=merge", "-p", json.dumps(bad), fails=True)

    assert "Traffic targets sum to 60, want 100: spec.traffic" in said


def test_describes_a_service_with_its_events(kubectl: Kubectl, hello: str) -> None:
    said = kubectl("describe", "ksvc", hello)

    assert "Latest Ready Revision Name:" in said
    assert 'Created Configuration "hello"' in said


def test_shows_pods_and_what_they_log(kubectl: Kubectl, hello: str) -> None:
    rows = kubectl.table("get", "pods", "-l", f"serving.knative.dev/service={hello}")
    said = kubectl("logs", rows[1][0], "-c", "user-container", "--tail=1")

    assert rows[1][1:3] == ["2/2", "Running"]
    assert said == "helloworld: listening on port 8080\n"


def test_lists_every_api_resource_without_complaint(kubectl: Kubectl) -> None:
    kinds = {row[-1] for row in kubectl.table("api-resources")}

    assert {"Service", "Revision", "Route", "Configuration", "DomainMapping", "Pod", "Namespace"} <= kinds


def test_answers_who_may_do_what(kubectl: Kubectl) -> None:
    assert "no" in kubectl("auth", "can-i", "patch", "ksvc", "--as=slack:U123", fails=True)
    bot = "--as=system:serviceaccount:knobot:knobot"
    assert kubectl("auth", "can-i", "patch", "services.serving.knative.dev", bot).strip() == "yes"
    assert "no" in kubectl("auth", "can-i", "get", "secrets", bot, fails=True)


def test_creates_and_deletes_a_namespace_with_everything_in_it(kubectl: Kubectl) -> None:
    kubectl("create", "namespace", "gone")
    kubectl("create", "configmap", "settings", "--from-literal=a=b", "-n", "gone")
    kubectl("delete", "namespace", "gone", "--timeout=20s")

    assert "NotFound" in kubectl("get", "namespace", "gone", fails=True)


def test_deletes_a_service_and_all_that_it_owned(kubectl: Kubectl) -> None:
    kubectl("create", "-f", "-", document=service("brief"))
    kubectl("wait", "--for=condition=Ready", "ksvc/brief", "--timeout=20s")
    kubectl("delete", "ksvc", "brief", "--timeout=20s")
    kubectl("wait", "--for=delete", "route/brief", "--timeout=20s")

    assert kubectl("get", "rev,config,pods", "-l", "serving.knative.dev/service=brief", "-o", "name") == ""


def test_applies_on_the_server_and_names_the_other_manager_in_a_conflict(kubectl: Kubectl) -> None:
    kubectl("apply", "--server-side", "--field-manager=one", "-f", "-", document=service("shared", "blue"))

    said = kubectl(
        "apply", "--server-side", "--field-manager=two", "-f", "-", document=service("shared", "green"), fails=True
    )

    assert 'conflict with "one"' in said


def test_tries_a_change_without_making_it(kubectl: Kubectl) -> None:
    kubectl("apply", "--dry-run=server", "-f", "-", document=service("imagined"))

    assert "NotFound" in kubectl("get", "ksvc", "imagined", fails=True)


def test_replaces_a_whole_object_and_refuses_one_that_is_old(kubectl: Kubectl, hello: str) -> None:
    old = json.loads(kubectl("get", "ksvc", hello, "-o", "json"))
    old["metadata"]["labels"] = {"team": "shop"}
    kubectl("replace", "-f", "-", document=old)

    assert kubectl("get", "ksvc", hello, "-o", "jsonpath={.metadata.labels.team}") == "shop"
    assert "the object has been modified" in kubectl("replace", "-f", "-", document=old, fails=True)


def test_watches_until_it_is_told_to_stop(kubectl: Kubectl, hello: str) -> None:
    command = [KUBECTL, f"--kubeconfig={kubectl.folder / 'config'}", "--namespace=shop", "get", "ksvc", hello]
    watching = subprocess.Popen([*command, "-w", "-o", "name"], stdout=subprocess.PIPE, text=True)
    assert watching.stdout is not None
    try:
        first = watching.stdout.readline()
        kubectl("annotate", "ksvc", hello, "watched=yes", "--overwrite")
        second = watching.stdout.readline()
    finally:
        watching.terminate()
        watching.wait(10)
        watching.stdout.close()

    assert first == second == f"service.serving.knative.dev/{hello}\n"


def test_deletes_in_the_foreground_and_leaves_orphans_on_demand(kubectl: Kubectl) -> None:
    for name, cascade, left in (("front", "foreground", ""), ("orphan", "orphan", "route.serving.knative.dev/orphan")):
        kubectl("create", "-f", "-", document=service(name))
        kubectl("wait", "--for=condition=Ready", f"ksvc/{name}", "--timeout=20s")
        kubectl("delete", "ksvc", name, f"--cascade={cascade}", "--timeout=20s")

        assert kubectl("get", "route", name, "-o", "name", "--ignore-not-found").strip() == left


def test_shows_the_gateway_with_the_address_and_port_at_which_it_answers(kubectl: Kubectl) -> None:
    head, row = kubectl.table("get", "svc", "-n", "kourier-system")

    assert head == ["NAME", "TYPE", "CLUSTER-IP", "EXTERNAL-IP", "PORT(S)", "AGE"]
    assert row[:4] == ["kourier", "LoadBalancer", "10.96.0.80", "127.0.0.1"]
    assert row[4].endswith("/TCP")


def test_follows_the_log_of_a_pod(kubectl: Kubectl, hello: str) -> None:
    wanted = ("-l", f"serving.knative.dev/service={hello}", "-c", "user-container", "--since=1h", "--prefix")
    command = [KUBECTL, f"--kubeconfig={kubectl.folder / 'config'}", "--namespace=shop", "logs", "-f", *wanted]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as following:
        assert following.stdout is not None
        assert "starting server" in following.stdout.readline()
        following.kill()
