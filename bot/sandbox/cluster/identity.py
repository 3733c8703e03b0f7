"""Who asks: users by bearer token, and whom an administrator lets them impersonate.

Tokens are made anew for every cluster and are worth nothing outside the process that holds them.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.sandbox.cluster.failures import unauthorized

if TYPE_CHECKING:
    from multidict import CIMultiDictProxy

MASTERS, AUTHENTICATED, UNAUTHENTICATED = "system:masters", "system:authenticated", "system:unauthenticated"


@dataclass(frozen=True, slots=True)
class User:
    """A Kubernetes user: what RBAC subjects and `serving.knative.dev/creator` name."""

    name: str
    groups: tuple[str, ...]


ANONYMOUS = User("system:anonymous", (UNAUTHENTICATED,))


class Users:
    """The users that this API server knows, by token and by the short name that a kubeconfig asks for."""

    def __init__(self) -> None:
        self._by_token: dict[str, User] = {}
        self._tokens: dict[str, str] = {}

    def add(self, short: str, user: User, token: str = "") -> None:
        token = token or secrets.token_urlsafe(24)
        self._by_token[token] = user
        self._tokens[short] = token

    def token(self, short: str) -> str:
        """The token of a user. Raises KeyError for an unknown one."""
        return self._tokens[short]

    def authenticate(self, headers: CIMultiDictProxy[str]) -> User:
        """The user of a request; anonymous without a token. Raises a 401 Failure for a wrong one."""
        authorization = headers.get("Authorization")
        if authorization is None:
            return ANONYMOUS
        scheme, _, token = authorization.partition(" ")
        user = self._by_token.get(token.strip()) if scheme.lower() == "bearer" else None
        if user is None:
            raise unauthorized()
        return user


def impersonated(headers: CIMultiDictProxy[str]) -> User | None:
    """The user whom a request asks to be taken for, with the groups it names."""
    name = headers.get("Impersonate-User")
    if name is None:
        return None
    return User(name, (*headers.getall("Impersonate-Group", []), AUTHENTICATED))
