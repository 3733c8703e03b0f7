"""A PostgreSQL of the tests' own: made, served over a socket in a folder of its own, and thrown away."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

CHOICE = "KNOBOT_TEST_POSTGRESQL"
WANTED = os.environ.get(CHOICE) != "none"
MISSING = f"PostgreSQL's programs (initdb, pg_ctl) are not here: install them, or set {CHOICE}=none to test without."


@contextmanager
def server() -> Iterator[str]:
    """Serve a new PostgreSQL; yield the URL of it, without the name of a database."""
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="knobot-pg-", dir="/tmp"))  # a socket's path must be short
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        shutil.chown(folder, "nobody")
    data = folder / "data"
    try:
        _run(programs / "initdb", "-D", data, "-U", "knobot", "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-k {folder} -c listen_addresses= -c fsync=off"
        _run(programs / "pg_ctl", "-D", data, "-l", folder / "log", "-o", options, "-w", "start")
        try:
            yield f"postgresql+psycopg://knobot@/{{}}?host={folder}"
        finally:
            _run(programs / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder)


def _programs() -> Path:
    found = shutil.which("initdb")
    folders = [Path(found).parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not folders:
        raise RuntimeError(MISSING)
    return folders[-1]


def _run(*command: str | Path) -> None:
    unprivileged = ["runuser", "-u", "nobody", "--"] if os.geteuid() == 0 else []
    done = subprocess.run(
        [*unprivileged, *map(str, command)],
        check=False,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed:\n{done.stdout}")
