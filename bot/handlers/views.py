"""Modals: what is chosen in them, and what becomes of them when they are submitted.

A submission is answered with its ack: with what is wrong at which field, which is decided without asking anybody, or
with a modal on top that waits for what the listener then finds out. Who goes back from there finds the form as it was.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bot.blocks.panels import DECLINE, DEPLOY, PICK, PLAN, PROPOSED, VERB, WHY, options, slot_of, view
from bot.core import form, picking
from bot.core.language.grammar import VERBS
from bot.core.panels import Ticket, Waiting
from bot.core.ports import PanelHandle
from bot.handlers.boundary import guarded, offering

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from slack_bolt import App, BoltResponse

    from bot.core.panels import Seal
    from bot.core.ports import Addressee
    from bot.operations import Operations

    JSON = dict[str, Any]
    Acks = Callable[..., BoltResponse]


def register(app: App, operations: Operations, command: str, seal: Seal) -> None:
    """Listen to the fields of modals and to their submissions."""

    def choose(body: JSON, to: Addressee) -> None:
        shown, given = body["view"], _given(body["view"])
        service = given.get(picking.SERVICE, "")
        if shown.get("callback_id") == DEPLOY:
            operations.forms.fill(service, _proposed(shown), to)
        elif (verb := given.get(VERB, "")) in VERBS:
            operations.forms.pick(verb, service, to)

    def offer(body: JSON, to: Addressee) -> JSON:
        typed = body.get("value")
        new = body["view"].get("callback_id") == DEPLOY
        return {"options": options(operations.forms.offered(typed if isinstance(typed, str) else "", to, new=new))}

    for field in (VERB, picking.SERVICE):
        app.action(field)(guarded(operations, choose))
    app.options(picking.SERVICE)(offering(offer, {"options": []}))

    def run(text_of: Callable[[JSON], str]) -> Callable[[JSON, Addressee], None]:
        return lambda body, to: operations.forms.run(text_of(body["view"]), to)

    pick, deploy = (_answering(mistakes, command, seal) for mistakes in (_picking_mistakes, _deploying_mistakes))
    app.view(PICK, middleware=[pick])(guarded(operations, run(_picked)))
    app.view(DEPLOY, middleware=[deploy])(guarded(operations, run(_filled)))

    def ask(body: JSON, to: Addressee) -> None:
        ticket = seal.open(body["view"]["private_metadata"], to.person)
        operations.forms.ask(ticket or Ticket(to.channel), replace(to, panel=None))

    def decline(body: JSON, to: Addressee) -> None:
        ticket = seal.open(body["view"]["private_metadata"], to.person)
        operations.decline_for(
            ticket.text if ticket else "", _given(body["view"]).get(WHY, ""), replace(to, panel=None)
        )

    app.view(PLAN, middleware=[_closing])(guarded(operations, ask))
    app.view(DECLINE, middleware=[_reasoned, _closing])(guarded(operations, decline))


def _answering(mistakes: Callable[[JSON], dict[str, str]], command: str, seal: Seal) -> Callable[..., Any]:
    """Return the middleware that acks a submission: with its mistakes, or with a modal on top that waits."""

    def middleware(body: JSON, context: JSON, ack: Acks, next: Callable[[], Any]) -> Any:  # noqa: A002 # Bolt's
        errors = mistakes(body["view"])
        if errors:
            return _refuse(ack, errors)
        to: Addressee = context["to"]
        name = secrets.token_hex(16)
        metadata = seal.close(Ticket(to.channel, to.thread), to.person)
        waiting = view(Waiting(), command=command) | {"external_id": name, "private_metadata": metadata}
        context["to"] = replace(to, panel=PanelHandle(name=name))
        ack(response_action="push", view=waiting)
        return next()

    return middleware


def _refuse(ack: Acks, errors: Mapping[str, str]) -> Any:
    """Ack a submission with a sentence for each field that is wrong; Slack shows them as plain text."""
    return ack(response_action="errors", errors={field: words.replace("`", "") for field, words in errors.items()})


def _reasoned(body: JSON, ack: Acks, next: Callable[[], Any]) -> Any:  # noqa: A002 # Bolt's
    """Let a refusal pass that says why: blanks are no reason, although Slack takes them for one."""
    if not _given(body["view"]).get(WHY, "").strip():
        return _refuse(ack, {WHY: "A reason is needed: whoever asked wants to know what to do instead."})
    return next()


def _closing(ack: Acks, next: Callable[[], Any]) -> Any:  # noqa: A002 # Bolt's
    ack(response_action="clear")
    return next()


def _picked(shown: JSON) -> str:
    given = _given(shown)
    verb = given.get(VERB, "")
    return picking.line(verb, given, picking.slots(VERBS[verb])) if verb in VERBS else ""


def _picking_mistakes(shown: JSON) -> dict[str, str]:
    verb = _given(shown).get(VERB, "")
    if verb not in VERBS:
        return {VERB: "Choose what shall be done."}
    found = picking.mistakes(VERBS[verb], _given(shown))
    blocks = {slot_of(block): block for block in _inputs(shown)}
    return {blocks.get(slot, VERB): words for slot, words in found.items()}


def _filled(shown: JSON) -> str:
    return form.line(_target(shown), _before(shown), _after(shown))


def _deploying_mistakes(shown: JSON) -> dict[str, str]:
    if not _target(shown):
        return {picking.SERVICE: "Choose a Service."}
    found = form.mistakes(_target(shown), _before(shown), _after(shown))
    there = _inputs(shown)
    return {PROPOSED if name == form.IMAGE and PROPOSED in there else name: words for name, words in found.items()}


def _target(shown: JSON) -> str:
    """Return the Service that a form of a deploy is about: it is named by the blocks of the form alone."""
    return next((block["block_id"][len(DEPLOY) + 1 :] for block in shown.get("blocks", ()) if _names(block)), "")


def _names(block: JSON) -> bool:
    return str(block.get("block_id", "")).startswith(f"{DEPLOY} ")


def _before(shown: JSON) -> dict[str, str]:
    """Return what the form began with: it is in the fields themselves. A proposed image is no beginning."""
    began = {}
    for block in shown.get("blocks", ()):
        if block.get("type") == "input" and block["block_id"] != PROPOSED:
            element = block["element"]
            option = element.get("initial_option") or {}
            began[block["block_id"]] = str(element.get("initial_value") or option.get("value") or "")
    return began


def _after(shown: JSON) -> dict[str, str]:
    given = _given(shown)
    proposed = given.pop(PROPOSED, "")
    return given | ({form.IMAGE: proposed} if proposed else {})


def _given(shown: JSON) -> dict[str, str]:
    """Return what is filled in: field → value, by the name of the slot where it is one of the picker's."""
    given = {}
    for block, elements in ((shown.get("state") or {}).get("values") or {}).items():
        for element in elements.values():
            option = element.get("selected_option") or {}
            given[slot_of(block)] = str(element.get("value") or option.get("value") or "")
    return given


def _proposed(shown: JSON) -> tuple[str, ...]:
    """Return the images that a form proposes, the chosen one first."""
    for block in shown.get("blocks", ()):
        if block.get("block_id") == PROPOSED:
            listed = [option["value"] for option in block["element"].get("options", ())]
            chosen = _given(shown).get(PROPOSED) or block["element"].get("initial_value", "")
            return tuple(dict.fromkeys(image for image in (chosen, *listed) if image))
    return ()


def _inputs(shown: JSON) -> list[str]:
    return [block["block_id"] for block in shown.get("blocks", ()) if block.get("type") == "input"]
