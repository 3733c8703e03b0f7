"""A rule that names a verb is about the lines that are typed with it, whatever command they become."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.core.policy import Effect, Policy, Rule

if TYPE_CHECKING:
    from tests.operations.site import Site

OPEN = Rule("open", Effect())
LINES = [
    ("deploy hello --env A=1", "deploy"),
    ("env hello A=1", "env"),
    ("env hello A=1 --dry-run", "env"),
    ("scale hello 1..2", "scale"),
    ("rollout hello latest=10", "rollout"),
    ("rollout hello latest=10,100", "rollout"),
    ("rollback hello", "rollback"),
    ("follow hello", "follow"),
    ("tag hello latest x", "tag"),
    ("untag hello x", "untag"),
    ("promote hello", "promote"),
    ("abort hello", "abort"),
    ("pause hello", "pause"),
    ("undo hello", "undo"),
    ("annotate hello a=b", "annotate"),
    ("delete hello", "delete"),
    ("domain add a.example.com hello", "domain"),
    ("install", "install"),
    ("unlock hello", "unlock"),
    ("thaw", "thaw"),
    ("status hello -o yaml", "status"),
    ("logs hello --follow", "logs"),
    ("services --all-namespaces", "services"),
    ("digest preview", "digest"),
    ("mute hello", "mute"),
]


@pytest.mark.parametrize(("line", "verb"), LINES)
def test_what_a_rule_forbids_by_its_verb_is_refused(site: Site, line: str, verb: str) -> None:
    site.policy = Policy((Rule("no", Effect(allow=False), verbs=(verb,)), OPEN), {})
    site.operations = site.start()
    site.type(line)

    assert site.told() == "refused"
    assert not site.changes()


@pytest.mark.parametrize(("line", "verb"), [("env hello A=1", "env"), ("scale hello 1..2", "scale")])
def test_what_a_rule_allows_by_its_verb_needs_no_other(site: Site, line: str, verb: str) -> None:
    site.policy = Policy((Rule("yes", Effect(), verbs=(verb,)),), {})
    site.operations = site.start()
    site.type(line)

    assert site.change().plan.verb == verb
    assert site.knative.writes
