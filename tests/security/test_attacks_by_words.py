"""Attacks by words: of other apps, words that act in messages or become paths, and names of others’ namespaces."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.blocks import render
from bot.core.policy import Effect, Rule
from bot.operations.turning import TOGETHER
from tests.core import builders
from tests.operations.site import DEV, GUARDED, WISH
from tests.security.desk import Desk, attack, refused, rows, untouched

ROOT = Path(__file__).parents[2]


# j) Payloads of another app or workspace. Signatures, bodies and headers: test_attacks_at_the_door.py.


@pytest.mark.parametrize(
    "foreign",
    [
        {"api_app_id": "A9OTHER"},
        {"team_id": "T9"},
        {"team_id": ["T1"]},
        {"team_id": {"id": "T1"}},
        {"user_id": ["U1DEV"]},
        {"channel_id": ["C1FREE"]},
        {"user_id": ""},
    ],
    ids=str,
)
def test_j_what_was_sent_to_another_app_or_workspace_is_dropped(front: Desk, foreign: dict[str, Any]) -> None:
    front.hand({**front.slash(WISH), **foreign})

    assert not front.site.changes()
    assert rows(front) == []
    assert front.cluster.calls == []
    front.site.wait(TOGETHER)
    (row,) = rows(front)
    assert (row.event, row.actor_user, row.text) == ("turned-away", None, "")
    untouched(front)


# k) Words that act: mentions, links, code that is broken out of, invisible characters, and very many of them.

HOSTILE = (
    "<!channel> @here",
    "<https://evil.example|the runbook>",
    "<@U2OPS> approved",
    "<!subteam^S1>",
    "``` `x` *bold* ```",
    "\u202egnissim\u2066\u200b",
    "a" * 40_000,
)
ACTS = re.compile(r"<(?:!(?!date\^)|@U2OPS|https://evil|#C)|\u202e|\u2066|\u200b")


@pytest.mark.parametrize("words", HOSTILE, ids=lambda words: repr(words[:12]))
def test_k_words_of_people_and_clusters_do_not_act(front: Desk, words: str) -> None:
    service = front.site.knative.service()
    told = {**service.annotations, "serving.knative.dev/lastModifier": words}
    snapshot = front.site.knative.snapshots[builders.KEY]
    broken = replace(snapshot.revisions[0], image=words[:500])
    front.site.knative.snapshots[builders.KEY] = replace(
        snapshot, service=replace(service, annotations=told), revisions=(broken, *snapshot.revisions[1:])
    )
    for text in (
        "status hello",
        "revisions hello",
        f"lock hello {words}",
        "approvals",
        f"status {words}",
        "history hello",
    ):
        front.hand(front.slash(text))
    front.hand(front.slash(f"{WISH} --override {words}", channel=GUARDED))

    seen = [answer for _, answer in front.site.channel.answers]
    seen += [answer for said in front.site.channel.messages.values() for answer in said]
    assert len(seen) >= 6
    for answer in seen:
        message = render(answer)
        assert len(message.text) <= 4_000
        assert not ACTS.search(message.text.replace("<@U1DEV>", "")), message.text
        assert not ACTS.search(repr(message.blocks).replace("<@U1DEV>", "")), message.blocks


# l) Words that become a path, a selector or a line for a shell.

NAMES = ("../x", "..", "a?b=c", "a%2fb", "hello;rm", "$(id)", "`id`", "hello\nx", "-rf", "a" * 64, "Ünlaut", "a,b=c")


@pytest.mark.parametrize("name", NAMES)
def test_l_only_what_is_a_name_reaches_a_cluster(front: Desk, name: str) -> None:
    for text in (
        f"status '{name}'",
        f"rollout '{name}' latest=10",
        f"status '{name}/hello'",
        f"status 'main/{name}/hello'",
        f"logs hello '{name}'",
        f"rollback hello '{name}'",
        f"tag hello latest '{name}'",
        f"domain add '{name}' hello",
        f"services '{name}'",
    ):
        front.hand(front.slash(text))

    untouched(front)
    valid = re.compile(r"[a-z0-9]([-a-z0-9.]*[a-z0-9])?\Z")
    for _, given in front.cluster.calls:
        keys = [value for value in given if hasattr(value, "namespace")]
        assert all(valid.match(key.namespace) and valid.match(key.name) for key in keys)
        assert all(valid.match(word) for word in given if isinstance(word, str))


def test_l_no_shell_is_ever_run() -> None:
    for file in (ROOT / "bot").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                assert called not in {"os.system", "os.popen", "eval", "exec", "create_subprocess_shell"}, file
                assert not any(keyword.arg == "shell" for keyword in node.keywords), file
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = {getattr(node, "module", None), *(alias.name for alias in node.names)}
                assert not names & {"subprocess", "pickle", "shelve"}, file


# m) One token for all: who may act in one namespace acts in another.


@pytest.mark.parametrize(
    "text", ["rollout prod/hello latest=10", "rollout other/prod/hello latest=10", "lock prod/hello"]
)
def test_m_who_may_act_in_one_namespace_may_not_in_another(front: Desk, text: str) -> None:
    rules = (Rule("shop", Effect(), (DEV.user,), namespaces=("shop",)),)
    front.site.policy = replace(front.site.policy, rules=rules)
    front.restart()
    before = rows(front)
    front.hand(front.slash(text))

    assert front.site.told() in {"refused", "unknown-cluster", "not-found", "invalid"}
    if "other" not in text:
        refused(front, before, DEV)
    untouched(front)


def test_m_the_cluster_s_own_rules_are_a_second_gate(front: Desk) -> None:
    front.site.knative.forbidden = {f"slack:{DEV.user}"}
    told = replace(front.site.configuration(), impersonating=frozenset({"main"}))
    front.restart(configuration=told)
    attack(front, front.slash(WISH), DEV, "rbac")
