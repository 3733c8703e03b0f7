"""What those look at who only look: the watches' copy is what the server has, and says so when it is not."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.commands import Address, Deploy
from bot.core.errors import NotFound, Unavailable
from bot.core.making import make
from bot.core.model import ServiceKey
from bot.core.plan import Request
from bot.core.template import TemplateEdit
from bot.knative.client import KnativeClusters
from tests.contracts.site import Embedded, eventually
from tests.knative.fleet import Fault, fleet_of
from tests.knative.recorded import response
from tests.knative.wire import Said, Wire, kubeconfig

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.knative.reflector import Reflector
    from tests.knative.wire import Asked

LIMIT = timedelta(minutes=2)
REQUEST = Request("T1", "U1", "C1", "a test")


class Place:
    """A fleet behind a wire, and Knobot's clusters over it with a started reflector."""

    def __init__(self, folder: Path, namespaces: list[str] | None = None) -> None:
        self.fleet, (self.hello, self.other) = fleet_of(["hello", "other"])
        self.wire = Wire(self.fleet)
        file = folder / "kubeconfig"
        file.write_text(kubeconfig(self.wire.url))
        self.clusters = KnativeClusters()
        self.clusters.connect("main", file)
        self.reflector = self.clusters.reflector("main", namespaces, lambda _: None)
        self.reflector.start()
        assert self.reflector.synced.wait(10)

    def end(self) -> None:
        self.fleet.end()
        self.reflector.stop()
        self.clusters.close()
        self.wire.stop()

    def lists(self) -> int:
        """How many times the server was asked for anything but a watch."""
        return sum(asked.query.get("watch") != "true" for asked in list(self.wire.asked))


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = Place(tmp_path)
    yield made
    made.end()


KEY = ServiceKey("main", "shop", "hello")


def test_what_is_known_from_watching_is_not_asked_for(place: Place) -> None:
    before, glance = place.lists(), place.clusters.glance(LIMIT)
    assert [service.key.name for service in glance.services("main", "shop")] == ["hello", "other"]
    assert [service.key.name for service in glance.services("main", None)] == ["hello", "other"]
    assert {revision.name for revision in glance.revisions("main", "shop")} == {"hello-00001", "other-00001"}
    assert glance.snapshot(KEY).revisions[0].name == "hello-00001"
    assert glance.snapshot(ServiceKey("main", "shop", "absent")).service is None
    assert place.lists() == before
    assert glance.age is None


def test_plans_and_checks_of_them_ask_the_server(place: Place) -> None:
    before = place.lists()
    place.clusters.services("main", "shop")
    place.clusters.revisions("main", "shop")
    assert place.lists() == before + 2


def test_a_watch_that_has_been_silent_for_too_long_is_not_trusted(place: Place) -> None:
    before, glance = place.lists(), place.clusters.glance(timedelta())
    assert glance.services("main", "shop")
    assert place.lists() == before + 1
    assert glance.age is None, "the server has answered"


def test_where_the_server_is_away_what_was_known_last_is_told_with_its_age(place: Place) -> None:
    place.fleet.misbehave(Fault.ERROR)
    eventually(lambda: not place.reflector.current("shop", 120))
    glance = place.clusters.glance(LIMIT)
    assert [service.key.name for service in glance.services("main", "shop")] == ["hello", "other"]
    assert glance.age is not None
    with pytest.raises(Unavailable):
        place.clusters.glance(LIMIT, old=False).services("main", "shop")


def test_a_bookmark_tells_that_nothing_is_new(place: Place) -> None:
    heard = place.reflector.age("shop")
    assert heard is not None
    eventually(lambda: (place.reflector.age("shop") or 9.0) < 0.05)  # the fleet sends one about every 0.1 s


def test_after_a_write_of_ones_own_the_server_is_asked_for_a_while(place: Place) -> None:
    place.reflector.wrote("shop")
    before = place.lists()
    place.clusters.glance(LIMIT).services("main", "shop")
    assert place.lists() == before + 1


def test_a_service_that_is_known_before_its_newest_revision_is_asked_for(place: Place) -> None:
    document = dict(place.fleet.objects["services", "hello"])
    document["status"] = {**document["status"], "latestCreatedRevisionName": "hello-00002"}
    place.fleet.put("services", document)
    eventually(lambda: (service := place.reflector.snapshot(KEY).service) and service.latest_created == "hello-00002")
    before = place.lists()
    with pytest.raises(Unavailable):  # the fleet has lists only; that it was asked is what counts
        place.clusters.glance(LIMIT, old=False).snapshot(KEY)
    assert place.lists() > before


def test_a_namespace_that_is_not_watched_is_read_from_the_server(tmp_path: Path) -> None:
    place = Place(tmp_path, ["prod"])
    try:
        before, glance = place.lists(), place.clusters.glance(LIMIT)
        assert [service.key.name for service in glance.services("main", "shop")] == ["hello", "other"]
        glance.services("main", None)
        assert place.lists() == before + 2
        assert not place.reflector.covers(None)
    finally:
        place.end()


