"""What lingers, what has changed, and that there is nothing to say when all is well."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.core import making
from bot.core.change import Person
from bot.core.digest import Digest, digest
from bot.core.language.parse import parse
from bot.core.lingering import Ground, Line, Matter
from bot.core.locking import Lock
from bot.core.model import Condition, DomainMapping, Service, ServiceKey, Truth
from bot.core.stories import Piece
from bot.core.subscriptions import Scope, Silence
from bot.core.updates import News, Update
from tests.core.builders import KEY, NOW, applied, make, name, revision, service, snapshot, target

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
LATER = NOW + 10 * DAY
DEV = Person("T1", "U1DEV")
MOVED = Piece(LATER - 2 * DAY, KEY, Update(News.TRAFFIC, person=DEV))


def told(*services: Service, **facts: Any) -> Digest:
    plain: dict[str, Any] = {"now": LATER, "since": LATER - DAY, "zone": ZoneInfo("UTC")}
    revisions = facts.pop("revisions", (revision(2), revision(1)))
    return digest(Ground("main", "shop", services=services, revisions=revisions, **{**plain, **facts}))


def failing(*, serves: bool) -> Service:
    route = Condition("RoutesReady", Truth.TRUE if serves else Truth.FALSE)
    ready = Condition("Ready", Truth.FALSE, "RevisionFailed", "boom", since=LATER - 3 * HOUR)
    return service(conditions=(ready, route))


def split(**fields: Any) -> Service:
    return service(target(name(1), 90), target("@latest", 10), **fields)


def test_when_all_is_well_there_is_nothing_to_say() -> None:
    found = told(service(), service(target(name(2), 100)))
    assert (found.total, found.ready, found.lines, found.changed) == (2, 2, (), ())
    assert found.well


def test_what_hurts_people_comes_first() -> None:
    pinned = service(target(name(1), 100), key=ServiceKey("main", "shop", "a"))
    first, second = told(pinned, failing(serves=False)).lines

    assert first.urgent
    assert first.text == "not Ready for 3h: RevisionFailed: boom"
    assert (second.matter, second.text) == (Matter.PINNED, f"pinned to {name(1)} for 10d while {name(2)} waits")


def test_domains_that_do_not_work_linger_also_those_that_lead_nowhere() -> None:
    def mapping(service: str, status: Truth, reason: str) -> DomainMapping:
        conditions = (Condition("Ready", status, reason, since=LATER - 2 * HOUR),)
        return DomainMapping(f"{service or 'nowhere'}.example.org", service, conditions=conditions)

    domains = (
        mapping("hello", Truth.UNKNOWN, "CertificateNotReady"),
        mapping("", Truth.FALSE, "ResolveFailed"),
        mapping("fine", Truth.TRUE, ""),
    )
    found = told(service(), domains=domains)

    assert [(line.name, line.text, line.urgent) for line in found.lines] == [
        ("", "domain nowhere.example.org does not work for 2h: ResolveFailed", True),
        ("hello", "domain hello.example.org does not work for 2h: CertificateNotReady", False),
    ]
    assert [offer.line for offer in found.lines[1].offers] == [
        "domains hello.example.org -n shop",
        "digest snooze main/shop/hello domain 7d",
    ]
    assert not found.well


def test_a_broken_template_is_not_urgent_while_an_older_revision_serves() -> None:
    (line,) = told(failing(serves=True)).lines
    assert not line.urgent
    assert line.text.endswith("an older Revision still serves")


def test_a_split_of_a_day_lingers_and_has_an_owner() -> None:
    (line,) = told(split(), pieces=[MOVED]).lines
    assert line.text == "split for 2d: 90% hello-00001, 10% @latest"
    assert line.person == DEV


def test_a_split_of_an_hour_is_somebodys_work() -> None:
    young = Piece(LATER - HOUR, KEY, MOVED.update)
    assert told(split(), pieces=[young]).lines == ()
    assert told(split(), pieces=[young]).changed[0].name == "hello"


def test_a_split_between_named_revisions_is_finished_by_the_newest() -> None:
    named = service(target(name(1), 90), target(name(2), 10))
    (line,) = told(named).lines
    assert line.offers[0].line == f"rollout main/shop/hello {name(2)}=100"


def test_every_offer_is_a_command() -> None:
    tagged = service(target(name(1), 90), target("@latest", 10), target(name(1), 0, "old"), conditions=())
    lock = Lock("1", KEY, DEV, "dev", "C1", "moving house", NOW)
    muted = Silence("C1", Scope("main", "shop", "hello"), LATER + HOUR, DEV)
    found = told(tagged, failing(serves=True), locks=[lock], silences=[muted])

    assert {line.matter for line in found.lines} >= {Matter.SPLIT, Matter.TAGS, Matter.LOCKED, Matter.MUTED}
    for line in found.lines:
        for offer in line.offers:
            parse(offer.line)


def test_a_tag_on_an_old_revision_without_traffic_is_stale() -> None:
    tagged = service(target("@latest", 100), target(name(1), 0, "old"), target(name(2), 0, "new"))
    (line,) = told(tagged).lines
    assert line.text == "tags on old Revisions without traffic: old"


def test_the_way_back_that_may_be_collected_is_told() -> None:
    labels = {"serving.knative.dev/routingState": "reserve"}
    many = tuple(revision(number, labels=labels) for number in range(25, 0, -1))
    found = told(service(annotations={"knobot.dev/stable": name(3)}, leads=25), revisions=many)
    assert [line.matter for line in found.lines] == [Matter.COLLECTED]


def test_what_is_snoozed_is_left_out() -> None:
    snoozed = Silence("C1", Scope("main", "shop", "hello"), LATER + HOUR, DEV, "split")
    assert told(split(), silences=[snoozed]).lines == ()
    over = Silence("C1", Scope("main", "shop", "hello"), LATER - HOUR, DEV, "split")
    assert len(told(split(), silences=[over]).lines) == 1


def test_figures_are_told_where_there_are_any() -> None:
    found = told(service(), figures={"requests": 12345.6, "success": 99.5})
    assert found.figures == ("12,346 requests", "99.5% of them without an error")
    assert told(service(), figures={"requests": 0.0, "success": None}).figures == ("0 requests",)


def test_the_curve_tells_when_services_were_in_trouble_and_traffic_moved() -> None:
    pieces = [
        Piece(LATER - 24 * HOUR + HOUR / 2, KEY, Update(News.TRAFFIC)),
        Piece(LATER - 6 * HOUR + HOUR / 2, KEY, Update(News.FAILED, "r")),
        Piece(LATER - 2 * HOUR + HOUR / 2, KEY, Update(News.BACK)),
    ]
    found = told(service(), pieces=pieces, since=LATER - 24 * HOUR).curve

    assert found is not None
    assert found.labels[0] == "14:00"
    assert found.moves == (1, *(0,) * 11)
    assert found.troubled == (*(0,) * 9, 1, 1, 1)


def test_a_trouble_that_began_before_is_in_the_curve_from_its_beginning() -> None:
    found = told(service(), pieces=[Piece(LATER - 12 * HOUR, KEY, Update(News.BACK))], since=LATER - 24 * HOUR).curve
    assert found is not None
    assert found.troubled == (*(1,) * 6, *(0,) * 6)


def test_a_line_needs_nothing_but_its_words() -> None:
    assert Line("hello", Matter.SPLIT, "split").offers == ()


def test_a_rollout_in_steps_is_told_by_where_it_is_instead_of_as_a_split() -> None:
    before = snapshot(target(name(1), 100))
    plan = making.begun(make("rollout hello latest=10,50,100 --every 10m", before), LATER - HOUR / 20)
    rolling = applied(plan, before).service
    assert rolling is not None
    (line,) = told(rolling, pieces=[MOVED]).lines

    assert (line.matter, line.text) == (Matter.ROLLING, f"step 1 of 3, 10% {name(2)}, next in 7m")
    assert [offer.line for offer in line.offers] == ["promote main/shop/hello", "abort main/shop/hello"]
