"""Images that a message names, as people and build pipelines paste them."""

from __future__ import annotations

import re

from bot.core.language.words import repair

MOST = 20
"""How many images of one message are offered."""
_HOST = r"(?:localhost|[a-z0-9-]+(?:\.[a-z0-9-]+)+|[a-z0-9.-]+:[0-9]{2,5})"
_PATH = r"[a-z0-9]+(?:[._-]+[a-z0-9]+)*"
_ENDING = r"(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@sha256:[0-9a-f]{64})?"
_NAMED = re.compile(rf"(?<![\w./:@-])(?:{_HOST}/)?{_PATH}(?:/{_PATH})*{_ENDING}(?![\w/@])")
_ADDRESS = re.compile(r"(?<!\w)\w++://\S+")
_CHOSEN = re.compile(rf"(?:{_HOST}/)?.*?(?::[A-Za-z0-9_][A-Za-z0-9_.-]*|@sha256:[0-9a-f]{{64}})\Z")
_WITH_HOST = re.compile(rf"{_HOST}/")


def named(said: str) -> tuple[str, ...]:
    """Return the images that a text names, in their order, each once.

    A word is an image when it has a path and a tag or digest, or a path on a registry's host: `and/or` is none, and
    neither are web addresses, dates and times.
    """
    text = _ADDRESS.sub(" ", repair(said))
    found = (match[0].rstrip(".") for match in _NAMED.finditer(text))
    return tuple(dict.fromkeys(word for word in found if _is_image(word)))[:MOST]


def _is_image(word: str) -> bool:
    if "/" not in word:
        return False
    return bool(_WITH_HOST.match(word)) or bool(_CHOSEN.match(word))
