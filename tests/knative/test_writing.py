"""Writes whose answers get lost: a lossy wire stands between the adapter and the embedded cluster."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import count as counter
from typing import TYPE_CHECKING, Any

import pytest
import urllib3

from bot.core.commands import Address, Deploy
from bot.core.errors import Stale, Unavailable
from bot.core.making import make
from bot.core.model import Service, ServiceKey, Truth
from bot.core.plan import PLAN, Request
from bot.core.template import TemplateEdit
from bot.core.template.variables import variable
from bot.knative import writing
from bot.knative.client import KnativeClusters
from tests.contracts.site import Embedded
from tests.knative.wire import Asked, Said, Wire, kubeconfig

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from bot.core.commands import SpecCommand
    from bot.core.plan import Plan

HERE = Address("hello")
BLUE = Deploy(HERE, TemplateEdit(image="ghcr.io/knative/helloworld-go:latest", settings=(variable("TARGET", "blue"),)))
GREEN = Deploy(HERE, TemplateEdit(settings=(variable("TARGET", "green"),)))
WRITES = ("POST", "PATCH")


class Lossy:
    """Forwards to the embedded cluster; `before` and `after` say whether a write's request and answer get through."""

    def __init__(self) -> None:
        self.embedded = Embedded()
        self.before: Callable[[], bool] = lambda: True
        self.after: Callable[[], bool] = lambda: True
        self.reads = True
        self._pool = urllib3.PoolManager(ssl_context=self.embedded.cluster.trust())
        self._token = self.embedded.cluster.users.token("admin")
        self.wire = Wire(self._answer)

    def _answer(self, asked: Asked) -> Said | None:
        writes = asked.method in WRITES
        if (not writes and not self.reads) or (writes and not self.before()):
            return None
        answer = self._pool.request(
            asked.method,
            self.embedded.cluster.url + asked.path,
            fields=asked.query if not writes else None,
            body=asked.body if writes else None,
            headers={"Authorization": f"Bearer {self._token}", "Content-Type": asked.headers.get("Content-Type", "")},
        )
        return Said(answer.status, answer.data) if not writes or self.after() else None

    def touch(self, name: str, document: dict[str, Any]) -> None:
        """Change a Service past the wire, as somebody else would."""
        self._pool.request(
            "PATCH",
            f"{self.embedded.cluster.url}/apis/serving.knative.dev/v1/namespaces/default/services/{name}",
            body=json.dumps(document),
            headers={"Authorization": f"Bearer {self._token}", "Content-Type": "application/merge-patch+json"},
        )

    def written(self) -> int:
        return sum(asked.method in WRITES for asked in self.wire.asked)

    def stop(self) -> None:
        self.wire.stop()
        self._pool.clear()
        self.embedded.stop()


class Once:
    """Says no `times` times, then always yes; does something each time it says no."""

    def __init__(self, times: int = 1, meanwhile: Callable[[], object] = lambda: None) -> None:
        self._left = times
        self._meanwhile = meanwhile

    def __call__(self) -> bool:
        self._left -= 1
        if self._left >= 0:
            self._meanwhile()
        return self._left < 0


@pytest.fixture(scope="module")
def _lossy() -> Iterator[Lossy]:
    lossy = Lossy()
    yield lossy
    lossy.stop()


@pytest.fixture
def lossy(_lossy: Lossy) -> Lossy:
    """The wire, whole again and with nothing asked."""
    _lossy.before = _lossy.after = lambda: True
    _lossy.reads = True
    _lossy.wire.asked.clear()
    return _lossy


@pytest.fixture
def clusters(lossy: Lossy, tmp_path: Path) -> Iterator[KnativeClusters]:
    """`lossy` is the cluster behind the wire, `direct` the same cluster without it."""
    clusters = KnativeClusters()
    for name, text in (("lossy", kubeconfig(lossy.wire.url)), ("direct", lossy.embedded.cluster.kubeconfig())):
        file = tmp_path / name
        file.write_text(text)
        clusters.connect(name, file)
    yield clusters
    clusters.close()


def plan(clusters: KnativeClusters, name: str, command: SpecCommand, cluster: str = "lossy") -> Plan:
    """Plan on a Service that has come to rest: controllers that still write its status would cause conflicts."""
    key = ServiceKey("direct", "default", name)
    for _ in range(500):
        service = clusters.snapshot(key).service
        if service is None or service.ready is Truth.TRUE:
            break
        time.sleep(0.01)
    return make(command, clusters.snapshot(ServiceKey(cluster, "default", name)), Request("T1", "U1", "C1", "a test"))


def apply(clusters: KnativeClusters, wanted: Plan) -> Service:
    written = clusters.apply(wanted)
    assert isinstance(written, Service)
    return written


def change(clusters: KnativeClusters, name: str, command: SpecCommand) -> Service:
    return apply(clusters, plan(clusters, name, command, "direct"))


