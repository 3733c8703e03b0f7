"""Modals: panels of the core → views as Slack takes them. Pure; who sends them fills in the ticket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, assert_never

from bot.blocks import mrkdwn, render
from bot.blocks.message import compose, small
from bot.blocks.rehearsal import rehearsed
from bot.blocks.usage import TITLES
from bot.core import form
from bot.core.language.grammar import COMMANDS
from bot.core.panels import DeclinePanel, DeployPanel, PickPanel, PlanPanel, Told, Waiting
from bot.core.picking import PERCENTS, SERVICE
from bot.core.picking import Kind as Filling

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bot.core.panels import Panel
    from bot.core.picking import Slot

View = dict[str, Any]
Block = dict[str, Any]

PICK, DEPLOY, PLAN, DECLINE = "pick", "deploy", "plan", "decline"
"""What modals call back with when they are submitted."""
VERB = "verb"
WHY = "why"
"""The field of a reason."""
VALUE = "value"
"""The action_id of every field that tells nothing until its form is submitted."""
PROPOSED = "proposed-image"
"""The field of an image that Knobot proposes: it differs from what runs, though the person has not touched it."""
TITLE, LABEL, HINT, PLACEHOLDER = 24, 75, 300, 150
"""Characters that Slack takes at most."""


def view(panel: Panel, *, command: str) -> View:
    """Return the modal that shows `panel`, without its ticket."""
    match panel:
        case Waiting():
            return _modal("Knobot", compose(":hourglass_flowing_sand: One moment …").blocks)
        case Told():
            return _modal("Knobot", render(panel.answer, command=command).blocks)
        case PickPanel():
            return _modal("Knobot", _pick(panel, command), callback=PICK, submit="Next")
        case DeployPanel():
            return _modal("Deploy", _deploy(panel), callback=DEPLOY, submit="Preview")
        case PlanPanel():
            submit = "Ask for approval" if panel.rehearsed.votes.needed else "Do it"
            headline = compose(mrkdwn.code(panel.rehearsed.plan.request.text, 160)).blocks
            shown = (*headline, *rehearsed(panel.rehearsed).blocks[1:])  # it is no dry run that its button asks for
            return _modal("Preview", shown, callback=PLAN, submit=submit)
        case DeclinePanel():
            return _modal("Decline", _decline(panel), callback=DECLINE, submit="Decline")
        case _:
            assert_never(panel)


def options(found: Iterable[tuple[str, str]]) -> list[dict[str, Any]]:
    """Return (value, label)s as the options of a select."""
    return [_option(value, label) for value, label in found]


def _modal(title: str, blocks: Iterable[Block], *, callback: str = "told", submit: str = "") -> View:
    submits = {"submit": _plain(submit, TITLE)} if submit else {}
    return {
        "type": "modal",
        "callback_id": callback,
        "title": _plain(title, TITLE),
        "close": _plain("Back" if callback == PLAN else "Close", TITLE),
        "blocks": list(blocks),
        **submits,
    }


def _pick(panel: PickPanel, command: str) -> Iterator[Block]:
    offered = {verb.name: _option(verb.name, verb.name, verb.summary) for verb in COMMANDS}
    groups = [
        {"label": _plain(title, LABEL), "options": found}
        for kind, title in TITLES.items()
        if (found := [offered[verb.name] for verb in COMMANDS if verb.kind is kind])
    ]
    chosen = _initial(offered.get(panel.verb or ""))
    verbs = {"type": "static_select", "action_id": VERB, "option_groups": groups, **chosen}
    yield _input(VERB, "What shall be done?", verbs, dispatch=True)
    for slot in panel.slots:
        if slot.kind is Filling.SERVICE:
            yield _service(panel.service, slot.label, optional=slot.optional)
        elif slot.kind is not Filling.REVISION or panel.revisions:
            # A block of another verb or Service is another block: what was filled in there means nothing here.
            yield _input(f"{panel.verb} {slot.name} {panel.service}"[:255], slot.label, _element(slot, panel), slot)
        elif not panel.trouble and not slot.optional:
            yield from compose("Choose a Service, and its Revisions are offered.").blocks
    if panel.trouble:
        yield {**_section(f":warning: {mrkdwn.prose(str(panel.trouble), 600)}"), "block_id": "trouble"}
    if not panel.verb:
        typed = mrkdwn.code(f"{command} status hello")
        yield from compose("", small(f"Typed, it is one line, as in {typed}.")).blocks


def _decline(panel: DeclinePanel) -> Iterator[Block]:
    change = panel.change
    asked = f"{mrkdwn.person(change.requester)} asks for {mrkdwn.code(change.plan.request.text)}."
    yield _section(f"{mrkdwn.bold(change.plan.subject)}: {asked}")
    yield _input(
        WHY, "Why not?", {"type": "plain_text_input", "action_id": VALUE, "multiline": True, "max_length": 500}
    )
    yield from compose("", small("The reason stands on the card, and is told to who asked.")).blocks


def slot_of(block: str) -> str:
    """Return the name of the slot that a field of the picker stands for."""
    return block.split(" ")[1] if " " in block else block


def _element(slot: Slot, panel: PickPanel) -> Block:
    match slot.kind:
        case Filling.REVISION:
            return _select((name, name) for name in panel.revisions)
        case Filling.PERCENT:
            return _select((str(percent), f"{percent}%") for percent in PERCENTS)
        case _:
            hint = {"placeholder": _plain(slot.hint, PLACEHOLDER)} if slot.hint else {}
            return {"type": "plain_text_input", "action_id": VALUE, **hint}


def _select(found: Iterable[tuple[str, str]], **more: Any) -> Block:
    return {"type": "static_select", "action_id": VALUE, "options": options(found), **more}


def _deploy(panel: DeployPanel) -> Iterator[Block]:
    if panel.note:
        yield _section(mrkdwn.prose(panel.note, 600))
    if panel.service:
        told = _section(f"Deploy {mrkdwn.bold(panel.service)}. What is not changed here is kept.")
        yield {**told, "block_id": f"{DEPLOY} {panel.service}"}
    else:
        yield _service("", "Service", placeholder="Choose one, or type the name of a new one")
    if len(panel.images) > 1:
        first = _option(panel.images[0], panel.images[0])
        select = _select(((image, image) for image in panel.images), initial_option=first)
        yield _input(PROPOSED, "Image", select)
    elif panel.images:
        yield _input(PROPOSED, "Image", _text(panel.images[0]))
    if not panel.service:
        return
    for field in form.FIELDS:
        if field.name == form.TRAFFIC:
            choice = _select(form.choices(), placeholder=_plain("as it is split now", PLACEHOLDER))
            yield _input(field.name, field.label, choice, optional=True)
        elif field.name != form.IMAGE or not panel.images:
            text = _text(panel.fields.get(field.name, ""), multiline=field.name == form.ENV)
            yield _input(field.name, field.label, text, optional=field.name != form.IMAGE, hint=field.hint)
        if field.name == form.ENV and panel.kept:
            names = ", ".join(mrkdwn.code(name) for name in panel.kept[:20])
            yield from compose("", small(f"Kept as they are: {names}")).blocks


def _service(chosen: str, label: str, *, optional: bool = False, placeholder: str = "Type a part of its name") -> Block:
    select = {
        "type": "external_select",
        "action_id": SERVICE,
        "min_query_length": 0,
        "placeholder": _plain(placeholder, PLACEHOLDER),
        **_initial(_option(chosen, chosen) if chosen else None),
    }
    return _input(SERVICE, label, select, optional=optional, dispatch=True)


def _text(value: str, *, multiline: bool = False) -> Block:
    initial = {"initial_value": value} if value else {}
    return {"type": "plain_text_input", "action_id": VALUE, "multiline": multiline, **initial}


def _input(
    block: str,
    label: str,
    element: Block,
    slot: Slot | None = None,
    *,
    optional: bool = False,
    dispatch: bool = False,
    hint: str = "",
) -> Block:
    hints = {"hint": _plain(hint, HINT)} if hint else {}
    return {
        "type": "input",
        "block_id": block,
        "label": _plain(label, LABEL),
        "element": element,
        "optional": slot.optional if slot else optional,
        "dispatch_action": dispatch,
        **hints,
    }


def _section(markup: str) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": markup, "verbatim": True}}


def _initial(option: Block | None) -> Block:
    return {"initial_option": option} if option else {}


def _option(value: str, label: str, description: str = "") -> Block:
    more = {"description": _plain(description, LABEL)} if description else {}
    return {"text": _plain(label, LABEL), "value": value[:150], **more}


def _plain(text: str, limit: int) -> Block:
    return {"type": "plain_text", "text": mrkdwn.middle(mrkdwn.clean(text), limit), "emoji": False}
