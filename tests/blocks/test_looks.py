"""What those who look are shown, whole, as its plain text tells it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from textwrap import dedent
from typing import TYPE_CHECKING

import yaml

from bot.blocks import render
from bot.blocks.bars import PHONE
from bot.blocks.message import LISTING
from bot.core.answers import (
    Addresses,
    Comparison,
    CurlReport,
    EventTable,
    IngressTable,
    LogChunk,
    LogLines,
    LogThread,
    RevisionStatus,
    RevisionTable,
    RouteTable,
    ServiceManifest,
    ServiceStatus,
    ServiceTable,
)
from bot.core.change import State
from bot.core.dns import Record
from bot.core.model import Condition, Event, Gateway, LogLine, Object, ObjectKind, Pod, ServiceKey, TrafficTarget, Truth
from bot.core.tailing import Chunk, Ending
from bot.core.template import Change as Difference
from tests.blocks.examples import APPROVER, ASKER, KEY, NOW, change, plan, revision, service, snapshot
from tests.blocks.slack_rules import check

if TYPE_CHECKING:
    from bot.core.answers import Answer

SPLIT = service(
    TrafficTarget(90, "hello-00003"),
    TrafficTarget(10, "hello-00004", tag="candidate", url="http://candidate-hello.shop.example.com"),
)
WHY = 'Revision "hello-00005" failed with message: Back-off.'
BROKEN = service(
    conditions=(
        Condition("ConfigurationsReady", Truth.FALSE, "RevisionFailed", WHY),
        Condition("Ready", Truth.FALSE, "RevisionFailed", WHY),
        Condition("RoutesReady", Truth.TRUE),
    ),
    latest_created="hello-00005",
    annotations={"knobot.dev/changed-by": "slack:T1/U1DEV", "serving.knative.dev/lastModifier": "admin"},
)


def told(answer: Answer, room: int = 3_900) -> str:
    """Return the text of a message that keeps Slack's rules."""
    message = render(answer)
    check(message, room)
    return message.text


def lines(text: str) -> str:
    return dedent(text).strip()


def test_services_show_readiness_and_traffic_at_a_glance() -> None:
    long = replace(service(), key=ServiceKey("kind", "shop", "storefront-checkout-backend"))
    assert told(ServiceTable("shop", (SPLIT, BROKEN, long), NOW)) == lines("""
        *shop*: 2 of 3 Services are Ready
        ```
        NAME                 READY  TRAFFIC  AGE
        hello                True   90% 10%  10d
          hello:v4
        hello                False  100%     10d
          RevisionFailed · hello:v4
        storefron…t-backend  True   100%     10d
          storefront-checkout-backend
          hello:v4
        ```
    """)


def test_an_empty_namespace_is_told_how_to_begin() -> None:
    assert told(ServiceTable("hello-test", (), NOW)) == lines("""
        There are no Services in hello-test yet.
        To deploy the first one: `/knative deploy hello ghcr.io/acme/hello:v1 -n hello-test`
    """)


def test_very_many_services_end_with_how_many_are_left_out() -> None:
    many = tuple(replace(service(), key=replace(KEY, name=f"service-{number}")) for number in range(300))
    text = told(ServiceTable("shop", many, NOW), LISTING)
    listed = text.count("\nservice-")
    assert f"… and {300 - listed} more\n```" in text
    assert listed > 150
    assert "`/knative services --grep WORD`" in text


def test_a_hundred_services_with_long_names_are_all_there_and_only_what_is_not_fine_takes_two_lines() -> None:
    names = [f"storefront-checkout-backend-{number}" for number in range(99)]
    fine = [replace(service(), key=replace(KEY, name=name)) for name in names]
    text = told(ServiceTable("shop", (BROKEN, *fine), NOW), LISTING)
    assert "more\n```" not in text
    assert all(f"-{number} " in text for number in range(99))
    assert text.count("hello:v4") == 1
    fenced = text.split("```")[1]
    assert max(map(len, fenced.splitlines())) <= PHONE


def test_services_of_several_namespaces_stand_below_their_namespaces() -> None:
    other = replace(service(), key=ServiceKey("kind", "prod", "checkout"))
    assert told(ServiceTable(None, (other, BROKEN), NOW)) == lines("""
        All namespaces that you may look at: 1 of 2 Services is Ready
        ```
        prod/
        NAME      READY  TRAFFIC  AGE
        checkout  True   100%     10d
          hello:v4
        shop/
        NAME   READY  TRAFFIC  AGE
        hello  False  100%     10d
          RevisionFailed · hello:v4
        ```
    """)


