from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.workspace.conftest import Script, Wire, eventually

if TYPE_CHECKING:
    from slack_sdk import WebClient


def events(wire: Wire, number: int) -> list[dict[str, Any]]:
    eventually(lambda: len(wire.envelopes) == number)
    return [envelope["payload"]["event"] for envelope in wire.envelopes]


def test_who_becomes_a_guest_is_one_at_once_and_the_bot_hears_of_it(
    client: WebClient, script: Script, wire: Wire
) -> None:
    assert script.post("/sandbox/person", user="dev", guest=True) == {}

    [event] = events(wire, 1)
    assert (event["type"], event["user"]["id"], event["user"]["is_ultra_restricted"]) == ("user_change", "U0DEV", True)
    assert client.users_info(user="U0DEV")["user"]["is_ultra_restricted"]
    assert script.get("/sandbox/state")["users"][0]["guest"]


def test_who_has_left_can_do_nothing_until_they_are_back(client: WebClient, script: Script, wire: Wire) -> None:
    script.post("/sandbox/person", user="dev", deleted=True)

    assert client.users_info(user="U0DEV")["user"]["deleted"]
    assert script.slash("x")["status"] == 404
    script.post("/sandbox/person", user="dev", deleted=False)
    assert [event["user"]["deleted"] for event in events(wire, 2)] == [True, False]


def test_a_user_groups_members_change_and_the_bot_hears_who_came_and_went(
    client: WebClient, script: Script, wire: Wire
) -> None:
    script.post("/sandbox/usergroup", handle="approvers", users=["dev"])

    updated, changed = sorted(events(wire, 2), key=lambda event: event["type"], reverse=True)
    assert (updated["type"], updated["subteam"]["users"]) == ("subteam_updated", ["U0DEV"])
    assert (changed["type"], changed["subteam_id"]) == ("subteam_members_changed", "S0APPROVE")
    assert (changed["added_users"], changed["removed_users"]) == (["U0DEV"], ["U0SRE"])
    assert client.usergroups_users_list(usergroup="S0APPROVE")["users"] == ["U0DEV"]


def test_a_channel_is_shared_and_no_longer(client: WebClient, script: Script, wire: Wire) -> None:
    script.post("/sandbox/channel", channel="deploys", shared=True)
    assert client.conversations_info(channel="C0DEPLOYS")["channel"]["is_ext_shared"]
    script.post("/sandbox/channel", channel="deploys", shared=False)

    assert {(event["type"], event["channel"]) for event in events(wire, 2)} == {
        ("channel_shared", "C0DEPLOYS"),
        ("channel_unshared", "C0DEPLOYS"),
    }
    assert not client.conversations_info(channel="C0DEPLOYS")["channel"]["is_ext_shared"]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/sandbox/person", {"user": "nobody", "guest": True}, 404),
        ("/sandbox/person", {"user": "dev"}, 400),
        ("/sandbox/person", {"user": "dev", "guest": "yes"}, 400),
        ("/sandbox/usergroup", {"handle": "none", "users": []}, 404),
        ("/sandbox/usergroup", {"handle": "approvers", "users": ["nobody"]}, 404),
        ("/sandbox/usergroup", {"handle": "approvers"}, 400),
        ("/sandbox/channel", {"channel": "nowhere", "shared": True}, 404),
        ("/sandbox/channel", {"channel": "deploys"}, 400),
    ],
)
def test_a_mistake_changes_nothing(script: Script, path: str, body: dict[str, Any], status: int) -> None:
    assert script.post(path, **body)["status"] == status
