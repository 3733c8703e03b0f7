"""What a deploy makes of the template, and what a person is told about that; who has traffic then is in `deciding`."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core import duration, naming, references, retention, template
from bot.core.errors import Invalid
from bot.core.template import TemplateEdit, metadata
from bot.core.template.editing import USER_IMAGE

if TYPE_CHECKING:
    from datetime import timedelta

    from bot.core.commands import Deploy
    from bot.core.model import Revision, Service, Snapshot

KEEP = "knobot.dev/keep"
"""Annotation of a template that --keep wrote: the Revision made from it is kept, those after it are not."""
FRESH = "knobot.dev/fresh"
"""Annotation of a template that --fresh wrote: a value that no template of the Service had before."""
DIGEST = "sha256:"
DEADLINE = "serving.knative.dev/progress-deadline"
"""Annotation of a template: how long Knative itself waits for a Revision to become Ready."""


def first(command: Deploy, name: str) -> str:
    """Return the template of a Service `name` that is to be created."""
    document = template.edit(None, _edit(command, None))
    return template.named(document, naming.render(command.name, name, 1)) if command.name else document


def following(command: Deploy, snapshot: Snapshot, service: Service) -> tuple[str, list[str]]:
    """Return the template after a deploy, as the server has it where nothing differs, and what is to say about it.

    Raises:
        Invalid: the name for the new Revision is taken or none, or the image has no digest to lock.
    """
    notes: list[str] = []
    wish = _edit(command, service)
    if command.lock and wish.image is None:
        wish, note = _locked(wish, snapshot, service)
        notes.append(note)
    document = template.edit(service.template, wish)
    if document == template.canonical(json.loads(service.template)):
        return service.template, notes
    if not command.keep and KEEP in _annotations(service.template):
        document = template.edit(document, TemplateEdit(settings=_keep(None)))
    if command.name:
        name = naming.render(command.name, service.key.name, service.generation + 1)
        if snapshot.revision(name):
            raise Invalid(
                f"There is a Revision {name} already.",
                "Choose another name, or put {{.Random 5}} or {{.Generation}} in it.",
            )
        document = template.named(document, name)
    if command.keep:
        notes.append("The new Revision is never collected as garbage; those after it are.")
    return document, notes


def patience(document: str) -> timedelta | None:
    """Return how long Knative waits for the Revision of a template, where the template says so."""
    told = _annotations(document).get(DEADLINE)
    try:
        return duration.parse(told) if told else None
    except Invalid:
        return None


def unchanged(snapshot: Snapshot, service: Service) -> str:
    """Say what runs already where a deploy changes nothing, and how the same can be had once more."""
    leads = references.followed(snapshot)
    revision = snapshot.revision(leads) if leads else None
    runs = f"{revision.name} runs {revision.image}" if revision else f"{service.key.name} has no Ready Revision"
    digest = f" ({_short(revision.digest)})" if revision and revision.digest and "@" not in revision.image else ""
    return f"Nothing was written: {runs}{digest}. `--fresh` makes a new Revision all the same."


def _edit(command: Deploy, service: Service | None) -> TemplateEdit:
    """Return what the command names, with the annotations that its switches stand for."""
    settings = command.edit.settings
    if command.keep:
        settings += _keep("true")
    if command.fresh and service:
        settings += (metadata.annotation(FRESH, str(service.generation)),)
    return replace(command.edit, settings=settings)


def _keep(value: str | None) -> tuple[template.Setting, ...]:
    return (metadata.annotation(retention.NO_GC, value), metadata.annotation(KEEP, value))


def _annotations(document: str) -> dict[str, str]:
    found: dict[str, str] = (json.loads(document).get("metadata") or {}).get("annotations") or {}
    return found


def _locked(wish: TemplateEdit, snapshot: Snapshot, service: Service) -> tuple[TemplateEdit, str]:
    """Name the image of the template by the digest that it has in the newest Revision with that image.

    The name as it was goes into an annotation of kn's, as kn does it.
    """
    named = template.image(json.loads(service.template).get("spec") or {})
    if DIGEST in named:
        return wish, "The image has a digest already."
    found = next((revision for revision in snapshot.revisions if revision.image == named and revision.digest), None)
    if found is None or found.digest is None:
        raise Invalid(f"The digest of {named} is not known.", "No Revision that is there runs it. Name the image.")
    settings = (*wish.settings, metadata.annotation(USER_IMAGE, named))
    return replace(
        wish, image=_by_digest(found, found.digest), settings=settings
    ), f"The image stays that of {found.name}."


def _by_digest(revision: Revision, digest: str) -> str:
    """Return an image by its digest; most registries' answers name the repository before it."""
    if "@" in digest:
        return digest
    repository = revision.image.partition("@")[0]
    path, slash, last = repository.rpartition("/")
    return f"{path}{slash}{last.partition(':')[0]}@{digest}"


def _short(digest: str) -> str:
    return digest[digest.find(DIGEST) :][: len(DIGEST) + 12]
