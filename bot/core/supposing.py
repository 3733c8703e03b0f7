"""A wish that nobody has had yet, as a sentence: “dev deploys prod/checkout in C0123456789”.

sentence = who SP verb SP where [ SP "in" SP channel ]
who      = a name that is known / id / group / "everyone"             ; any other word is an ordinary member
verb     = a verb by any of its spellings, also as in "rolls back"; "looks" and "changes" are `status` and `deploy`
where    = [ [ cluster "/" ] namespace "/" ] service / namespace
channel  = an id, or the namespace that it stands for, with or without "#"
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.core.change import Person
from bot.core.errors import Invalid
from bot.core.language.grammar import SPELLINGS
from bot.core.owners import FORCE
from bot.core.policy import Actor, Intent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.core.language.verb import Verb
    from bot.core.place import Configuration

TEAM = "T0HOME"
"""The workspace of people who are made up: it is the bot's own, whatever its id."""
SOMEBODY = "U0SOMEBODY"
EXAMPLE = "Write it as “dev deploys prod/checkout” or “approvers roll back prod/checkout in C0123456789”."

_USER = re.compile(r"(?:([TE][A-Z0-9]+)/)?([UW][A-Z0-9]+)\Z")
_USERGROUP = re.compile(r"S[A-Z0-9]+\Z")
_CHANNEL = re.compile(r"[CGD][A-Z0-9]+\Z")
_KINDS = {"look": "status", "change": "deploy"}
"""What stands for a kind of verbs."""
_FILLERS = frozenset({"a", "at", "on", "the", "to", "service"})


@dataclass(frozen=True, slots=True)
class Supposition:
    """Who wants what, and what was taken for granted."""

    actor: Actor
    intent: Intent
    notes: tuple[str, ...] = ()


def suppose(sentence: str, configuration: Configuration, known: Mapping[str, Actor]) -> Supposition:
    """Return what `sentence` says.

    Raises:
        Invalid: it says nothing that can be judged.
    """
    said = sentence.split()
    if len(said) < 3:
        raise Invalid(f"“{sentence}” does not say who does what where.", EXAMPLE)
    where_in = said.index("in") if "in" in said[2:] else len(said)
    verb, rest = _verb(said[1:where_in], sentence)
    places = [word for word in rest if word.lower() not in _FILLERS]
    if len(places) > 1 or len(said) > where_in + 2:
        raise Invalid(f"“{sentence}” says more than can be judged.", EXAMPLE)
    channel = _channel(said[where_in + 1], configuration) if len(said) > where_in + 1 else None
    actor, notes = who(said[0], configuration, known)
    intent, told = _intent(verb, places[0] if places else "", channel, configuration)
    return Supposition(actor, intent, (*notes, *told))


def who(word: str, configuration: Configuration, known: Mapping[str, Actor]) -> tuple[Actor, tuple[str, ...]]:
    """Return the person that a word means, and what was taken for granted."""
    if word in known:
        return known[word], ()
    groups = configuration.policy.groups
    if group := groups.get(word):
        if group.usergroups:
            return Actor(Person(TEAM, SOMEBODY), word, usergroups=frozenset(sorted(group.usergroups)[:1])), ()
        return _person(min(group.users), word), ()
    if _USER.match(word):
        return _person(word, word), (f"Nobody asks Slack here: {word} is taken to be in no user group.",)
    if _USERGROUP.match(word):
        return Actor(Person(TEAM, SOMEBODY), word, usergroups=frozenset({word})), ()
    return Actor(Person(TEAM, SOMEBODY), word), (f"“{word}” is taken for a member of the workspace in no group.",)


def _person(identity: str, name: str) -> Actor:
    found = _USER.match(identity)
    if found is None:
        raise Invalid(f"“{identity}” is not the id of a person, as in U0123456789.")
    home = found[1] is None
    standing = "a member" if home else "from another workspace"
    return Actor(Person(found[1] or TEAM, found[2]), name, member=home, standing=standing, home=home)


def _verb(said: list[str], sentence: str) -> tuple[Verb | str, list[str]]:
    """Return the verb at the beginning of some words, and the words after it."""
    first, *rest = said
    for stem in _stems(first.lower()):
        if rest and (verb := SPELLINGS.get(f"{stem}{rest[0]}".lower()) or SPELLINGS.get(f"{stem} {rest[0]}".lower())):
            return verb, rest[1:]
    for stem in _stems(first.lower()):
        if stem == FORCE:
            return FORCE, rest
        if verb := SPELLINGS.get(_KINDS.get(stem, stem)):
            return verb, rest
    raise Invalid(f"There is no verb “{first}” in “{sentence}”.", EXAMPLE)


def _stems(word: str) -> tuple[str, ...]:
    """Return a word, and the words whose third person it may be."""
    endings = [word[: -len(ending)] for ending in ("s", "es") if word.endswith(ending)]
    return (word, *endings)


def _channel(word: str, configuration: Configuration) -> str:
    if _CHANNEL.match(word):
        return word
    name = word.removeprefix("#")
    found = [channel for channel, home in configuration.homes.items() if home.namespace == name]
    if len(found) != 1:
        raise Invalid(f"“{word}” is not the id of a channel, as in C0123456789, and no one channel stands for it.")
    return found[0]


def _intent(
    verb: Verb | str, where: str, channel: str | None, configuration: Configuration
) -> tuple[Intent, tuple[str, ...]]:
    """Return the wish, with the channel that stands for the namespace where none is named."""
    parts = where.split("/") if where else []
    if len(parts) > 3:
        raise Invalid(f"“{where}” has too many slashes for a Service.", "Write NAMESPACE/SERVICE.")
    whole = len(parts) < 2 and (not parts or parts[0] in configuration.namespaces)
    namespace = parts[-2] if len(parts) > 1 else parts[0] if parts and whole else None
    if namespace is None and channel is None:
        raise Invalid(f"“{where}” does not say in which namespace.", EXAMPLE)
    home = configuration.home(namespace, parts[0] if len(parts) > 2 else None, channel or "")
    notes = []
    if channel is None:
        channel = next((one for one, each in configuration.homes.items() if each == home), "")
        notes.append(f"In {channel}, which stands for {home.namespace}." if channel else "In no channel that is named.")
    name, kind = (verb, verb) if isinstance(verb, str) else (verb.name, verb.kind.value)
    service = "" if whole else parts[-1]
    return Intent(name, kind, channel, home.cluster, home.namespace, service), tuple(notes)
