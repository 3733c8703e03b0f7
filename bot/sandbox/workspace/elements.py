"""Finds the element that a person means among the blocks that they see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

JSON = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Found:
    """An interactive element and the block in which it stands; `option` if its label named one of its options."""

    block: JSON
    element: JSON
    option: JSON | None = None


def interactive(blocks: Sequence[JSON]) -> Iterator[Found]:
    """Every element that a person can do something with, in reading order."""
    for block in blocks:
        for element in (block.get("accessory"), block.get("element"), *block.get("elements", ())):
            if isinstance(element, dict) and "action_id" in element:
                yield Found(block, element)


def find(blocks: Sequence[JSON], *, action_id: str = "", label: str = "", block_id: str = "") -> Found | None:
    """The first element with this action id, or with this label (a button's text, or an option's)."""
    for found in interactive(blocks):
        if block_id and found.block["block_id"] != block_id:
            continue
        if action_id and found.element["action_id"] == action_id:
            return found
        if not action_id and label:
            if label_of(found.element) == label:
                return found
            for option in options(found.element):
                if label_of(option) == label:
                    return Found(found.block, found.element, option)
    return None


def options(element: JSON) -> list[JSON]:
    """All options of a select, overflow menu, checkboxes …, in groups or not."""
    grouped = [option for group in element.get("option_groups") or () for option in group["options"]]
    return [*(element.get("options") or ()), *grouped]


def labels(blocks: Sequence[JSON]) -> list[str]:
    """What a person could click, for messages that say so."""
    return [label_of(found.element) or str(found.element["action_id"]) for found in interactive(blocks)]


def label_of(thing: JSON) -> str:
    """The text on a button or option; "" where there is none."""
    text = thing.get("text")
    return str(text.get("text", "")) if isinstance(text, dict) else ""
