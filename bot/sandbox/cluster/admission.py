"""Everything between a decoded request and storage: names, defaults, webhooks, in the API server's order.

The order shows in the answers: a bad name is refused before any webhook warns, a duplicate only after, a stale
version before both.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.sandbox.cluster import configmaps, validation
from bot.sandbox.cluster.controllers.hosts import SYSTEM_NAMESPACE
from bot.sandbox.cluster.defaulting import defaulted
from bot.sandbox.cluster.failures import Failure, already_exists, bad_request, denied, invalid, not_found
from bot.sandbox.cluster.kinds import CONFIG_MAP, NAMESPACE

if TYPE_CHECKING:
    from bot.sandbox.cluster.kinds import JSON, Kind
    from bot.sandbox.cluster.objects import Objects

WEBHOOK, CONFIG_WEBHOOK = "validation.webhook.serving.knative.dev", "config.webhook.serving.knative.dev"
DNS_1123_LABEL, DNS_1123 = (
    "[a-z0-9]([-a-z0-9]*[a-z0-9])?",
    r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*",
)
NOT_DNS_1123 = (
    'Invalid value: "{}": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '
    "'-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation "
    f"is '{DNS_1123}')"
)
NOT_DNS_1123_LABEL = (
    'Invalid value: "{}": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '
    "'-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for "
    f"validation is '{DNS_1123_LABEL}')"
)
FREE_NAMES = "rbac.authorization.k8s.io"  # its names may be any path segment, `system:node` for one


class Warned(Exception):
    def __init__(self, failure: Failure, warnings: list[str]) -> None:
        super().__init__(str(failure))
        self.failure = failure
        self.warnings = warnings


class Admission:
    """Writes as a user: returns the stored (or with `dry_run` the would-be) object and the webhooks' warnings."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects

    def create(self, kind: Kind, obj: JSON, user: str, *, dry_run: bool) -> tuple[JSON, list[str]]:
        """Raises Failure, or Warned when a webhook had spoken before the refusal."""
        new = self._objects.new(kind, obj)
        metadata = new["metadata"]
        new = defaulted(kind, new, None, user)
        _check_name(kind, metadata.get("name", ""))
        namespace = metadata.get("namespace", "")
        if namespace and self._objects.get(NAMESPACE, "", namespace) is None:
            raise not_found(NAMESPACE, namespace)
        warnings = self._validate(kind, new, None)
        if self._objects.get(kind, namespace, metadata["name"]):
            raise Warned(already_exists(kind, metadata["name"]), warnings)
        return (new if dry_run else self._objects.storage.put(kind, new).object), warnings

    def update(
        self, kind: Kind, before: JSON, obj: JSON, user: str, *, status: bool = False, dry_run: bool = False
    ) -> tuple[JSON, list[str]]:
        """Write `obj` over `before`; the conditional fields of `obj` are checked first."""
        if obj["metadata"].get("name", before["metadata"]["name"]) != before["metadata"]["name"]:
            raise bad_request("the name of the object does not match the name on the URL")
        after = self._objects.changed(kind, before, obj, status=status)
        warnings: list[str] = []
        if not status:
            after = defaulted(kind, after, before, user)
            after = self._objects.changed(kind, before, after)
            warnings = self._validate(kind, after, before)
        return (after if dry_run else self._objects.replace(kind, after, status=status)), warnings

    def _validate(self, kind: Kind, obj: JSON, before: JSON | None) -> list[str]:
        warnings = validation.warnings_of(kind, obj)
        if problems := validation.problems_of(kind, obj, before):
            raise Warned(denied(WEBHOOK, problems), warnings)
        if problems := configmaps.problems_of(obj) if _is_configuration(kind, obj) else []:
            raise denied(CONFIG_WEBHOOK, problems)
        return warnings


def _is_configuration(kind: Kind, obj: JSON) -> bool:
    return kind is CONFIG_MAP and obj["metadata"].get("namespace") == SYSTEM_NAMESPACE


def _check_name(kind: Kind, name: str) -> None:
    if not name:
        message = "Required value: name or generateName is required"
        raise invalid(kind, "", "metadata.name", message, cause="FieldValueRequired")
    if kind.group == FREE_NAMES:
        return
    pattern, words = (DNS_1123_LABEL, NOT_DNS_1123_LABEL) if kind is NAMESPACE else (DNS_1123, NOT_DNS_1123)
    if not re.fullmatch(pattern, name) or len(name) > 253:
        raise invalid(kind, name, "metadata.name", words.format(name))
