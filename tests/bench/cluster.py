"""Ten thousand Services, with everything that belongs to them, in the embedded cluster.

What is measured: reading them in pages, at once and by a watch, one change among them, and memory; each beside the
obvious alternative in the same run: plain decoding of the same JSON, and a cluster with a single Service.
"""

from __future__ import annotations

import gc
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.sandbox.cluster.kinds import KINDS
from tests.bench.aims import Aim, judged
from tests.sandbox.cluster.conftest import SERVICES, Hands, service, serving

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

SERVICES_LOADED = 10_000
PAGE = 500
INITIAL = "watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true"


async def main() -> int:
    """Run the measurement and print its tables; return 1 if a reading lost an object."""
    async with serving() as alone:
        await alone.create(service("hello"))
        await alone.cluster.settled()
        single = await changed(alone, "hello")
    before, started = resident(), time.perf_counter()
    async with serving() as hands:
        await load(hands)
        loaded, grown = time.perf_counter() - started, resident() - before
        figures = await reading(hands)
        among_many = await changed(hands, "hello-05000")
        plain, characters = decoded(hands)
    print(f"embedded cluster: {SERVICES_LOADED} Services, loaded and Ready in {loaded:.0f} s")
    print(f"  {'reading all of them':<28} {'ms':>8} {'objects':>8} {'by the alternative':>28}")
    for figure in figures:
        print(f"  {figure.what:<28} {figure.seconds * 1000:>8.0f} {figure.objects:>8} {figure.beside(figures[-1]):>28}")
    print(
        f"  {'a change until it is true':<28} {among_many * 1000:>8.1f} {'':>8} {ratio(among_many, single):>21} alone"
    )
    print(f"  {'memory, with what they own':<28} {grown / 1e6:>5.0f} MB {'':>8} {ratio(grown, plain):>14} plain dicts")
    print(f"  {'':<28} {characters / 1e6:>5.0f} MB as JSON")
    read = min(figure.objects for figure in figures)
    return judged(Aim("Services that were read, by each way", read, SERVICES_LOADED, least=True))


@dataclass(frozen=True)
class Figure:
    """How long it took to read how many objects."""

    what: str
    seconds: float
    objects: int

    def beside(self, other: Figure) -> str:
        return f"{ratio(self.seconds, other.seconds)} {other.what}" if self is not other else ""


def ratio(one: float, other: float) -> str:
    return f"{one / other:.1f} x"


async def load(hands: Hands) -> None:
    gc.disable()  # a process that only grows is looked through in vain
    for number in range(SERVICES_LOADED):
        await hands.cluster.apply(service(f"hello-{number:05}"))
    await hands.cluster.settled()
    gc.enable()
    gc.freeze()


async def reading(hands: Hands) -> list[Figure]:
    return [
        await timed(f"in pages of {PAGE}", lambda: in_pages(hands)),
        await timed("at once", lambda: at_once(hands)),
        await timed("initial events of a watch", lambda: initial_events(hands)),
        await timed("decoding the same JSON", lambda: decoding(hands)),
    ]


async def timed(what: str, read: Callable[[], Awaitable[tuple[int, float]]]) -> Figure:
    started = time.perf_counter()
    objects, outside = await read()
    return Figure(what, time.perf_counter() - started - outside, objects)


async def in_pages(hands: Hands) -> tuple[int, float]:
    found, token = 0, ""
    while True:
        _, page = await hands.ask("GET", f"{SERVICES}?limit={PAGE}&continue={token}")
        found += len(page["items"])
        token = page["metadata"]["continue"]
        if not token:
            return found, 0


async def at_once(hands: Hands) -> tuple[int, float]:
    _, listed = await hands.ask("GET", SERVICES)
    return len(listed["items"]), 0


async def initial_events(hands: Hands) -> tuple[int, float]:
    headers = {"Authorization": f"Bearer {hands.cluster.users.token('admin')}"}
    found = 0
    async with hands.session.get(f"{SERVICES}?{INITIAL}", headers=headers) as response:
        async for line in response.content:
            if json.loads(line)["type"] == "BOOKMARK":
                break
            found += 1
    return found, 0


async def decoding(hands: Hands) -> tuple[int, float]:
    """What a client cannot do without; encoding is not counted."""
    started = time.perf_counter()
    texts = [json.dumps(obj) for obj in hands.cluster.objects("services")]
    encoding = time.perf_counter() - started
    return len([json.loads(text) for text in texts]), encoding


async def changed(hands: Hands, name: str) -> float:
    """Seconds from a new template until the cluster has done all that follows."""
    started = time.perf_counter()
    await hands.deploy(name, "green")
    return time.perf_counter() - started


def decoded(hands: Hands) -> tuple[int, int]:
    """What all objects take as plain dicts in memory, and as JSON, in bytes."""
    texts = [json.dumps(obj) for kind in KINDS for obj in hands.cluster.objects(kind.plural)]
    before = resident()
    plain = [json.loads(text) for text in texts]
    taken = resident() - before
    assert len(plain) == len(texts)
    return taken, sum(map(len, texts))


def resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096
