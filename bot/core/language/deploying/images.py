"""The image: a reference to one in a registry, never an address."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.core.language.reader import Reader
    from bot.core.language.words import Word

LOGIN = re.compile(r"@(?![a-z0-9+._-]+:[0-9A-Za-z]+\Z)")
IMAGE = re.compile(r"(?!\w+://)[A-Za-z0-9][A-Za-z0-9._:/@-]{0,511}\Z")


def read_image(reader: Reader, word: Word) -> str:
    """Return the name of an image; what may be a login in it is not repeated."""
    if LOGIN.search(word.text):
        reader.fail(
            word,
            "This is not an image: only a digest may follow an “@”.",
            "Logins of registries lie in Secrets of the cluster: `--pull-secret NAME`.",
        )
    if not IMAGE.match(word.text):
        reader.fail(word, f"“{word.text}” is not an image.", "For example `ghcr.io/acme/hello:v2`.")
    return word.text
