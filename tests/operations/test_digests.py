"""Each digest is sent once, by one of many processes, late rather than never, and tells what needs a person."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bot.blocks import render
from bot.core.answers import DigestPost
from bot.core.errors import Unavailable
from bot.core.language.parse import parse
from bot.scheduler import Calendar
from tests.core import builders
from tests.core.builders import name, target
from tests.operations.fakes import NOWHERE
from tests.operations.site import FREE, SECOND, Site

if TYPE_CHECKING:
    import pytest

AWAY = Unavailable("It does not answer.")
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def digests(site: Site) -> int:
    return sum(isinstance(said[-1], DigestPost) for said in site.channel.messages.values())


def test_a_digest_is_sent_when_it_is_due_and_claimed_once(site: Site) -> None:
    site.type('digest add "every 1h"')
    other = site.start()
    site.wait(HOUR - SECOND)
    assert not digests(site)
    site.clock.sleep(SECOND)
    site.operations.tick()
    other.tick()
    assert digests(site) == 1

    site.wait(HOUR)
    assert digests(site) == 2


def test_a_digest_that_is_hopelessly_late_is_left_out(site: Site) -> None:
    site.type('digest add "every 1h"')
    site.wait(8 * HOUR)
    assert not digests(site)
    site.wait(HOUR)

    assert digests(site) == 1


def test_a_digest_that_cannot_be_posted_is_logged_and_comes_again(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    site.type('digest add "every 1h"')
    site.channel.trouble["post"] = AWAY
    site.wait(HOUR)
    assert "Trouble with digest" in caplog.text
    site.channel.trouble.clear()
    site.wait(HOUR)

    assert digests(site) == 1


def test_a_digest_whose_zone_is_gone_keeps_no_other_back(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    site.type('digest add "every 1h"')
    site.store.add_digest(replace(site.store.digests()[0], id="dead", timezone=NOWHERE))
    site.type('digest add "every 1h"')
    site.wait(HOUR)

    assert "Trouble with digest dead" in caplog.text
    assert digests(site) == 2


def test_a_digest_that_could_not_be_posted_is_sent_once_when_slack_is_back(site: Site) -> None:
    site.type('digest add "every 1h"')
    site.channel.trouble["post"] = AWAY
    site.wait(HOUR + timedelta(minutes=5), 5)
    site.channel.trouble.clear()
    site.wait(timedelta(minutes=3), 3)

    assert digests(site) == 1


def test_a_digest_of_a_process_that_died_is_sent_by_another(site: Site) -> None:
    site.type('digest add "every 1h"')
    site.clock.sleep(HOUR)
    (due,) = site.store.digests()
    site.store.lease_digest(due, site.clock.now(), site.clock.now() + timedelta(minutes=1))
    site.operations.tick()
    assert digests(site) == 0
    site.wait(timedelta(minutes=1))

    assert digests(site) == 1


def test_over_both_changes_of_the_clock_two_processes_send_each_digest_once(site: Site) -> None:
    """Berlin goes to winter on 25 October 2026 and to summer on 28 March 2027; the bot sleeps for some hours, too."""
    for begin in (datetime(2026, 10, 24, 0, 0, tzinfo=UTC), datetime(2027, 3, 27, 0, 0, tzinfo=UTC)):
        site.clock.time = begin
        calendar = Calendar()
        one, two = site.start(calendar=calendar), site.start(calendar=calendar)
        site.operations = one
        site.type("digest add “daily 02:30” --timezone Europe/Berlin")
        before = digests(site)
        for step in range(3 * 24 * 12):
            site.clock.sleep(timedelta(minutes=5))
            if step % 97 > 80:
                continue
            one.tick()
            two.tick()
        assert digests(site) - before == 3
        site.type(f"digest remove {site.store.digests()[0].id}")


def test_a_digest_tells_what_lingers_with_buttons_and_what_is_snoozed_it_does_not(site: Site) -> None:
    site.knative.snapshots[builders.KEY] = builders.snapshot(target(name(1), 90), target("@latest", 10))
    site.metrics.figures = {"revision_request_count": 1200.0}
    site.clock.sleep(3 * DAY)
    site.type("digest preview")
    message = render(site.channel.answers[-1][1])
    assert "split for" in message.text
    assert "1,200 requests" in message.text
    values = [button["value"] for block in message.blocks if block["type"] == "actions" for button in block["elements"]]
    assert values == [
        "follow main/shop/hello",
        "rollback main/shop/hello",
        "digest snooze main/shop/hello split 7d",
    ]
    for line in values:
        parse(line)

    site.type(values[-1], FREE)
    site.type("digest preview")
    assert "split" not in render(site.channel.answers[-1][1]).text


def test_a_digest_tells_what_has_changed_since_the_last_one(site: Site) -> None:
    site.type('digest add "every 1h"')
    site.operations.listen()
    site.knative.break_newest("ExitCode1")
    for _ in range(2):
        site.operations.notice(builders.KEY)
        site.operations.listen()
        site.clock.sleep(SECOND * 5)
    site.operations.listen()
    site.wait(HOUR)
    site.wait(HOUR)
    first, second = (render(said[-1]) for said in site.channel.messages.values() if isinstance(said[-1], DigestPost))

    assert "Changed since" in first.text
    assert any(block["type"] == "data_visualization" for block in first.blocks)
    assert "Changed since" not in second.text
