"""The verbs about what a channel hears of by itself."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.core import duration, timezone
from bot.core.commands import Command, Mute, Pattern, Unmute, WatchAdd, WatchList, WatchRemove
from bot.core.language.reader import Flag
from bot.core.language.verb import AREA, Kind, Verb
from bot.core.subscriptions import hours
from bot.core.topics import ANY, Topic

if TYPE_CHECKING:
    from bot.core.language.reader import Reader
    from bot.core.language.words import Word

WORDS = {"all": None, **{topic.value: topic for topic in Topic}}
GLOB = re.compile(r"[a-z0-9*?-]{1,63}\Z")
LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9./_-]{0,250}[A-Za-z0-9])?\Z")
USUAL = timedelta(hours=1)
"""How long a mute lasts that names no time."""


def read_watch(reader: Reader) -> Command:
    topics: dict[Topic, None] = {}
    everything, pattern = False, None
    labels = tuple(_label(reader, word) for word in reader.all("label"))
    quiet, zone = reader.one("quiet"), reader.one("timezone")
    words = reader.remaining()
    for word in words:
        if word.text in WORDS:
            topic = WORDS[word.text]
            everything = everything or topic is None
            topics.update({topic: None} if topic else {})
        elif pattern is None:
            pattern = word
        else:
            known = ", ".join(WORDS)
            reader.fail(word, f"watch does not know “{word.text}”.", f"It knows {known}, and one pattern of Services.")
    if not (words or labels or quiet or reader.given("namespace")):
        return WatchList()
    return WatchAdd(
        _pattern(reader, pattern),
        () if everything else tuple(topics),
        labels,
        reader.within(quiet, hours) if quiet else None,
        reader.within(zone, lambda text: timezone.zone(text).key) if zone else None,
    )


def read_unwatch(reader: Reader) -> Command:
    word = reader.need("the id of a watch, or a pattern", "`watch` alone lists them.")
    return WatchRemove(word.text, _pattern(reader, word))


def read_mute(reader: Reader) -> Command:
    word = reader.take()
    if word is None:
        return WatchList()
    pattern, length = _pattern(reader, word), reader.take()
    if length and length.text == "off":
        return Unmute(pattern)
    return Mute(pattern, reader.within(length, duration.parse) if length else USUAL)


def read_unmute(reader: Reader) -> Command:
    word = reader.take()
    return Unmute(_pattern(reader, word) if word else None)


def _pattern(reader: Reader, word: Word | None) -> Pattern:
    """Return the Services that [CLUSTER/]NAMESPACE/GLOB or GLOB names; NAMESPACE may be *."""
    area = reader.area()
    if word is None:
        return Pattern(ANY, area.namespace, area.cluster)
    parts = word.split("/")
    if len(parts) > 3:
        reader.fail(word, "That is too many slashes for a pattern.", "Write hello, shop/* or */*.")
    if not GLOB.match(parts[-1].text):
        reader.fail(word, f"“{parts[-1].text}” is not a pattern of names.", "For example shop/* or shop/checkout-*.")
    namespace, cluster = area.namespace, area.cluster
    if len(parts) > 1:
        namespace = ANY if parts[-2].text == ANY else reader.name(parts[-2], "namespace")
    if len(parts) > 2:
        cluster = reader.name(parts[0], "cluster")
    return Pattern(parts[-1].text, namespace, cluster)


def _label(reader: Reader, word: Word) -> tuple[str, str]:
    name, equals, value = word.text.partition("=")
    if not equals or not LABEL.match(name) or (value and not LABEL.match(value)):
        reader.fail(word, f"“{word.text}” is not a label.", "Write it as `--label team=web`.")
    return name, value


WATCHING: tuple[Verb, ...] = (
    Verb(
        "watch",
        Kind.TALK,
        "watch [PATTERN] [all | failures | traffic …]",
        "have this channel told what happens; alone: list it",
        ("watch", "watch shop/* failures", "watch checkout-* --quiet 22:00-07:00 --timezone Europe/Berlin"),
        read_watch,
        (
            *AREA,
            Flag(("--label", "-l"), "team=web", "only Services that carry this label; may be given several times"),
            Flag(("--quiet",), "22:00-07:00", "hours in which nothing is said; it is told afterwards"),
            Flag(("--timezone", "--tz"), "Europe/Berlin", "the time zone of the quiet hours"),
        ),
    ),
    Verb(
        "unwatch",
        Kind.TALK,
        "unwatch ID | PATTERN",
        "end a watch of this channel",
        ("unwatch 3f2a", "unwatch shop/*"),
        read_unwatch,
        AREA,
    ),
    Verb(
        "mute",
        Kind.TALK,
        "mute PATTERN [1h | off]",
        "have this channel told nothing for a while",
        ("mute hello", "mute hello off", "mute shop/checkout-* 2h"),
        read_mute,
        AREA,
    ),
    Verb(
        "unmute",
        Kind.TALK,
        "unmute [PATTERN]",
        "end a mute early",
        ("unmute", "unmute hello"),
        read_unmute,
        AREA,
    ),
)
