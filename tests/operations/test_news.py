"""What happens to a Service is told to those who want to hear of it: once it lasts, once, and where it belongs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bot.blocks import render
from bot.core import tally
from bot.core.answers import Bulletin, Problem, StoryCard, StoryReply
from bot.core.errors import Refused, Unavailable
from bot.core.model import Condition, DomainMapping, ServiceKey, Snapshot, Truth
from bot.core.stories import AT_ONCE
from bot.core.updates import News
from tests.core import builders
from tests.core.builders import name, revision
from tests.operations.site import ELSEWHERE, FREE, SECOND, Site

if TYPE_CHECKING:
    from bot.core.answers import Answer
    from bot.core.model import Revision
    from bot.operations import Operations

AWAY = Unavailable("It does not answer.")
SETTLED = timedelta(seconds=3)
MINUTE = timedelta(minutes=1)
BROKEN = revision(3, Truth.FALSE, "ExitCode1", "boom")


def hear(site: Site, span: timedelta = SECOND * 4, process: Operations | None = None) -> None:
    """Let time pass in steps in which a process listens and speaks."""
    bot = process or site.operations
    for _ in range(4):
        site.clock.sleep(span / 4)
        bot.listen()
        bot.speak()


def happens(site: Site, *newest: Revision, key: ServiceKey = builders.KEY, leads: int = 2) -> None:
    """Let the Service have these Revisions on top of two good ones."""
    revisions = (*newest, revision(2), revision(1))
    made = builders.snapshot(revisions=revisions, leads=leads, created=revisions[0].number, key=key)
    site.knative.snapshots[key] = replace(made, key=key)
    site.operations.notice(key)


def started(site: Site, watch: str = "watch all") -> Site:
    """A site where the channel watches and everything that is there is known."""
    site.type(watch, FREE)
    happens(site)
    hear(site)
    return site


def said(site: Site, kind: type[Answer] = StoryCard, channel: str = FREE) -> list[list[Answer]]:
    """What each message of this kind has shown in a channel."""
    return [
        shown
        for ts, shown in site.channel.messages.items()
        if isinstance(shown[-1], kind) and site.channel.places[ts][0] == channel
    ]


def told(site: Site, channel: str = FREE) -> list[News]:
    """All news that the stories of a channel tell now."""
    return [
        update.news
        for shown in said(site, channel=channel)
        for card in shown[-1:]
        if isinstance(card, StoryCard)
        for entry in card.story.entries
        for update in entry.updates
    ]


def test_what_was_there_before_is_no_news(site: Site) -> None:
    started(site)
    assert said(site) == []


def test_a_new_revision_is_told_when_it_lasts_and_its_message_is_edited(site: Site) -> None:
    started(site)
    happens(site, revision(3, Truth.UNKNOWN))
    hear(site, SECOND)
    assert said(site) == []
    hear(site)
    happens(site, revision(3), leads=3)
    hear(site)

    assert told(site) == [News.REVISION, News.READY, News.TRAFFIC]
    assert len(said(site)) == 1
    assert said(site, StoryReply) == []


def test_what_was_told_typed_and_ticked_is_counted(site: Site) -> None:
    started(site)
    happens(site, BROKEN)
    hear(site)
    site.type("status hello")
    site.type("status nobody")
    site.type("sttus hello")
    site.operations.tick()

    assert site.tally.counts == {
        (tally.NEWS.name, "failed"): 1,
        (tally.TOLD.name, "own"): 1,
        (tally.COMMANDS.name, "status", "ok"): 1,
        (tally.COMMANDS.name, "status", "refused"): 1,
        (tally.COMMANDS.name, "", "unreadable"): 1,
        (tally.COMMANDS.name, "watch", "ok"): 1,
    }
    assert site.tally.durations == {tally.TICK.name: 1}


def test_a_blip_is_not_told(site: Site) -> None:
    started(site)
    happens(site, BROKEN)
    hear(site, SECOND * 2)
    happens(site)
    hear(site, SECOND * 20)

    assert said(site) == []


def test_a_failure_is_told_with_its_logs_and_its_recovery_answers_it(site: Site) -> None:
    started(site, "watch failures")
    site.knative.wrote_last = ("panic: no such flag",)
    happens(site, BROKEN)
    hear(site)
    happens(site, revision(4), BROKEN, leads=4)
    hear(site, MINUTE * 4)

    ((first, *_, last),) = said(site)
    assert "panic: no such flag" in render(first).text
    assert "hello-00002" in render(first).text
    assert told(site) == [News.FAILED, News.BACK]
    ((reply,),) = said(site, StoryReply)
    assert "nothing is wrong any more" in render(reply).text
    assert "nothing is wrong any more" in render(last).text
    root = next(ts for ts, shown in site.channel.messages.items() if shown[-1] == last)
    assert [thread for _, thread in site.channel.places.values() if thread] == [root]


def test_a_recovery_answers_a_failure_of_the_day_before(site: Site) -> None:
    started(site)
    happens(site, BROKEN)
    hear(site)
    site.clock.sleep(timedelta(days=1))
    happens(site, revision(4), BROKEN, leads=4)
    hear(site)
    assert len(said(site)) == 1

    site.clock.sleep(timedelta(days=1))
    happens(site, revision(5), revision(4), BROKEN, leads=5)
    hear(site)
    assert len(said(site)) == 2


def test_a_restart_says_nothing_twice_and_misses_nothing(site: Site) -> None:
    started(site)
    happens(site, BROKEN)
    hear(site)
    before = [list(shown) for shown in said(site)]
    again = site.start()
    hear(site, process=again)
    assert said(site) == before

    happens(site, revision(4), BROKEN, leads=4)
    third = site.start()
    hear(site, process=third)
    assert told(site)[-2:] == [News.BACK, News.TRAFFIC]


def test_a_service_that_was_made_or_deleted_while_nobody_looked_is_told(site: Site) -> None:
    started(site)
    other = ServiceKey("main", "shop", "other")
    site.clock.sleep(MINUTE)
    made = builders.snapshot(key=other, created=2, uid="uid-2")
    assert made.service is not None
    site.knative.snapshots[other] = Snapshot(other, replace(made.service, created=site.clock.now()), made.revisions)
    hear(site, process=site.start())
    assert told(site)[0] is News.MADE

    del site.knative.snapshots[other]
    hear(site, process=site.start())
    assert told(site)[-1] is News.GONE


def test_of_two_processes_one_tells(site: Site) -> None:
    started(site)
    other = site.start()
    happens(site, BROKEN)
    other.notice(builders.KEY)
    for _ in range(8):
        site.clock.sleep(SECOND)
        for bot in (site.operations, other):
            bot.listen()
        for bot in (other, site.operations):
            bot.speak()

    assert told(site) == [News.FAILED]
    ((_,),) = said(site)


def test_what_slack_does_not_take_is_told_later(site: Site) -> None:
    started(site)
    site.channel.trouble["post"] = AWAY
    happens(site, BROKEN)
    hear(site)
    assert said(site) == []
    site.channel.trouble.clear()
    hear(site, SECOND * 20)

    assert told(site) == [News.FAILED]


def test_what_was_learned_before_a_crash_is_told_by_another(site: Site) -> None:
    started(site)
    happens(site, BROKEN)
    for _ in range(5):
        site.clock.sleep(SECOND)
        site.operations.listen()
    hear(site, process=site.start())

    assert told(site) == [News.FAILED]


def test_where_knobot_may_not_speak_it_is_left_at_that(site: Site) -> None:
    started(site)
    site.channel.trouble["post"] = Refused("Not here.")
    happens(site, BROKEN)
    hear(site)
    site.channel.trouble.clear()
    hear(site, SECOND * 20)

    assert said(site) == []


def test_a_message_that_was_deleted_is_posted_anew(site: Site) -> None:
    started(site)
    happens(site, revision(3, Truth.UNKNOWN))
    hear(site)
    site.channel.deleted.update(site.channel.messages)
    happens(site, revision(3), leads=3)
    hear(site)

    assert len(said(site)) == 2


def test_a_change_that_has_a_card_here_is_not_told_again_but_elsewhere_it_is(site: Site) -> None:
    started(site)
    site.type("watch shop/* all", ELSEWHERE)
    site.knative.prompt = True
    site.type("deploy hello ghcr.io/acme/hello:v9")
    site.operations.notice(builders.KEY)
    hear(site)
    site.operations.tick()
    hear(site)

    assert told(site, FREE) == []
    assert told(site, ELSEWHERE) == [News.READY, News.TRAFFIC]
    (card,) = said(site, channel=ELSEWHERE)
    assert "<@U1DEV>" in render(card[-1]).text


def test_a_revision_is_on_the_card_of_the_change_that_made_it_also_when_others_follow_at_once(site: Site) -> None:
    started(site)
    site.type("watch shop/* all", ELSEWHERE)
    site.type("deploy hello ghcr.io/acme/hello:v9")
    site.wait()
    site.type("annotate hello owner=shop")
    site.operations.notice(builders.KEY)
    hear(site)

    assert News.READY not in told(site, FREE)
    assert News.READY in told(site, ELSEWHERE)


def test_watches_choose_by_pattern_label_and_topic(site: Site) -> None:
    started(site, "watch check* all")
    site.type("watch failures --label team=web", FREE)
    site.type("watch traffic", ELSEWHERE)
    happens(site, BROKEN)
    hear(site)

    assert said(site) == []
    assert said(site, channel=ELSEWHERE) == []


def test_the_same_wish_twice_is_one_watch(site: Site) -> None:
    site.type("watch failures")
    site.type("watch shop/* failures")

    assert site.told() == "no-change"
    assert len(site.store.watches.all()) == 1


def test_a_watch_ends_by_its_id_or_its_pattern(site: Site) -> None:
    site.type("watch failures")
    site.type("watch hello")
    first, _ = site.store.watches.all()
    site.type(f"unwatch {first.id}")
    site.type("unwatch hello")
    site.type("unwatch hello")

    assert site.store.watches.all() == []
    assert site.told() == "not-found"


def test_domains_that_lead_to_a_deleted_service_are_named(site: Site) -> None:
    started(site)
    site.knative.snapshots[builders.KEY] = Snapshot(
        builders.KEY, None, domains=(DomainMapping("hello.example.org", "hello"),)
    )
    site.operations.notice(builders.KEY)
    hear(site)

    ((card,),) = said(site)
    assert "the Service is deleted: hello.example.org still leads to it" in render(card).text


def test_what_is_muted_is_told_when_the_mute_ends(site: Site) -> None:
    started(site)
    site.type("mute hello 1h")
    happens(site, BROKEN)
    hear(site)
    assert said(site) == []
    hear(site, timedelta(hours=1))
    hear(site)
    assert told(site) == [News.FAILED]
    happens(site, revision(4), BROKEN, leads=4)
    hear(site)

    assert told(site) == [News.FAILED, News.READY, News.BACK, News.TRAFFIC]


def test_what_has_come_and_gone_in_a_mute_is_told_to_nobody(site: Site) -> None:
    started(site)
    site.type("mute hello 1h")
    for state in (Truth.FALSE, Truth.TRUE):
        made = builders.snapshot(revisions=(revision(2, state), revision(1)), leads=2, created=2)
        site.knative.snapshots[builders.KEY] = made
        site.operations.notice(builders.KEY)
        hear(site)
    hear(site, timedelta(hours=1))
    hear(site)
    assert said(site) == []

    happens(site, BROKEN)
    hear(site)
    assert told(site) == [News.FAILED]


def test_what_a_mute_has_kept_back_is_told_when_it_is_lifted_and_later_when_it_is_longer(site: Site) -> None:
    started(site)
    site.type("mute hello 1h")
    happens(site, BROKEN)
    hear(site)
    site.type("mute hello 3h")
    hear(site, timedelta(hours=2))
    assert said(site) == []
    site.type("unmute hello")
    hear(site)

    assert told(site) == [News.FAILED]


def test_a_mute_is_lifted(site: Site) -> None:
    started(site)
    site.type("mute hello")
    site.type("mute hello off")
    happens(site, BROKEN)
    hear(site)
    assert told(site) == [News.FAILED]

    site.type("unmute")
    assert site.told() == "not-found"


def test_quiet_hours_collect_and_tell_afterwards(site: Site) -> None:
    site.clock.time = datetime(2026, 11, 24, 23, 0, tzinfo=UTC)
    started(site, "watch all --quiet 22:00-07:00")
    happens(site, BROKEN)
    hear(site)
    happens(site, revision(4), BROKEN, leads=4)
    hear(site, timedelta(hours=6))
    assert said(site) == []
    site.clock.time = datetime(2026, 11, 25, 7, 0, tzinfo=UTC)
    hear(site)

    assert told(site) == [News.FAILED, News.READY, News.BACK, News.TRAFFIC]
    ((_,),) = said(site)


def storm(site: Site, count: int) -> None:
    """Let so many Services get a Revision, every hundredth a broken one."""
    for number in range(count):
        key = ServiceKey("main", "shop", f"s{number:04}")
        happens(site, BROKEN if number % 100 == 0 else revision(3), key=key, leads=2 if number % 100 == 0 else 3)


def test_a_storm_is_a_few_honest_messages(site: Site) -> None:
    site.type("watch all")
    for number in range(1000):
        happens(site, key=ServiceKey("main", "shop", f"s{number:04}"))
    hear(site)
    before = len(site.channel.messages)
    for batch in range(20):
        for number in range(batch * 50, batch * 50 + 50):
            key = ServiceKey("main", "shop", f"s{number:04}")
            bad = number % 100 == 0
            happens(site, BROKEN if bad else revision(3), key=key, leads=2 if bad else 3)
        hear(site, SECOND * 3)
    hear(site, SECOND * 8)

    messages = len(site.channel.messages) - before
    edits = sum(len(shown) for shown in site.channel.messages.values()) - len(site.channel.messages)
    assert messages <= 8
    assert edits <= 40
    shown = said(site, Bulletin)
    counted = sum(len(bulletin[-1].stories) for bulletin in shown if isinstance(bulletin[-1], Bulletin))
    assert counted + len(said(site)) == 1000
    text = render(shown[-1][-1]).text
    assert "Revisions Ready: " in text or "traffic moved: " in text
    assert " others" in text
    assert "failures" in text


def test_a_service_of_a_bulletin_gets_its_own_message_when_the_storm_is_over(site: Site) -> None:
    site.type("watch all")
    for number in range(20):
        happens(site, key=ServiceKey("main", "shop", f"s{number:04}"))
    hear(site)
    storm(site, 20)
    hear(site)
    calm = ServiceKey("main", "shop", "s0019")
    site.clock.sleep(timedelta(hours=1))
    happens(site, revision(4), revision(3), key=calm, leads=4)
    hear(site)

    cards = [shown[-1] for shown in said(site)]
    assert any(isinstance(card, StoryCard) and card.story.key == calm for card in cards)


def test_where_an_edit_would_have_to_wait_the_news_are_said_below_the_bulletin_and_it_catches_up(site: Site) -> None:
    site.type("watch all")
    for number in range(60):
        happens(site, key=ServiceKey("main", "shop", f"s{number:04}"))
    hear(site)
    storm(site, 20)
    hear(site)
    site.channel.waits["update"] = 1.0
    for number in range(20, 60):
        happens(site, revision(3), key=ServiceKey("main", "shop", f"s{number:04}"), leads=3)
    hear(site)

    ((first, above), (reply, below)) = [
        (ts, shown) for ts, shown in site.channel.messages.items() if isinstance(shown[-1], Bulletin)
    ]
    assert site.channel.places[reply] == (FREE, first)
    assert isinstance(below[-1], Bulletin)
    assert len(below[-1].stories) == 40
    site.channel.waits.clear()
    hear(site)
    assert isinstance(above[-1], Bulletin)
    assert len(above[-1].stories) == 20 + 40 - len(said(site))


def test_services_that_have_messages_of_their_own_share_a_bulletin_when_all_have_news(site: Site) -> None:
    site.type("watch all")
    keys = [ServiceKey("main", "shop", f"s{number:04}") for number in range(20)]
    for key in keys:
        happens(site, key=key)
        hear(site)
    for key in keys:
        happens(site, revision(3), key=key, leads=3)
        hear(site, SECOND * 40)
    cards = said(site)
    assert len(cards) == 20
    site.clock.sleep(timedelta(hours=1))
    for key in keys:
        happens(site, revision(4, Truth.FALSE, "ExitCode1"), revision(3), key=key, leads=3)
    hear(site)

    (bulletin,) = said(site, Bulletin)
    assert isinstance(bulletin[-1], Bulletin)
    own = [shown for shown in cards if isinstance(shown[-1], StoryCard) and shown[-1].story.troubled]
    assert len(own) == AT_ONCE
    assert len(bulletin[-1].stories) == 20 - AT_ONCE
    site.clock.sleep(timedelta(hours=1))
    happens(site, revision(5), revision(3), key=keys[-1], leads=5)
    hear(site)
    assert isinstance(cards[-1][-1], StoryCard)
    assert not cards[-1][-1].story.troubled
    assert said(site) == cards


def test_pods_that_cannot_be_scheduled_are_told_although_no_event_says_so(site: Site) -> None:
    from bot.core.model import Pod  # noqa: PLC0415 # of this test only

    started(site)
    pod = Pod("p", name(3), "Pending", ready=False, restarts=0, created=site.clock.now(), reason="Unschedulable")
    site.knative.starting = (pod,)
    happens(site, revision(3, Truth.UNKNOWN))
    hear(site, SECOND * 40)
    hear(site, SECOND * 40)

    assert told(site) == [News.REVISION, News.FAILED]


def test_a_route_in_trouble_is_told(site: Site) -> None:
    started(site)
    bad = (Condition("RoutesReady", Truth.FALSE, "CertificateProvisionFailed", "no issuer"),)
    site.knative.snapshots[builders.KEY] = builders.snapshot(conditions=bad)
    site.operations.notice(builders.KEY)
    hear(site)

    assert told(site) == [News.ROUTE]
    assert "check the domain" in render(said(site)[0][-1]).text


def test_the_list_of_watches_is_shown(site: Site) -> None:
    site.type("watch")
    site.type("watch failures")
    site.type("mute hello")
    site.type("watch")
    texts = [render(answer).text for _, answer in site.channel.answers if not isinstance(answer, Problem)]

    assert "told nothing by itself" in texts[0]
    assert "shop/*" in texts[-1]
    assert "Muted" in texts[-1]
