from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.web.door import Door, door

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def _opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with door(tmp_path_factory.mktemp("door")) as made:
        yield made


@pytest.fixture
def knock(_opened: Door) -> Door:
    """A server that nothing has come to yet, as far as its use cases know."""
    _opened.operations.calls.clear()
    _opened.operations.reports.clear()
    return _opened
