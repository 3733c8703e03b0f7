"""What the flags of `deploy` make of a Service that is there: the template after them, and what a person is told."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from bot.core import reverting
from bot.core.errors import Invalid, NoChange, ParseError, Stale
from bot.core.language.parse import parse
from bot.core.model import Snapshot, Truth
from bot.core.staleness import conditional
from bot.core.template import Change, canonical, differences
from tests.core import builders

if TYPE_CHECKING:
    from bot.core.plan import Plan

AUTOSCALING = "autoscaling.knative.dev/"


def spec_of(plan: Plan) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(plan.after.template)["spec"]
    return found


def deployed(flags: str) -> Plan:
    return builders.make(f"deploy hello {flags}", builders.snapshot())


def container(flags: str) -> dict[str, Any]:
    found: dict[str, Any] = spec_of(deployed(flags))["containers"][0]
    del found["image"]
    return found


CONFIG, SECRET = {"name": "settings"}, {"secretName": "keys"}

IN_THE_CONTAINER: dict[str, dict[str, Any]] = {
    "--env-value-from K=secret:keys:api": {
        "env": [{"name": "K", "valueFrom": {"secretKeyRef": {"name": "keys", "key": "api"}}}]
    },
    "--env-value-from K=cm:settings:mode": {
        "env": [{"name": "K", "valueFrom": {"configMapKeyRef": {"name": "settings", "key": "mode"}}}]
    },
    "--env-from cm:settings --env-from secret:keys": {
        "envFrom": [{"configMapRef": {"name": "settings"}}, {"secretRef": {"name": "keys"}}]
    },
    "--env A=1,2;3": {"env": [{"name": "A", "value": "1,2;3"}]},
    "--port h2c:8080": {"ports": [{"containerPort": 8080, "name": "h2c"}]},
    "--request cpu=250m,memory=64Mi --limit memory=1Gi": {
        "resources": {"requests": {"cpu": "250m", "memory": "64Mi"}, "limits": {"memory": "1Gi"}}
    },
    "--requests-cpu 1 --limits-memory 1Gi": {"resources": {"requests": {"cpu": "1"}, "limits": {"memory": "1Gi"}}},
    "--cmd sh --cmd -c --arg --port=3": {"command": ["sh", "-c"], "args": ["--port=3"]},
    "--user 1001": {"securityContext": {"runAsUser": 1001}},
    "--pull-policy always": {"imagePullPolicy": "Always"},
    "--probe-liveness http::8080:/healthz": {"livenessProbe": {"httpGet": {"path": "/healthz", "port": 8080}}},
    "--probe-readiness https:web:8443:ready --probe-readiness-opts PeriodSeconds=5,FailureThreshold=2": {
        "readinessProbe": {
            "httpGet": {"host": "web", "path": "/ready", "port": 8443, "scheme": "HTTPS"},
            "periodSeconds": 5,
            "failureThreshold": 2,
        }
    },
    "--probe-startup tcp:localhost:9000": {"startupProbe": {"tcpSocket": {"host": "localhost", "port": 9000}}},
    "--probe-liveness exec:cat,/run/alive": {"livenessProbe": {"exec": {"command": ["cat", "/run/alive"]}}},
}


@pytest.mark.parametrize(("flags", "wanted"), IN_THE_CONTAINER.items(), ids=IN_THE_CONTAINER)
def test_a_flag_sets_its_field_of_the_container(flags: str, wanted: dict[str, Any]) -> None:
    assert container(flags) == wanted


IN_THE_SPEC: dict[str, dict[str, Any]] = {
    "--concurrency-limit 50": {"containerConcurrency": 50},
    "--timeout 2m": {"timeoutSeconds": 120},
    "--service-account hello --pull-secret registry": {
        "serviceAccountName": "hello",
        "imagePullSecrets": [{"name": "registry"}],
    },
    "--mount /config=cm:settings": {"volumes": [{"name": "config", "configMap": CONFIG}]},
    "--mount /etc/keys=secret:keys/api": {"volumes": [{"name": "etc-keys", "secret": SECRET}]},
    "--mount /cache=emptyDir:cache:size=1Gi,type=Memory": {
        "volumes": [{"name": "cache", "emptyDir": {"medium": "Memory", "sizeLimit": "1Gi"}}]
    },
    "--volume data=pvc:disk --mount /data=data": {
        "volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "disk"}}]
    },
    "--volume emptyDir:tmp": {"volumes": [{"name": "tmp", "emptyDir": {}}]},
}


@pytest.mark.parametrize(("flags", "wanted"), IN_THE_SPEC.items(), ids=IN_THE_SPEC)
def test_a_flag_sets_its_field_of_the_spec(flags: str, wanted: dict[str, Any]) -> None:
    found = spec_of(deployed(flags))
    del found["containers"]
    assert found == wanted


def test_a_secret_is_mounted_to_be_read_only_with_the_path_within_it() -> None:
    assert container("--mount /etc/keys=secret:keys/api/v1")["volumeMounts"] == [
        {"mountPath": "/etc/keys", "name": "etc-keys", "subPath": "api/v1", "readOnly": True}
    ]


SCALES: dict[str, dict[str, str]] = {
    "--scale 1..5": {"min-scale": "1", "max-scale": "5"},
    "--scale 3": {"min-scale": "3", "max-scale": "3"},
    "--scale 1..": {"min-scale": "1"},
    "--scale ..5": {"max-scale": "5"},
    "--scale-init 2 --scale-activation 3": {"initial-scale": "2", "activation-scale": "3"},
    "--scale-metric rps --scale-target 100 --scale-utilization 80 --scale-window 90s": {
        "metric": "rps",
        "target": "100",
        "target-utilization-percentage": "80",
        "window": "90s",
    },
    "--scale-metric cpu": {"metric": "cpu", "class": "hpa.autoscaling.knative.dev"},
    "--concurrency-target 20": {"target": "20"},
}


@pytest.mark.parametrize(("flags", "wanted"), SCALES.items(), ids=SCALES)
def test_scales_are_annotations_that_the_autoscaler_reads(flags: str, wanted: dict[str, str]) -> None:
    annotations = json.loads(deployed(flags).after.template)["metadata"]["annotations"]
    assert annotations == {AUTOSCALING + name: value for name, value in wanted.items()}


UNSET = {
    "--env A-": {"env": [{"name": "A", "value": "1"}]},
    "--env-value-from A-": {"env": [{"name": "A", "value": "1"}]},
    "--env-from cm:settings-": {"envFrom": [{"configMapRef": {"name": "settings"}}]},
    "--request cpu-": {"resources": {"requests": {"cpu": "1"}}},
    "--cpu -": {"resources": {"requests": {"cpu": "1"}, "limits": {"cpu": "1"}}},
    "--cmd -": {"command": ["sh"]},
    "--user -": {"securityContext": {"runAsUser": 1}},
    "--probe-liveness -": {"livenessProbe": {"tcpSocket": {"port": 1}}},
}


@pytest.mark.parametrize(("flags", "there"), UNSET.items(), ids=UNSET)
def test_a_dash_takes_away_and_leaves_nothing_empty_behind(flags: str, there: dict[str, Any]) -> None:
    spec = {"containers": [{"image": "a", **there}]}
    plan = builders.make(f"deploy hello {flags}", builders.snapshot(template=canonical({"spec": spec})))
    assert spec_of(plan) == {"containers": [{"image": "a"}]}


def test_unmounting_takes_the_volume_along_that_nobody_mounts_any_more() -> None:
    mounts = [{"mountPath": f"/{name}", "name": name} for name in ("gone", "kept")]
    volumes = [{"name": name, "configMap": CONFIG} for name in ("gone", "kept")]
    spec = {"containers": [{"image": "a", "volumeMounts": mounts}], "volumes": volumes}
    plan = builders.make("deploy hello --mount /gone-", builders.snapshot(template=canonical({"spec": spec})))
    assert spec_of(plan) == {"containers": [{"image": "a", "volumeMounts": mounts[1:]}], "volumes": volumes[1:]}


def test_a_probe_that_asks_otherwise_keeps_its_options() -> None:
    probe = {"tcpSocket": {"port": 0}, "successThreshold": 1}
    document = canonical({"spec": {"containers": [{"image": "a", "readinessProbe": probe}]}})
    plan = builders.make("deploy hello --probe-readiness exec:true", builders.snapshot(template=document))
    assert spec_of(plan)["containers"][0]["readinessProbe"] == {"exec": {"command": ["true"]}, "successThreshold": 1}
    assert plan.changes == (Change("readiness probe", "tcp at its own port", "exec:true"),)


@pytest.mark.parametrize(
    ("probe", "told"),
    [
        ({"tcpSocket": {"port": 0}, "successThreshold": 1}, "tcp at its own port"),
        ({"httpGet": {"path": "/healthz", "port": 0}}, "http /healthz at its own port"),
        ({"httpGet": {"path": "/healthz", "port": 8080}, "periodSeconds": 5}, "http::8080:/healthz periodSeconds=5"),
        ({"tcpSocket": {"port": 8080}, "successThreshold": 2}, "tcp::8080 successThreshold=2"),
    ],
)
def test_a_probe_is_told_as_it_is_typed_but_for_what_knative_fills_in(probe: dict[str, Any], told: str) -> None:
    document = canonical({"spec": {"containers": [{"image": "a", "readinessProbe": probe}]}})
    assert differences(None, document)[-1] == Change("readiness probe", None, told)


def test_labels_and_annotations_go_where_knative_reads_them() -> None:
    plan = deployed(
        "--label team=shop --annotation note=x --annotation serving.knative.dev/rollout-duration=60s "
        "--annotation autoscaling.knative.dev/min-scale=1 --label-revision v=1 "
        "--annotation-service owner=me --cluster-local"
    )
    assert json.loads(plan.after.template)["metadata"] == {
        "labels": {"team": "shop", "v": "1"},
        "annotations": {"note": "x", "autoscaling.knative.dev/min-scale": "1"},
    }
    assert {(each.kind.value, each.name): each.value for each in plan.after.attributes} == {
        ("label", "team"): "shop",
        ("label", "networking.knative.dev/visibility"): "cluster-local",
        ("annotation", "note"): "x",
        ("annotation", "serving.knative.dev/rollout-duration"): "60s",
        ("annotation", "owner"): "me",
    }
    assert Change("Service label team", None, "shop") in plan.changes


def test_what_is_about_the_service_alone_makes_no_revision_and_is_undone() -> None:
    before = builders.snapshot(annotations={"owner": "me"})
    plan = builders.make("deploy hello --annotation-service owner=you", before)
    after = replace(builders.service(annotations={"owner": "you"}), generation=7)
    back = reverting.service(plan, 7, Snapshot(before.key, after, before.revisions), builders.REQUEST)
    assert not plan.new_revision
    assert plan.changes == (Change("Service annotation owner", "me", "you"),)
    assert back.changes == (Change("Service annotation owner", "you", "me"),)


def test_an_attribute_that_somebody_else_has_changed_makes_a_plan_stale() -> None:
    plan = deployed("--annotation-service owner=you")
    conditional(plan, builders.service())
    with pytest.raises(Stale) as stale:
        conditional(plan, builders.service(annotations={"owner": "them"}))
    assert stale.value.differences == ("Service annotation owner: nothing → them",)


def test_what_is_so_already_is_said_with_what_runs() -> None:
    with pytest.raises(NoChange) as caught:
        deployed("ghcr.io/acme/hello:v1 --env A-")
    assert caught.value.message == "hello is already so."
    assert "hello-00002 runs ghcr.io/acme/hello:v2 (sha256:2)" in caught.value.hint
    assert "`--fresh`" in caught.value.hint


def test_fresh_makes_a_new_revision_of_what_is_so_already() -> None:
    first = deployed("ghcr.io/acme/hello:v1 --fresh")
    again = builders.make("deploy hello --fresh", builders.applied(first, builders.snapshot()))
    assert first.new_revision
    assert again.new_revision


def test_a_kept_revision_is_kept_and_the_next_one_is_not() -> None:
    kept = deployed("--env A=1 --keep")
    annotations = json.loads(kept.after.template)["metadata"]["annotations"]
    after = builders.make("deploy hello --env A=2", builders.applied(kept, builders.snapshot()))
    assert annotations["serving.knative.dev/no-gc"] == "true"
    assert "metadata" not in json.loads(after.after.template) or not json.loads(after.after.template)["metadata"]


def test_no_gc_that_somebody_else_has_put_there_stays() -> None:
    document = builders.template(annotations={"serving.knative.dev/no-gc": "true"})
    plan = builders.make("deploy hello --env A=2", builders.snapshot(template=document))
    assert json.loads(plan.after.template)["metadata"]["annotations"] == {"serving.knative.dev/no-gc": "true"}


def test_an_image_is_locked_to_the_digest_that_runs() -> None:
    runs = builders.revision(2, image="ghcr.io/acme/hello:v1", digest="ghcr.io/acme/hello@sha256:abc")
    plan = builders.make("deploy hello --env A=1 --lock-to-digest", builders.snapshot(revisions=(runs,)))
    after = json.loads(plan.after.template)
    assert after["spec"]["containers"][0]["image"] == "ghcr.io/acme/hello@sha256:abc"
    assert after["metadata"]["annotations"] == {"client.knative.dev/user-image": "ghcr.io/acme/hello:v1"}
    assert "The image stays that of hello-00002." in plan.notes


def test_an_image_whose_digest_nobody_knows_is_not_locked() -> None:
    unknown = builders.revision(2, image="ghcr.io/acme/hello:v1", digest=None)
    with pytest.raises(Invalid, match=r"The digest of .* is not known"):
        builders.make("deploy hello --env A=1 --lock-to-digest", builders.snapshot(revisions=(unknown,)))


def test_the_image_that_kn_shows_follows_the_image() -> None:
    document = builders.template(annotations={"client.knative.dev/user-image": "ghcr.io/acme/hello:v1"})
    plan = builders.make("deploy hello ghcr.io/acme/hello:v9", builders.snapshot(template=document))
    annotations = json.loads(plan.after.template)["metadata"]["annotations"]
    assert annotations == {"client.knative.dev/user-image": "ghcr.io/acme/hello:v9"}


@pytest.mark.parametrize(
    ("template", "name"),
    [
        ("hello-blue", "hello-blue"),
        ("blue", "hello-blue"),
        ("{{.Service}}-{{.Generation}}", "hello-8"),
        ("{{ .Service }}-v{{.Generation}}", "hello-v8"),
    ],
)
def test_a_revision_is_named_by_a_template(template: str, name: str) -> None:
    plan = deployed(f'--env A=1 --revision-name "{template}"')
    assert json.loads(plan.after.template)["metadata"]["name"] == name


def test_a_name_that_is_taken_is_refused_before_anything_is_written() -> None:
    with pytest.raises(Invalid, match="There is a Revision hello-00001 already"):
        deployed("--env A=1 --revision-name hello-00001")


def test_a_name_of_ones_own_is_dropped_by_the_next_deploy() -> None:
    before = builders.snapshot(template=builders.template(name="hello-own"))
    plan = builders.make("deploy hello --env A=1", before)
    assert Change("name of the Revision", "hello-own", None) in plan.changes


def test_a_service_is_created_with_all_that_was_named() -> None:
    nothing = Snapshot(builders.KEY, None)
    plan = builders.make("deploy hello img --keep --revision-name {{.Generation}} --label a=b --label c-", nothing)
    metadata = json.loads(plan.after.template)["metadata"]
    assert metadata["name"] == "hello-1"
    assert metadata["labels"] == {"a": "b"}
    assert [each.name for each in plan.after.attributes] == ["a"]


def test_a_service_whose_newest_revision_failed_is_deployed_over() -> None:
    failed = builders.revision(3, Truth.FALSE, "ExitCode1")
    broken = builders.snapshot(created=3, revisions=(failed, builders.revision(2), builders.revision(1)))
    plan = builders.make("deploy hello img:4 --traffic 10 --tag new", broken)
    assert plan.base is not None
    assert plan.base.latest_created == "hello-00003"
    assert builders.shares(plan) == {"hello-00002": 90, "@latest": 10}
    assert builders.tags(plan) == {"new": "@latest"}


SECRETS = [
    ("--arg --token=hunter2", "arguments"),
    ("--cmd x --arg postgres://u:hunter2@db/x", "arguments"),
    ("--annotation-revision api-key=hunter2", "annotation api-key"),
    ("--probe-liveness exec:login,PASSWORD=hunter2", "liveness probe"),
]


@pytest.mark.parametrize(("flags", "what"), SECRETS, ids=[what for _, what in SECRETS])
def test_no_setting_shows_a_secret(flags: str, what: str) -> None:
    plan = deployed(flags)
    assert what in {change.what for change in plan.changes}
    assert "hunter2" not in repr(plan.changes)


def test_what_nobody_has_words_for_is_told_by_its_path() -> None:
    before = canonical({"spec": {"containers": [{"image": "a"}, {"name": "side", "image": "b:1"}]}})
    containers = [{"image": "a", "securityContext": {"runAsNonRoot": True}}, {"name": "side", "image": "b:2"}]
    after = canonical({"spec": {"containers": containers, "nodeSelector": {"disk": "ssd"}}})
    assert set(differences(before, after)) == {
        Change("securityContext.runAsNonRoot", None, "true"),
        Change("container side.image", "b:1", "b:2"),
        Change("nodeSelector.disk", None, "ssd"),
    }


WRONG = [
    ("--env-file .env", "does not take --env-file", "`--env K=V`"),
    ("-f service.yaml", "does not take -f", "no files in a chat"),
    ("--target /tmp", "does not take --target", "kn --target"),
    ("--as me", "does not take --as", "as themselves"),
    ("--container side", "does not take --container", "keeps the other containers"),
    ("--env-from settings", "names no ConfigMap or Secret", "cm:settings"),
    ("--env-value-from K=secret:keys", "names no object and key", "secret:database:password"),
    ("--scale many", "“many” is not a number of pods", "For example 3"),
    ("--scale 5..1", "At most 1 pod is less than at least 5", "Turn them round"),
    ("--scale-metric love", "is not a metric", "concurrency, rps, cpu, memory"),
    ("--scale-window 2h", "not between 6s and 1h", "60s"),
    ("--port http2:80", "is not a protocol that Knative knows", "http1, h2c"),
    ("--request cpu=much", "is not an amount of cpu", "500m"),
    ("--timeout soon", "is not a length of time", ""),
    ("--pull-policy maybe", "is not a pull policy", "IfNotPresent"),
    ("--probe-liveness ping:x", "is not a probe", "tcp:HOST:PORT"),
    ("--probe-liveness tcp::much", "is not a port", ""),
    ("--probe-liveness-opts Patience=3", "is not a setting of a probe", "PeriodSeconds"),
    ("--mount config=cm:x", "is not a directory", "/config=cm:settings"),
    ("--mount /config=nfs:x", "is not a source of a volume", "pvc:NAME"),
    ("--mount /config", "sets nothing", "/config=VALUE"),
    ("--volume a=cm:x/y", "made of the whole", "--mount"),
    ("--volume emptyDir:a:shape=round", "is not a setting of an empty directory", "size=QUANTITY"),
    ("--label a=b/c", "cannot be the value of a label", "annotation takes any text"),
    ("--annotation knobot.dev/plan=x", "is Knobot's own", ""),
    ("--cluster-local --no-cluster-local", "contradict each other", "Leave one out"),
    ("--profile mine", "There is no profile", "istio"),
    ("--lock-to-digest --no-lock-to-digest", "contradict each other", ""),
    ("img --revision-name {{.Namespace}}", "has a field that is not known", "{{.Random 5}}"),
    ("img --revision-name Hello", "makes no name for a Revision", "Small letters"),
]


@pytest.mark.parametrize(("flags", "message", "hint"), WRONG, ids=[flags for flags, _, _ in WRONG])
def test_a_flag_that_is_wrong_or_not_for_chats_says_why(flags: str, message: str, hint: str) -> None:
    with pytest.raises(ParseError) as caught:
        parse(f"deploy hello {flags}")
    assert message in caught.value.message
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    "line", ["img --wait", "img --wait --no-traffic", "img --wait=false", "img --no-wait", "img --async"]
)
def test_kns_words_for_waiting_are_understood(line: str) -> None:
    assert getattr(parse(f"deploy hello {line}"), "wait", 0) is None
