"""What is said about a Service, from values and from what a real cluster streamed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.model import Condition, DomainMapping, Pod, Revision, Snapshot, Truth
from bot.core.standing import STUCK, Domain, Known, Stage, Stand, Trouble, stand, suspects
from bot.core.updates import News, Update, absorb, compare, settle
from tests.core.builders import NOW, name, revision, snapshot, target

ROUTED = (("hello-00002", 100),)


def seen(at: Snapshot, *pods: Pod, now: datetime = NOW) -> Stand:
    found = stand(at, pods, now)
    assert found is not None
    return found


def told(before: Snapshot, after: Snapshot, *pods: Pod) -> list[tuple[News, str]]:
    return [(each.news, each.subject) for each in compare(seen(before), seen(after, *pods))]


def with_newest(*revisions: Revision, leads: int = 2) -> Snapshot:
    kept = (*revisions, revision(2), revision(1))
    return snapshot(revisions=kept, leads=leads, created=revisions[0].number)


def pod(reason: str, of: int = 3) -> Pod:
    return Pod("p", name(of), "Pending", ready=False, restarts=0, created=NOW, reason=reason, message="no room")


def test_nothing_is_said_about_what_stays() -> None:
    assert told(snapshot(), snapshot()) == []


def test_a_service_is_made_and_deleted() -> None:
    made = compare(None, seen(snapshot()))
    assert [each.news for each in made] == [News.MADE, News.READY, News.READY]
    assert [each.news for each in compare(seen(snapshot()), None)] == [News.GONE]
    assert compare(None, None) == ()


def test_a_service_that_was_made_anew_under_its_name_is_another() -> None:
    first, *_ = compare(seen(snapshot()), replace(seen(snapshot()), uid="other"))
    assert (first.news, first.reason) == (News.MADE, "it was deleted and made anew")


def test_a_revision_starts_and_is_ready_then_its_traffic_has_moved() -> None:
    starts = with_newest(revision(3, Truth.UNKNOWN, "Deploying"))
    ready = with_newest(revision(3), leads=3)

    assert told(snapshot(), starts) == [(News.REVISION, name(3))]
    assert told(starts, ready) == [(News.READY, name(3)), (News.TRAFFIC, "")]


def test_a_revision_that_fails_says_why_and_who_still_serves() -> None:
    broken = with_newest(revision(3, Truth.FALSE, "ExitCode1", "boom"))
    (update,) = compare(seen(snapshot()), seen(broken))

    assert update == Update(News.FAILED, name(3), "ExitCode1: boom", ROUTED)


def test_a_revision_with_traffic_that_was_ready_is_lost_and_comes_back() -> None:
    bad = snapshot(revisions=(revision(2, Truth.FALSE, "Exploded"), revision(1)))
    before = seen(snapshot())
    (lost,) = compare(before, seen(bad))
    after = absorb(before, seen(bad), [lost], NOW)
    (back,) = compare(after, seen(snapshot()))

    assert (lost.news, lost.subject) == (News.LOST, name(2))
    assert back == Update(News.BACK, shares=ROUTED, since=NOW)


def test_the_failure_of_a_revision_is_over_when_a_newer_one_is_ready() -> None:
    broken = with_newest(revision(3, Truth.FALSE, "ExitCode1"))
    mended = with_newest(revision(4), revision(3, Truth.FALSE, "ExitCode1"), leads=4)
    starting = with_newest(revision(4, Truth.UNKNOWN), revision(3, Truth.FALSE, "ExitCode1"))
    before = absorb(seen(snapshot()), seen(broken), compare(seen(snapshot()), seen(broken)), NOW)

    assert [each.news for each in compare(before, seen(starting))] == [News.REVISION]
    assert [each.news for each in compare(before, seen(mended))] == [News.READY, News.BACK, News.TRAFFIC]


def test_a_failed_revision_without_traffic_under_a_newer_ready_one_is_no_news() -> None:
    old = snapshot(revisions=(revision(2), revision(1, Truth.FALSE, "Exploded")))
    assert told(snapshot(), old) == []


def test_scaled_to_zero_is_no_outage() -> None:
    idle = replace(
        revision(2), conditions=(Condition("Ready", Truth.TRUE), Condition("Active", Truth.FALSE, "NoTraffic"))
    )
    assert told(snapshot(), snapshot(revisions=(replace(idle, replicas=0), revision(1)))) == []


def test_a_route_that_fails_is_said_unless_a_revision_explains_it() -> None:
    failed = (Condition("RoutesReady", Truth.FALSE, "CertificateProvisionFailed", "no issuer"),)
    (update,) = compare(seen(snapshot()), seen(snapshot(conditions=failed)))
    assert (update.news, update.reason) == (News.ROUTE, "CertificateProvisionFailed: no issuer")

    both = snapshot(revisions=(revision(2, Truth.FALSE, "Exploded"), revision(1)), conditions=failed)
    assert told(snapshot(), both) == [(News.LOST, name(2))]


def test_a_route_that_waits_for_long_is_in_trouble() -> None:
    waits = snapshot(conditions=(Condition("RoutesReady", Truth.UNKNOWN, "CertificateNotReady", since=NOW),))
    assert compare(seen(snapshot()), seen(waits, now=NOW + STUCK)) == ()
    (update,) = compare(seen(snapshot()), seen(waits, now=NOW + STUCK * 2))
    assert update.news is News.ROUTE

    moves = snapshot(conditions=(Condition("RoutesReady", Truth.UNKNOWN, "RolloutInProgress", since=NOW),))
    assert compare(seen(snapshot()), seen(moves, now=NOW + STUCK * 2)) == ()


@pytest.mark.parametrize("reason", ["Unschedulable", "CrashLoopBackOff", "ImagePullBackOff"])
def test_pods_that_cannot_start_are_said_before_their_revision_gives_up(reason: str) -> None:
    starts = with_newest(revision(3, Truth.UNKNOWN))
    assert told(starts, starts, pod(reason)) == [(News.FAILED, name(3))]
    assert told(starts, starts, pod("ContainerCreating")) == []
    assert suspects(starts) == [name(3)]


def test_pods_of_a_revision_that_is_ready_and_wants_more_are_looked_at() -> None:
    crowded = snapshot(revisions=(revision(2, replicas=1, desired_replicas=3), revision(1)))
    assert suspects(crowded) == [name(2)]
    assert told(crowded, crowded, pod("Unschedulable", 2)) == [(News.LOST, name(2))]
    assert suspects(snapshot()) == []


def test_traffic_that_moves_is_said_once_it_has_arrived() -> None:
    wished = (target(name(1), 90), target("@latest", 10))
    moving = snapshot(*wished, observed_generation=6)
    arrived = snapshot(*wished)

    assert told(snapshot(), moving) == []
    (update,) = compare(seen(snapshot()), seen(arrived))
    assert update.before == ROUTED
    assert update.shares == ((name(1), 90), (name(2), 10))


def test_a_trouble_that_turns_into_another_is_not_said_to_be_over() -> None:
    before = Stand("u", troubles=(Trouble("", "RevisionMissing"),), troubled=NOW)
    after = Stand("u", (Known("r", 1, Stage.FAILED),), 1, troubles=(Trouble("r", "boom"),))
    first = compare(before, after)
    assert [each.news for each in first] == [News.FAILED]

    unsaid = absorb(before, after, [], NOW)
    assert [each.news for each in compare(unsaid, Stand("u"))] == [News.BACK]
    said = absorb(before, after, first, NOW + STUCK)
    assert said is not None
    assert said.troubled == NOW


SETTLING = timedelta(seconds=3)


def leading(status: Truth | None, reason: str = "", domain: str = "shop.example.org") -> Snapshot:
    """The Service with a domain whose Ready is so; without one where `status` is None."""
    mapping = DomainMapping(domain, "hello", conditions=(Condition("Ready", status or Truth.TRUE, reason, since=NOW),))
    return replace(snapshot(), domains=() if status is None else (mapping,))


def test_a_domain_that_nobody_gave_is_in_trouble_until_it_is_ready() -> None:
    well, bad = leading(Truth.TRUE), leading(Truth.FALSE, "DomainAlreadyClaimed")
    (update,) = compare(seen(well), seen(bad))

    assert (update.news, update.subject, update.reason) == (News.DOMAIN, "shop.example.org", "DomainAlreadyClaimed")
    assert told(leading(None), bad) == [(News.DOMAIN, "shop.example.org")]
    assert told(bad, bad) == []
    assert told(bad, well) == [(News.DOMAIN_BACK, "shop.example.org")]


def test_a_domain_that_is_set_up_is_neither_in_trouble_nor_well_until_that_takes_too_long() -> None:
    waits, bad = leading(Truth.UNKNOWN, "CertificateNotReady"), leading(Truth.FALSE, "DomainAlreadyClaimed")
    assert told(leading(Truth.TRUE), waits) == []
    assert told(bad, waits) == []
    (update,) = compare(seen(leading(Truth.TRUE)), seen(waits, now=NOW + STUCK * 2))

    assert (update.news, update.reason) == (News.DOMAIN, "CertificateNotReady")


def test_a_domain_that_waits_after_its_trouble_is_still_told_to_be_in_it() -> None:
    bad = seen(leading(Truth.FALSE, "DomainAlreadyClaimed"))
    waits = absorb(bad, seen(leading(Truth.UNKNOWN, "IngressNotConfigured")), (), NOW)

    assert [each.news for each in compare(waits, seen(leading(Truth.TRUE)))] == [News.DOMAIN_BACK]


def test_a_domain_in_trouble_that_leads_elsewhere_or_is_not_known_is_no_news() -> None:
    bad = leading(Truth.FALSE, "DomainAlreadyClaimed")

    assert told(bad, leading(None)) == []
    assert told(bad, snapshot()) == []
    assert told(snapshot(), bad) == []


def test_the_recovery_of_a_service_does_not_wait_for_its_domain() -> None:
    domains = leading(Truth.FALSE, "x").domains
    bad = replace(with_newest(revision(3, Truth.FALSE, "ExitCode1")), domains=domains)
    mended = replace(with_newest(revision(4), revision(3, Truth.FALSE, "ExitCode1")), domains=domains)

    assert (News.BACK, "") in told(bad, mended)


def test_a_blip_is_not_said() -> None:
    lost, back = Update(News.LOST, "r", "a"), Update(News.TRAFFIC, shares=ROUTED)
    ripe, since = settle({}, [lost], NOW, NOW, SETTLING)
    assert not ripe
    ripe, since = settle(since, [back], NOW + SETTLING / 2, NOW + SETTLING / 2, SETTLING)
    ripe, since = settle(since, [lost, back], NOW + SETTLING, NOW + SETTLING, SETTLING)
    assert not ripe
    ripe, since = settle(since, [replace(lost, reason="b"), back], NOW, NOW + SETTLING * 2, SETTLING)

    assert [each.news for each in ripe] == [News.LOST, News.TRAFFIC]
    assert not since


def test_what_is_so_since_something_was_noticed_is_said_so_much_sooner() -> None:
    noticed = NOW - timedelta(seconds=0.2)
    ripe, _ = settle({}, [Update(News.LOST, "r", "a")], noticed, noticed + SETTLING, SETTLING)

    assert ripe


STAGES = st.sampled_from(Stage)
DOMAINS = st.dictionaries(st.sampled_from(["a.example", "b.example"]), STAGES).map(
    lambda found: tuple(Domain(each, stage) for each, stage in sorted(found.items()))
)
NAMES = [name(number) for number in range(1, 6)]


@st.composite
def stands(draw: st.DrawFn) -> Stand | None:
    """Any Service in any state; Revisions have the numbers of their names."""
    if draw(st.integers(0, 9)) == 0:
        return None
    numbers = sorted(draw(st.sets(st.integers(1, 5))), reverse=True)
    revisions = tuple(Known(name(number), number, draw(STAGES)) for number in numbers)
    shares = draw(st.none() | st.dictionaries(st.sampled_from(NAMES), st.integers(1, 100), max_size=2))
    subjects = draw(st.sets(st.sampled_from(["", *(known.name for known in revisions)]), max_size=2))
    return Stand(
        draw(st.sampled_from(["u1", "u1", "u1", "u2"])),
        revisions,
        max(numbers, default=0),
        None if shares is None else tuple(shares.items()),
        tuple(Trouble(subject, "why") for subject in sorted(subjects)),
        domains=draw(st.none() | DOMAINS),
    )


@settings(max_examples=500)
@given(stands(), stands())
def test_what_was_told_is_no_news_any_more(before: Stand | None, after: Stand | None) -> None:
    assert compare(absorb(before, after, compare(before, after), NOW), after) == ()


@settings(max_examples=500)
@given(stands(), stands(), st.data())
def test_what_was_not_told_stays_news(before: Stand | None, after: Stand | None, data: st.DataObject) -> None:
    news = compare(before, after)
    said = data.draw(st.lists(st.sampled_from(news), unique_by=lambda each: each.key)) if news else []
    if any(each.news in (News.MADE, News.GONE) for each in news) and news[0] not in said:
        said = []
    left = compare(absorb(before, after, said, NOW), after)

    assert {each.key for each in left} == {each.key for each in news} - {each.key for each in said}


def test_what_a_real_cluster_streamed_is_told_once_each() -> None:
    """A Service is made, updated, split, pinned, deleted; without its Revisions only its traffic tells."""
    from bot.knative import codec  # noqa: PLC0415 # the codec is what makes these values of the recording

    folder = Path(__file__).parents[1] / "recorded"
    heard: dict[str, list[str]] = {}
    stood: dict[str, Stand | None] = {}
    for line in next(folder.rglob("watch-services-create-update.jsonl")).read_text().splitlines():
        event = json.loads(line)
        if event["type"] == "BOOKMARK":
            continue
        owned = codec.SERVICES.one(json.dumps(event["object"]).encode(), "main")
        at = Snapshot(owned.owner, None if event["type"] == "DELETED" else owned.value)
        before, after = stood.get(owned.name), stand(at, (), NOW)
        news = compare(before, after)
        stood[owned.name] = absorb(before, after, news, NOW)
        heard.setdefault(owned.name, []).extend(each.news.value for each in news)

    assert heard == {"web": ["made", "traffic", "traffic", "gone"]}
