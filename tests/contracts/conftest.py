from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.contracts.site import Hand, Site, sites

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
