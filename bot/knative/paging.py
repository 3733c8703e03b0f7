"""Lists are read page by page, so that neither side holds a large one as one body."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from bot.core.errors import Unavailable
from bot.knative import faults

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.knative.connection import Query

P = TypeVar("P")

PAGE = 500


def pages(ask: Callable[[Query], P], more: Callable[[P], str], start: Query = (), most: int | None = None) -> list[P]:
    """Return the pages of one list, all of one state.

    A server that has forgotten that state between two pages (410) offers to go on with the present one. Such a list
    would lack what moved meanwhile, so it is begun anew: as one page, since it would be too slow in pages once more.

    Args:
        ask: reads one page, given what to add to the query.
        more: the token for the page after this one, "" on the last.
        start: what only the first page is asked with.
        most: after how many pages to stop; None reads all.
    """
    found: list[P] = []
    position = start
    while most is None or len(found) < most:
        try:
            found.append(ask((("limit", str(PAGE)), *position)))
        except Unavailable as error:
            if error.code != faults.EXPIRED or not found:
                raise
            return [ask(() if most is None else (("limit", str(PAGE * most)),))]
        token = more(found[-1])
        if not token:
            break
        position = (("continue", token),)
    return found
