"""`make fuzz`: payloads and requests as Slack does not send them, for a while; what became of them, as a table.

Nothing of it may reach a cluster, be answered with a traceback, or end the process. People who may not do anything, and
people whose every change needs an approval that nobody gives, are those who send it.
"""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
import time
import warnings
from collections import Counter
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from bot.blocks import render
from bot.core.answers import Fault
from bot.core.language.grammar import COMMANDS
from bot.core.policy import Effect, Group, Policy, Rule
from tests.handlers.payloads import CLICK, SAID, SLASH, SUBMITTED
from tests.operations.site import DEV, GUARDED, OPS
from tests.security.attacks import everything
from tests.security.desk import MALLORY, Desk, ask, desk
from tests.security.mangling import encoded, headers, mangled
from tests.web.door import Door, door

BATCH = 100
QUIET = settings(
    max_examples=BATCH,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)
ANSWERS = frozenset({200, 400, 401, 404, 405, 408, 413, 415, 503})


@dataclass
class Tally:
    """What became of one kind of input."""

    kind: str
    count: int = 0
    slowest: float = 0.0
    became: Counter[str] = field(default_factory=Counter)

    def note(self, became: str, seconds: float) -> None:
        self.count += 1
        self.slowest = max(self.slowest, seconds)
        self.became[became] += 1


def careful(folder: Path) -> Desk:
    """A desk where every change needs an approval of somebody who never comes, and strangers may do nothing."""
    made = desk(folder)
    rules = (
        Rule("careful", Effect(approvals=1, group="approvers"), (DEV.user,), verbs=("change",)),
        Rule("open", Effect(), (DEV.user,)),
    )
    made.site.policy = Policy(rules, {"approvers": Group(frozenset({OPS.user}))})
    made.restart()
    return made


def payloads(made: Desk, tally: dict[str, Tally], batch: int) -> None:
    """Hand in one batch, of another content for each number: every listener's payload, mangled."""
    identity = made.site.changes()[0].id if made.site.changes() else ask(made)
    bodies: dict[str, dict[str, Any]] = {}
    for person in (DEV, MALLORY):
        bodies |= {f"{name} of {person.user}": body for name, body in everything(made, person, identity).items()}
    lines = [example for verb in COMMANDS for example in verb.examples]
    bodies |= {f"line {number}": made.slash(line, DEV, GUARDED) for number, line in enumerate(lines)}
    plain = st.sampled_from(list(bodies.values()))

    @seed(batch)
    @QUIET
    @given(mangled(plain))
    def run(body: dict[str, Any]) -> None:
        began = time.monotonic()
        before = len(made.site.channel.answers)
        became = _handed_in(made, body)
        for _, answer in made.site.channel.answers[before:]:
            told = render(answer)
            assert "Traceback" not in told.text + repr(told.blocks)
            assert not isinstance(answer, Fault), body
        made.site.channel.answers.clear()
        assert not made.site.knative.writes
        _noted(tally, f"payload: {_kind(body)}").note(became, time.monotonic() - began)

    run()


def _handed_in(made: Desk, body: dict[str, Any]) -> str:
    status = made.hand(body)
    assert status in {200, 400, 404}, (status, body)
    return {200: "acknowledged", 400: "no payload", 404: "nobody listens"}[status]


def _kind(body: dict[str, Any]) -> str:
    kind = body.get("type", "command" if "command" in body else None)
    known = ("block_actions", "view_submission", "block_suggestion", "message_action", "event_callback", "command")
    return kind if isinstance(kind, str) and kind in known else "of no known kind"


def requests(made: Door, tally: dict[str, Tally], batch: int) -> None:
    """Send one batch of requests over HTTP, of another content for each number, half of them signed."""
    bodies: list[dict[str, Any]] = [SLASH, CLICK, SAID, SUBMITTED]
    plain = st.sampled_from(bodies)

    @seed(batch)
    @QUIET
    @given(encoded(plain), headers(), st.booleans())
    def run(sending: tuple[bytes, str], more: dict[str, str], signed: bool) -> None:
        body, content = sending
        began, before = time.monotonic(), len(made.operations.calls)
        sent = {name: value.encode().decode("latin-1") for name, value in more.items()}
        if signed:
            status, text = made.slack(body, {"Content-Type": content})
        else:
            status, text = made.send(body, {"Content-Type": content, **sent})
        assert status in ANSWERS, (status, text, body)
        assert "Traceback" not in text
        assert signed or len(made.operations.calls) == before
        kind = "request: signed" if signed else "request: not signed"
        _noted(tally, kind).note(f"status {status}", time.monotonic() - began)

    run()
    assert made.get("/healthz")[0] == 200


def _noted(tally: dict[str, Tally], kind: str) -> Tally:
    return tally.setdefault(kind, Tally(kind))


def table(tally: dict[str, Tally]) -> str:
    """The figures, a row a kind of input."""
    rows = ["| input | how many | what became of them | slowest |", "| --- | --- | --- | --- |"]
    for kind in sorted(tally):
        one = tally[kind]
        became = ", ".join(f"{what} {count}" for what, count in one.became.most_common())
        rows.append(f"| {kind} | {one.count} | {became} | {one.slowest * 1000:.0f} ms |")
    return "\n".join(rows)


def main() -> int:
    """Fuzz for as long as was asked; exit code 1, with the payload, when one of them did what none may."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=120.0, help="how long")
    wanted = parser.parse_args().seconds
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    tally: dict[str, Tally] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "door").mkdir()
        made = careful(folder)
        with door(folder / "door") as listening:
            end = time.monotonic() + wanted
            for batch in count(time.time_ns()):
                payloads(made, tally, batch)
                requests(listening, tally, batch)
                if time.monotonic() >= end:
                    break
        verdict = made.site.store.audit.verify()
        made.site.store.close()
    print(table(tally))
    print(
        f"{sum(one.count for one in tally.values())} inputs; no write, no traceback; {verdict.rows} audit rows in order"
    )
    return 1 if verdict.fault else 0


if __name__ == "__main__":
    sys.exit(main())
