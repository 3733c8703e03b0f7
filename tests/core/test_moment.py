"""A moment to come is the next one that the words can mean."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.core import moment
from bot.core.errors import Invalid

BERLIN = ZoneInfo("Europe/Berlin")
TUESDAY = datetime(2026, 11, 24, 12, 30, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("18:00", "2026-11-24 18:00"),
        ("12:30", "2026-11-25 12:30"),
        ("8:00", "2026-11-25 08:00"),
        ("today 13:00", "2026-11-24 13:00"),
        ("tomorrow", "2026-11-25 00:00"),
        ("Tomorrow 09:15", "2026-11-25 09:15"),
        ("mon 08:00", "2026-11-30 08:00"),
        ("tue 12:00", "2026-12-01 12:00"),
        ("tuesday 13:00", "2026-11-24 13:00"),
        ("thursday", "2026-11-26 00:00"),
        ("2026-12-24", "2026-12-24 00:00"),
        ("2026-12-24 08:00", "2026-12-24 08:00"),
        ("2026-12-24T08:00", "2026-12-24 08:00"),
    ],
)
def test_the_next_one_is_meant(text: str, found: str) -> None:
    assert moment.parse(text).after(TUESDAY, BERLIN) == datetime.fromisoformat(found).replace(tzinfo=BERLIN)


@pytest.mark.parametrize("text", ["today 12:00", "2026-11-24 12:30", "2025-01-01"])
def test_what_is_over_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="over already"):
        moment.parse(text).after(TUESDAY, BERLIN)


@pytest.mark.parametrize("text", ["", "soon", "24:00", "12:61", "mon tue 08:00", "2026-13-01", "mon 08:00 sharp"])
def test_what_is_no_moment_is_answered_with_examples(text: str) -> None:
    with pytest.raises(Invalid) as wrong:
        moment.parse(text)
    assert "18:00" in wrong.value.hint
