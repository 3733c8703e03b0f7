"""What a measurement should show, and whether it has: a row of a table with “ok” or “missed”."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Aim:
    """A figure and its bound: at least so much where `least`, else less than it."""

    what: str
    figure: float
    bound: float
    unit: str = ""
    least: bool = False

    @property
    def met(self) -> bool:
        return self.figure >= self.bound if self.least else self.figure < self.bound


def judged(*aims: Aim) -> int:
    """Print a table of aims; return 1 if one is missed, else 0."""
    print(f"  {'aim':<58} {'measured':>14} {'aim':>14}")
    for aim in aims:
        measured, bound = _shown(aim.figure, aim.unit), _shown(aim.bound, aim.unit)
        sign = "≥" if aim.least else "<"
        print(f"  {aim.what:<58} {measured:>14} {f'{sign} {bound}':>14} {'ok' if aim.met else 'missed'}")
    return 0 if all(aim.met for aim in aims) else 1


def _shown(value: float, unit: str) -> str:
    return f"{value:,.{0 if value >= 100 else 2}f} {unit}".strip()
