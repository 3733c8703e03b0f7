"""The home tab fits what Slack takes, for whoever has nothing and for whoever has very much."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from bot.blocks.home import home
from bot.core.change import State
from bot.core.home import HomeTab, Place
from bot.sandbox.workspace.blockkit import view_problems
from tests.blocks.examples import KEY, NOW, change, plan, service

HOSTILE = "<!channel> *`a`* \u202e x"


def shown(tab: HomeTab) -> dict[str, Any]:
    found = home(tab, command="/knative")
    assert not view_problems(found)
    assert "<!channel>" not in json.dumps(found)
    return found


def test_who_has_nothing_yet_is_told_how_to_begin() -> None:
    text = json.dumps(shown(HomeTab((), (), (), NOW)))
    assert "Welcome" in text
    assert "/knative help" in text


def test_what_waits_stands_first_with_its_buttons() -> None:
    pending = change(plan("rollout hello latest=10"))
    found = shown(HomeTab((Place("C1", "shop", (service(),)),), (pending,), (), NOW))
    actions = [block for block in found["blocks"] if block["type"] == "actions"]

    assert found["blocks"][0]["text"]["text"] == "1 change waits for you"
    assert [element["action_id"] for element in actions[0]["elements"]] == ["approve", "decline"]
    assert {element["value"] for element in actions[0]["elements"]} == {pending.id}
    assert [(element["action_id"], element["value"]) for element in actions[1]["elements"]] == [("home-pick", "C1")]


def test_very_much_of_everything_fits() -> None:
    named = replace(service(), key=replace(KEY, name="x" * 63))
    places = tuple(Place(f"C{number}", "shop" * 15, (named,) * 200) for number in range(20))
    many = tuple(replace(change(plan("rollout hello latest=10")), id=f"c{number}") for number in range(60))
    did = tuple(replace(one, state=state) for one, state in zip(many, State, strict=False))
    found = shown(HomeTab((*places, Place("C0", HOSTILE, trouble=HOSTILE)), many, did, NOW))

    assert len(found["blocks"]) <= 100
    assert "60 changes wait for you" in json.dumps(found)
    assert "50 more" in json.dumps(found)


def test_an_empty_namespace_says_how_to_fill_it() -> None:
    assert "deploy hello" in json.dumps(shown(HomeTab((Place("C1", "shop"),), (), (), NOW)))
