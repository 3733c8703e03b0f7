"""Which of many Services somebody may be shown: the rules decide about each of them, and quickly.

A list is not a way around a rule about one Service. Left out is what its reader may not use the list's own verb on, and
what a rule forbids them to look at by `status`. What was left out is not counted either: that it is there is a part of
what they may not know.
"""

from __future__ import annotations

import re
from dataclasses import replace
from fnmatch import translate
from typing import TYPE_CHECKING

from bot.core.model import ServiceKey
from bot.core.policy import ANY, Allow, Deny, Intent, misfit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.core.policy import Decision, Policy

STATUS = ("status", "look")
"""By what verb, and of which kind, somebody looks at one Service."""


class Sieve:
    """Tells of each Service whether it may be shown.

    A rule sees no more of a Service's name than whether its globs match it. So the rules are asked once for all names
    that the same globs match; where no rule names Services, once for a namespace.

    Args:
        policy: the rules.
        verb: that of the list, and its kind.
        channel: where it is shown.
        readers: what the rules say to each of those who read it; one of them is enough.
    """

    def __init__(
        self, policy: Policy, verb: tuple[str, str], channel: str, readers: Sequence[Callable[[Intent], Decision]]
    ) -> None:
        self._policy = policy
        self._verb = verb
        self._channel = channel
        self._readers = readers
        self._places: dict[tuple[str, str], Callable[[str], bool]] = {}

    def __call__(self, key: ServiceKey) -> bool:
        return self.within(key.cluster, key.namespace)(key.name)

    def within(self, cluster: str, namespace: str) -> Callable[[str], bool]:
        """Return what tells of the Services of one namespace, by their names."""
        found = self._places.get((cluster, namespace))
        if found is None:
            found = self._places[cluster, namespace] = self._sifting(ServiceKey(cluster, namespace, "any"))
        return found

    def _sifting(self, place: ServiceKey) -> Callable[[str], bool]:
        globs = ["|".join(map(translate, services)) for services in self._named(place)]
        named, each = re.compile("|".join(globs)).match, [re.compile(one).match for one in globs]
        known: dict[tuple[bool, ...], bool] = {}

        def shown(name: str) -> bool:
            marks = tuple([glob(name) is not None for glob in each]) if each and named(name) else ()
            found = known.get(marks)
            if found is None:
                found = known[marks] = any(self._seen(replace(place, name=name), says) for says in self._readers)
            return found

        return shown

    def _named(self, place: ServiceKey) -> Sequence[tuple[str, ...]]:
        """Return the different globs that the rules about a namespace have for Services."""
        plain = [self._wish(place, word) for word in (self._verb, STATUS)]
        return list(
            dict.fromkeys(
                rule.services
                for rule in self._policy.rules
                if rule.services != ANY and any(misfit(replace(rule, services=ANY), wish) is None for wish in plain)
            )
        )

    def _seen(self, key: ServiceKey, says: Callable[[Intent], Decision]) -> bool:
        if not isinstance(says(self._wish(key, self._verb)), Allow):
            return False
        looked = says(self._wish(key, STATUS))
        return isinstance(looked, Allow) or (isinstance(looked, Deny) and looked.rule is None)

    def _wish(self, key: ServiceKey, word: tuple[str, str]) -> Intent:
        return Intent(*word, self._channel, key.cluster, key.namespace, key.name)
