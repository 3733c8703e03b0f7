"""Modals fit what Slack takes, whatever stands in them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from bot.blocks.panels import slot_of, view
from bot.core import form, picking
from bot.core.answers import Problem, Rehearsed, Sent
from bot.core.change import Votes
from bot.core.errors import Invalid
from bot.core.language.grammar import COMMANDS
from bot.core.panels import DeployPanel, Panel, PickPanel, PlanPanel, Told, Waiting
from bot.sandbox.workspace.blockkit import view_problems
from tests.blocks.examples import plan

if TYPE_CHECKING:
    from bot.core.language.verb import Verb

LONG = "x" * 200
HOSTILE = "<!channel> *`a`* \u202e <https://evil|label> & \n x"


def shown(panel: Panel) -> dict[str, Any]:
    found = view(panel, command="/knative")
    assert not view_problems(found)
    assert len(json.dumps(found)) < 250_000
    return found


def test_the_picker_offers_every_verb() -> None:
    (verbs,) = (block["element"] for block in shown(PickPanel())["blocks"] if block["type"] == "input")
    offered = [option["value"] for group in verbs["option_groups"] for option in group["options"]]
    assert sorted(offered) == sorted(verb.name for verb in COMMANDS)
    assert [group["label"]["text"] for group in verbs["option_groups"]] == ["Look", "Change", "Hold back", "Talk"]


@pytest.mark.parametrize("verb", COMMANDS, ids=lambda verb: verb.name)
@pytest.mark.parametrize("service", ["", "hello"])
def test_the_picker_asks_for_what_a_verb_needs(verb: Verb, service: str) -> None:
    references = ("latest", *(f"{LONG}{number}" for number in range(99))) if service else ()
    slots = picking.slots(verb)
    asked = shown(PickPanel(verb.name, slots, service, references))
    blocks = [slot_of(block["block_id"]) for block in asked["blocks"] if block["type"] == "input"]
    expected = [slot.name for slot in slots if slot.kind is not picking.Kind.REVISION or service]
    assert blocks == ["verb", *expected]


def test_what_keeps_a_service_from_being_looked_at_is_told_in_the_picker() -> None:
    slots = picking.slots(next(verb for verb in COMMANDS if verb.name == "rollout"))
    found = shown(PickPanel("rollout", slots, "hello", trouble=Invalid(HOSTILE)))
    (trouble,) = (block for block in found["blocks"] if block.get("block_id") == "trouble")
    assert "<!channel>" not in trouble["text"]["text"]


@pytest.mark.parametrize(
    "panel",
    [
        DeployPanel(),
        DeployPanel(images=(f"ghcr.io/{LONG}:v1",)),
        DeployPanel(images=tuple(f"ghcr.io/{LONG}:{number}" for number in range(20))),
        DeployPanel("hello", {"image": f"a/{LONG}", "env": "A=b\n" * 600, "port": "8080"}, kept=(HOSTILE,) * 50),
        DeployPanel("main/shop/hello", images=("a/b:1",), note=HOSTILE),
    ],
    ids=["empty", "an image", "images", "filled", "new"],
)
def test_the_form_of_a_deploy_is_one_that_slack_takes(panel: DeployPanel) -> None:
    found = shown(panel)
    names = [block["block_id"] for block in found["blocks"] if block["type"] == "input"]
    if panel.service:
        missing = {"image"} if panel.images else set()
        assert set(names) >= {field.name for field in form.FIELDS} - missing
    assert ("proposed-image" in names) == bool(panel.images)


@pytest.mark.parametrize(
    ("rehearsed", "submit"),
    [
        (Rehearsed(plan("deploy hello ghcr.io/acme/hello:v9 --env A=b --traffic 10"), Votes()), "Do it"),
        (Rehearsed(plan("rollout hello latest=10"), Votes(2, "approvers")), "Ask for approval"),
    ],
)
def test_a_plan_is_shown_with_what_its_button_does(rehearsed: Rehearsed, submit: str) -> None:
    found = shown(PlanPanel(rehearsed))
    assert found["submit"]["text"] == submit
    assert "shop/hello" in json.dumps(found["blocks"])


@pytest.mark.parametrize("panel", [Waiting(), Told(Problem(Invalid(HOSTILE))), Told(Sent(HOSTILE))], ids=repr)
def test_what_is_told_in_a_modal_asks_for_nothing(panel: Panel) -> None:
    assert "submit" not in shown(panel)