def there(clusters: KnativeClusters, name: str) -> Service:
    service = clusters.snapshot(ServiceKey("direct", "default", name)).service
    assert service is not None
    return service


@pytest.mark.parametrize("command", [BLUE, GREEN], ids=["create", "change"])
def test_a_write_whose_answer_was_lost_is_recognised(lossy: Lossy, clusters: KnativeClusters, command: Deploy) -> None:
    name = "answer-lost" if command is BLUE else "answer-lost-2"
    if command is GREEN:
        change(clusters, name, BLUE)
    wanted = plan(clusters, name, command)
    lossy.after = Once()
    written = apply(clusters, wanted)
    assert written.annotations[PLAN] == wanted.id
    assert lossy.written() == 1
    assert there(clusters, name).generation == written.generation


@pytest.mark.parametrize("command", [BLUE, GREEN], ids=["create", "change"])
def test_a_write_that_never_arrived_is_sent_again(lossy: Lossy, clusters: KnativeClusters, command: Deploy) -> None:
    name = "request-lost" if command is BLUE else "request-lost-2"
    if command is GREEN:
        change(clusters, name, BLUE)
    wanted = plan(clusters, name, command)
    lossy.before = Once(2)
    assert apply(clusters, wanted).annotations[PLAN] == wanted.id
    assert lossy.written() == 3


def test_when_nothing_can_be_seen_any_more_it_is_said_that_it_is_not_known(
    lossy: Lossy, clusters: KnativeClusters
) -> None:
    wanted = plan(clusters, "unknown", BLUE)

    def blind() -> None:
        lossy.reads = False

    lossy.after = Once(meanwhile=blind)
    with pytest.raises(Unavailable, match="not known whether") as error:
        apply(clusters, wanted)
    assert error.value.code == "unknown"
    lossy.reads = True
    assert clusters.applied(wanted), "it had been written"
    assert apply(clusters, wanted).generation == there(clusters, "unknown").generation == 1


def test_a_write_that_is_lost_again_and_again_is_not_called_unwritten(lossy: Lossy, clusters: KnativeClusters) -> None:
    wanted = plan(clusters, "hopeless", BLUE)
    lossy.before = Once(writing.ATTEMPTS)
    with pytest.raises(Unavailable) as error:
        apply(clusters, wanted)
    assert error.value.code == "unknown"
    assert lossy.written() == writing.ATTEMPTS


def test_a_lost_request_and_a_change_by_somebody_else_is_stale(lossy: Lossy, clusters: KnativeClusters) -> None:
    change(clusters, "overtaken", BLUE)
    wanted = plan(clusters, "overtaken", GREEN)
    red = Deploy(HERE, TemplateEdit(settings=(variable("TARGET", "red"),)))
    lossy.before = Once(meanwhile=lambda: change(clusters, "overtaken", red))
    with pytest.raises(Stale, match="was changed in the meantime"):
        apply(clusters, wanted)
    assert '"red"' in there(clusters, "overtaken").template


def test_a_lost_answer_that_others_have_written_over_is_not_called_unwritten(
    lossy: Lossy, clusters: KnativeClusters
) -> None:
    change(clusters, "overwritten", BLUE)
    wanted = plan(clusters, "overwritten", GREEN)
    red = Deploy(HERE, TemplateEdit(settings=(variable("TARGET", "red"),)))
    lossy.after = Once(meanwhile=lambda: change(clusters, "overwritten", red))
    with pytest.raises(Unavailable) as error:
        apply(clusters, wanted)
    assert error.value.code == "unknown"


def test_of_ten_who_apply_the_same_plan_at_once_all_get_the_one_write(lossy: Lossy, clusters: KnativeClusters) -> None:
    change(clusters, "ten", BLUE)
    wanted = plan(clusters, "ten", GREEN)
    with ThreadPoolExecutor(10) as executor:
        written = list(executor.map(lambda each: apply(clusters, each), [wanted] * 10))
    assert {service.generation for service in written} == {2}
    assert there(clusters, "ten").generation == 2
    assert lossy.written() >= 1


def test_a_busy_server_is_not_asked_again_and_nothing_is_in_doubt(lossy: Lossy, clusters: KnativeClusters) -> None:
    wanted = plan(clusters, "busy", BLUE)
    lossy.embedded.fault("status", code=429, count=1)
    with pytest.raises(Unavailable) as error:
        apply(clusters, wanted)
    assert error.value.code == "busy"
    assert lossy.written() == 1


def test_conflicts_that_never_end_are_given_up(lossy: Lossy, clusters: KnativeClusters) -> None:
    change(clusters, "restless", BLUE)
    wanted = plan(clusters, "restless", GREEN)
    numbers = counter()

    def touch() -> bool:
        lossy.touch("restless", {"metadata": {"annotations": {"example.com/n": str(next(numbers))}}})
        return True

    lossy.before = touch
    with pytest.raises(Unavailable) as error:
        apply(clusters, wanted)
    assert error.value.code == "busy"
    assert there(clusters, "restless").generation == 1
