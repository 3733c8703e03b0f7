"""Packages for Node, as a folder's lock file names them: installed where they are missing, once for all workers."""

from __future__ import annotations

import fcntl
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


def installed(folder: Path) -> Path:
    """The `node_modules` of this folder, with what its lock file says."""
    modules = folder / "node_modules"
    with (folder / "package-lock.json").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _up_to_date(folder):
            npm = shutil.which("npm")
            if npm is None:
                pytest.fail("These tests need npm: apt-get install npm", pytrace=False)
            command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
            subprocess.run(command, cwd=folder, check=True, timeout=120)
    return modules


def _up_to_date(folder: Path) -> bool:
    done = folder / "node_modules" / ".package-lock.json"
    return done.exists() and done.stat().st_mtime >= (folder / "package-lock.json").stat().st_mtime
