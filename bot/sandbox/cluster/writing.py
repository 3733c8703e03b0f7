"""The writing verbs: from a request's body and options to one admitted change, or none with `dryRun=All`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.cluster import patching
from bot.sandbox.cluster.applying import Ownership
from bot.sandbox.cluster.failures import (
    bad_request,
    details_of,
    no_such_path,
    not_found,
    precondition_failed,
    unreadable_patch,
    unsupported_media,
)
from bot.sandbox.cluster.fields import validated
from bot.sandbox.cluster.kinds import NAMESPACE, POD
from bot.sandbox.cluster.metadata import filled, misfit_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.sandbox.cluster.admission import Admission
    from bot.sandbox.cluster.kinds import JSON, Kind
    from bot.sandbox.cluster.objects import Objects
    from bot.sandbox.cluster.requests import Body, Target

PATCHES = {
    patching.MERGE: patching.merged,
    patching.JSON_PATCH: patching.json_patched,
    patching.STRATEGIC: patching.strategically_merged,
}
PRECONDITIONS = {"uid": ("UID", "deleted and then recreated"), "resourceVersion": ("ResourceVersion", "modified")}
CUSTOM_PATCHES = (patching.JSON_PATCH, patching.MERGE, patching.APPLY)


class Writer:
    def __init__(self, objects: Objects, admission: Admission) -> None:
        self._objects = objects
        self._admission = admission
        self._ownership = Ownership()

    def create(self, target: Target, body: Body, query: Mapping[str, str], user: str) -> tuple[JSON, list[str]]:
        kind = _kind(target)
        if target.name:
            raise no_such_path()
        obj, unknown = validated(kind, body.document(target), query.get("fieldValidation", ""))
        created, warnings = self._admission.create(kind, obj, user, dry_run=_dry(query))
        return (_unversioned(created) if _dry(query) else created), [*unknown, *warnings]

    def update(self, target: Target, body: Body, query: Mapping[str, str], user: str) -> tuple[JSON, list[str]]:
        kind = _kind(target)
        obj, unknown = validated(kind, body.document(target), query.get("fieldValidation", ""))
        before = self._before(target, kind)
        if target.subresource == "finalize":
            return self._objects.replace(kind, {**before, "spec": obj.get("spec", {})}), []
        self._objects.require_version(kind, obj)
        return self._changed(target, kind, before, obj, query, user, unknown)

    def patch(self, target: Target, body: Body, query: Mapping[str, str], user: str) -> tuple[bool, JSON, list[str]]:
        """Whether the patch created the object (only an apply can), the object, the warnings."""
        kind = _kind(target)
        if body.content_type == patching.APPLY:
            return self._apply(target, kind, body, query, user)
        change = PATCHES.get(body.content_type)
        if change is None or (kind.custom and body.content_type == patching.STRATEGIC):
            accepted = CUSTOM_PATCHES if kind.custom else (*CUSTOM_PATCHES, patching.STRATEGIC)
            raise unsupported_media(body.content_type, accepted)
        before = self._before(target, kind)
        patched = change(before, body.decoded())
        if words := misfit_of(patched.get("metadata") or {}):
            raise unreadable_patch(patched, words)
        patched = {**patched, "metadata": filled(patched.get("metadata") or {})}
        obj, unknown = validated(kind, patched, query.get("fieldValidation", ""))
        obj, warnings = self._changed(target, kind, before, obj, query, user, unknown)
        return False, obj, warnings

    def _changed(
        self,
        target: Target,
        kind: Kind,
        before: JSON,
        obj: JSON,
        query: Mapping[str, str],
        user: str,
        unknown: list[str],
    ) -> tuple[JSON, list[str]]:
        status = target.subresource == "status"
        after, warnings = self._admission.update(kind, before, obj, user, status=status, dry_run=_dry(query))
        if not _dry(query):
            self._ownership.overwritten(before["metadata"]["uid"], before, after, query.get("fieldManager", user))
        return after, [*unknown, *warnings]

    def _apply(
        self, target: Target, kind: Kind, body: Body, query: Mapping[str, str], user: str
    ) -> tuple[bool, JSON, list[str]]:
        manager = query.get("fieldManager")
        if not manager:
            raise bad_request(
                'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch'
            )
        wanted, unknown = validated(kind, body.document(target), query.get("fieldValidation", ""))
        before = self._objects.get(kind, target.namespace if kind.namespaced else "", target.name)
        merged = self._ownership.applied(before, wanted, manager, force=query.get("force") in {"true", "1"})
        if before is None:
            merged = {**merged, "metadata": {**merged["metadata"], "name": target.name}}
            after, warnings = self._admission.create(kind, merged, user, dry_run=_dry(query))
        else:
            status = target.subresource == "status"
            after, warnings = self._admission.update(kind, before, merged, user, status=status, dry_run=_dry(query))
        if not _dry(query):
            self._ownership.remember(after["metadata"]["uid"], wanted, manager)
        return before is None, after, [*unknown, *warnings]

    def delete(self, target: Target, body: Body, query: Mapping[str, str]) -> JSON:
        """What DELETE answers: the object while finalizers hold it, else that it is gone."""
        kind, options = _kind(target), _delete_options(body, query)
        before = self._before(target, kind)
        _require_preconditions(kind, before, options.get("preconditions") or {})
        dry = options.get("dryRun") == ["All"]
        if kind is NAMESPACE:
            return before if dry else self._terminate(before)
        policy = options.get("propagationPolicy")
        if policy == "Orphan" and not dry:
            self._orphan(before)
        after = before if dry else self._delete(kind, before, foreground=policy == "Foreground")
        if "deletionTimestamp" in after["metadata"] or kind is POD:
            return after
        details = {**details_of(kind, target.name), "uid": after["metadata"]["uid"]}
        return {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": details}

    def _delete(self, kind: Kind, obj: JSON, *, foreground: bool) -> JSON:
        metadata = obj["metadata"]
        return self._objects.delete(kind, metadata.get("namespace", ""), metadata["name"], foreground=foreground)

    def delete_all(
        self, target: Target, body: Body, query: Mapping[str, str], matches: Callable[[JSON], bool] | None
    ) -> JSON:
        """Delete a collection; answers the list of what there was."""
        kind = _kind(target)
        found = list(self._objects.list(kind, target.namespace, matches))
        for obj in () if _delete_options(body, query).get("dryRun") == ["All"] else found:
            self._objects.delete(kind, obj["metadata"].get("namespace", ""), obj["metadata"]["name"])
        metadata = {"resourceVersion": str(self._objects.storage.version)}
        return {"kind": f"{kind.kind}List", "apiVersion": kind.api_version, "metadata": metadata, "items": found}

    def _terminate(self, namespace: JSON) -> JSON:
        metadata = {**namespace["metadata"], "deletionTimestamp": namespace["metadata"]["creationTimestamp"]}
        return self._objects.storage.put(
            NAMESPACE, {**namespace, "metadata": metadata, "status": {"phase": "Terminating"}}
        ).object

    def _orphan(self, owner: JSON) -> None:
        uid = owner["metadata"]["uid"]
        for kind, key in self._objects.dependents(uid):
            if obj := self._objects.get(kind, *key):
                kept = [each for each in obj["metadata"].get("ownerReferences") or [] if each["uid"] != uid]
                self._objects.replace(kind, {**obj, "metadata": {**obj["metadata"], "ownerReferences": kept}})

    def _before(self, target: Target, kind: Kind) -> JSON:
        before = self._objects.get(kind, target.namespace if kind.namespaced else "", target.name)
        if before is None:
            raise not_found(kind, target.name)
        return before


def _kind(target: Target) -> Kind:
    if target.kind is None or target.subresource not in {"", "status", "finalize"}:
        raise no_such_path()
    return target.kind


def _delete_options(body: Body, query: Mapping[str, str]) -> JSON:
    """The options of a DELETE: those of its body; only where there is none, those of the query."""
    if body.content:
        options: JSON = body.decoded()
        return options
    return {"dryRun": ["All"] if _dry(query) else [], "propagationPolicy": query.get("propagationPolicy")}


def _require_preconditions(kind: Kind, obj: JSON, wanted: JSON) -> None:
    """Raise the 409 Failure of an object that is not the one that is to be deleted."""
    for field, (named, why) in PRECONDITIONS.items():
        asked, there = wanted.get(field), obj["metadata"][field]
        if asked is not None and asked != there:
            words = f"the {named} in the precondition ({asked}) does not match the {named} in record ({there})"
            raise precondition_failed(kind, obj["metadata"]["name"], f"{words}. The object might have been {why}")


def _dry(query: Mapping[str, str]) -> bool:
    return query.get("dryRun") == "All"


def _unversioned(obj: JSON) -> JSON:
    metadata = {field: value for field, value in obj["metadata"].items() if field != "resourceVersion"}
    return {**obj, "metadata": metadata}
