"""A short run of `make fuzz`: nothing that Slack does not send changes anything, shows a traceback, or ends Knobot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.security.fuzz import Tally, careful, payloads, requests, table
from tests.web.door import door

if TYPE_CHECKING:
    from pathlib import Path

# A failing input of 50 kB is shown all the same.
pytestmark = pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")


def test_no_payload_writes_raises_or_shows_a_traceback(tmp_path: Path) -> None:
    made, tally = careful(tmp_path), dict[str, Tally]()
    for batch in range(3):
        payloads(made, tally, batch)

    assert sum(one.count for one in tally.values()) >= 200, table(tally)
    assert any("acknowledged" in one.became for one in tally.values())
    assert not any(became.startswith("status 5") for one in tally.values() for became in one.became)
    assert not made.site.store.audit.verify().fault
    made.site.store.close()


def test_no_request_raises_and_none_without_a_signature_reaches_anybody(tmp_path: Path) -> None:
    tally: dict[str, Tally] = {}
    with door(tmp_path) as made:
        for batch in range(3):
            requests(made, tally, batch)

    assert set(tally) == {"request: signed", "request: not signed"}
    assert tally["request: signed"].became["status 200"] > 0
    assert set(tally["request: signed"].became) <= {f"status {status}" for status in (200, 400, 404, 413, 415)}
    assert set(tally["request: not signed"].became) <= {f"status {status}" for status in (400, 401, 413, 415)}