def test_no_service_whose_name_holds_a_word_is_said_so() -> None:
    text = told(ServiceTable("shop", (), NOW, "check"))
    assert text == "There is no Service in shop whose name holds `check`."


def test_revisions_tell_which_are_kept_and_which_may_be_gone_soon() -> None:
    marked = replace(revision(3), annotations={"serving.knative.dev/no-gc": "true", "version": "1.3.3"})
    collected = {"hello-00002": NOW, "hello-00001": NOW + timedelta(hours=14)}
    everything = (revision(4), marked, revision(2), revision(1))
    text = told(RevisionTable(KEY, "shop", everything, {"hello": service()}, NOW, collected))
    assert "  previous · stable · kept · version=1.3.3 · hello:v3 · sha256:0123456789ab\n" in text
    assert "  may be deleted at any time · hello:v2 ·" in text
    assert "  may be deleted in 14h · hello:v1 ·" in text
    assert "`serving.knative.dev/no-gc=true`" in text


def test_revisions_show_traffic_tags_and_conditions_without_informational_ones() -> None:
    failed = revision(5, Truth.FALSE, "ImagePullBackOff", "Back-off")
    answer = RevisionTable(KEY, "shop", (failed, revision(4), revision(3)), {"hello": SPLIT}, NOW)
    assert told(answer) == lines("""
        *shop/hello*: 3 Revisions, newest first
        ```
        NAME         TRAFFIC  OK   AGE
        hello-00005  –        1/3  5d
          ImagePullBackOff · hello:v5 · sha256:0123456789ab
        hello-00004  10%      3/3  6d
          latest · tags candidate · hello:v4 · sha256:0123456789ab
        hello-00003  90%      3/3  7d
          previous · stable · hello:v3 · sha256:0123456789ab
        ```
    """)


def test_traffic_is_summed_where_one_revision_stands_in_several_targets() -> None:
    both = service(TrafficTarget(30, latest=True), TrafficTarget(30, "hello-00004"), TrafficTarget(40, "hello-00003"))
    text = told(RevisionTable(KEY, "shop", (revision(4),), {"hello": both}, NOW))
    assert "hello-00004  60% " in text


def test_events_tell_what_happened_and_what_to_do_about_warnings() -> None:
    minute = timedelta(minutes=1)
    happened = (
        Event("Configuration", "hello", "LatestCreatedFailed", "Gone.", NOW - 9 * minute, NOW - minute, True, 9),
        Event("Pod", "hello-00005-deployment-66f89fbfc-sq2f2", "Scheduled", "", NOW - 2 * minute, NOW - 2 * minute),
    )
    assert told(EventTable(KEY, happened, NOW, omitted=3)) == lines("""
        *shop/hello*: 5 events, 1 of them a warning, newest first
        :warning: 1m ago *LatestCreatedFailed* Configuration `hello`, 9 times, first 9m ago
                Gone.
                The newest Revision does not start: see its own reason, then deploy a fixed image.
        :small_blue_diamond: 2m ago *Scheduled* Pod `hello-00005-deployment-66f89fbfc-sq2f2`
        … and 3 more: `--lines` shows more of them.
    """)


def test_what_the_kubelet_calls_alike_has_the_remedy_of_its_words() -> None:
    words = ('Failed to pull image "x": not found', "Back-off restarting failed container", "Error: something else")
    happened = tuple(Event("Pod", "hello-00005", "Failed", said, NOW, NOW, True) for said in words)
    text = told(EventTable(KEY, happened, NOW))
    assert text.count("cannot pull the image") == 1
    assert text.count("starts and stops again") == 1


def test_no_events_are_said_to_be_forgotten_after_a_while() -> None:
    text = told(EventTable(KEY, (), NOW, revision="hello-00004", warnings=True))
    assert text == (
        "*shop/hello*, `hello-00004`: there are no warnings. Kubernetes forgets events after about an hour."
    )


