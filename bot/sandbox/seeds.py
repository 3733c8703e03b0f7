"""What the sandbox holds when it starts: people, channels, Services, and the policy that the bot is given.

Three channels stand for three namespaces: #deploys for shop, where everybody changes hello (blue, then green) and
checkout; #prod for prod, where every change of checkout needs one approval; #hello-test for hello-test, which is empty.
"""

from __future__ import annotations

from typing import Any

from bot.sandbox.workspace import Person, Room, Usergroup

PEOPLE = (
    Person("U01DEV", "dev", "Dev Park"),
    Person("U02SRE", "sre", "Sam Reyes"),
    Person("U03LEAD", "lead", "Lea Dahl"),
    Person("U04GUEST", "guest", "Gus Estrada", guest=True),
    Person("U05OPS", "ops", "Ola Petrov"),
)
APPROVERS = Usergroup("S01APPROVERS", "approvers", "Approvers", ("U02SRE", "U03LEAD", "U05OPS"))

ROOMS = (
    Room(
        "C01DEPLOYS",
        "deploys",
        purpose="Deploys of the namespace shop",
        hints=("/knative status hello", "/knative rollout hello latest=10", "/knative deploy hello --env TARGET=red"),
    ),
    Room(
        "C02PROD",
        "prod",
        purpose="Production: every change needs an approver's click",
        hints=("/knative services", "/knative deploy checkout --env TARGET=faster", "/knative approvals"),
    ),
    Room(
        "C03HELLOTEST",
        "hello-test",
        purpose="An empty namespace to try things out",
        hints=(
            "/knative deploy hello gcr.io/knative-samples/helloworld-go --env TARGET=Rev1",
            "/knative revisions hello",
            "/knative curl hello",
        ),
    ),
)
NAMESPACES = {"C01DEPLOYS": "shop", "C02PROD": "prod", "C03HELLOTEST": "hello-test"}
"""Channel → the namespace that it stands for."""

IMAGE = "ghcr.io/knative/helloworld-go:latest"


def services() -> tuple[dict[str, Any], ...]:
    """Return the Services in the order in which they are applied: one applied twice gets a second Revision."""
    return (
        _service("shop", "hello", "blue"),
        _service("shop", "checkout", "checkout"),
        _service("prod", "checkout", "checkout"),
        _service("shop", "hello", "green"),
    )


def namespaces() -> tuple[dict[str, Any], ...]:
    """Return the namespaces that the channels stand for."""
    return tuple({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}} for name in NAMESPACES.values())


def policy() -> dict[str, Any]:
    """Return the document of policy.yaml."""
    return {
        "groups": {"approvers": {"usergroups": [APPROVERS.id]}},
        "override": ["approvers"],
        "rules": [
            {
                "name": "everybody looks, talks and locks",
                "people": ["everyone"],
                "verbs": ["look", "talk", "lock", "unlock"],
                "effect": "allow",
            },
            {"name": "approvers freeze and thaw", "people": ["approvers"], "verbs": ["guard"], "effect": "allow"},
            {"name": "approvers force", "people": ["approvers"], "verbs": ["force"], "effect": "allow"},
            {
                "name": "production needs an approval",
                "people": ["everyone"],
                "namespaces": ["prod"],
                "verbs": ["change"],
                "effect": {"approvals": 1, "from": "approvers", "within": "4h"},
            },
            {
                "name": "the team changes its own namespaces",
                "people": ["everyone"],
                "namespaces": ["shop", "hello-test"],
                "verbs": ["change"],
                "effect": "allow",
            },
            {
                "name": "approvers look after the cluster itself",
                "people": ["approvers"],
                "namespaces": ["knative-serving"],
                "verbs": ["domain"],
                "effect": "allow",
            },
        ],
    }


def _service(namespace: str, name: str, target: str) -> dict[str, Any]:
    container = {"image": IMAGE, "env": [{"name": "TARGET", "value": target}]}
    return {
        "apiVersion": "serving.knative.dev/v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"template": {"spec": {"containers": [container]}}},
    }
