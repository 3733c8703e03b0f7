"""views.*: modals are opened by a person's gesture only, which the trigger id proves; a home tab at any time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.workspace import payloads
from bot.sandbox.workspace.contents import read_view
from bot.sandbox.workspace.errors import SlackError

if TYPE_CHECKING:
    from bot.sandbox.workspace.methods.call import Answer, Call
    from bot.sandbox.workspace.views import View


def open_view(call: Call) -> Answer:
    definition = read_view(call.required_value("view"), "modal")
    trigger = call.slack.triggers.redeem(call.required("trigger_id"))
    return _answer(call, call.slack.views.open(trigger.user, definition))


def push(call: Call) -> Answer:
    definition = read_view(call.required_value("view"), "modal")
    trigger = call.slack.triggers.redeem(call.required("trigger_id"))
    if trigger.view_id is None:
        raise SlackError("not_found")
    return _answer(call, call.slack.views.push(trigger.user, definition))


def update(call: Call) -> Answer:
    views = call.slack.views
    view_id, external_id = call.optional("view_id"), call.optional("external_id")
    view = views.find(view_id) if view_id else views.find_external(external_id or "-")
    if view is None:
        raise SlackError("not_found")
    definition = read_view(call.required_value("view"), view.definition["type"])
    return _answer(call, views.update(view, definition, call.optional("hash") or ""))


def publish(call: Call) -> Answer:
    person = call.slack.directory.person(call.required("user_id"))
    if person is None or person.bot or person.deleted:
        raise SlackError("user_not_found")
    definition = read_view(call.required_value("view"), "home")
    return _answer(call, call.slack.views.publish(person.id, definition, call.optional("hash") or ""))


def _answer(call: Call, view: View) -> Answer:
    call.slack.announce_view(view.user)
    return {"view": payloads.view(call.slack, view)}
