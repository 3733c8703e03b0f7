"""Health is told as it is: alive while the process answers, ready while all that it needs is there."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from bot.core.errors import Unavailable
from bot.knative.reflector import GRACE_SECONDS, Health
from bot.knative.watching import QUIET_SECONDS
from bot.settings import Http
from bot.web.health import REMEMBERED, watch_health, web_api_health
from bot.web.server import Server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.web.door import Door


@pytest.fixture
def well(knock: Door) -> Iterator[Door]:
    before = dict(knock.parts)
    yield knock
    knock.parts.update(before)


def away() -> str:
    raise Unavailable("The database does not answer.")


def test_all_well_is_ready(well: Door) -> None:
    assert well.get("/readyz") == (200, "slack: ok\ndatabase: ok\n")
    assert well.get("/healthz") == (200, "ok\n")


def test_what_is_away_is_named_and_the_process_lives_on(well: Door) -> None:
    well.parts["database"] = away

    assert well.get("/readyz") == (503, "slack: ok\ndatabase: The database does not answer.\n")
    assert well.get("/healthz")[0] == 200
    assert 'knobot_part_ready{part="database"} 0' in well.get("/metrics")[1]
    assert 'knobot_part_ready{part="slack"} 1' in well.get("/metrics")[1]


@pytest.mark.parametrize(
    ("health", "good"),
    [
        (Health(synced=True, age=1, events=0, relists=0, broken=0), True),
        (Health(synced=True, age=QUIET_SECONDS - 1, events=0, relists=0, broken=0), True),
        (Health(synced=True, age=QUIET_SECONDS + 1, events=0, relists=0, broken=0), False),
        (Health(synced=True, age=QUIET_SECONDS + 1, events=0, relists=0, broken=0.1), True),
        (Health(synced=True, age=1, events=0, relists=0, broken=GRACE_SECONDS - 1), True),
        (Health(synced=True, age=1, events=0, relists=0, broken=GRACE_SECONDS + 1), False),
        (Health(synced=False, age=1, events=0, relists=0, broken=0), False),
        (Health(synced=True, age=None, events=0, relists=0, broken=0), False),
    ],
)
def test_a_watch_is_well_while_it_hears_of_its_cluster(health: Health, good: bool) -> None:
    reflector: Any = SimpleNamespace(health=lambda: health)

    assert (watch_health(reflector)() == "") is good


def test_slack_is_asked_once_in_a_while_however_often_somebody_probes() -> None:
    asked: list[float] = []
    time = [0.0]

    def ask() -> bool:
        asked.append(time[0])
        if len(asked) == 2:
            raise Unavailable("Slack did not answer.")
        return True

    probe = web_api_health(ask, lambda: time[0])
    assert [probe() for _ in range(5)] == [""] * 5
    time[0] = REMEMBERED
    assert [probe() for _ in range(5)] == ["Slack did not answer."] * 5
    time[0] = 2 * REMEMBERED
    assert probe() == ""
    assert asked == [0, REMEMBERED, 2 * REMEMBERED]


def test_a_port_that_somebody_has_is_said(knock: Door) -> None:
    server: Any = knock.server
    second = Server(Http(port=server.port), server._health, server._app, None, server._turned_away, server._figures)  # noqa: SLF001 # of a fixture

    with pytest.raises(Unavailable, match=str(server.port)):
        second.start()


def test_without_a_gate_there_is_only_health(knock: Door) -> None:
    server: Any = knock.server
    socket_mode = Server(Http(port=0), server._health, server._app, None, server._turned_away, server._figures)  # noqa: SLF001 # of a fixture
    socket_mode.start()
    try:
        other: Any = SimpleNamespace(server=socket_mode)
        assert type(knock).send(other, b"", {}, "GET", "/healthz")[0] == 200
        assert type(knock).send(other, b"", {})[0] == 404
    finally:
        socket_mode.stop()
