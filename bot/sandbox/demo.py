"""The demo: a sandbox, and a bot in a process of its own that lives in it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from typing import TYPE_CHECKING

from bot.sandbox.house import House

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.sandbox.house import Plot

STARTING = 30.0
"""Seconds that a bot has to connect before the page is told of without it."""
GLANCE = 0.05
PATIENCE = 5.0
"""Seconds that a bot has to end by itself before it is killed."""


async def keep(plot: Plot, opened: Callable[[House], None], *, bot: bool) -> int:
    """Run a sandbox until a signal ends it, with a bot in it if `bot`; return the exit code.

    Args:
        plot: what to build.
        opened: called once everything answers.
        bot: whether to start `knobot run` in it; when that ends by itself, the demo ends with its exit code.

    Raises:
        OSError: the port is taken.
    """
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    house = House(plot)
    child: asyncio.subprocess.Process | None = None
    try:
        await house.start()
        child = await _start_bot(house.environment()) if bot else None
        if child:
            await _joined(house, child, stopped)
        opened(house)
        return await _until(stopped, child)
    finally:
        if child:
            await _end(child)
        await house.stop()


async def _start_bot(environment: Mapping[str, str]) -> asyncio.subprocess.Process:
    variables = {"KNOBOT_LOG_LEVEL": "WARNING", **os.environ, **environment}
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run", env=variables, start_new_session=True
    )


async def _joined(house: House, child: asyncio.subprocess.Process, stopped: asyncio.Event) -> None:
    """Wait for the bot's connection: whoever is told where the page is types at once, and would not be heard."""
    workspace = house.workspace
    for _ in range(int(STARTING / GLANCE)):
        if stopped.is_set() or child.returncode is not None or (workspace and workspace.connected):
            return
        await asyncio.sleep(GLANCE)


async def _until(stopped: asyncio.Event, child: asyncio.subprocess.Process | None) -> int:
    """Wait for a signal or for the end of the bot."""
    waiting = [asyncio.create_task(stopped.wait())]
    if child:
        waiting.append(asyncio.create_task(child.wait()))  # type: ignore[arg-type] # an exit code in place of True
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for task in waiting:
        task.cancel()
    return child.returncode or 0 if child and not stopped.is_set() else 0


async def _end(child: asyncio.subprocess.Process) -> None:
    if child.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        child.terminate()
    try:
        await asyncio.wait_for(child.wait(), PATIENCE)
    except TimeoutError:
        child.kill()
        await child.wait()
