"""What is a secret: by its name, as an address with a password in it, or because it looks as issued tokens do."""

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

_ISSUED = re.compile(
    r"(?<![A-Za-z0-9])(?:"
    r"gh[oprsu]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|glpat-[\w-]{20,}"  # GitHub, GitLab
    r"|(?:xox[abeoprs]|xapp)-[A-Za-z0-9-]{10,}"  # Slack
    r"|A[KS]IA[A-Z0-9]{16}(?![A-Za-z0-9])"  # Amazon
    r"|eyJ[\w-]{8,}\.eyJ[\w-]{8,}\."  # JSON Web Tokens
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----)"
)
"""What those who issue tokens give them to be known by, so that they can be found where they should not be."""


def secret(name: str, value: str = "") -> bool:
    """Whether a value is hidden from people and logs: by the name of its variable, or by what it looks like."""
    upper = name.upper().replace("-", "_")
    return any(word in upper for word in SECRET_WORDS) or upper.endswith(SECRET_ENDS) or _telling(value)


def _telling(value: str) -> bool:
    return bool(_LOGIN.search(value) or _ISSUED.search(value))


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
