"""The names that somebody has probably meant, also among ten thousand that look alike."""

from __future__ import annotations

import difflib
from heapq import nlargest
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

FEW = 40
"""So many names are compared letter by letter, which takes some 0.1 ms each."""


def nearest(word: str, names: Collection[str], count: int = 1) -> list[str]:
    """Return up to `count` of `names` that are like `word`, the most similar first; none if none is.

    Of many names only those are compared that have most pieces of `word` in them: a slip of the hand leaves most of
    them as they are.
    """
    if len(names) > FEW:
        pieces = _pieces(word)
        # Of a short word all of FEW others may have every piece; the word itself comes before them.
        names = nlargest(FEW, names, key=lambda name: sum(map(name.__contains__, pieces)) + (name == word))
    return difflib.get_close_matches(word, names, n=count)


def _pieces(word: str) -> frozenset[str]:
    """Return the letters of a short word with its pairs, and of a longer one all that three letters in a row make."""
    sizes = (3,) if len(word) > 5 else (1, 2)
    return frozenset(word[start : start + size] for size in sizes for start in range(len(word) - size + 1))
