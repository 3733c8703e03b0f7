"""A bulletin tells of many Services so that a person can read it: who needs help one by one, the rest by name."""

from __future__ import annotations

from datetime import timedelta

from bot.blocks import render
from bot.core.answers import Bulletin
from bot.core.model import ServiceKey
from bot.core.stories import Entry, Story
from bot.core.updates import News, Update
from tests.core.builders import NOW


def story(number: int, news: News) -> Story:
    update = Update(news, f"s{number:03}-00002", "ExitCode1" if news is News.FAILED else "", shares=(("a", 100),))
    key = ServiceKey("main", "shop", f"s{number:03}")
    return Story(number, "C1", key, "2026-11-24", (Entry(NOW, (update,)),), NOW)


def text(*stories: Story) -> list[str]:
    return render(Bulletin(stories, NOW - timedelta(minutes=1))).text.splitlines()


def test_few_services_are_told_one_by_one() -> None:
    lines = text(story(1, News.READY), story(2, News.FAILED))

    assert lines[1:] == [
        ":x: *shop/s002*: s002-00002 failed: ExitCode1",
        ":white_check_mark: *shop/s001*: s001-00002 is Ready",
    ]


def test_of_many_those_in_trouble_are_told_one_by_one_and_the_rest_by_name() -> None:
    stories = [story(number, News.FAILED if number < 3 else News.READY) for number in range(100)]
    lines = text(*stories)

    assert "100 Services have news" in lines[0]
    assert "3 failures, 97 Revisions Ready" in lines[0]
    assert [line[:16] for line in lines[1:4]] == [f":x: *shop/s{number:03}*:" for number in range(3)]
    assert lines[4].startswith(":white_check_mark: 97 Revisions Ready: s003, s004, ")
    assert lines[4].endswith(" and 72 others")
    assert len(lines) == 5


def test_where_all_are_in_trouble_the_first_are_told_one_by_one_and_the_others_by_name() -> None:
    lines = text(*(story(number, News.FAILED) for number in range(40)))

    assert sum(line.endswith("failed: ExitCode1") for line in lines) == 12
    assert lines[-1].startswith(":x: 28 more failures: s012, ")
    assert lines[-1].endswith(" and 3 others")
