"""Prometheus' query API over the gateway's own counters: `/api/v1/query` and `/api/v1/query_range`.

A rate is the growth over its range divided by the range, without Prometheus' extrapolation: what was counted is what
is told.
"""

from __future__ import annotations

import math
import operator
import re
import time
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from bot.sandbox.cluster.promql import Aggregation, BadQuery, Binary, Call, Expression, Number, Selector, parse

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.sandbox.cluster.kinds import JSON
    from bot.sandbox.cluster.traffic_metrics import TrafficMetrics

Labels = frozenset[tuple[str, str]]
Vector = dict[Labels, float]
Value = float | Vector

MAX_POINTS = 11_000  # Prometheus' own limit for one range query
ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": lambda left, right: left / right if right else (math.nan if left == 0 else math.copysign(math.inf, left)),
}
COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
}
REDUCTIONS: dict[str, Callable[[list[float]], float]] = {
    "sum": sum,
    "min": min,
    "max": max,
    "count": len,
    "avg": lambda values: sum(values) / len(values),
}


class Prometheus:
    def __init__(self, metrics: TrafficMetrics) -> None:
        self._metrics = metrics

    def answer(self, path: str, query: Mapping[str, str]) -> tuple[int, JSON]:
        """Status and body of one API request; a bad query is a 400 with Prometheus' own error type."""
        try:
            tree = parse(query.get("query", ""))
            data = self._range(tree, query) if path.endswith("query_range") else self._instant(tree, query)
        except (BadQuery, ValueError, KeyError) as error:
            return 400, {"status": "error", "errorType": "bad_data", "error": f"invalid parameter: {error}"}
        return 200, {"status": "success", "data": data}

    def _instant(self, tree: Expression, query: Mapping[str, str]) -> JSON:
        at = float(query.get("time") or time.time())
        value = self._value(tree, at)
        if isinstance(value, float):
            return {"resultType": "scalar", "result": [at, _written(value)]}
        result = [{"metric": dict(labels), "value": [at, _written(number)]} for labels, number in value.items()]
        return {"resultType": "vector", "result": result}

    def _range(self, tree: Expression, query: Mapping[str, str]) -> JSON:
        start, end, step = (float(query[name].removesuffix("s")) for name in ("start", "end", "step"))
        if step <= 0 or (end - start) / step > MAX_POINTS:
            raise BadQuery(
                "exceeded maximum resolution of 11,000 points per timeseries, or a step that is not positive"
            )
        series: dict[Labels, list[list[Any]]] = defaultdict(list)
        for number in range(int((end - start) / step) + 1):
            at = start + number * step
            value = self._value(tree, at)
            for labels, found in ({frozenset[tuple[str, str]](): value} if isinstance(value, float) else value).items():
                series[labels].append([at, _written(found)])
        result = [{"metric": dict(labels), "values": values} for labels, values in series.items()]
        return {"resultType": "matrix", "result": result}

    def _value(self, tree: Expression, at: float) -> Value:
        match tree:
            case Number(value):
                return value
            case Selector(seconds=0):
                return self._selected(tree, at)
            case Selector():
                raise BadQuery("a range vector must be given to rate or increase")
            case Call(function, arguments):
                return self._called(function, arguments, at)
            case Aggregation(name, argument, labels, without):
                return _aggregated(name, _vector(self._value(argument, at)), labels, without=without)
            case Binary("or", left, right):
                return {**_vector(self._value(right, at)), **_vector(self._value(left, at))}
            case Binary(sign, left, right):
                return _combined(sign, self._value(left, at), self._value(right, at))

    def _selected(self, selector: Selector, at: float) -> Vector:
        return {
            frozenset({("__name__", name), *labels.items()}): value
            for name, labels, value in self._metrics.samples(at)
            if name == selector.name and all(_matches(labels, *matcher) for matcher in selector.matchers)
        }

    def _called(self, function: str, arguments: tuple[Expression, ...], at: float) -> Value:
        match function, arguments:
            case "rate" | "increase", (Selector(seconds=seconds) as selector,) if seconds:
                before = self._selected(selector, at - seconds)
                divisor = seconds if function == "rate" else 1.0
                now = self._selected(selector, at)
                return {_unnamed(labels): (value - before.get(labels, 0)) / divisor for labels, value in now.items()}
            case "histogram_quantile", (Number(quantile), inner):
                return _quantiles(quantile, _vector(self._value(inner, at)))
            case "vector", (inner,):
                value = self._value(inner, at)
                return {frozenset(): value} if isinstance(value, float) else value
            case "scalar", (inner,):
                values = list(_vector(self._value(inner, at)).values())
                return values[0] if len(values) == 1 else math.nan
            case _:
                raise BadQuery(f"parse error: unexpected arguments of {function}")


