"""Checks of a Revision's behaviour by figures: which figure, and what it must be for the Revision to be called good.

    check = name [ sign number [ unit ] ]       ; success>=99, p95<500ms, or the name of a check of the configuration
    sign  = ">=" | "<=" | ">" | "<"
    unit  = "%" | "ms" | "s"

A figure is one number that a query of the metrics' own language yields (PromQL). Queries name what they are about as
`{{service}}`, `{{revision}}`, `{{namespace}}`, and the span of time they look back over as `{{window}}`.
"""

from __future__ import annotations

import operator
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.core.errors import Invalid, NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta

    from bot.core.model import ServiceKey

EXAMPLE = "Write it as `success>=99`, `p95<500ms`, or name a check of Knobot's configuration."
SIGNS = {">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt}
UNITS = ("%", "ms", "s")
REQUESTS = "requests"
"""The figure that tells how many requests a Revision has answered: of too few, nothing can be said."""
NAME = re.compile(r"[a-z][a-z0-9-]{0,39}\Z")
_CHECK = re.compile(
    r"(?P<name>[a-z][a-z0-9-]{0,39})(?:(?P<sign>[<>]=?)(?P<number>\d{1,9}(?:\.\d{1,6})?)(?P<unit>%|ms|s)?)?\Z", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Check:
    """What a figure must be. `sign` "" stands for what the configuration wants of it; `bound` is in `unit`."""

    name: str
    sign: str = ""
    bound: float = 0.0
    unit: str = ""

    def __str__(self) -> str:
        return f"{self.name}{self.sign}{self.bound:.12g}{self.unit}" if self.sign else self.name

    def holds(self, figure: float) -> bool:
        """Whether a figure, in the same unit, is as it must be."""
        return bool(SIGNS[self.sign](figure, self.bound))

    def told(self, figure: float) -> str:
        """Return a figure with its name and unit, as in success 66.7%."""
        return f"{self.name} {figure:.4g}{self.unit}"

    @property
    def wanted(self) -> str:
        """What it must be, as in ≥ 99%."""
        sign = {">=": "≥", "<=": "≤"}.get(self.sign, self.sign)
        return f"{sign} {self.bound:.12g}{self.unit}"


@dataclass(frozen=True, slots=True)
class Measure:
    """Where a figure comes from: its query, the unit of its numbers, and what it must be unless a command says."""

    query: str
    unit: str = ""
    wanted: str = ""


def parse(text: str) -> Check:
    """Return the check that `text` tells.

    Raises:
        Invalid: it tells none.
    """
    found = _CHECK.match(text.replace("≥", ">=").replace("≤", "<=").replace(" ", ""))
    if found is None:
        raise Invalid(f"“{text}” is not a check.", EXAMPLE)
    return Check(found["name"], found["sign"] or "", float(found["number"] or 0), found["unit"] or "")


def resolve(check: Check, measures: Mapping[str, Measure]) -> Check:
    """Return `check` complete: with the bound that is wanted, in the unit of its figure.

    Raises:
        NotFound: there is no such figure. Invalid: nothing says what it must be, or the unit is another.
    """
    measure = measures.get(check.name)
    if measure is None:
        names = ", ".join(name for name in measures if name != REQUESTS)
        raise NotFound(f"There is no check “{check.name}”.", f"Knobot knows {names}.")
    if not check.sign:
        if not measure.wanted:
            raise Invalid(f"What must {check.name} be?", f"For example `{check.name}<1`.")
        check = parse(f"{check.name}{measure.wanted}")
    if check.unit == "s" and measure.unit == "ms":
        check = replace(check, bound=check.bound * 1000, unit="ms")
    if check.unit not in ("", measure.unit):
        own = f"in {measure.unit}" if measure.unit else "a plain number"
        raise Invalid(f"{check.name} is not measured in {check.unit}.", f"It is {own}.")
    return replace(check, unit=measure.unit)


def query(measure: Measure, key: ServiceKey, revision: str, window: timedelta) -> str:
    """Return the query of a figure with its places filled; names of Kubernetes hold nothing that needs quoting."""
    return fill(measure.query, window, service=key.name, revision=revision, namespace=key.namespace)


def fill(query: str, window: timedelta, **places: str) -> str:
    """Return `query` with its places filled, as {{namespace}} by `namespace`."""
    for name, value in {**places, "window": f"{max(1, round(window.total_seconds()))}s"}.items():
        query = query.replace(f"{{{{{name}}}}}", value)
    return query
