"""Two ways to be refused: by Slack, with Slack's error names, and by the control interface, in a sentence."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.sandbox.workspace.blockkit import Problem


class SlackError(Exception):
    """A Web API call that Slack answers with {"ok": false, "error": code}.

    Args:
        code: Slack's error name.
        problems: what is wrong with blocks or a view, for `errors` and `response_metadata.messages`.
        extra: further fields of the answer.
    """

    def __init__(self, code: str, problems: Sequence[Problem | str] = (), **extra: Any) -> None:
        super().__init__(code)
        self.code = code
        self.problems = [str(problem) for problem in problems]
        self.extra = extra

    def as_json(self) -> dict[str, Any]:
        answer: dict[str, Any] = {"ok": False, "error": self.code, **self.extra}
        if self.problems:
            answer["errors"] = self.problems
            answer["response_metadata"] = {"messages": [f"[ERROR] {problem}" for problem in self.problems]}
        return answer


class ControlError(Exception):
    """A request to the control interface that cannot be met; becomes {"error": message}."""

    def __init__(self, message: str, status: HTTPStatus = HTTPStatus.BAD_REQUEST) -> None:
        super().__init__(message)
        self.message = message
        self.status = status


class NotThere(ControlError):
    """What the request names does not exist, or this person does not see it."""

    def __init__(self, message: str) -> None:
        super().__init__(message, HTTPStatus.NOT_FOUND)
