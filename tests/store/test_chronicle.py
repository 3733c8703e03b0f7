"""What is told of each Service moves one step at a time, and each story is told by one at a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.core.model import ServiceKey
from bot.core.standing import Known, Stage, Stand, Trouble
from bot.core.stories import Post, Story, Telling
from bot.core.subscriptions import Quiet, Scope, Silence, Watch
from bot.core.topics import Topic
from bot.core.updates import News, Update
from tests.store.examples import DEV, NOON

if TYPE_CHECKING:
    from bot.store import Store

HELLO, OTHER = ServiceKey("main", "shop", "hello"), ServiceKey("main", "shop", "other")
STAND = Stand("u", (Known("hello-00001", 1, Stage.READY),), 1, (("hello-00001", 100),), (Trouble("", "why"),), NOON)
FAILED = Update(News.FAILED, "hello-00002", "boom\0", STAND.shares or (), logs=("line",), person=DEV)
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
TODAY = "2026-11-24"


def tell(store: Store, version: int = 0, *updates: Update, key: ServiceKey = HELLO, due: int = 0) -> list[ServiceKey]:
    posts = (Post("C1", updates, NOON + due * SECOND),) if updates else ()
    step = Telling(key, version, replace(STAND, newest=version + 1), updates, posts)
    return list(store.chronicle.tell([step], TODAY, NOON))


def story(store: Store) -> Story:
    (found,) = store.chronicle.waiting(NOON + DAY)
    return found


def test_a_stand_comes_back_as_it_was_told(store: Store) -> None:
    tell(store)
    assert store.chronicle.stands([HELLO, OTHER]) == {HELLO: (replace(STAND, newest=1), 1)}
    assert store.chronicle.known("main") == [HELLO]
    assert store.chronicle.known("moon") == []


def test_a_step_is_taken_from_the_version_that_was_read(store: Store) -> None:
    assert tell(store) == []
    assert tell(store, 0, FAILED) == [HELLO]
    assert tell(store, 1, FAILED) == []
    assert tell(store, 1, FAILED) == [HELLO]

    assert len(story(store).entries) == 1
    assert len(store.chronicle.news("main", "shop", NOON - DAY)) == 1


def test_what_is_gone_is_forgotten_and_told(store: Store) -> None:
    tell(store)
    gone = Telling(HELLO, 1, None, (Update(News.GONE),), (Post("C1", (Update(News.GONE),), NOON),))
    assert store.chronicle.tell([gone], TODAY, NOON) == []
    assert store.chronicle.stands([HELLO]) == {}


def test_very_many_services_are_one_step(store: Store) -> None:
    keys = [ServiceKey("main", "shop", f"s{number}") for number in range(700)]
    assert store.chronicle.tell([Telling(key, 0, STAND) for key in keys], TODAY, NOON) == []
    assert len(store.chronicle.stands(keys)) == 700


def test_news_of_a_day_are_one_story(store: Store) -> None:
    tell(store, 0, FAILED)
    tell(store, 1, Update(News.BACK))
    found = story(store)

    assert [update.news for entry in found.entries for update in entry.updates] == [News.FAILED, News.BACK]
    assert (found.version, found.shown, found.told) == (2, 0, 0)


def test_a_story_is_not_told_before_it_is_due(store: Store) -> None:
    tell(store, 0, FAILED, due=60)
    assert store.chronicle.waiting(NOON) == []
    tell(store, 1, FAILED, due=0)
    assert len(store.chronicle.waiting(NOON)) == 1


def test_a_story_is_claimed_by_one_and_by_nobody_once_it_is_told(store: Store) -> None:
    tell(store, 0, FAILED)
    read = story(store)
    assert store.chronicle.claim([read], NOON, NOON + SECOND) == [read]
    assert store.chronicle.claim([read], NOON, NOON + SECOND) == []
    assert store.chronicle.waiting(NOON) == []
    store.chronicle.shown([replace(read, shown=1, told=1, ts="1.2", posted=NOON)])

    assert store.chronicle.claim([read], NOON, NOON + SECOND) == [], "who read it before it was told is too late"
    assert store.chronicle.began("C1", NOON - SECOND) == 1
    assert store.chronicle.began("C1", NOON) == 0


def test_a_story_whose_teller_died_or_failed_is_free_again(store: Store) -> None:
    tell(store, 0, FAILED)
    store.chronicle.claim([story(store)], NOON, NOON + SECOND)
    assert len(store.chronicle.waiting(NOON + SECOND)) == 1

    store.chronicle.release([story(store)], NOON + SECOND * 5)
    assert store.chronicle.waiting(NOON + SECOND) == []
    assert len(store.chronicle.waiting(NOON + SECOND * 5)) == 1


def test_what_came_while_a_story_was_told_is_told_next(store: Store) -> None:
    tell(store, 0, FAILED)
    read = story(store)
    store.chronicle.claim([read], NOON, NOON + SECOND)
    tell(store, 1, Update(News.BACK))
    store.chronicle.shown([replace(read, shown=1, told=1, ts="1.2", posted=NOON)])

    assert [entry.updates[0].news for entry in story(store).fresh] == [News.BACK]


def test_the_newest_bulletin_is_found_while_it_is_young(store: Store) -> None:
    tell(store, 0, FAILED)
    tell(store, 0, FAILED, key=OTHER)
    first, second = store.chronicle.waiting(NOON)
    store.chronicle.shown([replace(first, shown=1, bulletin="1.1", posted=NOON - DAY)])
    store.chronicle.shown([replace(second, shown=1, bulletin="2.2", posted=NOON)])

    assert store.chronicle.bulletin("C1", NOON - SECOND) == "2.2"
    assert [found.key for found in store.chronicle.gathered("C1", "2.2")] == [OTHER]
    assert store.chronicle.bulletin("C1", NOON) is None


def test_the_first_survey_of_a_cluster_is_remembered(store: Store) -> None:
    assert store.chronicle.begun("main", NOON) == NOON
    assert store.chronicle.begun("main", NOON + DAY) == NOON


def test_what_is_old_is_forgotten_but_not_what_is_still_to_be_told(store: Store) -> None:
    tell(store, 0, FAILED)
    store.chronicle.forget(NOON + DAY)

    assert store.chronicle.news("main", "shop", NOON - DAY) == []
    assert len(store.chronicle.waiting(NOON)) == 1


def test_watches_and_silences_come_back_as_they_were(store: Store) -> None:
    scope = Scope("main", "shop", "check-*", (("team", "web"),))
    watch = Watch("w1", "C1", scope, (Topic.FAILURES,), Quiet("22:00", "07:00", "Europe/Berlin"), DEV)
    plain = Watch("w2", "C2", Scope("main", "shop"), creator=DEV)
    store.watches.add(watch)
    store.watches.add(plain)
    assert store.watches.all() == [watch, plain]
    assert store.watches.all("C1") == [watch]
    store.watches.remove("C1", ["w1", "w2"])
    assert store.watches.all() == [plain]


def test_a_silence_takes_the_place_of_the_one_before_and_ends(store: Store) -> None:
    silence = Silence("C1", Scope("main", "shop", "hello"), NOON + SECOND, DEV)
    longer, snooze = replace(silence, until=NOON + DAY), replace(silence, matter="split")
    for each in (silence, longer, snooze):
        store.watches.mute(each)
    assert set(store.watches.silences(NOON)) == {longer, snooze}
    assert store.watches.silences(NOON + SECOND, "C1") == [longer]
    store.watches.unmute("C2", [silence.scope], NOON)
    assert len(store.watches.silences(NOON)) == 2
    store.watches.unmute("C1", [silence.scope], NOON)
    assert store.watches.silences(NOON) == [snooze]
