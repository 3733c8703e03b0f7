"""What the adapter relies on, said once and checked on any cluster: the embedded one must not differ from a real one.

docs/sandbox.md says how to run them on a real one. They do not wait less than a real one needs, and do not compare what
moves by itself there: how many pods there are, and whether they are needed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.core import traffic
from bot.core.commands import Deploy, Follow, Rollback, Rollout, Share, Tag, Untag
from bot.core.errors import Invalid, NotFound, Stale
from bot.core.model import LogLine, Service, ServiceKey, Snapshot, TrafficTarget, Truth
from bot.core.plan import ACTOR, PLAN, State
from bot.core.ports import HttpRequest
from bot.core.template import TemplateEdit
from bot.core.template.scaling import scaling
from bot.core.template.variables import variable
from tests.contracts.site import CLUSTER, HERE, IMAGE, REAL, Hand, Site, eventually

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.core.plan import Plan
    from bot.knative.client import KnativeClusters

    Hands = Callable[[str], Hand]

GREEN = TemplateEdit(settings=(variable("TARGET", "green"),))


def deploy(target: str = "blue", image: str = IMAGE) -> Deploy:
    return Deploy(HERE, TemplateEdit(image=image, settings=(variable("TARGET", target),)))


def wished(snapshot: Snapshot) -> tuple[object, ...]:
    """Return what people write of a Service, and what was made of it: nothing of it moves by itself."""
    service = snapshot.service
    assert service is not None
    return service.generation, service.template, service.traffic, [each.name for each in snapshot.revisions]


def two_revisions(hand: Hand) -> Snapshot:
    hand.do(deploy())
    hand.ready()
    hand.do(Deploy(HERE, GREEN))
    return hand.ready()


def test_events_of_a_service_tell_what_became_of_its_objects(hand: Hands) -> None:
    hello = hand("eventful")
    hello.do(deploy())
    hello.ready()
    wanted = {
        ("Service", "Created"),
        ("Configuration", "Created"),
        ("Revision", "RevisionReady"),
        ("ReplicaSet", "SuccessfulCreate"),
    }

    def told() -> bool:
        found = hello.clusters.events(hello.key, [hello.nth(1)])
        return wanted <= {(event.kind, event.reason) for event in found}

    eventually(told)  # they are written beside what they tell of
    assert list(hello.clusters.events(hand("eventless").key, [])) == []


def test_the_gateways_are_those_by_which_requests_come_in(clusters: KnativeClusters) -> None:
    found = clusters.gateways(CLUSTER)
    if REAL and not found:
        pytest.skip("no gateway of Kourier, Contour, Istio or the Gateway API takes requests from outside")
    assert {gateway.provider for gateway in found} <= {"kourier", "contour", "istio", "gateway-api"}
    assert all(gateway.ports for gateway in found)


@pytest.mark.usefixtures("answering")
def test_followed_logs_bring_what_is_written_from_now_on(hand: Hands) -> None:
    hello = hand("followed")
    hello.do(deploy())
    service = hello.ready().service
    assert service is not None
    stream = hello.clusters.tail(hello.key, None, 0, None)
    try:
        eventually(lambda: stream.take().pods)
        lines: list[LogLine] = []

        def arrived() -> bool:
            hello.clusters.fetch(service, HttpRequest())
            lines.extend(stream.take().lines)
            return bool(lines)

        eventually(arrived)
        assert {line.revision for line in lines} == {hello.nth(1)}
        assert lines[0].pod.startswith(f"{hello.nth(1)}-deployment-")
        assert [line.at for line in lines] == sorted(line.at for line in lines)
        assert "T" in lines[0].at
        assert lines[0].text
    finally:
        stream.close()


def test_followed_logs_go_on_with_the_pods_of_the_next_revision(hand: Hands) -> None:
    hello = hand("replaced")
    hello.do(deploy())
    hello.ready()
    stream = hello.clusters.tail(hello.key, None, 10, None)
    try:
        seen: set[str] = set()

        def of(revision: str) -> bool:
            seen.update(line.revision for line in stream.take().lines)
            return revision in seen

        eventually(lambda: of(hello.nth(1)))
        hello.do(Deploy(HERE, GREEN))
        eventually(lambda: of(hello.nth(2)))
    finally:
        stream.close()


def forged(plan: Plan, *targets: tuple[int, str]) -> Plan:
    """Return a plan with traffic that the core would never plan, to hear what the webhook says."""
    wrong = tuple(TrafficTarget(percent, revision=name) for percent, name in targets)
    return replace(plan, after=State(wrong, plan.after.template))


def test_a_service_that_is_not_there_is_none(hand: Hands) -> None:
    assert hand("nothing").look() == Snapshot(hand("nothing").key, None)


def test_a_cluster_that_is_not_connected_is_not_found(clusters: KnativeClusters) -> None:
    with pytest.raises(NotFound, match="There is no cluster mars"):
        clusters.snapshot(ServiceKey("mars", "shop", "hello"))


def test_a_created_service_carries_its_plan_and_who_asked_for_it(hand: Hands) -> None:
    hello = hand("created")
    plan = hello.plan(deploy())
    written = hello.write(plan)
    assert written.generation == 1
    assert written.annotations[PLAN] == plan.id
    assert written.annotations[ACTOR] == "slack:T1/U1"
    snapshot = hello.ready()
    assert [revision.name for revision in snapshot.revisions] == [hello.nth(1)]
    assert snapshot.revisions[0].image == IMAGE
    assert snapshot.revisions[0].ready is Truth.TRUE


def test_a_dry_run_is_checked_like_the_write_and_stores_nothing(hand: Hands) -> None:
    hello = hand("tried")
    created = hello.clusters.rehearse(hello.plan(deploy()))
    assert isinstance(created, Service)
    assert hello.look().service is None
    hello.do(deploy())
    before = hello.ready()
    changed = hello.clusters.rehearse(hello.plan(Deploy(HERE, GREEN)))
    assert isinstance(changed, Service)
    assert before.service is not None
    assert changed.generation == before.service.generation + 1
    bounds = TemplateEdit(settings=(scaling("min-scale", 2), scaling("max-scale", 1)))
    impossible = hello.plan(Deploy(HERE, bounds))
    with pytest.raises(Invalid, match="max-scale=1 is less than min-scale=2"):
        hello.clusters.rehearse(impossible)
    assert wished(hello.look()) == wished(before)


def test_creating_in_a_namespace_that_is_not_there_names_the_namespace(clusters: KnativeClusters) -> None:
    lost = Hand(clusters, ServiceKey(CLUSTER, "nowhere-at-all", "hello"))
    with pytest.raises(NotFound, match="There is no namespace nowhere-at-all"):
        lost.do(deploy())


def test_creating_what_somebody_else_created_meanwhile_is_stale(hand: Hands) -> None:
    hello = hand("race")
    late = hello.plan(deploy("late"))
    hello.do(deploy("early"))
    with pytest.raises(Stale, match="was created by somebody else"):
        hello.write(late)


def test_a_new_image_or_variable_makes_a_revision_and_keeps_what_is_not_named(hand: Hands) -> None:
    hello = hand("updated")
    snapshot = two_revisions(hello)
    assert [revision.name for revision in snapshot.revisions] == [hello.nth(2), hello.nth(1)]
    assert snapshot.service is not None
    assert snapshot.service.routed[0].revision == hello.nth(2)
    assert snapshot.revisions[0].image == IMAGE
    assert '"green"' in snapshot.revisions[0].spec


@pytest.mark.usefixtures("answering")
def test_a_split_becomes_true_and_requests_follow_it(hand: Hands) -> None:
    hello = hand("split")
    two_revisions(hello)
    hello.do(Rollout(HERE, (Share("latest", 20), Share("previous", 80))))
    snapshot = hello.ready()
    assert snapshot.service is not None
    assert {(target.revision, target.percent) for target in snapshot.service.routed} == {
        (hello.nth(1), 80),
        (hello.nth(2), 20),
    }
    service = snapshot.service

    def by_weight() -> bool:
        bodies = [response.body for response in hello.clusters.fetch(service, HttpRequest(count=100))]
        return 60 <= bodies.count("Hello blue!\n") <= 95 and 5 <= bodies.count("Hello green!\n") <= 40

    eventually(by_weight)  # an ingress takes a moment to hear of it


@pytest.mark.usefixtures("answering")
def test_a_tag_has_an_address_of_its_own(hand: Hands) -> None:
    hello = hand("tagged")
    two_revisions(hello)
    hello.do(Tag(HERE, "previous", "old"))
    service = hello.ready().service
    assert service is not None
    assert traffic.tags(service.traffic) == {"old": hello.nth(1)}
    eventually(lambda: hello.clusters.fetch(service, HttpRequest(tag="old"))[0].body == "Hello blue!\n")
    with pytest.raises(NotFound, match="no tag “new”"):
        hello.clusters.fetch(service, HttpRequest(tag="new"))
    hello.do(Untag(HERE, "old"))
    untagged = hello.ready().service
    assert untagged is not None
    assert traffic.tags(untagged.traffic) == {}


def test_a_rollback_pins_and_a_deploy_meanwhile_gets_no_traffic_until_follow(hand: Hands) -> None:
    hello = hand("pinned")
    two_revisions(hello)
    hello.do(Rollback(HERE, "previous"))
    hello.ready()
    hello.do(deploy("red"))
    service = hello.ready().service
    assert service is not None
    assert [(target.revision, target.percent) for target in service.routed] == [(hello.nth(1), 100)]
    assert service.latest_ready == hello.nth(3)
    hello.do(Follow(HERE))
    following = hello.ready().service
    assert following is not None
    assert [(target.revision, target.latest) for target in following.routed] == [(hello.nth(3), True)]


def test_a_plan_whose_base_was_changed_is_stale_and_writes_nothing(hand: Hands) -> None:
    hello = hand("stale")
    two_revisions(hello)
    plan = hello.plan(Rollback(HERE, "previous"))
    hello.do(deploy("red"))
    before = hello.ready().service
    with pytest.raises(Stale, match="was changed in the meantime"):
        hello.write(plan)
    after = hello.look().service
    assert before is not None
    assert after is not None
    assert (after.generation, after.annotations[PLAN]) == (before.generation, before.annotations[PLAN])


def test_a_plan_whose_service_was_deleted_is_stale(hand: Hands, site: Site) -> None:
    hello = hand("deleted")
    two_revisions(hello)
    plan = hello.plan(Rollback(HERE, "previous"))
    site.delete(hello.key)
    eventually(lambda: hello.look().service is None)
    with pytest.raises(Stale, match="was deleted"):
        hello.write(plan)


def test_a_conflict_that_is_not_about_the_spec_is_retried(hand: Hands, site: Site) -> None:
    hello = hand("touched")
    two_revisions(hello)
    plan = hello.plan(Rollback(HERE, "previous"))
    site.touch(hello.key, {"metadata": {"annotations": {"example.com/note": "by somebody else"}}})
    written = hello.write(plan)
    assert written.annotations[PLAN] == plan.id
    assert written.annotations["example.com/note"] == "by somebody else"
    assert traffic.percents(written.traffic) == {hello.nth(1): 100}


def test_applying_the_same_plan_again_writes_nothing_more(hand: Hands) -> None:
    hello = hand("twice")
    two_revisions(hello)
    plan = hello.plan(Rollback(HERE, "previous"))
    assert not hello.clusters.applied(plan)
    first = hello.write(plan)
    hello.ready()
    second = hello.write(plan)
    assert second.generation == first.generation
    assert hello.clusters.applied(plan)


def test_the_webhook_is_quoted_in_clean_words(hand: Hands) -> None:
    hello = hand("refused")
    two_revisions(hello)
    plan = hello.plan(Rollback(HERE, "previous"))
    with pytest.raises(Invalid) as refusal:
        hello.write(forged(plan, (100, hello.nth(1)), (10, hello.nth(2))))
    assert refusal.value.message == "Knative refuses this: Traffic targets sum to 110, want 100 (spec.traffic)."


def test_a_revision_that_cannot_start_says_why_and_the_old_one_keeps_serving(hand: Hands) -> None:
    hello = hand("broken")
    hello.do(deploy())
    hello.ready()
    hello.do(deploy("red", "registry.example.com/missing:1"))

    def failed() -> Snapshot | None:
        snapshot = hello.look()
        return snapshot if snapshot.service and snapshot.service.ready is Truth.FALSE else None

    snapshot = eventually(failed)
    assert snapshot.service is not None
    assert snapshot.service.latest_ready == hello.nth(1)
    assert snapshot.service.routed[0].revision == hello.nth(1)
    ready = snapshot.revisions[0].condition("Ready")
    assert ready is not None
    assert ready.status is Truth.FALSE
    assert ready.reason
    assert ready.message


def test_pods_are_those_of_the_revision_asked_for_and_logs_are_theirs(hand: Hands) -> None:
    hello = hand("logged")
    two_revisions(hello)
    pods = hello.clusters.pods(hello.key, hello.nth(2))
    assert {pod.revision for pod in pods} == {hello.nth(2)}
    assert any(pod.ready for pod in pods)
    assert {pod.revision for pod in hello.clusters.pods(hello.key)} <= {hello.nth(1), hello.nth(2)}
    lines = hello.clusters.logs(hello.key, hello.nth(2), 1)
    assert len(lines) == 1
    assert lines[0].strip()
    assert not lines[0].startswith("{"), "the sidecar logs JSON, and is not asked"
    assert hello.clusters.logs(hello.key, hello.nth(9), 10) == []


def test_lists_are_of_the_namespace_in_order(hand: Hands, clusters: KnativeClusters, site: Site) -> None:
    hello, other = hand("list-a"), hand("list-b")
    for each in (other, hello):
        each.do(deploy())
    names = [service.key.name for service in clusters.services(CLUSTER, site.namespace)]
    assert names == sorted(names)
    assert {hello.name, other.name} <= set(names)
    hello.ready()
    assert hello.nth(1) in {revision.name for revision in clusters.revisions(CLUSTER, site.namespace)}


def test_a_reflector_tells_of_changes_and_has_what_the_server_has(
    hand: Hands, clusters: KnativeClusters, site: Site
) -> None:
    hello = hand("watched")
    hello.do(deploy())
    hello.ready()
    told: list[ServiceKey] = []
    reflector = clusters.reflector(CLUSTER, [site.namespace], told.append)
    reflector.start()

    def same() -> bool:
        return replace(reflector.snapshot(hello.key), domains=None) == hello.look()

    try:
        assert reflector.synced.wait(30)
        eventually(same)
        hello.do(Deploy(HERE, GREEN))
        hello.ready()
        eventually(same)
        assert hello.key in told
        site.delete(hello.key)
        eventually(lambda: reflector.snapshot(hello.key).service is None)
        assert reflector.health().synced
    finally:
        reflector.stop()
