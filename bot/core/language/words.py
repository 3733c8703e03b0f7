r"""Text → words, each knowing where it stands, so that an error can point at the characters at fault.

    words  = [ word *( blank word ) ]
    word   = 1*( quoted / escaped / character )       ; quotes and backslash as in a POSIX shell
    quoted = "'" *any "'" / DQUOTE *( "\" any / any ) DQUOTE

Chat programs improve what people type. `repair` takes that back before anything is read: curly quotes, long dashes,
automatic links, code marks, blanks that only look like blanks, and what no keyboard types (controls, half surrogates).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.core.errors import ParseError

if TYPE_CHECKING:
    from collections.abc import Sequence

LONGEST = 40_000
_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "‚": "'"})
_INVISIBLE = re.compile("[\x00-\x08\x0e-\x1b\x7f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ud800-\udfff\ufeff]")
_BLANKS = re.compile(r"[^\S ]")
_LINK = re.compile(r"<((?:https?://|mailto:|tel:)[^|<>\s]*)(?:\|([^<>]*))?>")
_LONG_DASH = re.compile(r"(?<!\S)[—–‒―](?=[A-Za-z]{2})")  # these are what chat programs insert
_DASH = re.compile("[—–‒―‐‑−]")
_CODE = re.compile(r"(?<!\S)`++|(?<!`)`++(?!\S)")  # possessive: a long row of marks is read once, not once a mark
_IN_DOUBLE_QUOTES = re.compile(r'"((?:[^"\\]|\\.)*+)"')
_CHARACTER = re.compile(r'(?:\\(?=["\\]))?(.)', re.DOTALL)  # before anything else a backslash stands for itself there


@dataclass(frozen=True, slots=True)
class Word:
    """A word without its quotes.

    `places[i]` is where the character i stands in the source; `end` is after the word. `quoted` tells that it begins
    with a quote, and so is never a flag: in --env="A=b c" only the value is quoted.
    """

    text: str
    places: tuple[int, ...]
    start: int
    end: int
    quoted: bool = False

    @property
    def span(self) -> tuple[int, int]:
        return self.start, self.end

    def part(self, start: int, end: int | None = None) -> Word:
        """Return the word made of the characters start..end of this one."""
        stop = len(self.text) if end is None else end
        places = self.places[start:stop]
        first = self.start if start == 0 else self.places[start] if start < len(self.places) else self.end
        last = self.end if stop == len(self.text) else (places[-1] + 1 if places else first)
        return Word(self.text[start:stop], places, first, last, self.quoted)

    def split(self, mark: str) -> list[Word]:
        """Return the parts between `mark`s; empty parts are kept."""
        parts, start = [], 0
        for index, character in enumerate(self.text):
            if character == mark:
                parts.append(self.part(start, index))
                start = index + 1
        return [*parts, self.part(start)]


def repair(text: str) -> str:
    """Return `text` as it was meant: what a chat program put in for its beauty is taken out."""
    text = _LINK.sub(_unlink, text)
    text = _BLANKS.sub(" ", _INVISIBLE.sub("", text)).translate(_QUOTES)
    text = _DASH.sub("-", _LONG_DASH.sub("--", text))
    text = _CODE.sub("", text)
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").strip()


def split(source: str) -> list[Word]:
    """Return the words of `source`.

    Raises:
        ParseError: a quote is not closed, or the text is longer than 40,000 characters.
    """
    if len(source) > LONGEST:
        raise ParseError(
            f"That is too long: more than {LONGEST:,} characters.", source=source[:80], span=(0, 80), code="too-long"
        )
    words: list[Word] = []
    index = 0
    while index < len(source):
        if source[index] == " ":
            index += 1
            continue
        word = _word(source, index)
        words.append(word)
        index = word.end
    return words


def joined(words: Sequence[Word]) -> Word:
    """Return several words in a row as one, with a blank between them; at least one is needed."""
    places = tuple(place for word in words for place in (*word.places, word.end))
    return Word(" ".join(word.text for word in words), places[:-1], words[0].start, words[-1].end)


def _word(source: str, start: int) -> Word:
    text: list[str] = []
    places: list[int] = []
    opened = False
    index = start
    while index < len(source) and source[index] != " ":
        quoted = _quoted(source, index)
        if quoted is not None:
            opened = opened or index == start
            places.extend(quoted[0])
            text.extend(source[place] for place in quoted[0])
            index = quoted[1]
            continue
        if source[index] == "\\" and index + 1 < len(source):
            index += 1
        text.append(source[index])
        places.append(index)
        index += 1
    return Word("".join(text), tuple(places), start, index, opened)


def _quoted(source: str, opening: int) -> tuple[list[int], int] | None:
    """Return the places of what is quoted from here, and where it ends; None where no quote opens.

    A single quote that never closes is an apostrophe: people write “don't”.
    """
    if source[opening] == "'":
        closing = source.find("'", opening + 1)
        return (list(range(opening + 1, closing)), closing + 1) if closing > 0 else None
    if source[opening] != '"':
        return None
    found = _IN_DOUBLE_QUOTES.match(source, opening)
    if found is None:
        raise ParseError(
            "This quote is not closed.", "Close it, or leave it out.", source=source, span=(opening, opening + 1)
        )
    return [character.start(1) for character in _CHARACTER.finditer(source, *found.span(1))], found.end()


def _unlink(link: re.Match[str]) -> str:
    """Return what was typed before it became a link: Slack links “ghcr.io/a/b:1” as <http://ghcr.io/a/b:1|ghcr.io/a/b:1>."""
    address, label = link[1], link[2]
    return label or address.removeprefix("mailto:").removeprefix("tel:")
