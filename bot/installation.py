"""`knobot install`: the release manifests of Knative into a cluster, without a workspace, as a checklist that ends."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bot.core import duration, installing
from bot.core.change import Change, Event, State, Votes
from bot.core.plan import Request
from bot.core.progress import Mark, Progress, look_at
from bot.knative.client import KnativeClusters

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

CLUSTER = "the cluster"
PAUSE_SECONDS = 1.0
MARKS = {Mark.DONE: "✔", Mark.WORKING: "…", Mark.WAITING: " ", Mark.FAILED: "✘"}


def carry_out(
    manifests: Sequence[Path],
    kubeconfig: Path | None,
    context: str | None,
    wait: str,
    *,
    ask: Callable[[str], bool] | None,
    say: Callable[[str], None],
) -> bool:
    """Apply the manifests and report module by module until each is available; whether all of them are.

    Args:
        manifests: files and folders, in their order.
        kubeconfig: the file with the cluster; None for the one that KUBECONFIG names, or the pod's own credentials.
        context: the context in it; None for its current one.
        wait: how long it may take, as in 10m.
        ask: asks for a yes; None goes on unasked.
        say: prints a line.

    Raises:
        NotFound, Invalid: the manifests cannot be read. Refused, Unavailable: the cluster does not let it, or is away.
    """
    clusters = KnativeClusters(manifests)
    named = os.environ.get("KUBECONFIG")
    clusters.connect(CLUSTER, kubeconfig or (Path(named) if named else None), context)
    now = datetime.now(UTC)
    plan = installing.plan(clusters.release(), CLUSTER, Request("", "", "", "install"))
    for module in clusters.release():
        say(f"{module.name}: {module.objects} objects")
    if ask is not None and not ask("Put them into the cluster?"):
        return False
    clusters.apply(plan)
    change = Change("", plan, State.ROLLING, Votes(), now, now + duration.parse(wait), generation=0)
    shown: tuple[str, ...] = ()
    while True:
        progress = look_at(change, clusters.stored(CLUSTER, installing.RELEASE), datetime.now(UTC))
        lines = _lines(progress)
        for line in lines:
            if line not in shown:
                say(line)
        shown = lines
        if progress.outcome is not None:
            done = progress.outcome is Event.TRUE
            say("All of it is in place." if done else progress.reason)
            clusters.close()
            return done
        time.sleep(PAUSE_SECONDS)


def _lines(progress: Progress) -> tuple[str, ...]:
    return tuple(f"{MARKS[step.mark]} {step.text}" for step in progress.steps)
