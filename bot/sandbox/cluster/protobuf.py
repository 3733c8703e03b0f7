"""Kubernetes' protobuf, as far as kubectl sends it.

Its typed clients write built-in kinds this way and read JSON gladly.

A message is described by its field numbers alone. Kinds that are not listed are refused with 415, as an unknown format.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.sandbox.cluster.failures import bad_request, unsupported_media

if TYPE_CHECKING:
    from collections.abc import Iterator

CONTENT_TYPE = "application/vnd.kubernetes.protobuf"
MAGIC = b"k8s\x00"


@dataclass(frozen=True, slots=True)
class Field:
    """One field: `type` is "text", "number", "flag", "bytes", "map", "bytemap" or another message's fields."""

    name: str
    type: str | dict[int, Field] = "text"
    repeated: bool = False


def _texts(names: str) -> dict[int, Field]:
    return {number: Field(name) for number, name in enumerate(names.split(), 1)}


def _many(*names: str, first: int = 1) -> dict[int, Field]:
    return {number: Field(name, repeated=True) for number, name in enumerate(names, first)}


METADATA: dict[int, Field] = {
    **_texts("name generateName namespace selfLink uid resourceVersion"),
    7: Field("generation", "number"),
    11: Field("labels", "map"),
    12: Field("annotations", "map"),
    14: Field("finalizers", repeated=True),
}
HEAD = {1: Field("metadata", METADATA)}
RESOURCE = _texts("namespace verb group version resource subresource name")
QUESTION = {1: Field("resourceAttributes", RESOURCE), 2: Field("nonResourceAttributes", _texts("path verb"))}
RULE = _many("verbs", "apiGroups", "resources", "resourceNames", "nonResourceURLs")
ROLE = {**HEAD, 2: Field("rules", RULE, repeated=True)}
BINDING = {
    **HEAD,
    2: Field("subjects", _texts("kind apiGroup name namespace"), repeated=True),
    3: Field("roleRef", _texts("apiGroup kind name")),
}
MESSAGES: dict[str, dict[int, Field]] = {
    "Namespace": HEAD,
    "ServiceAccount": HEAD,
    "ConfigMap": {**HEAD, 2: Field("data", "map"), 4: Field("immutable", "flag")},
    "Secret": {**HEAD, 2: Field("data", "bytemap"), 3: Field("type"), 4: Field("stringData", "map")},
    "Role": ROLE,
    "ClusterRole": ROLE,
    "RoleBinding": BINDING,
    "ClusterRoleBinding": BINDING,
    "SelfSubjectAccessReview": {**HEAD, 2: Field("spec", QUESTION)},
    "SelfSubjectRulesReview": {**HEAD, 2: Field("spec", _texts("namespace"))},
    "SubjectAccessReview": {
        **HEAD,
        2: Field("spec", {**QUESTION, 3: Field("user"), 4: Field("groups", repeated=True)}),
    },
    "DeleteOptions": {
        1: Field("gracePeriodSeconds", "number"),
        2: Field("preconditions", _texts("uid resourceVersion")),
        4: Field("propagationPolicy"),
        5: Field("dryRun", repeated=True),
    },
}
ENVELOPE = {1: Field("type", _texts("apiVersion kind")), 2: Field("raw", "bytes")}


def decoded(content: bytes) -> dict[str, Any]:
    """The object in a body. Raises a 400 Failure for what is no protobuf, 415 for a kind that is not listed."""
    if not content.startswith(MAGIC):
        raise bad_request("provided data does not appear to be a protobuf message, expected prefix")
    try:
        envelope = _message(content[len(MAGIC) :], ENVELOPE)
        fields = MESSAGES.get(envelope["type"]["kind"])
        if fields is None:
            raise unsupported_media(CONTENT_TYPE, ("application/json", "application/yaml"))
        return {**envelope["type"], **_message(envelope.get("raw", b""), fields)}
    except (IndexError, KeyError, UnicodeDecodeError) as error:
        raise bad_request(f"error decoding the protobuf body: {error}") from error


def _message(content: bytes, fields: dict[int, Field]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for number, raw in _raw_fields(content):
        field = fields.get(number)
        if field is None:
            continue
        value = _value(raw, field)
        if field.repeated:
            result.setdefault(field.name, []).append(value)
        elif field.type in ("map", "bytemap"):
            result.setdefault(field.name, {}).update(value)
        elif value not in ("", {}):  # Go writes empty fields too, JSON leaves them out
            result[field.name] = value
    return result


def _value(raw: int | bytes, field: Field) -> Any:
    if isinstance(raw, int):
        return bool(raw) if field.type == "flag" else raw
    match field.type:
        case dict() as fields:
            return _message(raw, fields)
        case "map" | "bytemap":
            pair = dict(_raw_fields(raw))
            key, value = bytes(pair.get(1, b"")), bytes(pair.get(2, b""))
            text = value.decode() if field.type == "map" else base64.b64encode(value).decode()
            return {key.decode(): text}
        case "bytes":
            return raw
        case _:
            return raw.decode()


def _raw_fields(content: bytes) -> Iterator[tuple[int, int | bytes]]:
    position = 0
    while position < len(content):
        tag, position = _varint(content, position)
        match tag & 7:
            case 0:
                number, position = _varint(content, position)
                yield tag >> 3, number
            case 2:
                length, position = _varint(content, position)
                yield tag >> 3, content[position : position + length]
                position += length
            case 1:
                position += 8
            case _:
                position += 4


def _varint(content: bytes, position: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = content[position]
        value |= (byte & 0x7F) << shift
        position, shift = position + 1, shift + 7
        if byte < 0x80:
            return value, position
