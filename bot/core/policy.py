"""Who may do what: rules read from top to bottom, of which the first that fits decides; no rule means no.

A person is a pair of team and user id, never a name. Guests, bots and people from shared channels fit a rule only if
it names them by id: `everyone` and groups are for members of the workspace.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from fnmatch import fnmatchcase

from bot.core.change import Person
from bot.core.freezing import Window
from bot.core.owners import FORCE

WHOLE = "whole namespace"
"""The further word of what is about one Service and gives something to its whole namespace: a domain's claim."""
EVERYONE = "everyone"
ANY = ("*",)


@dataclass(frozen=True, slots=True)
class Actor:
    """A person as Slack knows them now.

    `member` is False for guests, bots, deactivated people, people of other workspaces, and everybody in a channel that
    is shared with others; `standing` says which, as in "a guest". Of the user groups `unsure` Slack did not say whether
    they are in. `home` is False for people of other workspaces: rules name them as TEAM/USER. No rule and no group is
    about somebody who is `gone`, not by id either: a click may come in after whoever made it has left.
    """

    person: Person
    name: str = ""
    member: bool = True
    usergroups: frozenset[str] = frozenset()
    standing: str = "a member"
    home: bool = True
    unsure: frozenset[str] = frozenset()
    gone: bool = False

    @property
    def id(self) -> str:
        """The word by which rules and groups name this person."""
        return self.person.user if self.home else f"{self.person.team}/{self.person.user}"


@dataclass(frozen=True, slots=True)
class Group:
    """A named set of people in the policy: user ids and ids of Slack user groups.

    `kubernetes` are the groups that its people have on clusters where Knobot impersonates.
    """

    users: frozenset[str] = frozenset()
    usergroups: frozenset[str] = frozenset()
    kubernetes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Allow:
    """The person may do it at once."""

    rule: str


@dataclass(frozen=True, slots=True)
class Deny:
    """The person may not; `reason` says why in a sentence."""

    reason: str
    rule: str | None = None


@dataclass(frozen=True, slots=True)
class NeedsApproval:
    """The person may ask; `count` others from `group` (None: whoever may do it themselves) must approve in time."""

    rule: str
    count: int
    group: str | None
    within: timedelta


Decision = Allow | Deny | NeedsApproval


@dataclass(frozen=True, slots=True)
class Effect:
    """What a rule decides: `approvals` 0 allows at once; `allow` False denies."""

    allow: bool = True
    approvals: int = 0
    group: str | None = None
    within: timedelta = timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. Globs match whole words; `verbs` holds verbs and the kinds "look", "change", "talk"."""

    name: str
    effect: Effect
    people: tuple[str, ...] = (EVERYONE,)
    channels: tuple[str, ...] = ANY
    clusters: tuple[str, ...] = ANY
    namespaces: tuple[str, ...] = ANY
    services: tuple[str, ...] = ANY
    verbs: tuple[str, ...] = ANY


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules in their order, and the groups that they name.

    `windows` are the freezes by calendar; `override` are the groups whose people may override a freeze by hand.
    """

    rules: tuple[Rule, ...]
    groups: Mapping[str, Group]
    windows: tuple[Window, ...] = ()
    override: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Intent:
    """What somebody wants to do where. `service` is "" for what concerns a whole namespace, `namespace` "*" for all.

    `also` are further words that the rules have to allow: verbs that the same line uses, `force`, which is of no kind:
    a rule names it, or “*”; and WHOLE, the same verb about the whole namespace. `others` are further Services of the
    namespace that gain or lose by it: all words have to be allowed for each of them, too.
    """

    verb: str
    kind: str
    channel: str
    cluster: str
    namespace: str
    service: str = ""
    also: tuple[str, ...] = ()
    others: tuple[str, ...] = ()

    @property
    def plain(self) -> bool:
        """Whether it is of one verb and about one thing."""
        return not (self.also or self.others)

    def __str__(self) -> str:
        where = f"on {self.namespace}/{self.service}" if self.service else f"in {self.namespace}"
        return f"use `{self.verb}` {where}"


def decide(intent: Intent, actor: Actor, policy: Policy) -> Decision:
    """Return what the rules say: for each word about each Service the first one that fits decides, and the strictest.

    A rule that may fit, since Slack did not say who is in a user group, allows nothing, but forbids and asks for
    approvals as if it did. What needs approvals of two groups is denied, for one request is asked of one group.
    """
    found = [_decide(policy.rules, each, actor, policy) for each in ((intent,) if intent.plain else _each(intent))]
    denied = next((decision for decision in found if isinstance(decision, Deny)), None)
    if denied:
        return denied
    asking = [decision for decision in found if isinstance(decision, NeedsApproval)]
    if len({decision.group for decision in asking}) > 1:
        words = " and ".join(f"`{word}`" for word in (intent.verb, *intent.also))
        return Deny(f"{words} need the approval of different groups, which one request cannot have.")
    return max(asking, key=lambda decision: decision.count, default=found[0])


