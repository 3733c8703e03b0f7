"""Attacks by people whom nobody knows: requests that Slack has not signed, and what of Slack's is not for Knobot.

None of them is anybody's, so that no row tells of each. One row a minute tells of all.
"""

from __future__ import annotations

import gzip
import json
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

import pytest
from click.testing import CliRunner

from bot.__main__ import main
from bot.core.errors import Unavailable
from bot.operations.turning import SOURCES, TOGETHER
from bot.sandbox.workspace.requesturl import signed
from bot.web.gate import LARGEST
from tests.operations.site import DEV, FREE, WISH
from tests.security.desk import Desk, rows, untouched
from tests.web.door import FORM, SECRET, Door, form, opened

if TYPE_CHECKING:
    from collections.abc import Iterator

SECOND = timedelta(seconds=1)


@pytest.fixture
def door(front: Desk) -> Iterator[Door]:
    """The HTTP server in front of a whole bot."""
    operations = front.site.operations
    with opened(operations, front.site.store) as (server, parts):
        yield Door(server, cast("Any", operations), front.site.store, parts)


def wish(text: str = WISH, **more: str) -> bytes:
    return form(
        {"team_id": DEV.team, "user_id": DEV.user, "channel_id": FREE, "command": "/knative", "text": text} | more
    )


def at(age: int = 0) -> int:
    return int(time.time()) - age


def spoofed(body: bytes, way: str) -> tuple[bytes, dict[str, str]]:
    """A request that must be refused, and its headers."""
    match way:
        case "no signature":
            return body, FORM
        case "signed by somebody else":
            return body, FORM | signed("another" * 5, body, at())
        case "too old":
            return body, FORM | signed(SECRET, body, at(301))
        case "another body":
            return body + b"&x=1", FORM | signed(SECRET, body, at())
        case "too large":
            body += b"&x=" + b"x" * LARGEST
            return body, FORM | signed(SECRET, body, at())
        case "packed":
            return gzip.compress(body), FORM | signed(SECRET, body, at()) | {"Content-Encoding": "gzip"}
        case "not UTF-8":
            body += b"&x=\xff"
            return body, FORM | signed(SECRET, body, at())
        case _:
            body += b"&command=/other"
            return body, FORM | signed(SECRET, body, at())


WAYS = {
    "no signature": (401, "it has no signature: 1"),
    "signed by somebody else": (401, "its signature is wrong or too old: 1"),
    "too old": (401, "its signature is wrong or too old: 1"),
    "another body": (401, "its signature is wrong or too old: 1"),
    "too large": (413, "it is too large: 1"),
    "packed": (415, "it is packed: 1"),
    "not UTF-8": (400, "it is not UTF-8: 1"),
    "a field twice": (400, "it cannot be read: 1"),
}


@pytest.mark.parametrize("way", WAYS)
def test_j_a_request_that_slack_has_not_sent_is_refused_and_on_record_within_a_minute(
    front: Desk, door: Door, way: str
) -> None:
    assert door.slack(wish("status hello")) == (200, "")  # the very person and place may do it
    before, status = rows(front), WAYS[way][0]
    front.cluster.calls.clear()

    assert door.send(*spoofed(wish(trigger_id=way), way)) == (status, "")
    assert front.cluster.calls == []
    assert not front.site.changes()
    front.site.wait(TOGETHER)
    *others, row = rows(front)
    assert others == before
    assert (row.event, row.actor_user, row.summary, row.text) == ("turned-away", None, WAYS[way][1], "")
    assert row.reason == "from 127.0.0.1; the first at {0}, the last at {0}".format(
        (front.site.clock.now() - TOGETHER).isoformat(timespec="microseconds").replace("+00:00", "Z")
    )
    untouched(front)


def test_i_a_request_that_comes_twice_is_on_record(front: Desk, door: Door) -> None:
    body = wish("status hello")
    headers = FORM | signed(SECRET, body, at())
    assert door.send(body, headers) == door.send(body, headers) == (200, "")
    front.site.wait(TOGETHER)

    assert rows(front)[-1].summary == "it has been here before: 1"
    untouched(front)


def test_j_a_thousand_of_them_are_one_row_that_an_auditor_can_read(front: Desk, door: Door) -> None:
    before = rows(front)
    for number in range(1000):
        way = "too old" if number % 10 else "no signature"
        assert door.send(*spoofed(wish(f"MARK{number}"), way)) == (401, "")
    front.site.wait(TOGETHER, ticks=60)

    assert len(rows(front)) == len(before) + 1
    assert front.cluster.calls == []
    told = {"KNOBOT_DATABASE_URL": f"sqlite:///{front.site.folder}/knobot.db"}
    exported = CliRunner().invoke(main, ["audit", "export"], env=told).output
    row = json.loads(exported.splitlines()[-1])
    assert row["summary"] == "its signature is wrong or too old: 900; it has no signature: 100"
    assert row["reason"].startswith("from 127.0.0.1; the first at ")
    assert "MARK" not in exported
    assert CliRunner().invoke(main, ["audit", "verify"], env=told).exit_code == 0


def test_j_a_flood_is_a_row_a_minute_and_the_last_of_it_is_written_at_the_end(front: Desk) -> None:
    operations = front.site.operations
    for second in range(180):
        for number in range(20):
            operations.turn_away("it has no signature", f"10.0.{second}.{number}")
        front.site.wait(SECOND)
    operations.turn_away("it is too large", "10.1.0.1")
    operations.leave()

    found = rows(front)
    assert {row.event for row in found} == {"turned-away"}
    assert [row.summary for row in found] == ["it has no signature: 1200"] * 3 + ["it is too large: 1"]
    named = ", ".join(f"10.0.0.{number}" for number in range(SOURCES))
    assert found[0].reason.startswith(f"from {named}, others; the first at ")


def test_j_what_cannot_be_put_on_record_now_is_so_later(front: Desk) -> None:
    store = front.site.store

    class Away:
        broken = True

        def __getattr__(self, name: str) -> Any:
            if name == "turned_away" and self.broken:
                raise Unavailable("The database does not answer.")
            return getattr(store, name)

    away = Away()
    operations = front.site.start(store=away)
    front.site.operations = operations
    operations.turn_away("it has no signature", "10.0.0.1")
    front.site.wait(TOGETHER)
    assert rows(front) == []

    operations.turn_away("it has no signature", "10.0.0.2")
    away.broken = False
    front.site.wait(SECOND)
    (row,) = rows(front)
    assert row.summary == "it has no signature: 2"
    assert row.reason.startswith("from 10.0.0.1, 10.0.0.2; ")
