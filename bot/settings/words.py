"""Single words that several of the files hold: text → the word, if it is one."""

from __future__ import annotations

import re

from bot.core import timezone
from bot.core.errors import Invalid

USER = re.compile(r"(?:[TE][A-Z0-9]+/)?[UW][A-Z0-9]+\Z")
USERGROUP = re.compile(r"S[A-Z0-9]+\Z")


def user(word: str) -> str:
    """Return the id of a person, which the id of their team may come before, as in T012/U345.

    Raises:
        Invalid: it is none.
    """
    if not USER.match(word):
        raise Invalid(f"“{word}” is not the id of a person, as in U0123456789")
    return word


def usergroup(word: str) -> str:
    """Return the id of a user group of Slack's.

    Raises:
        Invalid: it is none.
    """
    if not USERGROUP.match(word):
        raise Invalid(f"“{word}” is not the id of a user group, as in S0123456789")
    return word


def zone(word: str) -> str:
    """Return the name of a time zone.

    Raises:
        Invalid: there is none of this name.
    """
    return timezone.zone(word).key