def _each(intent: Intent) -> tuple[Intent, ...]:
    """Return all that is wanted, one by one: what is typed, its further words, and both for each of the others."""
    own = replace(intent, also=(), others=())
    about = (own, *(replace(own, service=name) for name in intent.others))
    return tuple(wish for each in about for wish in (each, *(_further(each, word) for word in intent.also)))


def _further(own: Intent, word: str) -> Intent:
    """Return what a further word asks for beside `own`: another verb, force, or the same for the whole namespace."""
    if word == WHOLE:
        return replace(own, service="")
    return replace(own, verb=word, kind=FORCE if word == FORCE else own.kind)


def _decide(rules: tuple[Rule, ...], intent: Intent, actor: Actor, policy: Policy) -> Decision:
    for index, rule in enumerate(rules):
        if misfit(rule, intent):
            continue
        if any(holds(word, actor, policy) for word in rule.people):
            return _effect(rule, intent)
        if actor.unsure and any(holds(word, _taken_for(actor), policy) for word in rule.people):
            strict, rest = _effect(rule, intent), _decide(rules[index + 1 :], intent, actor, policy)
            return rest if isinstance(strict, Allow) or isinstance(rest, Deny) else strict
    who = "" if actor.member else f" You are {actor.standing} here."
    return Deny(f"You may not {intent}: no rule allows it.{who}")


def _effect(rule: Rule, intent: Intent) -> Decision:
    effect = rule.effect
    if not effect.allow:
        return Deny(f"You may not {intent}: the rule “{rule.name}” says so.", rule.name)
    if effect.approvals:
        return NeedsApproval(rule.name, effect.approvals, effect.group, effect.within)
    return Allow(rule.name)


def narrowed(policy: Policy, actor: Actor) -> Policy:
    """Return a policy without the rules that are about others only: it decides the same about this person."""
    own = [
        rule
        for rule in policy.rules
        if any(holds(word, each, policy) for each in (actor, _taken_for(actor)) for word in rule.people)
    ]
    return replace(policy, rules=tuple(own))


def _taken_for(actor: Actor) -> Actor:
    """Return `actor` as one who is in all the user groups of which Slack did not say."""
    return replace(actor, usergroups=actor.usergroups | actor.unsure)


def decide_for_any(intent: Intent, policy: Policy, *, members: bool) -> Decision:
    """Return what the rules say to somebody whom they let, if there is anybody: Allow, or the Deny that is for all.

    `members` tells whether `everyone` is anybody there.
    """
    for rule in policy.rules:
        if misfit(rule, intent):
            continue
        if not rule.effect.allow and EVERYONE in rule.people:
            return _effect(rule, intent)
        people = rule.people if members else tuple(word for word in rule.people if word != EVERYONE)
        if rule.effect.allow and not rule.effect.approvals and people:
            return _effect(rule, intent)
    return Deny(f"Nobody may {intent}: no rule allows it.")


def may_approve(group: str | None, intent: Intent, actor: Actor, policy: Policy) -> bool:
    """Whether `actor` counts as an approver: in `group`, or, with none named, allowed to do it without approval."""
    if group is None:
        return isinstance(decide(intent, actor, policy), Allow)
    return belongs(actor, group, policy)


def belongs(actor: Actor, group: str, policy: Policy) -> bool:
    """Whether the policy's group holds this person, by id or, for members of the workspace, by Slack user group."""
    found = policy.groups.get(group)
    if found is None or actor.gone:
        return False
    by_usergroup = actor.member and not actor.usergroups.isdisjoint(found.usergroups)
    return actor.id in found.users or by_usergroup


def misfit(rule: Rule, intent: Intent) -> str | None:
    """Return why a rule is not about such a wish, whosever it is; None where it is."""
    if {intent.verb, intent.kind, "*"}.isdisjoint(rule.verbs):
        return f"it is about {', '.join(rule.verbs)}"
    if not intent.service and "*" not in rule.services:
        # A verb about a whole namespace shows every Service in it.
        return "it is about some Services only"
    for word, globs, what in (
        (intent.service or "*", rule.services, "Services"),
        (intent.channel, rule.channels, "channels"),
        (intent.cluster, rule.clusters, "clusters"),
    ):
        if not _match(word, globs):
            return f"it is about the {what} {', '.join(globs)}"
    if not _about_namespaces(rule, intent.namespace):
        return f"it is about the namespaces {', '.join(rule.namespaces)}"
    return None


def _about_namespaces(rule: Rule, namespace: str) -> bool:
    """Whether a rule is about a namespace; "*" is a wish about all of them.

    Who may in some may not in all; but what is forbidden in one, or needs approvals there, is so in all.
    """
    if namespace not in ANY:
        return _match(namespace, rule.namespaces)
    free = rule.effect.allow and not rule.effect.approvals
    return not free or "*" in rule.namespaces


def _match(word: str, globs: tuple[str, ...]) -> bool:
    return any(fnmatchcase(word, glob) for glob in globs)


def holds(word: str, actor: Actor, policy: Policy) -> bool:
    """Whether a word of a rule, or the group of that name, is about this person."""
    if actor.gone:
        return False
    if word == EVERYONE:
        return actor.member
    if word in policy.groups:
        return belongs(actor, word, policy)
    return word == actor.id or (actor.member and word in actor.usergroups)
