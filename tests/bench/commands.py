"""Fifty slash commands a second for twenty seconds, at a bot and a sandbox in processes of their own.

What is measured: from the moment that the workspace sends a command to the ack, as the workspace saw it; and whether
every command was answered. Both processes and this one share the machine's cores.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from aiohttp import ClientSession

from tests.bench.aims import Aim, judged

RATE = 50
SECONDS = 20
COMMANDS = ("services", "status hello", "revisions hello", "help", "whoami", "url hello")


def main() -> int:
    """Run the measurement, print its table, and return 1 if a command was lost."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "bot.env"
        base = [sys.executable, "-m", "bot"]
        sandbox = subprocess.Popen([*base, "sandbox", "--port", "0", "--pace", "0.1", "--env-file", str(file)])
        try:
            variables = environment(file)
            bot = subprocess.Popen([*base, "run"], env={**os.environ, **variables, "KNOBOT_LOG_LEVEL": "ERROR"})
            try:
                return asyncio.run(_measure(variables["SLACK_API_URL"].removesuffix("/api/")))
            finally:
                bot.terminate()
                bot.wait(10)
        finally:
            sandbox.terminate()
            sandbox.wait(10)


def environment(file: Path) -> dict[str, str]:
    """Return the variables that a sandbox writes for its bot, once it has."""
    deadline = time.monotonic() + 20
    while not (file.exists() and file.read_text().endswith("\n")):
        if time.monotonic() > deadline:
            raise TimeoutError("the sandbox does not start")
        time.sleep(0.05)
    return dict(line.split("=", 1) for line in file.read_text().splitlines())


async def _measure(url: str) -> int:
    async with ClientSession(url) as session:
        for _ in range(400):
            if (await _get(session, "/sandbox/state"))["bot"]["connected"]:
                break
            await asyncio.sleep(0.05)
        begin = f"{time.time():.6f}"
        started = time.perf_counter()
        sending = []
        for number in range(RATE * SECONDS):
            await asyncio.sleep(max(0.0, started + number / RATE - time.perf_counter()))
            sending.append(asyncio.create_task(_send(session, COMMANDS[number % len(COMMANDS)])))
        acks = await asyncio.gather(*sending)
        answered = await _answered(session, begin, len(sending))
    acked = sorted(ack for ack in acks if ack is not None)
    print(f"slash commands: {RATE} a second for {SECONDS} s")
    print(f"  {'sent':>8} {'acked':>8} {'answered':>9} {'p50 ms':>8} {'p95 ms':>8} {'p99 ms':>8} {'max ms':>8}")
    cuts = statistics.quantiles(acked, n=100)
    print(
        f"  {len(sending):>8} {len(acked):>8} {answered:>9} "
        f"{cuts[49]:>8.1f} {cuts[94]:>8.1f} {cuts[98]:>8.1f} {acked[-1]:>8.1f}"
    )
    return judged(
        Aim("commands acknowledged in time and answered", min(len(acked), answered), len(sending), least=True),
        Aim("95 of a hundred acknowledgements: Slack waits 3 s", cuts[94], 3000, "ms"),
    )


async def _send(session: ClientSession, text: str) -> float | None:
    body = {"user": "dev", "channel": "deploys", "text": text}
    async with session.post("/sandbox/slash", json=body) as answer:
        acked: float | None = (await answer.json()).get("acked_ms")
        return acked


async def _answered(session: ClientSession, begin: str, wanted: int) -> int:
    """Wait until as many answers are there as commands were sent, or none comes any more."""
    seen, quiet = 0, 0
    while seen < wanted and quiet < 20:
        messages = await _get(session, f"/sandbox/messages?channel=deploys&user=dev&after={begin}")
        quiet = quiet + 1 if len(messages) == seen else 0
        seen = len(messages)
        await asyncio.sleep(0.25)
    return seen


async def _get(session: ClientSession, path: str) -> Any:
    async with session.get(path) as answer:
        return await answer.json()
