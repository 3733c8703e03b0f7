"""Says in Slack's terms what a person chose or filled in, however a script put it.

One table tells for each kind of element in which field Slack reports its value; the `actions` of a click and the
`state` of a form are both made from it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.sandbox.workspace.elements import JSON, Found, interactive, label_of, options
from bot.sandbox.workspace.errors import ControlError, NotThere

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.sandbox.workspace.slack import Slack
    from bot.sandbox.workspace.state import Person

VALUE_FIELD = {
    "plain_text_input": "value",
    "number_input": "value",
    "email_text_input": "value",
    "url_text_input": "value",
    "rich_text_input": "rich_text_value",
    "file_input": "files",
    "static_select": "selected_option",
    "external_select": "selected_option",
    "radio_buttons": "selected_option",
    "overflow": "selected_option",
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
    "checkboxes": "selected_options",
    "users_select": "selected_user",
    "conversations_select": "selected_conversation",
    "channels_select": "selected_channel",
    "multi_users_select": "selected_users",
    "multi_conversations_select": "selected_conversations",
    "multi_channels_select": "selected_channels",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
}

_INITIAL_FIELD = {
    "value": "initial_value",
    "rich_text_value": "initial_value",
    "selected_option": "initial_option",
    "selected_options": "initial_options",
    "selected_user": "initial_user",
    "selected_users": "initial_users",
    "selected_conversation": "initial_conversation",
    "selected_conversations": "initial_conversations",
    "selected_channel": "initial_channel",
    "selected_channels": "initial_channels",
    "selected_date": "initial_date",
    "selected_time": "initial_time",
    "selected_date_time": "initial_date_time",
}


class Values:
    """Turns values of scripts and of the page (a string, an option's value or label, a name) into Slack's."""

    def __init__(self, slack: Slack) -> None:
        self._slack = slack
        self._offered: dict[tuple[str, str], Sequence[JSON]] = {}

    def offer(self, person: Person, action_id: str, choices: Sequence[JSON]) -> None:
        """Remember what an external select has just shown to a person, who can now choose from it."""
        self._offered[person.id, action_id] = choices

    def action(self, person: Person, found: Found, value: Any) -> JSON:
        """One entry of `actions` in a block_actions payload."""
        element = found.element
        done: JSON = {"action_id": element["action_id"], "block_id": found.block["block_id"], "type": element["type"]}
        if element["type"] in VALUE_FIELD:
            done |= self._reported(person, element, found.option["value"] if found.option else value)
        shown = ("text", "value", "style", "url", "confirm", "placeholder")
        return {name: element[name] for name in shown if name in element} | done

    def state(self, person: Person, blocks: Sequence[JSON], given: Mapping[str, Mapping[str, Any]]) -> JSON:
        """`state.values`: for each element that holds a value, what was given, or what it began with."""
        values: JSON = {}
        for found in interactive(blocks):
            element, block_id = found.element, found.block["block_id"]
            if element["type"] not in VALUE_FIELD or element["type"] == "overflow":
                continue
            field = VALUE_FIELD[element["type"]]
            entries = given.get(block_id, {})
            if element["action_id"] in entries:
                entry = self._reported(person, element, entries[element["action_id"]])
            else:
                entry = {"type": element["type"], field: element.get(_INITIAL_FIELD.get(field, ""), _nothing(field))}
            values.setdefault(block_id, {})[element["action_id"]] = entry
        return values

    def _reported(self, person: Person, element: JSON, value: Any) -> JSON:
        """The element's type and value, as Slack reports them."""
        kind = element["type"]
        field = VALUE_FIELD[kind]
        if isinstance(value, dict) and field in value:
            value = value[field]
        return {
            "type": kind,
            field: _nothing(field) if value in (None, "", []) else self._typed(person, element, field, value),
        }

    def _typed(self, person: Person, element: JSON, field: str, value: Any) -> Any:
        match field:
            case "selected_option":
                return self._option(person, element, value)
            case "selected_options":
                return [self._option(person, element, entry) for entry in _several(value)]
            case "selected_user" | "selected_conversation" | "selected_channel":
                return self._reference(field, str(value))
            case "selected_users" | "selected_conversations" | "selected_channels":
                return [self._reference(field.removesuffix("s"), str(entry)) for entry in _several(value)]
            case "selected_date_time":
                return _seconds(value)
            case "value":
                return str(value)
            case _:
                return value

    def _option(self, person: Person, element: JSON, wanted: Any) -> JSON:
        value = wanted.get("value") if isinstance(wanted, dict) else wanted
        known = [*options(element), *self._offered.get((person.id, element["action_id"]), ())]
        for option in known:
            if value in (option["value"], label_of(option)):
                return option
        raise NotThere(f"{element['action_id']} has no option {value!r}; it has {[o['value'] for o in known]}")

    def _reference(self, field: str, name: str) -> str:
        """The id of the person or channel with this name or id."""
        found: Any = None
        if field in ("selected_user", "selected_conversation"):
            found = self._slack.directory.person(name)
        if found is None and field != "selected_user":
            found = self._slack.conversation(name) or self._slack.room(name)
        if found is None:
            raise NotThere(f"There is no {field.removeprefix('selected_')} {name!r}")
        return str(found.id)


def incomplete(blocks: Sequence[JSON], values: JSON) -> dict[str, str]:
    """What a client says, by block id, before it lets a form go: required fields and lengths."""
    errors = {}
    for block in blocks:
        if block["type"] != "input":
            continue
        element = block["element"]
        entry = values[block["block_id"]][element["action_id"]]
        value = entry[VALUE_FIELD[element["type"]]]
        if not value and not block.get("optional"):
            errors[block["block_id"]] = "Please complete this required field."
        elif isinstance(value, str) and len(value) < element.get("min_length", 0):
            errors[block["block_id"]] = f"Must be at least {element['min_length']} characters."
        elif isinstance(value, str) and len(value) > element.get("max_length", 3000):
            errors[block["block_id"]] = f"Must be at most {element['max_length']} characters."
    return errors


def _nothing(field: str) -> Any:
    return [] if field.startswith("selected_") and field.endswith("s") else None


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _seconds(value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        raise ControlError(f"A date and time is a number of seconds since 1970, not {value!r}") from None
