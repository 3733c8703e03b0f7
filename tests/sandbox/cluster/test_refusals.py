"""What a real API server 1.36 answers to what it does not take, found by asking one."""

from __future__ import annotations

import pytest

from bot.sandbox.cluster.failures import MAX_OBJECT
from tests.sandbox.cluster.conftest import MERGE, SERVICES, SERVING, Hands, run, service

CLAIMS = "/apis/networking.internal.knative.dev/v1alpha1/clusterdomainclaims"
MAPPINGS = "/apis/serving.knative.dev/v1beta1/namespaces/shop/domainmappings"
NETWORK = "/api/v1/namespaces/knative-serving/configmaps/config-network"
CHARACTERS = (
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character "
    "(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
    "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
)
VALUE = (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and "
    "end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is "
    "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
)
PREFIX = (
    "prefix part a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and "
    "must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)
OPTIONAL = f"a valid label key {CHARACTERS} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"


@pytest.mark.parametrize(
    ("field", "texts", "causes"),
    [
        ("labels", {"a": "v" * 64}, [f'Invalid value: "{"v" * 64}": must be no more than 63 bytes']),
        ("labels", {"a": "-v w"}, [f'Invalid value: "-v w": {VALUE}']),
        ("labels", {"-a b": "v"}, [f'Invalid value: "-a b": name part {CHARACTERS}']),
        ("labels", {"k" * 64: "v"}, [f'Invalid value: "{"k" * 64}": name part must be no more than 63 bytes']),
        ("labels", {"/x": "v"}, ['Invalid value: "/x": prefix part must be non-empty']),
        ("labels", {"UP/x": "v"}, [f'Invalid value: "UP/x": {PREFIX}']),
        ("labels", {"a/b/c": "v"}, [f'Invalid value: "a/b/c": {OPTIONAL}']),
        (
            "labels",
            {"x/": "v"},
            ['Invalid value: "x/": name part must be non-empty', f'Invalid value: "x/": name part {CHARACTERS}'],
        ),
        ("annotations", {"Example.com/Abc": "v", "-a b": "v"}, [f'Invalid value: "-a b": name part {CHARACTERS}']),
        ("annotations", {"a": "v" * 262144}, ["Too long: may not be more than 262144 bytes"]),
    ],
    ids=[
        "long-value", "odd-value", "odd-key", "long-key", "no-prefix", "upper-prefix", "slashes", "no-name",
        "annotation", "annotations-in-total",
    ],
)  # fmt: skip
def test_labels_and_annotations_are_refused_in_the_api_servers_words(
    field: str, texts: dict[str, str], causes: list[str]
) -> None:
    async def story(hands: Hands) -> None:
        made = service("hello")
        made["metadata"][field] = texts
        status, body = await hands.ask("POST", SERVICES, made)
        told = [(cause["field"], cause["message"]) for cause in body["details"]["causes"]]
        assert (status, body["reason"], told) == (422, "Invalid", [(f"metadata.{field}", words) for words in causes])
        said = [f"metadata.{field}: {words}" for words in causes]
        listed = said[0] if len(said) == 1 else f"[{', '.join(said)}]"
        assert body["message"] == f'Service.serving.knative.dev "hello" is invalid: {listed}'

    run(story)


def test_a_bad_name_and_bad_labels_are_one_answer() -> None:
    async def story(hands: Hands) -> None:
        made = service("Bad_N")
        made["metadata"] |= {"labels": {"a b": "-"}, "annotations": {"a b": "v"}}
        _, body = await hands.ask("POST", SERVICES, made)
        fields = [cause["field"] for cause in body["details"]["causes"]]
        assert fields == ["metadata.name", "metadata.labels", "metadata.labels", "metadata.annotations"]
        assert body["message"].startswith('Service.serving.knative.dev "Bad_N" is invalid: [metadata.name: Invalid')

    run(story)


def test_a_change_names_each_cause_as_often_as_the_api_server_looks_and_says_it_once() -> None:
    async def story(hands: Hands) -> None:
        await hands.create(service("hello"))
        bad = {"metadata": {"labels": {"a": "-"}}}
        status, body = await hands.ask("PATCH", f"{SERVICES}/hello", bad, Content_Type=MERGE)
        assert (status, len(body["details"]["causes"])) == (422, 3)
        said = f'metadata.labels: Invalid value: "-": {VALUE}'
        assert body["message"] == f'Service.serving.knative.dev "hello" is invalid: {said}'
        status, body = await hands.ask("PATCH", NETWORK, bad, Content_Type=MERGE)
        assert (status, len(body["details"]["causes"])) == (422, 4)
        assert "labels" not in (await hands.get("hello"))["metadata"]

    run(story)


def test_annotations_of_just_the_limit_and_empty_values_are_taken() -> None:
    async def story(hands: Hands) -> None:
        made = service("hello")
        made["metadata"] |= {"annotations": {"a": "v" * 200_000}, "labels": {"a": "", "b": None}}
        assert (await hands.create(made))["metadata"]["labels"] == {"a": "", "b": ""}

    run(story)


def test_labels_that_are_no_texts_cannot_be_read() -> None:
    async def story(hands: Hands) -> None:
        made = service("hello")
        made["metadata"]["labels"] = {"a": 5}
        status, body = await hands.ask("POST", SERVICES, made)
        go = "json: cannot unmarshal number into Go struct field ObjectMeta.{} of type string"
        said = f'Service in version "v1" cannot be handled as a Service: {go.format("labels")}'
        assert (status, body["reason"], body["message"]) == (400, "BadRequest", said)

        await hands.create(service("hello"))
        patch = {"metadata": {"annotations": {"a": 4}}}
        status, body = await hands.ask("PATCH", f"{SERVICES}/hello", patch, Content_Type=MERGE)
        assert (status, body["reason"]) == (422, "Invalid")
        assert body["message"].startswith(' "" is invalid: patch: Invalid value: "{')
        assert body["message"].endswith(f'}}": {go.format("annotations")}')

    run(story)


@pytest.mark.parametrize(
    ("percent", "value"),
    [
        ("100", "string"),
        (5.5, "number 5.5"),
        (True, "bool"),
        ([], "array"),
        ({}, "object"),
        (10**19, f"number {10**19}"),
    ],
)
def test_a_percent_that_is_no_integer_cannot_be_read_by_knatives_webhook(percent: object, value: str) -> None:
    async def story(hands: Hands) -> None:
        made = service("hello")
        made["spec"]["traffic"] = [{"latestRevision": True, "percent": percent}]
        status, body = await hands.ask("POST", SERVICES, made)
        said = (
            'admission webhook "webhook.serving.knative.dev" denied the request: mutation failed: cannot decode '
            f"incoming new object: json: cannot unmarshal {value} into Go struct field "
            "TrafficTarget.spec.RouteSpec.traffic.percent of type int64"
        )
        assert (status, body["reason"], body["message"]) == (400, "BadRequest", said)

    run(story)


@pytest.mark.parametrize(
    "spec",
    [
        {"traffic": {"a": 1}},
        {"traffic": [7]},
        {"traffic": [{"latestRevision": "yes", "percent": 100}]},
        {"traffic": [{"revisionName": 4, "percent": 100}]},
        {"template": {"spec": {"timeoutSeconds": "5"}}},
    ],
)
def test_values_of_other_types_are_no_fault_of_the_server(spec: dict[str, object]) -> None:
    async def story(hands: Hands) -> None:
        await hands.create(service("hello"))
        status, body = await hands.ask("PATCH", f"{SERVICES}/hello", {"spec": spec}, Content_Type=MERGE)
        assert (status, body["reason"]) == (400, "BadRequest")
        assert "cannot decode incoming new object: json: cannot unmarshal" in body["message"]

    run(story)


def test_a_percent_written_as_a_fraction_is_stored_as_the_integer_that_it_is() -> None:
    async def story(hands: Hands) -> None:
        made = service("hello")
        made["spec"]["traffic"] = [{"latestRevision": True, "percent": 100.0}]
        percent = (await hands.create(made))["spec"]["traffic"][0]["percent"]
        assert (percent, type(percent)) == (100, int)

    run(story)


def test_what_is_too_large_is_refused_by_etcd_before_it_by_the_wire_and_before_it_by_the_api_server() -> None:
    async def story(hands: Hands) -> None:
        for size, status, reason, said in (
            (MAX_OBJECT, 500, None, "etcdserver: request is too large"),
            (2 * 1024**2, 500, None, "rpc error: code = ResourceExhausted desc = trying to send message larger than"),
            (3 * 1024**2, 413, "RequestEntityTooLarge", "Request entity too large: limit is 3145728"),
        ):
            code, body = await hands.ask("POST", SERVICES, service("hello", "v" * size))
            assert (code, body.get("reason"), body["message"][: len(said)]) == (status, reason, said)
        # A try does not come as far as etcd.
        assert (await hands.ask("POST", f"{SERVICES}?dryRun=All", service("hello", "v" * MAX_OBJECT)))[0] == 201
        assert (await hands.ask("GET", f"{SERVICES}/hello"))[0] == 404

    run(story)


def test_a_template_whose_labels_no_revision_may_have_is_taken_and_makes_none() -> None:
    async def story(hands: Hands) -> None:
        made = service("hello")
        made["spec"]["template"]["metadata"]["labels"] = {"a": "-"}
        await hands.create(made)
        await hands.cluster.settled()
        conditions = (await hands.get("hello"))["status"]["conditions"]
        ready = next(each for each in conditions if each["type"] == "ConfigurationsReady")
        failed = 'Revision creation failed with message: Revision.serving.knative.dev "hello-00001" is invalid'
        assert (ready["status"], ready["reason"]) == ("False", "RevisionFailed")
        assert ready["message"].startswith(failed)
        assert not (await hands.ask("GET", f"{SERVING}/namespaces/shop/revisions"))[1]["items"]

    run(story)


def test_where_the_configuration_says_so_domains_are_claimed_and_given_back_with_their_mapping() -> None:
    async def story(hands: Hands) -> None:
        await hands.create(service("hello"))
        ref = {"apiVersion": "serving.knative.dev/v1", "kind": "Service", "name": "hello"}
        mapping = {"metadata": {"name": "hello.example.org"}, "spec": {"ref": ref}}
        await hands.ask("POST", MAPPINGS, mapping)
        await hands.cluster.settled()
        assert (await hands.ask("GET", f"{CLAIMS}/hello.example.org"))[0] == 404

        data = {"data": {"autocreate-cluster-domain-claims": "true"}}
        await hands.ask("PATCH", NETWORK, data, Content_Type=MERGE)
        await hands.cluster.settled()
        claim = (await hands.ask("GET", f"{CLAIMS}/hello.example.org"))[1]
        _, there = await hands.ask("GET", f"{MAPPINGS}/hello.example.org")
        assert claim["spec"] == {"namespace": "shop"}
        assert {each["type"]: each["status"] for each in there["status"]["conditions"]}["DomainClaimed"] == "True"

        await hands.ask("DELETE", f"{MAPPINGS}/hello.example.org")
        await hands.cluster.settled()
        assert (await hands.ask("GET", f"{CLAIMS}/hello.example.org"))[0] == 404

    run(story)


def test_a_list_whose_history_is_gone_may_go_on_with_what_is_there_now() -> None:
    async def story(hands: Hands) -> None:
        for name in ("a", "b", "c"):
            await hands.create(service(name))
        await hands.cluster.settled()
        _, first = await hands.ask("GET", f"{SERVICES}?limit=1")
        hands.cluster.fault("expire_history")
        place = f"{SERVICES}?limit=1&continue="
        status, gone = await hands.ask("GET", place + first["metadata"]["continue"])
        assert (status, gone["reason"]) == (410, "Expired")
        status, second = await hands.ask("GET", place + gone["metadata"]["continue"])
        assert (status, second["items"][0]["metadata"]["name"]) == (200, "b")
        assert (await hands.ask("GET", place + second["metadata"]["continue"]))[0] == 200

    run(story)
