"""What the API server asks of every object's labels and annotations, whoever writes it, and in which words.

The words are those of Kubernetes 1.36; older ones say “characters” for “bytes”.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from bot.sandbox.cluster.failures import Cause

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.sandbox.cluster.kinds import JSON

DNS_1123 = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*"
NOT_DNS_1123 = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and "
    f"end with an alphanumeric character (e.g. 'example.com', regex used for validation is '{DNS_1123}')"
)
NAME, VALUE = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]", "(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?"
CHARACTERS = (
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character "
    f"(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '{NAME}')"
)
NOT_A_KEY = f"a valid label key {CHARACTERS} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
NOT_A_VALUE = (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and "
    "end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is "
    f"'{VALUE}')"
)
MAX_NAME, MAX_PREFIX, MAX_ANNOTATIONS = 63, 253, 256 * 1024
GO_TYPES = {bool: "bool", int: "number", float: "number", str: "string", list: "array", dict: "object"}


def causes_of(metadata: JSON) -> list[Cause]:
    """What is wrong with labels and annotations, in the order of their keys."""
    return [*_labels(metadata.get("labels") or {}), *_annotations(metadata.get("annotations") or {})]


def misfit_of(metadata: JSON) -> str | None:
    """How Go complains of labels or annotations that are no map of strings; None when they are."""
    for field in ("labels", "annotations"):
        there = metadata.get(field)
        if there is None:
            continue
        wrong, wanted = (there, "map[string]string") if not isinstance(there, dict) else (_no_text(there), "string")
        if wrong is not None:
            place = f"Go struct field ObjectMeta.{field} of type {wanted}"
            return f"json: cannot unmarshal {GO_TYPES[type(wrong)]} into {place}"
    return None


def filled(metadata: JSON) -> JSON:
    """The metadata as Go reads it: what is null among labels and annotations is an empty text."""
    maps = {field: metadata[field] for field in ("labels", "annotations") if metadata.get(field)}
    return {**metadata, **{field: {key: text or "" for key, text in texts.items()} for field, texts in maps.items()}}


def _no_text(texts: JSON) -> Any:
    return next((text for text in texts.values() if text is not None and not isinstance(text, str)), None)


def _labels(labels: dict[str, str]) -> Iterator[Cause]:
    for key, value in sorted(labels.items()):
        for words in _key_faults(key):
            yield Cause("metadata.labels", f'Invalid value: "{key}": {words}')
        for words in _faults(value, VALUE, MAX_NAME, NOT_A_VALUE):
            yield Cause("metadata.labels", f'Invalid value: "{value}": {words}')


def _annotations(annotations: dict[str, str]) -> Iterator[Cause]:
    for key in sorted(annotations):
        for words in _key_faults(key.lower()):  # upper case is as good in an annotation's prefix
            yield Cause("metadata.annotations", f'Invalid value: "{key}": {words}')
    if sum(len(key.encode()) + len(text.encode()) for key, text in annotations.items()) > MAX_ANNOTATIONS:
        words = f"Too long: may not be more than {MAX_ANNOTATIONS} bytes"
        yield Cause("metadata.annotations", words, "FieldValueTooLong")


def _key_faults(key: str) -> Iterator[str]:
    match key.split("/"):
        case [name]:
            pass
        case [prefix, name]:
            if prefix:
                yield from (f"prefix part {words}" for words in _faults(prefix, DNS_1123, MAX_PREFIX, NOT_DNS_1123))
            else:
                yield "prefix part must be non-empty"
        case _:
            yield NOT_A_KEY
            return
    if not name:
        yield "name part must be non-empty"
    yield from (f"name part {words}" for words in _faults(name, NAME, MAX_NAME, CHARACTERS))


def _faults(text: str, pattern: str, longest: int, words: str) -> Iterator[str]:
    if len(text.encode()) > longest:
        yield f"must be no more than {longest} bytes"
    if not re.fullmatch(pattern, text):
        yield words
