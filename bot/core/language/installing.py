"""The verb that brings Knative to a cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.commands import Install
from bot.core.language.reader import Flag
from bot.core.language.verb import Kind, Verb

if TYPE_CHECKING:
    from bot.core.language.reader import Reader


def read_install(reader: Reader) -> Install:
    cluster, ports = reader.one("cluster"), reader.one("node-ports")
    if ports:
        hint = "Name manifests in the configuration whose gateway is of the type NodePort."
        reader.fail(ports, "What is installed is what the manifests say.", hint)
    return Install(reader.name(cluster, "cluster") if cluster else None)


INSTALLING: tuple[Verb, ...] = (
    Verb(
        "install",
        Kind.CHANGE,
        "install [--cluster CLUSTER]",
        "apply the release manifests of Knative and an ingress that the configuration names; asks first",
        ("install",),
        read_install,
        (
            Flag(("--cluster",), "CLUSTER", "another cluster than the channel's own"),
            Flag(("--exclude-monitoring", "-m"), None, "knctl's: there is none in Knative any more", ignored=True),
            Flag(("--node-ports", "-p"), None, "knctl's: the manifests decide"),
        ),
    ),
)
