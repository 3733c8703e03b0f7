"""What was counted is told as Prometheus reads it, and is what the page about operations says there is."""

from __future__ import annotations

import re
from pathlib import Path

from bot.core import tally
from bot.core.tally import BOUNDS, FIGURES, Kind, Tally

PAGE = (Path(__file__).parents[2] / "docs" / "operations.md").read_text()


def test_the_page_lists_every_figure_with_its_labels_and_no_other() -> None:
    rows = [
        f"| `{each.name}` | {each.kind.value} | {', '.join(f'`{label}`' for label in each.labels)} | {each.help} |"
        for each in FIGURES
    ]
    assert [row for row in PAGE.splitlines() if row.startswith("| `knobot_")] == rows


def test_names_are_as_the_field_has_them() -> None:
    for each in FIGURES:
        assert re.fullmatch(r"knobot_[a-z_]+", each.name)
        assert each.name.endswith("_total") == (each.kind is Kind.COUNTER)
        assert each.kind is not Kind.HISTOGRAM or each.name.endswith("_seconds")


def test_counters_add_up_by_their_labels() -> None:
    counted = Tally()
    for outcome in ("ok", "ok", "ratelimited"):
        counted.count(tally.SLACK, "chat.update", outcome)
    page = counted.page({})

    assert 'knobot_slack_calls_total{method="chat.update",outcome="ok"} 2' in page
    assert 'knobot_slack_calls_total{method="chat.update",outcome="ratelimited"} 1' in page


def test_a_counter_loses_no_digit() -> None:
    counted = Tally()
    counted.count(tally.NEWS, "made", by=12_345_678)

    assert 'knobot_news_total{kind="made"} 12345678' in counted.page({})


def test_a_duration_is_counted_in_all_buckets_that_hold_it() -> None:
    counted = Tally()
    for seconds in (0.2, 2.5, 60.0):
        counted.took(tally.ACK, seconds)
    page = counted.page({})
    held = [float(value) for value in re.findall(r'knobot_ack_seconds_bucket\{le="[^"]+"\} (\S+)', page)]

    assert held == [*(sum(seconds <= bound for seconds in (0.2, 2.5, 60.0)) for bound in BOUNDS), 3]
    assert "knobot_ack_seconds_count 3" in page
    assert "knobot_ack_seconds_sum 62.7" in page


def test_a_label_may_hold_anything() -> None:
    page = Tally().page({tally.AGE: [(('a"b\\c\n',), 1.5)]})

    assert 'knobot_cache_age_seconds{cluster="a\\"b\\\\c\\n"} 1.5' in page
    assert all(re.match(r"# |knobot_\w+(\{.*\})? \S+\Z", line) for line in page.splitlines())


def test_what_has_not_happened_yet_is_told_to_be_none() -> None:
    assert "knobot_store_errors_total 0" in Tally().page({})
    assert "knobot_tick_seconds_count 0" in Tally().page({})
