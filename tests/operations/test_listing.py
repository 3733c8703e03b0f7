"""Lists: what is shown of several namespaces, in which order, and what may be collected."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

from bot.core.answers import RevisionTable, ServiceTable
from bot.core.errors import Refused
from bot.core.model import Condition, Object, ObjectKind, ServiceKey, Snapshot, Stored, Truth
from bot.core.policy import Effect, Policy, Rule
from bot.core.retention import STATE
from tests.core import builders
from tests.operations.site import Site

if TYPE_CHECKING:
    from pathlib import Path

T = TypeVar("T")


def _add(site: Site, namespace: str, name: str, **fields: object) -> None:
    key = ServiceKey("main", namespace, name)
    service = replace(builders.service(), key=key, **fields)  # type: ignore[arg-type]
    site.knative.snapshots[key] = Snapshot(key, service)


def _last(site: Site, kind: type[T]) -> T:
    answer = site.channel.answers[-1][1]
    assert isinstance(answer, kind), answer
    return answer


def _names(site: Site) -> list[str]:
    return [str(service.key) for service in _last(site, ServiceTable).services]


def _rule(site: Site, *rules: Rule) -> None:
    site.policy = Policy(rules, {})
    site.operations = site.start()


def test_all_namespaces_show_only_what_the_person_may_look_at(tmp_path: Path) -> None:
    site = Site(tmp_path)
    _add(site, "prod", "checkout")
    _add(site, "prod", "hidden")
    deny = Rule("hidden", Effect(allow=False), services=("hid*",))
    _rule(site, deny, Rule("prod and shop", Effect(), namespaces=("prod",)))
    site.type("services -A")
    assert _names(site) == ["prod/checkout"]
    assert _last(site, ServiceTable).namespace is None


def test_who_may_look_at_nothing_is_refused_and_that_is_on_record(tmp_path: Path) -> None:
    site = Site(tmp_path)
    _rule(site, Rule("none", Effect(allow=False)))
    site.type("services --all-namespaces")
    assert site.told() == "refused"
    assert site.rows() == ["refused"]


def test_where_the_cluster_may_not_be_listed_the_channels_namespaces_are(tmp_path: Path) -> None:
    site = Site(tmp_path)
    _add(site, "elsewhere", "far")
    site.knative.trouble["services everywhere"] = Refused("Kubernetes does not let knobot list services.")
    site.type("services -A")
    assert _names(site) == ["shop/hello"]


def test_services_are_sorted_and_filtered(tmp_path: Path) -> None:
    site = Site(tmp_path)
    _add(site, "shop", "young", created=builders.NOW + timedelta(days=1))
    _add(site, "shop", "broken", conditions=(Condition("Ready", Truth.FALSE, "RevisionFailed"),))
    site.type("services --sort age")
    assert _names(site)[0] == "shop/young"
    site.type("services --sort ready")
    assert _names(site)[0] == "shop/broken"
    site.type("services --grep ello")
    assert _names(site) == ["shop/hello"]


def test_revisions_tell_what_may_be_collected_by_the_clusters_own_settings(tmp_path: Path) -> None:
    site = Site(tmp_path)
    idle = replace(builders.revision(1), labels={STATE: "reserve"}, created=builders.NOW - timedelta(days=900))
    site.knative.snapshots[builders.KEY] = builders.snapshot(revisions=(builders.revision(2), idle))
    site.type("revisions hello")
    assert _last(site, RevisionTable).collected == {}

    settings = Object(ObjectKind.CONFIG_MAP, "config-gc", "knative-serving")
    site.knative.objects[settings] = Stored("uid", 1, "1", '{"min-non-active-revisions": "0"}')
    for line in ("revisions hello", "revisions"):
        site.type(line)
        assert _last(site, RevisionTable).collected == {"hello-00001": site.clock.now()}


def test_settings_that_may_not_be_read_are_taken_to_be_the_defaults(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.knative.trouble["stored"] = Refused("Kubernetes does not let knobot get configmaps.")
    site.type("revisions hello")
    assert len(_last(site, RevisionTable).revisions) == 2