def test_logs_that_are_followed_say_for_whom_and_why_it_ended() -> None:
    until = NOW + timedelta(minutes=10)
    shown = LogThread("t0", KEY, ASKER, until, "hello-00004", "error")
    message = render(shown)
    check(message)
    headline, small_print = message.text.split("\n")
    assert headline == (
        ":scroll: Following the logs of *shop/hello*, `hello-00004`, lines with `error` for <@U1DEV>: "
        "new lines are in the thread."
    )
    assert small_print == "until 2026-11-24 12:10 UTC, 10 minutes at most"
    assert message.blocks[-1]["elements"][0]["action_id"] == "stop-logs"

    stopped = replace(shown, revision=None, grep=None, ending=Ending.STOPPED, by=APPROVER, count=7)
    assert told(stopped) == (
        ":scroll: Followed the logs of *shop/hello* for <@U1DEV>, 7 lines: it ended, because <@U2OPS> stopped it."
    )
    assert told(replace(stopped, ending=Ending.TIME, by=None, count=1)).endswith(
        "1 line: it ended, because ten minutes are over."
    )


def test_lines_that_are_followed_tell_their_revision_and_pod() -> None:
    pod = "hello-00004-deployment-66f89fbfc-sq2f2"
    chunk = Chunk((LogLine("hello-00004", pod, "1", "listening"), LogLine("hello-blue", pod, "2", "x" * 500)), 3)
    assert told(LogChunk(KEY, chunk)) == lines(f"""
        *shop/hello*: 2 lines, and 3 before them that came too fast to be shown
        ```
        00004·sq2f2│listening
        blue·sq2f2│{"x" * 239}…
        ```
    """)


def test_status_tells_the_last_change_and_whether_somebody_else_came_after_it() -> None:
    last = replace(change(plan("rollout hello hello-00003=90"), State.DONE), generation=7)
    text = told(ServiceStatus(snapshot(SPLIT), (), NOW + timedelta(hours=3), last=last))
    assert "Last change 3h ago by <@U1DEV>: `rollout hello hello-00003=90` – done" in text
    assert "Changed since" not in text
    later = replace(SPLIT, generation=8, observed_generation=8)
    text = told(ServiceStatus(snapshot(later), (), NOW, last=last))
    assert "Changed since by system:serviceaccount:knobot:knobot, not through Knobot." in text
    domain = Object(ObjectKind.DOMAIN_MAPPING, "shop.example.com")
    mapped = replace(last, plan=replace(last.plan, about=domain), generation=1)
    assert "Changed since" not in told(ServiceStatus(snapshot(later), (), NOW, last=mapped)), "it counts for itself"


def test_a_service_as_yaml_hides_secrets() -> None:
    env = [{"name": "TARGET", "value": "blue"}, {"name": "DB_PASSWORD", "value": "hunter2"}]
    document = json.dumps({"spec": {"containers": [{"image": "ghcr.io/acme/hello:v4", "env": env}]}})
    text = told(ServiceManifest(service(template=document)), LISTING)
    assert "hunter2" not in text
    shown = yaml.safe_load(text.split("```")[1])
    assert shown["kind"] == "Service"
    assert shown["spec"]["template"]["spec"]["containers"][0]["env"][1] == {"name": "DB_PASSWORD", "value": "••••"}
    assert shown["spec"]["traffic"] == [{"latestRevision": True, "percent": 100}]
    assert shown["status"]["conditions"][0] == {"type": "ConfigurationsReady", "status": "True"}


def test_one_revision_tells_why_it_is_not_ready_and_what_it_runs() -> None:
    failed = replace(revision(5, Truth.FALSE, "ImagePullBackOff", "Back-off"), annotations={"version": "1.3.3"})
    pod = Pod("hello-00005-deployment-abc", "hello-00005", "Pending", False, 0, NOW, "ImagePullBackOff", "Back-off")
    facts = (Difference("image", None, "ghcr.io/acme/hello:v5"),)
    answer = RevisionStatus(service(), failed, facts, (pod,), NOW, NOW + timedelta(hours=14))
    assert told(answer) == lines("""
        :x: *hello-00005* of shop/hello is not Ready: 0% of the traffic
        1 OK / 3
        :small_blue_diamond: Active – NoTraffic: The target is not receiving traffic.
        :white_check_mark: ContainerHealthy
        :x: Ready – ImagePullBackOff: Back-off
                The cluster cannot pull the image: check its name and tag, and that the cluster may read the registry.
        :x: ResourcesAvailable – ImagePullBackOff: Back-off
                The cluster cannot pull the image: check its name and tag, and that the cluster may read the registry.
        0 of 1 pods ready
        :warning: pod `hello-00005-deployment-abc` ImagePullBackOff: Back-off
        image: `ghcr.io/acme/hello:v5`
        image digest: `sha256:0123456789ab`
        number 5 · made 5d ago · may be deleted in 14h · version=1.3.3
    """)


