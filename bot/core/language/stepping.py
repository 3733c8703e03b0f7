"""How rollouts in steps are read, and the verbs that move them.

    steps = percent 1*( "," percent )              ; after REVISION=, as in latest=10,50,100

The flags of a rollout in steps have no meaning for a single split, which is what `routing` reads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core import checks, duration
from bot.core.commands import Abort, Pause, Promote, Resume, SteppedRollout
from bot.core.language.reader import Flag
from bot.core.language.verb import SERVICE, Kind, Verb
from bot.core.rollout import annotation, weekdays

if TYPE_CHECKING:
    from bot.core.checks import Check
    from bot.core.commands import Address, Command
    from bot.core.language.reader import Reader
    from bot.core.language.words import Word
    from bot.core.rollout.weekdays import Weekdays

ENOUGH = 20
"""Requests that a Revision must have answered before its figures are judged, unless a command says."""
TOLERATED = 2
"""Bad measurements in a row that give the traffic back, unless a command says: one alone may be chance."""
MOST_FAILURES = 10
STEPPED = (
    Flag(("--every",), "10m", "rollouts in steps: how long each lasts; left out, each waits for a person"),
    Flag(
        ("--analyze", "--analyse"),
        "success>=99",
        "what must hold at each step: success>=99 (%), p50, p95 or p99<500ms, or a check of the configuration",
    ),
    Flag(("--min-requests",), str(ENOUGH), "how many requests there must be before anything is judged"),
    Flag(("--failures",), str(TOLERATED), "how many bad measurements in a row give the traffic back; 1 is at once"),
    Flag(("--pause-at",), "50", "percents at which a person has to say that it goes on"),
    Flag(("--weekdays",), "9-17", "steps are taken only in these hours of Mondays to Fridays"),
    Flag(("--timezone",), "Europe/Berlin", "of these hours; UTC unless told"),
)


def read_stepped(reader: Reader, service: Address, reference: str, steps: list[Word]) -> SteppedRollout:
    """Read the rest of a rollout whose Revision goes up by `steps`, at least two."""
    percents: list[int] = []
    for word in steps:
        percent = reader.number(word, "percentage", 1, 100)
        if percents and percent <= percents[-1]:
            reader.fail(word, f"{percent}% after {percents[-1]}% is no step up.", "Steps grow, as in 10,50,100.")
        percents.append(percent)
    if len(percents) > annotation.MOST:
        reader.fail(steps[annotation.MOST], f"That is more than {annotation.MOST} steps.", "Take larger ones.")
    every = reader.one("every")
    judged = _checks(reader)
    least, failures = reader.one("min-requests"), reader.one("failures")
    if not judged and (flagged := least or failures):
        what = "Requests are" if least else "Bad measurements are"
        reader.fail(flagged, f"{what} counted for checks, and there is none.", "For example `--analyze success>=99`.")
    return SteppedRollout(
        service,
        reference,
        tuple(percents),
        every=reader.within(every, duration.parse) if every else None,
        weekdays=_weekdays(reader, timed=every is not None),
        gates=_gates(reader, percents),
        checks=judged,
        least=(reader.number(least, "number", 0, 1_000_000) if least else ENOUGH) if judged else 0,
        failures=(reader.number(failures, "number", 1, MOST_FAILURES) if failures else TOLERATED) if judged else 1,
    )


def no_steps(reader: Reader) -> None:
    """Complain about what only a rollout in steps has."""
    for flag in STEPPED:
        if words := reader.given(flag.key):
            reader.fail(
                words[0], f"--{flag.key} is for rollouts in steps.", "Give several percents, as in latest=10,50,100."
            )


def _checks(reader: Reader) -> tuple[Check, ...]:
    found: list[Check] = []
    for word in (part for flagged in reader.all("analyze") for part in flagged.split(",")):
        check = reader.within(word, checks.parse)
        if check.name in {each.name for each in found}:
            reader.fail(word, f"{check.name} is checked already.", "Leave one out.")
        found.append(check)
    return tuple(found)


def _weekdays(reader: Reader, *, timed: bool) -> Weekdays | None:
    hours, zone = reader.one("weekdays"), reader.one("timezone")
    if hours is None:
        if zone:
            reader.fail(
                zone, "--timezone is for --weekdays.", "For example `--weekdays 9-17 --timezone Europe/Berlin`."
            )
        return None
    if not timed:
        reader.fail(
            hours, "Without --every each step waits for a person.", "For example `--every 15m --weekdays 9-17`."
        )
    name = reader.within(zone, lambda text: weekdays.parse("0-24", text).timezone) if zone else "UTC"
    return reader.within(hours, lambda text: weekdays.parse(text, name))


def _gates(reader: Reader, percents: list[int]) -> tuple[int, ...]:
    found = set()
    for word in (part for flagged in reader.all("pause-at") for part in flagged.split(",")):
        percent = reader.number(word, "percentage", 1, 100)
        if percent not in percents[:-1]:
            reader.fail(
                word, f"{percent}% is no step at which this rollout waits.", "Name one of its steps before the last."
            )
        found.add(percent)
    return tuple(sorted(found))


def _read_promote(reader: Reader) -> Command:
    service = reader.address("For example `promote hello`.")
    return Promote(service, reader.switch("full"), reader.switch("skip"))


def _read_pause(reader: Reader) -> Command:
    return Pause(reader.address("For example `pause hello`."))


def _read_resume(reader: Reader) -> Command:
    return Resume(reader.address("For example `resume hello`."))


def _read_abort(reader: Reader) -> Command:
    return Abort(reader.address("For example `abort hello`."))


STEPPING: tuple[Verb, ...] = (
    Verb(
        "promote",
        Kind.CHANGE,
        "promote SERVICE [--full]",
        "take the next step, or give a split to its newest Revision",
        ("promote hello --full", "promote hello"),
        _read_promote,
        (
            *SERVICE,
            Flag(("--full",), None, "take the last step at once"),
            Flag(("--skip",), None, "do not wait for what the checks say"),
        ),
    ),
    Verb(
        "pause",
        Kind.CHANGE,
        "pause SERVICE",
        "hold a rollout in steps",
        ("pause hello",),
        _read_pause,
        SERVICE,
    ),
    Verb(
        "resume",
        Kind.CHANGE,
        "resume SERVICE",
        "let a held rollout go on",
        ("resume hello",),
        _read_resume,
        SERVICE,
    ),
    Verb(
        "abort",
        Kind.CHANGE,
        "abort SERVICE",
        "give the traffic of a rollout back, or of a split to `stable`",
        ("abort hello",),
        _read_abort,
        SERVICE,
    ),
)
