"""Use cases run in this process, against fakes of the ports and a real store."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.operations.site import Site

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path)
    yield made
    made.store.close()


@pytest.fixture
def careful(tmp_path: Path) -> Iterator[Site]:
    """A site where changes need two approvals."""
    made = Site(tmp_path, approvals=2)
    yield made
    made.store.close()