def test_one_revision_tells_its_traffic_and_tags_and_that_it_is_kept() -> None:
    marked = replace(revision(4), annotations={"serving.knative.dev/no-gc": "true"})
    text = told(RevisionStatus(SPLIT, marked, (), (), NOW))
    assert text.startswith(
        ":white_check_mark: *hello-00004* of shop/hello is Ready: 10% of the traffic, tag `candidate`"
    )
    assert "no pods now" in text
    assert "kept for good" in text


def test_no_revisions_are_said_to_be_none() -> None:
    assert told(RevisionTable(None, "shop", (), {}, NOW)).startswith("There are no Revisions in *shop*.")


def test_routes_tell_what_is_wished_and_what_is_so() -> None:
    moving = replace(service(), routed=(TrafficTarget(100, "hello-00003"),))
    assert told(RouteTable("shop", (moving,))) == lines("""
        *shop*: 1 Route
        *hello* <http://hello.shop.example.com>
            wished: 100% @latest
            actual: 100% hello-00003
    """)


def test_addresses_are_those_that_status_tells() -> None:
    assert told(Addresses(SPLIT)) == lines("""
        *shop/hello*: <http://hello.shop.example.com>
        `candidate` → hello-00004: <http://candidate-hello.shop.example.com>
    """)
    assert "no address yet" in told(Addresses(replace(SPLIT, url=None)))


def test_status_tells_a_broken_template_apart_from_traffic_that_is_served() -> None:
    revisions = (revision(5, Truth.FALSE, "ImagePullBackOff", "Back-off pulling image"), revision(4))
    pod = Pod("hello-00005-deployment-abc", "hello-00005", "Pending", False, 2, NOW, "ImagePullBackOff", "Back-off")
    assert told(ServiceStatus(snapshot(BROKEN, *revisions), (pod,), NOW)) == lines("""
        :x: *shop/hello* is not Ready, but an older Revision still serves: 100% hello-00004
        ```
        hello-00004 ██████████ 100% ⤴
        ```
        ⤴ follows latest: the next Revision that is Ready takes over its share.
        Newest Revision: hello-00005; newest that is Ready: hello-00004.
        :x: ConfigurationsReady, Ready – RevisionFailed: Revision "hello-00005" failed with message: Back-off.
                The newest Revision does not start: see its own reason, then deploy a fixed image.
        :x: hello-00005 Ready, ResourcesAvailable – ImagePullBackOff: Back-off pulling image
                The cluster cannot pull the image: check its name and tag, and that the cluster may read the registry.
        :warning: pod `hello-00005-deployment-abc` ImagePullBackOff, 2 restarts: Back-off
        <http://hello.shop.example.com>
        hello-00004: `ghcr.io/acme/hello:v4` (sha256:0123456789ab), 1 pod
        cluster kind · created 10d ago · last changed through Knobot by <@U1DEV> · last write by admin
    """)


def test_status_says_that_a_pinned_service_ignores_new_deploys() -> None:
    text = told(ServiceStatus(snapshot(SPLIT), (), NOW))
    assert text.startswith(":white_check_mark: *shop/hello* is Ready: 90% hello-00003, 10% hello-00004\n")
    assert ":pushpin: pinned: new deploys get no traffic until `/knative follow hello`." in text
    assert "`candidate` → hello-00004: <http://candidate-hello.shop.example.com>" in text
    assert "last write by system:serviceaccount:knobot:knobot" in text


def test_status_does_not_take_an_answer_about_an_older_generation_for_an_answer() -> None:
    text = told(ServiceStatus(snapshot(replace(service(), observed_generation=6)), (), NOW))
    assert text.startswith(":hourglass_flowing_sand: *shop/hello* is being worked on: 100% hello-00004\n")
    assert "Knative has not looked at the last change yet." in text


def test_scaled_to_zero_is_no_trouble() -> None:
    asleep = replace(revision(4), replicas=0, desired_replicas=0)
    text = told(ServiceStatus(snapshot(service(), asleep), (), NOW))
    assert "scaled to zero: the next request waits for a pod" in text
    assert "NoTraffic" not in text


