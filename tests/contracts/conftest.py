from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.core.commands import Deploy
from bot.core.errors import BotError
from bot.core.ports import HttpRequest
from bot.core.template import TemplateEdit
from bot.core.template.variables import variable
from tests.contracts.site import HERE, IMAGE, REAL, Hand, Site, eventually, sites

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.knative.client import KnativeClusters


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    yield from sites(tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="session")
def clusters(site: Site) -> Iterator[KnativeClusters]:
    clusters = site.clusters()
    yield clusters
    clusters.close()


@pytest.fixture
def hand(site: Site, clusters: KnativeClusters) -> Callable[[str], Hand]:
    """Takes a Service's name: each test has Services of its own."""
    return lambda name: Hand(clusters, site.key(name))


@pytest.fixture(scope="session")
def answering(site: Site, clusters: KnativeClusters) -> None:
    """Skip what has requests answered where none arrives: not every cluster's ingress is open from everywhere."""
    probe = Hand(clusters, site.key("probe"))
    probe.do(Deploy(HERE, TemplateEdit(image=IMAGE, settings=(variable("TARGET", "blue"),))))
    service = probe.ready().service
    assert service is not None
    heard = "nothing"

    def answers() -> bool:
        nonlocal heard
        try:
            heard = repr(clusters.fetch(service, HttpRequest())[0].body[:80])
        except BotError as error:
            heard = error.message
        return heard == repr("Hello blue!\n")

    try:
        eventually(answers, 60.0)
    except AssertionError:
        if not REAL:
            raise
        where = site.ingress or service.url
        pytest.skip(f"{where} does not answer as the image should ({heard}): KNOBOT_TEST_INGRESS names the gateway")
