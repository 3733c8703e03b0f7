from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.security.desk import Desk, desk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def front(tmp_path: Path) -> Iterator[Desk]:
    """A desk where changes in GUARDED need one approval."""
    made = desk(tmp_path)
    yield made
    made.site.store.close()


@pytest.fixture
def careful(tmp_path: Path) -> Iterator[Desk]:
    """A desk where changes in GUARDED need two."""
    made = desk(tmp_path, approvals=2)
    yield made
    made.site.store.close()
