"""Plans that annotate one Revision: another object than the Service, and no new Revision."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core import attributes, references, retention
from bot.core.commands import Annotate, Rollback
from bot.core.errors import NoChange, NotFound
from bot.core.model import Object, ObjectKind
from bot.core.plan import Base, Plan, Request, State, sealed
from bot.core.staleness import document
from bot.core.template import HIDDEN, Change, canonical, secret

if TYPE_CHECKING:
    from bot.core.attributes import Attribute
    from bot.core.commands import Command
    from bot.core.model import ServiceKey, Snapshot, Stored

VERB = "annotate"


def keeping(command: Command) -> Annotate | None:
    """Return the wish that goes before a rollback which keeps where it leads (`--keep`), None before all others.

    It goes before, so that the rollback is what was changed last: what `undo` takes back.
    """
    if not (isinstance(command, Rollback) and command.keep):
        return None
    kept = attributes.annotation(retention.NO_GC, "true")
    return Annotate(command.service, (kept,), command.reference or "stable", override=command.override)


def subject(reference: str, snapshot: Snapshot) -> Object:
    """Return the Revision that `reference` names as an object.

    Raises:
        NotFound: there is none.
    """
    return Object(ObjectKind.REVISION, references.find(reference, snapshot).name, snapshot.key.namespace)


def revision(
    key: ServiceKey, about: Object, found: Stored | None, wished: tuple[Attribute, ...], request: Request
) -> Plan:
    """Return the plan that gives the Revision `about`, which is `found` on the cluster, some annotations.

    Raises:
        NotFound: it is gone. NoChange: it has them already.
    """
    if found is None:
        raise NotFound(f"There is no Revision {about.name} any more.")
    there = document(found.document)
    after = {each.name: each.value for each in wished if there.get(each.name) != each.value}
    if not after:
        raise NoChange(f"{about.name} is already so.", "Nothing was written.")
    before = {name: there.get(name) for name in after}
    return sealed(
        Plan(
            VERB,
            key,
            request,
            Base.of(found),
            State(document=canonical(before)),
            State(document=canonical(after)),
            changes=tuple(
                Change(f"annotation {name}", _shown(name, before[name]), _shown(name, value))
                for name, value in after.items()
            ),
            notes=tuple(_notes(about.name, after)),
            about=about,
        )
    )


def _notes(name: str, after: dict[str, str | None]) -> list[str]:
    """Say what the one annotation means by which a way back is kept open."""
    if retention.NO_GC not in after:
        return []
    kept = str(after[retention.NO_GC]).lower() == "true"
    return [f"Knative never collects {name} then." if kept else f"Knative may collect {name} then, once it is idle."]


def _shown(name: str, value: str | None) -> str | None:
    return HIDDEN if value is not None and secret(name, value) else value