def test_pods_that_are_still_ending_are_only_counted() -> None:
    ending = replace(revision(4), replicas=1, desired_replicas=0)
    assert ", 1 pod\n" in told(ServiceStatus(snapshot(service(), ending), (), NOW))


def test_curl_counts_the_different_answers() -> None:
    answers = (("Hello green!", 19), ("Hello blue!\n", 181))
    codes = ((200, 199), (503, 1))
    report = CurlReport(KEY, "http://hello.shop.example.com", answers, codes, 0.0123, 0.05, 12.34, asked=200)
    assert told(report) == lines("""
        Hello blue! 181 · Hello green! 19
        ```
        Hello blue!  █████████░ 90%
        Hello green! █░░░░░░░░░ 10%
        ```
        :warning: 1 with status 503: the ingress found no pod that takes requests: `pods` and `events` tell why.
        :warning: status 200: 199 · status 503: 1
        200 requests to <http://hello.shop.example.com> · median 12 ms, 95% within 50 ms, slowest 12.3 s
    """)


def test_curl_shows_headers_where_there_is_no_body_and_hides_what_is_secret() -> None:
    headers = (("Server", "envoy"), ("Set-Cookie", "id=1"), ("X-Api-Token", "abc"))
    url = "http://hello.shop.example.com/"
    report = CurlReport(KEY, url, (("", 1),), ((204, 1),), 0.01, 0.01, 0.01, "OPTIONS", headers, 1)
    assert told(report) == lines("""
        OPTIONS: status 204
        ```
        Server: envoy
        Set-Cookie: ••••
        X-Api-Token: ••••
        ```
        1 OPTIONS request to <http://hello.shop.example.com/> · 10 ms
    """)


def test_ingress_shows_gateways_and_the_records_to_set() -> None:
    kourier = Gateway("kourier-system", "kourier", "kourier", "LoadBalancer", ("203.0.113.7",), (80, 443), NOW)
    records = (Record("*.acme.dev", "A", "203.0.113.7"),)
    domains = {"acme.dev": True, "example.com": False}
    text = told(IngressTable("main", (kourier,), domains, records, NOW))
    assert text.partition("\n:warning:")[0] == lines("""
        Requests come into cluster *main* by one gateway
        ```
        NAME     PORTS   AGE
        kourier  80 443  0s
          203.0.113.7 · LoadBalancer · kourier in kourier-system
        ```
        ```
        DNS records:
        *.acme.dev
          A 203.0.113.7
        ```
    """)
    assert "`example.com` (for Services with a label of its own) is Knative's example" in text
    assert "`/knative domain default DOMAIN` sets a domain." in text


def test_an_ingress_that_is_not_found_is_said_so_with_what_was_looked_for() -> None:
    text = told(IngressTable("main", (), None, (), NOW))
    assert text.startswith("No gateway was found in cluster *main*.\n")
    assert "`networking.knative.dev/ingress-provider`" in text
    assert "may not read `knative-serving/config-domain`" in text


def test_a_gateway_without_an_address_waits_for_a_load_balancer() -> None:
    pending = Gateway("kourier-system", "kourier", "kourier", "LoadBalancer", (), (80,), NOW)
    text = told(IngressTable("main", (pending,), {"acme.dev": True}, (), NOW))
    assert "no address yet · LoadBalancer" in text
    assert "`acme.dev`: no record can be set before a gateway has an address." in text
    assert "waits for a load balancer" in text


def test_curl_shows_a_page_of_markup_as_one_short_line() -> None:
    page = "<html>\n<body>`" + "<!channel> " * 4_000
    text = told(CurlReport(KEY, "http://hello.shop.example.com", ((page, 1),), ((200, 1),), 0.01))
    assert text.startswith("&lt;html&gt; &lt;body&gt;’&lt;!channel")
    assert ":warning:" not in text


def test_whoever_asks_for_latest_is_told_of_others_that_could_be_meant() -> None:
    note = "latest is hello-00002: hello-00003 is newer but has failed."
    key = ServiceKey("main", "shop", "hello")
    assert note in told(LogLines(key, "hello-00002", ("a line",), notes=(note,)))
    assert note in told(LogLines(key, "hello-00002", (), notes=(note,)))
    assert note in told(Comparison(key, "hello-00001", "hello-00002", (), (note,)))
