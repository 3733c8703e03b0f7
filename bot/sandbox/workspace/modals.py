"""What people do with modals and the home tab: submit, close, look. The bot's ack decides what they see next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.sandbox.workspace import payloads
from bot.sandbox.workspace.contents import read_view
from bot.sandbox.workspace.errors import SlackError
from bot.sandbox.workspace.values import incomplete

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.sandbox.workspace.outbox import Outbox
    from bot.sandbox.workspace.slack import Slack
    from bot.sandbox.workspace.state import Person
    from bot.sandbox.workspace.values import Values
    from bot.sandbox.workspace.views import View

JSON = dict[str, Any]
TROUBLE = "We had some trouble connecting. Try again?"
"""What Slack shows in a modal for every failure of the app."""


class Modals:
    """Acts for people who have a view open."""

    def __init__(self, slack: Slack, outbox: Outbox, values: Values) -> None:
        self._slack = slack
        self._outbox = outbox
        self._values = values

    async def submit(self, person: Person, view: View, given: Mapping[str, Mapping[str, Any]]) -> JSON:
        """Send a modal off.

        Answers {"acked_ms", "errors": {block_id: text}, "view_id": the modal then on top or None}; where the bot's ack
        makes no sense or there is none also "error", as the person sees it, and "cause".
        """
        slack = self._slack
        state = self._values.state(person, view.blocks, given)
        if errors := incomplete(view.blocks, state):
            return {"acked_ms": None, "errors": errors, "view_id": view.id}
        payload = payloads.interaction(
            slack,
            "view_submission",
            person,
            slack.triggers.issue(person.id, view.id),
            view=payloads.view(slack, view, state),
            response_urls=self._response_urls(person, view, state),
        )
        receipt = await self._outbox.send("interactive", payload)
        answered: JSON = {"acked_ms": receipt.acked_ms, "errors": {}}
        if receipt.failure:
            answered |= {"error": TROUBLE, "cause": receipt.failure}
        else:
            answered |= self._follow(view, receipt.payload)
        top = slack.views.modal(person.id)
        slack.announce_view(person.id)
        return answered | {"view_id": top.id if top else None}

    def _follow(self, view: View, response: JSON) -> JSON:
        """Do what an ack's response_action says; the view may have changed or gone in the meantime."""
        views = self._slack.views
        current = views.find(view.id)
        try:
            match response.get("response_action"):
                case None:
                    if current:
                        views.close(current)
                case "clear":
                    views.clear(view.user)
                case "errors":
                    return {"errors": _fitting(view, response.get("errors"))}
                case "update":
                    definition = read_view(response.get("view"), "modal")
                    if current:
                        views.update(current, definition)
                case "push":
                    views.push(view.user, read_view(response.get("view"), "modal"))
                case _:
                    return {"error": TROUBLE, "cause": "unknown response_action"}
        except SlackError as error:
            return {"error": TROUBLE, "cause": error.as_json()}
        return {}

    async def close(self, person: Person, view: View, *, all_of_them: bool = False) -> JSON:
        """Close a modal by hand, or the whole stack; the app hears of it if it asked to. Answers {"acked_ms"}."""
        slack = self._slack
        cleared = all_of_them or bool(view.definition.get("clear_on_close"))
        closing = slack.views.stack(person.id)[:] if cleared else [view]
        if cleared:
            slack.views.clear(person.id)
        else:
            slack.views.close(view)
        slack.announce_view(person.id)
        acked_ms = None
        for closed in reversed(closing):
            if closed.definition.get("notify_on_close"):
                shown = payloads.view(slack, closed)
                payload = payloads.interaction(slack, "view_closed", person, view=shown, is_cleared=cleared)
                acked_ms = (await self._outbox.send("interactive", payload)).acked_ms
        return {"acked_ms": acked_ms}

    def open_home(self, person: Person, tab: str) -> None:
        """Look at the app's home ("home") or at its messages ("messages")."""
        slack = self._slack
        channel = slack.direct(person).id
        inner: JSON = {"type": "app_home_opened", "user": person.id, "channel": channel, "tab": tab}
        if tab == "home" and (home := slack.views.home(person.id)):
            inner["view"] = payloads.view(slack, home)
        self._outbox.event(inner | {"event_ts": slack.clock.ts()})

    def _response_urls(self, person: Person, view: View, state: JSON) -> list[JSON]:
        """One for each chosen conversation whose select has response_url_enabled."""
        urls = []
        for block in view.blocks:
            element = block.get("element") or {}
            if not element.get("response_url_enabled"):
                continue
            entry = state[block["block_id"]][element["action_id"]]
            channel = entry.get("selected_conversation") or entry.get("selected_channel")
            if channel:
                grant = self._slack.response_grants.issue(person.id, channel)
                urls.append(
                    {
                        "block_id": block["block_id"],
                        "action_id": element["action_id"],
                        "channel_id": channel,
                        "response_url": self._outbox.response_url("app", grant),
                    }
                )
        return urls


def _fitting(view: View, errors: object) -> dict[str, str]:
    """Errors must name input blocks of the view; Slack shows nothing sensible otherwise."""
    inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not set(errors) <= inputs:
        raise SlackError("invalid_arguments", [f"errors must name input blocks, of {sorted(inputs)}"])
    return {block: str(text) for block, text in errors.items()}
