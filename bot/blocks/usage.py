"""Help, made from the table of verbs alone, so that it cannot say what the parser does not know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks import mrkdwn
from bot.blocks.message import LISTING, Message, compose, prose, small, table
from bot.core.language.aliases import verb as meant_by
from bot.core.language.grammar import COMMANDS
from bot.core.language.verb import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.core.answers import HelpAnswer
    from bot.core.language.reader import Flag
    from bot.core.language.verb import Verb

TITLES = {Kind.LOOK: "Look", Kind.CHANGE: "Change", Kind.GUARD: "Hold back", Kind.TALK: "Talk"}


def usage(answer: HelpAnswer, command: str) -> Message:
    """Return all verbs by kind, or one of them with its flags and examples."""
    if answer.topic is None:
        return _overview(command, answer.aliases)
    return _topic(answer.topic, command, answer.aliases)


def _overview(command: str, aliases: Mapping[str, str]) -> Message:
    groups = [
        prose(
            *(f"{mrkdwn.code(verb.usage)} {mrkdwn.prose(verb.summary)}" for verb in COMMANDS if verb.kind is kind),
            head=mrkdwn.bold(title),
        )
        for kind, title in TITLES.items()
    ]
    example = mrkdwn.code(f"{command} rollout hello latest=10")
    own = [f"{mrkdwn.code(alias)} {mrkdwn.code(expansion)}" for alias, expansion in aliases.items()]
    more = mrkdwn.code(f"{command} help rollout")
    return compose(
        f"Knobot looks after Knative Services: write {mrkdwn.code(command)} and a verb, as in {example}.",
        *groups,
        prose(*own, head=mrkdwn.bold("Your own words") if own else ""),
        small(f"{more} tells all about one verb."),
        room=LISTING,
    )


def _topic(verb: Verb, command: str, aliases: Mapping[str, str]) -> Message:
    told = [flag for flag in verb.flags if flag.told]
    flags = [_flag(flag) for flag in told if not flag.group]
    for group in dict.fromkeys(flag.group for flag in told if flag.group):
        spelled = " ".join(mrkdwn.code(_spelled(flag)) for flag in told if flag.group == group)
        flags.append(f"{mrkdwn.bold(group)} {spelled}")
    accepted = [flag.names[0] for flag in verb.flags if flag.ignored]
    own = [f"{alias} ({expansion})" for alias, expansion in aliases.items() if meant_by(expansion) is verb]
    words = [*(spelling for spelling in verb.aliases if spelling), *own]
    fine_print = []
    if words:
        fine_print.append(f"Other spellings: {', '.join(mrkdwn.code(word) for word in words)}")
    if accepted:
        fine_print.append(f"Accepted and ignored: {', '.join(mrkdwn.code(name) for name in accepted)}")
    return compose(
        f"{mrkdwn.bold(verb.name)}: {mrkdwn.prose(verb.summary)}",
        table(f"{command} {verb.usage}"),
        prose(*(flags and [mrkdwn.bold("Flags"), *flags])),
        table(*(f"{command} {example}" for example in verb.examples), head="For example:"),
        small(*fine_print),
    )


def _flag(flag: Flag) -> str:
    also = f" (also {', '.join(mrkdwn.code(name) for name in flag.names[1:])})" if flag.names[1:] else ""
    return f"{mrkdwn.code(_spelled(flag))} {mrkdwn.prose(flag.summary)}{also}"


def _spelled(flag: Flag) -> str:
    return f"{flag.names[0]} {flag.value}" if flag.value else flag.names[0]
