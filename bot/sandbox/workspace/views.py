"""Modals and home tabs. Each person has at most one stack of modals, three deep at most, and one home tab.

A view's hash changes with every update, so that two updates that race can be told apart.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from bot.sandbox.workspace.errors import SlackError

if TYPE_CHECKING:
    from bot.sandbox.workspace.clock import Clock

STACK_LIMIT = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A modal or home tab as its owner has it open. `definition` is what the app sent, with ids filled in."""

    id: str
    user: str
    definition: dict[str, Any]
    hash: str
    root_id: str
    previous_id: str | None = None

    @property
    def blocks(self) -> list[dict[str, Any]]:
        blocks: list[dict[str, Any]] = self.definition["blocks"]
        return blocks

    @property
    def external_id(self) -> str:
        return str(self.definition.get("external_id") or "")


class Views:
    """Everybody's modals and home tabs."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._stacks: dict[str, list[View]] = {}
        self._homes: dict[str, View] = {}

    def modal(self, user: str) -> View | None:
        """The modal on top."""
        stack = self.stack(user)
        return stack[-1] if stack else None

    def stack(self, user: str) -> list[View]:
        """The open modals, the one on top last."""
        return self._stacks.get(user, [])

    def home(self, user: str) -> View | None:
        return self._homes.get(user)

    def find(self, view_id: str) -> View | None:
        return next((view for view in self._all() if view.id == view_id), None)

    def find_external(self, external_id: str) -> View | None:
        return next((view for view in self._all() if view.external_id == external_id), None)

    def open(self, user: str, definition: dict[str, Any]) -> View:
        """Open a modal by itself; one that was open is gone."""
        self._unique(definition)
        view = self._new(user, definition)
        self._stacks[user] = [view]
        return view

    def push(self, user: str, definition: dict[str, Any]) -> View:
        """Open a modal on top of the one that is open."""
        stack = self.stack(user)
        if not stack:
            raise SlackError("no_active_modal")
        if len(stack) >= STACK_LIMIT:
            raise SlackError("push_limit_reached")
        self._unique(definition)
        view = replace(self._new(user, definition), root_id=stack[0].id, previous_id=stack[-1].id)
        stack.append(view)
        return view

    def update(self, view: View, definition: dict[str, Any], expected_hash: str = "") -> View:
        """Replace what a view shows. SlackError hash_conflict when it is not as `expected_hash` saw it."""
        if expected_hash and expected_hash != view.hash:
            raise SlackError("hash_conflict")
        if definition.get("external_id") not in (None, "", view.external_id):
            self._unique(definition)
        updated = replace(view, definition=definition, hash=self._hash())
        if self._homes.get(view.user) == view:
            self._homes[view.user] = updated
        else:
            stack = self._stacks[view.user]
            stack[stack.index(view)] = updated
        return updated

    def publish(self, user: str, definition: dict[str, Any], expected_hash: str = "") -> View:
        """Replace a person's home tab."""
        current = self._homes.get(user)
        if current is not None:
            return self.update(current, definition, expected_hash)
        view = self._homes[user] = self._new(user, definition)
        return view

    def close(self, view: View) -> None:
        """Close a modal, and those on top of it."""
        stack = self.stack(view.user)
        del stack[stack.index(view) :]

    def clear(self, user: str) -> None:
        """Close all of a person's modals."""
        self._stacks.pop(user, None)

    def _all(self) -> list[View]:
        return [*self._homes.values(), *(view for stack in self._stacks.values() for view in stack)]

    def _unique(self, definition: dict[str, Any]) -> None:
        external_id = definition.get("external_id")
        if external_id and self.find_external(external_id):
            raise SlackError("duplicate_external_id")

    def _new(self, user: str, definition: dict[str, Any]) -> View:
        view_id = f"V{secrets.token_hex(5).upper()}"
        return View(id=view_id, user=user, definition=definition, hash=self._hash(), root_id=view_id)

    def _hash(self) -> str:
        return f"{int(self._clock.now())}.{secrets.token_hex(4)}"
