"""What Services answer, and how requests come in, with a cluster in memory."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core import domains
from bot.core.answers import CurlReport, IngressTable
from bot.core.dns import Record
from bot.core.errors import Refused
from bot.core.model import Gateway, Stored
from bot.core.ports import HttpRequest, Response
from tests.core import builders
from tests.operations.site import Site

if TYPE_CHECKING:
    from pathlib import Path

KOURIER = Gateway("kourier-system", "kourier", "kourier", "LoadBalancer", ("203.0.113.7",), (80,), builders.NOW)


def report(site: Site, line: str) -> CurlReport:
    site.type(line)
    answer = site.channel.answers[-1][1]
    assert isinstance(answer, CurlReport), answer
    return answer


def test_a_request_is_what_was_typed_and_its_times_are_told(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.knative.answering = tuple(Response(200, "Hello", number / 100) for number in range(1, 101))
    told = report(site, "curl hello /cart --count 100 -H 'Accept: text/plain'")
    assert site.knative.fetched == [HttpRequest("/cart", 100, None, "GET", (("Accept", "text/plain"),))]
    assert (told.median, told.slow, told.slowest) == (0.505, 0.96, 1.0)
    assert (told.asked, told.headers) == (100, ())


def test_headers_are_shown_where_they_are_all_that_comes(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.knative.answering = (Response(200, "", 0.01, (("Server", "envoy"),)),)
    assert report(site, "curl hello -I").headers == (("Server", "envoy"),)
    assert report(site, "curl hello").headers == ()


def test_a_revision_is_asked_by_the_address_of_a_tag_that_leads_to_it(tmp_path: Path) -> None:
    site = Site(tmp_path)
    traffic = (builders.target(builders.name(1), 90), builders.target(builders.name(2), 10, tag="candidate"))
    site.knative.snapshots[builders.KEY] = builders.snapshot(*traffic)
    report(site, "curl hello --revision latest")
    assert site.knative.fetched[-1].tag == "candidate"

    site.type("curl hello --revision previous")
    assert site.told() == "no-address"


def test_a_revision_with_all_traffic_is_asked_by_the_services_own_address(tmp_path: Path) -> None:
    site = Site(tmp_path)
    report(site, "curl hello --revision hello-00001")
    assert site.knative.fetched[-1].tag is None


def test_the_ingress_tells_gateways_and_the_records_for_the_clusters_domains(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.knative.entrances = (KOURIER,)
    site.knative.objects[domains.SUFFIXES] = Stored("uid", 1, "1", '{"_example": "…", "acme.dev": ""}')
    site.type("ingress list")
    answer = site.channel.answers[-1][1]
    assert isinstance(answer, IngressTable)
    assert answer.gateways == (KOURIER,)
    assert answer.domains == {"acme.dev": True}
    assert answer.records == (Record("*.acme.dev", "A", "203.0.113.7"),)


def test_domains_that_may_not_be_read_are_said_not_to_be_known(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.knative.entrances = (replace(KOURIER, addresses=()),)
    site.knative.trouble["stored"] = Refused("Kubernetes does not let knobot get configmaps.")
    site.type("ingress")
    answer = site.channel.answers[-1][1]
    assert isinstance(answer, IngressTable)
    assert (answer.domains, answer.records) == (None, ())
