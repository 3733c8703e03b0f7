"""The verbs that take away for good."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.core.commands import Address, Command, Delete
from bot.core.language.reader import Flag
from bot.core.language.verb import SERVICE, Kind, Verb

if TYPE_CHECKING:
    from bot.core.language.reader import Reader


PRUNE = "Knative collects idle Revisions by itself; `delete SERVICE --revision NAME` takes one away."
NUMBERED = re.compile(r"(?P<service>.+)-[0-9]{5,}\Z")
"""The names that Knative gives: of the Service and a number."""


def read_delete(reader: Reader) -> Command:
    """Read a Service, or a Revision and whose it is: kn names the Revision alone after `revision delete`."""
    named = reader.given("revision")
    if not named and reader.verb.text.lower() == "revision":
        return _named(reader)
    service = reader.address("For example `delete hello`, or `delete hello --revision hello-00003`.")
    revision = reader.one("revision")
    return Delete(service, reader.revision_of(service, revision) if revision else None)


def _named(reader: Reader) -> Delete:
    word = reader.need("a Revision", "For example `delete hello --revision hello-00003`.")
    found = NUMBERED.match(word.text)
    if found is None:
        hint = f"For example `delete hello --revision {word.text}`."
        reader.fail(word, f"“{word.text}” does not tell which Service it belongs to.", hint)
    area, service = reader.area(), reader.name(word.part(0, found.end("service")), "Service")
    return Delete(Address(service, area.namespace, area.cluster), word.text)


REMOVING: tuple[Verb, ...] = (
    Verb(
        "delete",
        Kind.CHANGE,
        "delete SERVICE [--revision REVISION]",
        "delete a Service, or one Revision of it; asks first, and says what will be lost",
        ("delete hello", "delete hello --revision hello-00003"),
        read_delete,
        (
            *SERVICE,
            Flag(("--revision", "-r"), "hello-00003", "one Revision instead of the Service"),
            Flag(("--all",), None, "", refused="One Service is deleted at a time: each says what will be lost."),
            Flag(("--prune", "--prune-all"), None, "", refused=PRUNE),
        ),
        ("service delete", "service rm", "revision delete", "rm"),
    ),
)
