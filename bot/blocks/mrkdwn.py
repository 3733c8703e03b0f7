"""Values → Slack's mrkdwn. Whatever a person or a cluster wrote passes through here, or it is not shown.

Slack reads `<…>` in a text as a link, a mention or a call to everybody, and knows three escapes: &amp; &lt; &gt;. With
those three nothing can be injected; backticks and line breaks are dealt with too, since they could end a code span, and
characters that are invisible or turn the direction of writing are dropped, since they make a name look like another.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from bot.core.change import Person
    from bot.core.policy import Group

_BLANK_LETTERS = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff]"
)
"""Characters that count as letters or marks, or as nothing, and show nothing."""
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Unicode's categories of controls, formats, halves of characters, and separators of lines and paragraphs."""
_ADDRESS = re.compile(r"https?://[A-Za-z0-9._~:/?#@!$&'()*+,;=%\[\]-]{1,500}\Z")
_USER = re.compile(r"[UW][A-Z0-9]{1,30}\Z")
_SUBTEAM = re.compile(r"S[A-Z0-9]{1,30}\Z")
_CHANNEL = re.compile(r"[CG][A-Z0-9]{1,30}\Z")
_TICKS = re.compile(r"`{2,}")
_MARKS = re.compile("[*`]")
_BLANK = re.compile(r"\s")


def clean(value: str) -> str:
    """Return `value` on one line and without invisible characters; blanks stay as many as they are."""
    if value.isprintable():  # nothing of _UNSEEN is, nor any blank but the common one; long lists have thousands
        return value if value.isascii() else _BLANK_LETTERS.sub("", value)
    line = _BLANK_LETTERS.sub("", _BLANK.sub(" ", value))
    return "".join(mark for mark in line if unicodedata.category(mark) not in _UNSEEN)


def escape(value: str) -> str:
    """Return `value` with the three characters escaped that mean something to Slack."""
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def clip(value: str, limit: int) -> str:
    """Return as much of the beginning of `value` as has at most `limit` characters when it is escaped."""
    if len(escape(value)) <= limit:
        return value
    kept = value[: limit - 1]
    while len(escape(kept)) >= limit:
        kept = kept[:-1]
    return f"{kept}…"


def middle(value: str, limit: int) -> str:
    """Return `value` shortened in its middle: a Revision's number and an image's tag are at the end."""
    if len(value) <= limit:
        return value
    tail = limit // 2
    return f"{value[: limit - 1 - tail]}…{value[-tail:]}" if tail else "…"


def prose(value: str, limit: int = 300) -> str:
    """Return somebody's sentence as markup. Backticks are kept in pairs: Knobot's own errors mark commands by them."""
    shown = clip(_TICKS.sub("’", " ".join(clean(value).split())), limit)
    return escape(shown.replace("`", "’") if shown.count("`") % 2 else shown)


def bold(value: str) -> str:
    """Return a name in bold."""
    return f"*{_MARKS.sub('’', prose(value, 160))}*"


def code(value: str, limit: int = 80) -> str:
    """Return a value as a code span that it cannot break out of, shortened in the middle; an empty one is named so."""
    shown = middle(" ".join(clean(value).split()), limit).replace("`", "’")
    return f"`{escape(shown)}`" if shown else "(empty)"


def fenced(rows: str) -> str:
    """Return preformatted lines as they may stand in a block of code: they cannot break out of it."""
    return escape(_TICKS.sub("’’", "\n".join(clean(line) for line in rows.split("\n"))))


def person(who: Person) -> str:
    """Return a mention. What is not a Slack user id is shown as it is written."""
    return f"<@{who.user}>" if _USER.match(who.user) else code(who.user)


def channel(identity: str) -> str:
    """Return a link to a channel. What is not an id of one is shown as it is written."""
    return f"<#{identity}>" if _CHANNEL.match(identity) else code(identity)


def people(who: tuple[Person, ...]) -> str:
    """Return mentions of several people; of very many, how many they are."""
    more = f" and {len(who) - 10} more" if len(who) > 10 else ""
    return ", ".join(person(one) for one in who[:10]) + more


def members(group: Group) -> str:
    """Return mentions of a group of the policy: of its user groups, and of its people that these may not hold."""
    teams = [f"<!subteam^{one}>" for one in sorted(group.usergroups) if _SUBTEAM.match(one)]
    people_named = [f"<@{one}>" for one in sorted(group.users) if _USER.match(one)]
    return ", ".join((*teams, *people_named)[:10])


def link(address: str) -> str:
    """Return a web address that can be followed; anything else is shown as code."""
    return f"<{escape(address)}>" if _ADDRESS.match(address) else code(address, 200)


def moment(when: datetime) -> str:
    """Return a time that Slack shows in the reader's own zone, with UTC for those who see the plain text."""
    stamp = f"{when.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    return f"<!date^{int(when.timestamp())}^{{date_short_pretty}} {{time}}|{stamp}>"


_MOMENT = re.compile(r"<!date\^[^|>]*\|([^>]*)>")


def spoken(markup: str) -> str:
    """Return markup for the plain text of a message: times as they are read everywhere."""
    return _MOMENT.sub(r"\1", markup)