def test_a_namespace_that_rbac_refuses_keeps_nobody_waiting_for_the_others(tmp_path: Path) -> None:
    fleet, _ = fleet_of(["hello"])
    refused, refusal = True, Said(403, response(86))

    def answer(asked: Asked) -> Said | None:
        return refusal if refused and "/namespaces/secret/" in asked.path else fleet(asked)

    wire = Wire(answer)
    (tmp_path / "kubeconfig").write_text(kubeconfig(wire.url))
    clusters = KnativeClusters()
    clusters.connect("main", tmp_path / "kubeconfig")
    reflector = clusters.reflector("main", ["secret", "shop"], lambda _: None)
    reflector.start()
    try:
        assert reflector.synced.wait(10)
        assert clusters.observed_keys("main") == [KEY]
        assert (found := clusters.observed(KEY)) is not None
        assert found.service is not None
        assert clusters.observed(ServiceKey("main", "secret", "hello")) is None, "it is not said to be gone"
        assert reflector.health().fresh
        refused = False
        eventually(lambda: reflector.knows("secret"))
    finally:
        fleet.end()
        reflector.stop()
        clusters.close()
        wire.stop()


def test_a_cluster_that_refuses_all_is_not_known(tmp_path: Path) -> None:
    wire = Wire(lambda _: Said(403, response(86)))
    (tmp_path / "kubeconfig").write_text(kubeconfig(wire.url))
    clusters = KnativeClusters()
    clusters.connect("main", tmp_path / "kubeconfig")
    reflector = clusters.reflector("main", None, lambda _: None)
    reflector.start()
    try:
        eventually(lambda: len(wire.asked) > 4)
        assert not reflector.synced.is_set()
        assert clusters.observed_keys("main") is None
        assert not reflector.health().synced
    finally:
        reflector.stop()
        clusters.close()
        wire.stop()


def test_what_vanished_while_the_history_was_lost_is_gone(place: Place) -> None:
    del place.fleet.objects["services", "other"]
    place.fleet.misbehave(Fault.GONE)
    eventually(lambda: place.reflector.health().relists == 2)  # Services and Revisions
    assert [service.key.name for service in place.reflector.services("shop")] == ["hello"]


class Sandboxed:
    """The embedded cluster, watched."""

    def __init__(self, folder: Path) -> None:
        self.numbers = count(1)
        self.embedded = Embedded()
        file = folder / "kubeconfig"
        file.write_text(self.embedded.cluster.kubeconfig())
        self.clusters = KnativeClusters()
        self.clusters.connect("here", file)
        self.reflector: Reflector = self.clusters.reflector("here", None, lambda _: None)
        self.reflector.start()
        assert self.reflector.synced.wait(10)

    def change(self, act: str, name: str) -> None:
        """Deploy or delete a Service, or lose a part of what the watches would have been told."""
        key = ServiceKey("here", "default", name)
        path = f"/apis/serving.knative.dev/v1/namespaces/default/services/{name}"
        match act:
            case "deploy":
                edit = TemplateEdit(image=f"ghcr.io/acme/hello:v{next(self.numbers)}")
                wish = Deploy(Address(name), edit)
                self.clusters.apply(make(wish, self.clusters.snapshot(key), REQUEST))
            case "annotate":
                self._write("PATCH", path, {"metadata": {"annotations": {"example.com/note": name}}})
            case "delete":
                self._write("DELETE", path, {})
            case _:
                self.embedded.fault(act)

    def _write(self, method: str, path: str, document: dict[str, object]) -> None:
        with suppress(NotFound):
            self.clusters._connection("here").write(method, path, document, {})  # noqa: SLF001 # as kubectl would

    def end(self) -> None:
        self.reflector.stop()
        self.clusters.close()
        self.embedded.stop()


@pytest.fixture(scope="module")
def sandboxed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandboxed]:
    made = Sandboxed(tmp_path_factory.mktemp("glancing"))
    yield made
    made.end()


ACTS = st.sampled_from(("deploy", "deploy", "annotate", "delete", "cut_watches", "expire_history"))


@settings(max_examples=8, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(ACTS, st.sampled_from(("a", "b", "c"))), min_size=1, max_size=8))
def test_whatever_happens_the_copy_becomes_what_the_server_has(
    sandboxed: Sandboxed, acts: list[tuple[str, str]]
) -> None:
    for act, name in acts:
        sandboxed.change(act, name)

    def same() -> bool:
        clusters, copy = sandboxed.clusters, sandboxed.reflector
        services, revisions = clusters.services("here", "default"), clusters.revisions("here", "default")
        keys = [ServiceKey("here", "default", name) for name in "abc"]
        return (
            copy.services("default") == services
            and {each.name: each for each in copy.revisions("default")} == {each.name: each for each in revisions}
            and [replace(copy.snapshot(key), domains=None) for key in keys] == [clusters.snapshot(key) for key in keys]
        )

    eventually(same, 30.0)
