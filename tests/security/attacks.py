"""One payload for each listener that there is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.core.pad import Nudge, Seen
from bot.core.panels import Ticket
from tests.core import builders
from tests.operations.site import FREE, GUARDED, WISH
from tests.security.desk import ME, Desk

if TYPE_CHECKING:
    from bot.core.change import Person


def everything(front: Desk, person: Person, identity: str) -> dict[str, dict[str, Any]]:
    """One payload for each listener that there is, from `person`, of what could change something."""
    pressed = {"approve": identity, "home-pick": FREE, "stop-logs": identity}
    buttons = ["approve", "confirm", "decline", "withdraw", "again", "undo", "steal", "unlock", "home-pick"]
    buttons += ["promote", "skip", "pause", "resume", "abort", "stop-logs"]
    seen = str(Seen(builders.KEY, 7))
    chosen = {"verb": {"verb": {"selected_option": {"value": "rollback"}}}}
    service = {"service": {"service": {"selected_option": {"value": "hello"}}}}
    picked = {"state": {"values": chosen | service}}
    deploying = {"blocks": [{"block_id": "deploy hello", "type": "section"}], "state": {"values": {}}}
    ticket = Ticket(FREE, None, WISH, 1)
    home = {"view": {"id": "V1", "hash": "h", "type": "home", "private_metadata": ""}}
    return {
        "a slash command": front.slash(WISH, person),
        "a mention": front.said(person, text=f"<@{ME}> {WISH}"),
        "a direct message": front.said(
            person, "D1", type="message", channel_type="im", text="rollout shop/hello latest=10", number=2
        ),
        "a button that types": front.click("replay-deploy", WISH, person, FREE),
        **{name: front.click(name, pressed.get(name, identity), person) for name in buttons},
        **{f"{name} at home": front.click(name, identity, person) | home for name in ("approve", "undo", "abort")},
        **{f"pad {nudge.value}": front.click(f"pad-{nudge.value}", seen, person, FREE) for nudge in Nudge},
        "the home tab": front.said(person, type="app_home_opened", tab="home", number=3),
        "the picker": front.modal("view_submission", "pick", ticket, person, view=picked),
        "the form of a deploy": front.modal("view_submission", "deploy", ticket, person, view=deploying),
        "a plan in a modal": front.modal("view_submission", "plan", ticket, person),
        "a reason to decline": front.modal("view_submission", "decline", Ticket(GUARDED, None, identity), person),
        "choosing a verb": front.modal(
            "block_actions", "pick", ticket, person, view=picked, actions=[{"action_id": "verb", "block_id": "verb"}]
        ),
        "choosing a Service": front.modal(
            "block_actions",
            "deploy",
            ticket,
            person,
            view=picked,
            actions=[{"action_id": "service", "block_id": "service"}],
        ),
        "typing a Service": front.modal(
            "block_suggestion", "pick", ticket, person, action_id="service", block_id="service", value="he"
        ),
        "an image in a message": {
            "type": "message_action",
            "api_app_id": "A1KNOBOT",
            "team": {"id": person.team},
            "user": {"id": person.user, "team_id": person.team},
            "channel": {"id": FREE},
            "trigger_id": "of a shortcut",
            "callback_id": "deploy-image",
            "message": {"text": "built ghcr.io/acme/hello:v9"},
        },
        **{
            f"news of {kind}": {
                "type": "event_callback",
                "api_app_id": "A1KNOBOT",
                "team_id": person.team,
                "event": {"type": kind, "user": {"id": person.user}, "channel": FREE}
                | {"subteam": {"id": "S1"}, "subteam_id": "S1"},
            }
            for kind in ("user_change", "subteam_updated", "subteam_members_changed", "channel_shared")
        },
        "news of channel_unshared": {
            "type": "event_callback",
            "api_app_id": "A1KNOBOT",
            "team_id": person.team,
            "event": {"type": "channel_unshared", "channel": FREE},
        },
    }
