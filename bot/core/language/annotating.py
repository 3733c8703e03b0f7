"""How `annotate` is read: a Service, perhaps one of its Revisions, and what shall stand on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.attributes import Attribute, AttributeKind
from bot.core.commands import Annotate
from bot.core.language.deploying.labels import read_named
from bot.core.language.reader import Flag
from bot.core.language.verb import SERVICE, Kind, Verb
from bot.core.template import AUTOSCALING

if TYPE_CHECKING:
    from bot.core.language.reader import Reader
    from bot.core.language.words import Word

EXAMPLE = "For example `annotate hello latest version=1.3.3`, or `version-` to take it away."


def read_annotate(reader: Reader) -> Annotate:
    """Read SERVICE [REVISION] NAME=VALUE … NAME- …."""
    service = reader.address(EXAMPLE)
    words, revision = [*reader.all("annotation")], reader.one("revision")
    while word := reader.take():
        if revision is None and not words and not _sets(word):
            revision = word
        else:
            words.append(word)
    if not words:
        reader.missing("an annotation", EXAMPLE)
    attributes = []
    for word in words:
        name, value = read_named(reader, word, AttributeKind.ANNOTATION)
        if revision is None and name.startswith(AUTOSCALING):
            hint = "`scale` and `deploy --annotation-revision` set it for the Revisions to come."
            reader.fail(word, "The autoscaler does not look at the Service.", hint)
        attributes.append(Attribute(AttributeKind.ANNOTATION, name, value))
    return Annotate(service, tuple(attributes), reader.revision_of(service, revision) if revision else None)


def _sets(word: Word) -> bool:
    """Whether a word is an annotation: the name of a Revision has no “=”, and never ends with a dash."""
    return "=" in word.text or word.text.endswith("-")


ANNOTATING: tuple[Verb, ...] = (
    Verb(
        "annotate",
        Kind.CHANGE,
        "annotate SERVICE [REVISION] K=V … K- …",
        "annotate a Service, or one of its Revisions, without a new Revision",
        ("annotate hello owner=shop", "annotate hello previous serving.knative.dev/no-gc=true"),
        read_annotate,
        (
            *SERVICE,
            Flag(("--revision", "-r"), "hello-00003", "one Revision instead of the Service"),
            Flag(("--annotation", "-a"), "version=1.3.3", "an annotation, as knctl writes it"),
        ),
        ("service annotate", "revision annotate"),
    ),
)
