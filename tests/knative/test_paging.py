from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from bot.core.errors import Unavailable
from bot.knative.paging import pages
from tests.knative.wire import Said

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.knative.connection import Connection, Query
    from tests.knative.conftest import Answer
    from tests.knative.wire import Asked, Wire

# As a kube-apiserver 1.20 answered after etcd was compacted between two pages.
GONE = {
    "kind": "Status",
    "metadata": {"continue": "eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6LTEsInN0YXJ0IjoicGFnZTFcdTAwMDAifQ"},
    "status": "Failure",
    "message": "The provided continue parameter is too old to display a consistent list result.",
    "reason": "Expired",
    "code": 410,
}


def read(connection: Connection, start: Query = (), most: int | None = None) -> list[int]:
    def ask(position: Query) -> dict[str, list[int]]:
        found: dict[str, list[int]] = json.loads(connection.read("/list", position))
        return found

    found = pages(ask, lambda page: str(page.get("more", "")), start, most)
    return [item for page in found for item in page["items"]]


def page(items: list[int], more: str = "") -> Said:
    return Said(200, json.dumps({"items": items, "more": more}).encode())


def test_a_list_whose_state_is_forgotten_between_two_pages_is_read_anew_as_one(
    serve: Callable[[Answer], Wire], dial: Callable[[str], Connection]
) -> None:
    def answer(asked: Asked) -> Said:
        if "continue" in asked.query:
            return Said(410, json.dumps(GONE).encode())
        return page([1, 2], "next") if "limit" in asked.query else page([1, 3])

    wire = serve(answer)
    assert read(dial(wire.url), (("resourceVersion", "0"),)) == [1, 3]
    assert [asked.query for asked in wire.asked] == [
        {"limit": "500", "resourceVersion": "0"},
        {"limit": "500", "continue": "next"},
        {},
    ]


def test_a_list_of_a_bounded_number_of_pages_stays_bounded_when_it_is_read_anew(
    serve: Callable[[Answer], Wire], dial: Callable[[str], Connection]
) -> None:
    def answer(asked: Asked) -> Said:
        return Said(410, json.dumps(GONE).encode()) if "continue" in asked.query else page([1], "next")

    wire = serve(answer)
    assert read(dial(wire.url), most=3) == [1]
    assert wire.asked[-1].query == {"limit": "1500"}
    assert read(dial(wire.url), most=1) == [1]


def test_a_list_that_is_refused_from_the_start_is_not_asked_for_again(
    serve: Callable[[Answer], Wire], dial: Callable[[str], Connection]
) -> None:
    wire = serve(lambda _: Said(410, json.dumps(GONE).encode()))
    with pytest.raises(Unavailable):
        read(dial(wire.url))
    assert len(wire.asked) == 1
