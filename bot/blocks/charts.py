"""Curves: as a chart where Slack takes one, and as lines of small bars that tell the same anywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.blocks.message import Part, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.core.curve import Curve

BARS = "▁▂▃▄▅▆▇█"
SERIES = ("in trouble", "traffic moved")


def lines(curve: Curve) -> Part:
    """Return the curve as preformatted lines: one bar a span of time, the tallest with its number."""
    rows = [f"{name:<13} {_bars(values)} max {max(values)}" for name, values in _series(curve)]
    return table(*rows, f"{'':<13} {curve.labels[0]} … {curve.labels[-1]}")


def chart(curve: Curve, title: str) -> dict[str, Any]:
    """Return the curve as Slack's block for charts."""
    series = [
        {
            "name": name,
            "data": [{"label": label, "value": value} for label, value in zip(curve.labels, values, strict=True)],
        }
        for name, values in _series(curve)
    ]
    axis = {"categories": list(curve.labels)}
    return {
        "type": "data_visualization",
        "title": title[:50],
        "chart": {"type": "line", "series": series, "axis_config": axis},
    }


def _series(curve: Curve) -> list[tuple[str, Sequence[int]]]:
    return list(zip(SERIES, (curve.troubled, curve.moves), strict=True))


def _bars(values: Sequence[int]) -> str:
    most = max(values) or 1
    return "".join(BARS[(len(BARS) - 1) * value // most] for value in values)
