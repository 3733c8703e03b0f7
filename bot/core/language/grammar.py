"""The ordered COMMANDS table: for each verb its words, help, examples, and how it is read.

Help, completion, the README's table and the parser are all made from this table. Each family of verbs has a module of
its own, with the rows beside the functions that read them. knctl's and kn's own spellings stand beside each verb as
`aliases` and flag names, so that a line from an article works when the tool's name is replaced.
"""

from __future__ import annotations

from dataclasses import replace

from bot.core.language.addressing import ADDRESSING
from bot.core.language.annotating import ANNOTATING
from bot.core.language.deploying import DEPLOYING
from bot.core.language.guarding import GUARDING
from bot.core.language.inspecting import INSPECTING
from bot.core.language.installing import INSTALLING
from bot.core.language.looking import LOOKING
from bot.core.language.removing import REMOVING
from bot.core.language.routing import ROUTING
from bot.core.language.stepping import STEPPING
from bot.core.language.talking import HELP, TALKING
from bot.core.language.verb import DRY_RUN, FORCE, FRESH, OVERRIDE, Kind, Verb
from bot.core.language.watching import WATCHING

_FAMILIES = (
    HELP,
    *LOOKING,
    *INSPECTING,
    *DEPLOYING,
    *ROUTING,
    *STEPPING,
    *ADDRESSING,
    *ANNOTATING,
    *REMOVING,
    *GUARDING,
    *INSTALLING,
    *TALKING,
    *WATCHING,
)

_COMMON = {Kind.LOOK: (FRESH,), Kind.CHANGE: (DRY_RUN, OVERRIDE, FORCE)}
"""The flags that all verbs of a kind take beside their own."""

COMMANDS: tuple[Verb, ...] = tuple(
    replace(verb, flags=(*verb.flags, *_COMMON.get(verb.kind, ()))) for verb in _FAMILIES
)

VERBS: dict[str, Verb] = {verb.name: verb for verb in COMMANDS}
"""The verbs by name."""
KINDS: dict[str, Kind] = {verb.name: verb.kind for verb in COMMANDS}
"""What each verb does."""
SPELLINGS: dict[str, Verb] = {spelling: verb for verb in COMMANDS for spelling in (verb.name, *verb.aliases)}
"""The verbs by every spelling; some spellings are two words."""
