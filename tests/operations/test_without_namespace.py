"""A conversation that stands for no namespace: what can be told is told, else the words that are missing are."""

from __future__ import annotations

import pytest

from bot.core.answers import ApprovalTable, DigestTable, Problem, WatchTable
from bot.core.policy import Effect, Policy, Rule
from tests.operations.site import DEV, GUARDED, OPS, WISH, Site

DIRECT = "D1DEV"


def answered(site: Site, line: str) -> object:
    site.type(line, DIRECT)
    return site.channel.answers[-1][1]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("status hello", "Name its namespace, as in `shop/hello`."),
        ("rollback hello", "Name its namespace, as in `shop/hello`."),
        ("mute check*", "Name the namespace, as in `shop/check*`."),
        ("services", "Name one, as in `--namespace shop`."),
        ("domains", "Name one, as in `--namespace shop`."),
        ("freeze", "Name one, as in `--namespace shop`."),
        ("digest now", "Name one, as in `--namespace shop`."),
    ],
)
def test_the_hint_is_what_to_type(site: Site, line: str, words: str) -> None:
    problem = answered(site, line)
    assert isinstance(problem, Problem)
    assert problem.error.hint == words


def test_what_waits_anywhere_is_told(site: Site) -> None:
    site.directory.joined = {DEV.user: frozenset({GUARDED}), OPS.user: frozenset()}
    site.type(WISH, GUARDED)
    table = answered(site, "approvals")
    assert isinstance(table, ApprovalTable)
    assert len(table.changes) == 1


def test_its_own_digests_and_watches_are_listed_as_far_as_one_may_look(site: Site) -> None:
    site.type("digest add 'daily 09:00' -n shop", DIRECT)
    site.type("watch shop/* failures", DIRECT)
    for shown in (True, False):
        digests, watches = answered(site, "digest list"), answered(site, "watch")
        assert isinstance(digests, DigestTable)
        assert isinstance(watches, WatchTable)
        assert bool(digests.digests) == bool(watches.watches) == shown
        site.policy = Policy((Rule("no", Effect(allow=False), namespaces=("shop",)), Rule("open", Effect())), {})
        site.operations = site.start()
