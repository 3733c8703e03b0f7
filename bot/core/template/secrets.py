"""What is a secret: by the name that it has, or because it is an address with a password in it."""

from __future__ import annotations

import re

SECRET_WORDS = (
    "SECRET",
    "TOKEN",
    "PASSWORD",
    "PASSWD",
    "PASSPHRASE",
    "CREDENTIAL",
    "PRIVATE",
    "APIKEY",
    "API_KEY",
    "ACCESS_KEY",
    "DSN",
)
SECRET_ENDS = ("_KEY", "_PASS", "_PWD")
REFERENCES = frozenset({"--env-secret", "--pull-secret"})
"""Flags that name a Secret of the cluster, which is no secret itself."""
HIDDEN = "••••"
_LOGIN = re.compile(r"://[^/\s:@]*:[^/\s@]+@|(?:=|\A)[^/\s:@=]*:[^/\s@=]+@(?!sha[0-9]+:)")
"""A name and a password before a host, with or without a scheme; `name:tag@sha256:…` is an image by its digest."""


def secret(name: str, value: str = "") -> bool:
    """Whether a value is hidden from people and logs: by the name of its variable, or as an address with a password."""
    upper = name.upper().replace("-", "_")
    return any(word in upper for word in SECRET_WORDS) or upper.endswith(SECRET_ENDS) or bool(_LOGIN.search(value))


def masked(word: str) -> str | None:
    """Return NAME=VALUE with the value hidden, or None where nothing is secret.

    `--env-secret=KEY=secret/key` has no secret in its name: it only says where one is.
    """
    telling = secret("", word)
    *names, _ = word.split("=")
    end = 0
    for name in names:
        end += len(name) + 1
        if (telling or secret(name)) and name not in REFERENCES:
            return word[:end] + HIDDEN
    return HIDDEN if telling else None