def _written(value: float) -> str:
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return "NaN" if math.isnan(value) else f"{value:.12g}"


def _unnamed(labels: Labels) -> Labels:
    return frozenset(pair for pair in labels if pair[0] != "__name__")


def _vector(value: Value) -> Vector:
    if isinstance(value, float):
        raise BadQuery("parse error: expected type instant vector, got scalar")
    return value


def _matches(labels: Mapping[str, str], label: str, sign: str, text: str) -> bool:
    value = labels.get(label, "")
    match sign:
        case "=":
            return value == text
        case "!=":
            return value != text
        case "=~":
            return re.fullmatch(text, value) is not None
        case _:
            return re.fullmatch(text, value) is None


def _aggregated(name: str, vector: Vector, labels: tuple[str, ...], *, without: bool) -> Vector:
    groups: dict[Labels, list[float]] = defaultdict(list)
    for found, value in vector.items():
        kept = frozenset(pair for pair in _unnamed(found) if (pair[0] in labels) is not without)
        groups[kept].append(value)
    return {group: float(REDUCTIONS[name](values)) for group, values in groups.items()}


def _combined(sign: str, left: Value, right: Value) -> Value:
    """Arithmetic and filters; two vectors are matched on all their labels."""
    if isinstance(left, float) and isinstance(right, float):
        return ARITHMETIC[sign](left, right) if sign in ARITHMETIC else float(COMPARISONS[sign](left, right))
    if isinstance(left, float):
        pairs = [(labels, left, value, value) for labels, value in _vector(right).items()]
    elif isinstance(right, float):
        pairs = [(labels, value, right, value) for labels, value in left.items()]
    else:
        others = {_unnamed(labels): value for labels, value in right.items()}
        pairs = [
            (labels, value, others[_unnamed(labels)], value)
            for labels, value in left.items()
            if _unnamed(labels) in others
        ]
    if sign in ARITHMETIC:
        return {_unnamed(labels): ARITHMETIC[sign](one, other) for labels, one, other, _ in pairs}
    return {labels: kept for labels, one, other, kept in pairs if COMPARISONS[sign](one, other)}


def _quantiles(quantile: float, buckets: Vector) -> Vector:
    """Linear interpolation inside the bucket that holds the quantile, as Prometheus does it."""
    groups: dict[Labels, list[tuple[float, float]]] = defaultdict(list)
    for labels, value in buckets.items():
        bound = dict(labels).get("le")
        if bound is not None:
            groups[frozenset(pair for pair in _unnamed(labels) if pair[0] != "le")].append((float(bound), value))
    return {labels: _quantile(quantile, sorted(found)) for labels, found in groups.items()}


def _quantile(quantile: float, cumulative: list[tuple[float, float]]) -> float:
    total = cumulative[-1][1]
    if total == 0:
        return math.nan
    rank, lower, below = quantile * total, 0.0, 0.0
    for bound, count in cumulative:
        if count >= rank:
            if math.isinf(bound):
                return lower
            return lower + (bound - lower) * (rank - below) / (count - below) if count > below else bound
        lower, below = bound, count
    return lower
