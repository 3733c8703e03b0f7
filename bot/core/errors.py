"""Everything that can go wrong because of a person, a cluster or Slack, said in one sentence with a hint.

    BotError                 code, message, hint: shown to the person as it is
    ├── ParseError           the words are wrong; knows which characters
    ├── Refused              the rules say no, or not now
    ├── NotFound             the Service, Revision or namespace is not there
    ├── Invalid              the wish contradicts itself, Knative's rules, or the present state
    │   └── NoChange         the wish is already true
    ├── Stale                the object changed after the plan was made; nothing was written
    └── Unavailable          a cluster, Slack or the database did not answer; trying again may help

Anything else that is raised is a fault of Knobot's own: the person gets a reference id, the log gets a traceback.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class BotError(Exception):
    """A failure that a person can understand and act upon.

    Args:
        message: one sentence: what is wrong.
        hint: what to do about it, or "".
        code: kebab-case word for logs, audit and tests; the class's own unless told.
    """

    code = "error"

    def __init__(self, message: str, hint: str = "", *, code: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        if code:
            self.code = code

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".rstrip()


class ParseError(BotError):
    """The words of a command are wrong.

    Args:
        source: the whole text as it was read.
        span: half-open range of the characters at fault, 0 <= start <= end <= len(source). An empty one tells where
            something is missing.
    """

    code = "parse"

    def __init__(self, message: str, hint: str = "", *, source: str, span: tuple[int, int], code: str = "") -> None:
        super().__init__(message, hint, code=code)
        self.source = source
        self.span = span


class Refused(BotError):
    """The rules do not let this person do this here, or not now."""

    code = "refused"


class NotFound(BotError):
    """A named thing does not exist."""

    code = "not-found"


class Invalid(BotError):
    """The wish contradicts itself, Knative's rules or the state of the Service."""

    code = "invalid"


class NoChange(Invalid):
    """The wish is already true; there is nothing to write."""

    code = "no-change"


class Stale(BotError):
    """The Service was changed by somebody else after the plan was made; nothing was written.

    Args:
        differences: what differs now, a line each, as in "traffic: 100% hello-00001 → 100% hello-00002".
    """

    code = "stale"

    def __init__(self, message: str, hint: str = "", *, code: str = "", differences: Sequence[str] = ()) -> None:
        super().__init__(message, hint, code=code)
        self.differences = tuple(differences)

    @property
    def whole(self) -> str:
        """The message, and below it the differences, a line each."""
        return "\n".join((self.message, *self.differences))


class Unavailable(BotError):
    """A service that Knobot needs did not answer, or answered that it cannot now."""

    code = "unavailable"
