"""Logs that are followed in a thread: how they begin, what is shown of them, and why they end."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.core.answers import LogChunk, LogThread
from bot.core.change import Person
from bot.core.errors import Refused, Unavailable
from bot.core.model import LogLine, Snapshot
from bot.core.policy import Actor, Effect, Policy, Rule
from bot.core.ports import Addressee, Written
from bot.core.tailing import BETWEEN, Ending
from bot.operations.tailing import MOST, MOST_OF_CHANNEL, MOST_OF_PERSON
from tests.core import builders
from tests.operations.site import DEV, ELSEWHERE, FREE, GUEST, OPS, Site

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def written(*texts: str, lost: int = 0) -> Written:
    lines = tuple(LogLine("hello-00001", "pod-1", f"{number:04}", text) for number, text in enumerate(texts))
    return Written(lines, ("pod-1",), lost)


def relay(site: Site) -> None:
    site.clock.sleep(BETWEEN)
    site.operations.relay()


def write(site: Site, *texts: str, lost: int = 0) -> None:
    site.knative.streams[-1].next = written(*texts, lost=lost)
    relay(site)


def root(site: Site) -> LogThread:
    return next(said[-1] for said in site.channel.messages.values() if isinstance(said[-1], LogThread))


def chunks(site: Site) -> list[list[str]]:
    shown = [said[-1] for said in site.channel.messages.values() if isinstance(said[-1], LogChunk)]
    return [[line.text for line in answer.chunk.lines] for answer in shown]


def test_lines_come_in_the_thread_of_a_message_that_is_edited_while_there_is_room(site: Site) -> None:
    site.type("logs hello -f --since 5m")
    assert site.knative.streams[-1].asked == ("shop/hello", None, 10, timedelta(minutes=5))
    ts, *_ = site.channel.messages
    write(site, "one", "two")
    write(site)
    write(site, "three")
    assert chunks(site) == [["one", "two", "three"]]
    assert site.channel.places[list(site.channel.messages)[-1]] == (FREE, ts)


def test_new_lines_are_shown_every_few_seconds_and_not_before(site: Site) -> None:
    site.type("logs hello -f")
    write(site, "one")
    site.knative.streams[-1].next = written("two")
    site.operations.relay()
    assert chunks(site) == [["one"]]
    relay(site)
    assert chunks(site) == [["one", "two"]]


def test_only_lines_that_hold_a_word_are_shown(site: Site) -> None:
    site.type("logs hello -f previous --grep err")
    assert site.knative.streams[-1].asked[1] == "hello-00001"
    write(site, "fine", "error", "fine again")
    assert chunks(site) == [["error"]]


def test_a_storm_of_lines_is_one_message_and_counts_what_it_leaves_out(site: Site) -> None:
    site.type("logs hello -f")
    write(site, *(f"line {number} {'x' * 100}" for number in range(400)), lost=3)
    (shown,) = chunks(site)
    assert shown[-1].startswith("line 399 ")
    answer = list(site.channel.messages.values())[-1][-1]
    assert isinstance(answer, LogChunk)
    assert len(shown) + answer.chunk.omitted == 403


def test_who_started_it_stops_it_and_that_is_said(site: Site) -> None:
    site.type("logs hello -f")
    write(site, "one")
    site.click("stop_logs", root(site).id, DEV, FREE)
    assert (root(site).ending, root(site).by, root(site).count) == (Ending.STOPPED, DEV, 1)
    assert site.knative.streams[-1].closed
    write(site, "two")
    assert chunks(site) == [["one"]]
    site.click("stop_logs", root(site).id, DEV, FREE)
    assert site.told() == "not-followed"


def test_somebody_else_stops_it_only_if_they_may_look(site: Site) -> None:
    site.policy = Policy((Rule("some", Effect(), people=(DEV.user, OPS.user)),), {})
    site.operations = site.start()
    site.type("logs hello -f")
    site.click("stop_logs", root(site).id, GUEST, FREE)
    assert site.told(GUEST) == "refused"
    assert root(site).ending is None
    site.click("stop_logs", root(site).id, OPS, FREE)
    assert root(site).by == OPS


def test_it_ends_after_ten_minutes(site: Site) -> None:
    site.type("logs hello -f")
    site.clock.sleep(timedelta(minutes=10))
    relay(site)
    assert root(site).ending is Ending.TIME


def test_it_ends_with_the_process_and_with_the_service(site: Site) -> None:
    site.type("logs hello -f")
    site.operations.leave()
    assert root(site).ending is Ending.LEAVING

    site.channel.messages.clear()
    site.type("logs hello -f")
    site.knative.streams[-1].next = Written((), ())
    relay(site)
    assert root(site).ending is None
    site.knative.snapshots[builders.KEY] = Snapshot(builders.KEY, None)
    relay(site)
    assert root(site).ending is Ending.GONE


def test_a_service_is_followed_once_in_a_channel_and_again_in_another(site: Site) -> None:
    site.type("logs hello -f")
    site.type("logs hello -f")
    assert site.told() == "followed"
    site.type("logs hello -f", ELSEWHERE)
    assert len(site.knative.streams) == 2


def test_who_may_not_look_any_more_follows_no_longer(site: Site) -> None:
    site.type("logs hello -f")
    write(site, "one")
    site.directory.actors[DEV.user] = Actor(DEV, "dev", member=False, standing="a deactivated person", gone=True)
    write(site, "two")

    assert chunks(site) == [["one"]]
    assert root(site).ending is Ending.FORBIDDEN
    assert site.knative.streams[-1].closed


def test_while_slack_does_not_say_who_somebody_is_no_lines_are_shown(site: Site) -> None:
    site.type("logs hello -f")
    site.directory.trouble["actor"] = Unavailable("Slack does not answer.")
    write(site, "one")
    assert chunks(site) == []
    site.directory.trouble.clear()
    relay(site)

    assert chunks(site) == [["one"]]


def beside(site: Site, count: int) -> None:
    """Let there be more Services like hello: hello-1, hello-2 …"""
    for number in range(1, count + 1):
        key = replace(builders.KEY, name=f"hello-{number}")
        site.knative.snapshots[key] = replace(
            builders.snapshot(builders.target(builders.name(1), 100), key=key), key=key
        )


def test_not_more_are_followed_than_can_be_shown(site: Site) -> None:
    for number in range(9):
        site.type("logs shop/hello -f", f"C{number}", Person("T1", f"U{number}"))
    assert site.told(Person("T1", "U8")) == "busy"
    assert len(site.knative.streams) == MOST


def test_one_person_and_one_channel_leave_room_for_others(site: Site) -> None:
    beside(site, 4)
    for number in range(1, 4):
        site.type(f"logs hello-{number} -f")
    assert site.told() == "busy"
    assert len(site.knative.streams) == MOST_OF_PERSON
    assert "ten minutes" in site.hint()

    site.type("logs hello-3 -f", person=OPS)
    site.type("logs hello-4 -f", person=OPS)
    assert site.told(OPS) == "busy"
    assert len(site.knative.streams) == MOST_OF_CHANNEL
    site.type("logs hello-4 -f", ELSEWHERE, OPS)
    assert len(site.knative.streams) == MOST_OF_CHANNEL + 1


def test_what_has_ended_or_never_begun_takes_no_room(site: Site) -> None:
    beside(site, 3)
    for trouble in ("tail", "post"):
        where = site.knative.trouble if trouble == "tail" else site.channel.trouble
        where[trouble] = Unavailable("It does not answer.")
        for number in range(1, 4):
            site.type(f"logs hello-{number} -f")
        where.clear()
    for _ in range(3):
        site.type("logs hello -f")
        site.operations.stop_logs(root(site).id, Addressee(DEV, FREE))
        site.channel.messages.clear()

    site.type("logs hello-1 -f")
    site.type("logs hello-2 -f")
    assert sum(not stream.closed for stream in site.knative.streams) == MOST_OF_PERSON


def test_many_who_ask_at_once_get_no_more_room_than_there_is(site: Site) -> None:
    beside(site, 12)
    with ThreadPoolExecutor(12) as pool:
        for number in range(1, 13):
            pool.submit(site.type, f"logs hello-{number} -f")

    assert len(site.knative.streams) == MOST_OF_PERSON


def test_where_knobot_may_not_speak_nothing_is_followed(site: Site) -> None:
    site.channel.trouble["post"] = Refused("Knobot cannot speak in this channel.", code="not_in_channel")
    site.type("logs hello -f")
    assert site.told() == "not_in_channel"
    assert site.knative.streams[-1].closed


def test_what_slack_does_not_take_is_shown_later(site: Site) -> None:
    site.type("logs hello -f")
    site.channel.trouble["post"] = Unavailable("Slack did not answer.")
    write(site, "one")
    del site.channel.trouble["post"]
    write(site, "two")
    assert chunks(site) == [["one", "two"]]
    assert root(site).ending is None


def test_a_cluster_that_is_away_for_a_moment_ends_nothing_and_for_long_does(site: Site) -> None:
    site.type("logs hello -f")
    stream = site.knative.streams[-1]
    stream.trouble = Unavailable("Cluster main cannot be reached.")
    relay(site)
    assert root(site).ending is None
    for _ in range(15):
        relay(site)
    assert root(site).ending is Ending.UNREACHABLE


def test_logs_that_kubernetes_refuses_end_it(site: Site) -> None:
    site.type("logs hello -f")
    site.knative.streams[-1].trouble = Refused("Kubernetes does not let knobot get pods/log.")
    relay(site)
    assert root(site).ending is Ending.REFUSED
