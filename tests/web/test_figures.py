"""What was counted is told as Prometheus reads it, and is what the page about operations says there is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.core import tally
from bot.core.tally import BOUNDS, FIGURES, Kind
from bot.knative.reflector import Health as WatchHealth
from bot.web.figures import Figures
from bot.web.health import Health

if TYPE_CHECKING:
    from bot.knative.reflector import Reflector

PAGE = (Path(__file__).parents[2] / "docs" / "operations.md").read_text()


class Watched:
    def __init__(self, age: float | None) -> None:
        self.age = age

    def health(self) -> WatchHealth:
        return WatchHealth(synced=True, age=self.age, events=12_345_678, relists=2, broken=0.0, reconnects=1)


def page(figures: Figures, accepted: str = "") -> str:
    return figures.page(accepted)[0].decode()


def told(figures: Figures) -> dict[tuple[str, ...], float]:
    """Every sample of the page: its name and the values of its labels → its value."""
    families = text_string_to_metric_families(page(figures))
    return {(each.name, *each.labels.values()): each.value for family in families for each in family.samples}


def reading(age: float | None = 1.5, name: str = "main") -> Figures:
    figures = Figures()
    watches = {name: cast("Reflector", Watched(age))}
    figures.read(Health({"slack": lambda: "", "database": lambda: "it is away"}), watches, lambda: 3)
    return figures


def test_the_page_lists_every_figure_with_its_labels_and_no_other() -> None:
    rows = [
        f"| `{each.name}` | {each.kind.value} | {', '.join(f'`{label}`' for label in each.labels)} | {each.help} |"
        for each in FIGURES
    ]
    assert [row for row in PAGE.splitlines() if row.startswith("| `knobot_")] == rows


def test_every_figure_is_told_of_and_nothing_else_but_the_process_itself() -> None:
    text = page(reading())

    found = set(re.findall(r"^# TYPE (\S+) (\S+)$", text, re.MULTILINE))

    assert {each for each in found if not each[0].startswith("process_")} == {
        (each.name, each.kind.value) for each in FIGURES
    }
    assert ("process_resident_memory_bytes", "gauge") in found


def test_names_are_as_the_field_has_them() -> None:
    for each in FIGURES:
        assert re.fullmatch(r"knobot_[a-z_]+", each.name)
        assert each.name.endswith("_total") == (each.kind is Kind.COUNTER)
        assert each.kind is not Kind.HISTOGRAM or each.name.endswith("_seconds")


def test_counters_add_up_by_their_labels() -> None:
    figures = Figures()
    for outcome in ("ok", "ok", "ratelimited"):
        figures.count(tally.SLACK, "chat.update", outcome)

    assert told(figures)["knobot_slack_calls_total", "chat.update", "ok"] == 2
    assert told(figures)["knobot_slack_calls_total", "chat.update", "ratelimited"] == 1


def test_a_figure_that_is_read_is_not_counted() -> None:
    with pytest.raises(KeyError):
        Figures().count(tally.EVENTS, "main")


def test_a_duration_is_counted_in_all_buckets_that_hold_it() -> None:
    figures = Figures()
    durations = (0.2, 2.5, 60.0)
    for seconds in durations:
        figures.took(tally.ACK, seconds)
    found = told(figures)

    assert [found["knobot_ack_seconds_bucket", str(bound)] for bound in BOUNDS] == [
        sum(seconds <= bound for seconds in durations) for bound in BOUNDS
    ]
    assert found["knobot_ack_seconds_count",] == 3
    assert found["knobot_ack_seconds_sum",] == pytest.approx(62.7)


def test_the_present_is_read_when_it_is_asked_for() -> None:
    found = told(reading())

    assert found["knobot_part_ready", "slack"] == 1
    assert found["knobot_part_ready", "database"] == 0
    assert found["knobot_store_errors_total",] == 3
    assert found["knobot_cache_age_seconds", "main"] == 1.5
    assert found["knobot_watch_events_total", "main"] == 12_345_678
    assert found["knobot_watch_relists_total", "main"] == 2
    assert found["knobot_watch_reconnects_total", "main"] == 1


def test_a_watch_that_has_heard_nothing_yet_has_no_age() -> None:
    assert ("knobot_cache_age_seconds", "main") not in told(reading(age=None))


def test_a_label_may_hold_anything() -> None:
    assert ("knobot_cache_age_seconds", 'a"b\\c\n') in told(reading(name='a"b\\c\n'))


def test_it_is_told_in_the_format_that_is_asked_for() -> None:
    figures = Figures()

    assert figures.page("application/openmetrics-text; version=1.0.0")[1].startswith("application/openmetrics-text")
    assert page(figures, "application/openmetrics-text; version=1.0.0").endswith("# EOF\n")
    assert figures.page("")[1].startswith("text/plain; version=0.0.4")


def test_what_has_not_happened_yet_is_told_to_be_none() -> None:
    assert told(Figures())["knobot_tick_seconds_count",] == 0
