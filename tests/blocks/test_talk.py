"""Help, errors, digests, approvals and identities, whole, as their plain text tells them."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from bot.blocks import render
from bot.blocks.message import LISTING
from bot.core.answers import (
    ApprovalTable,
    DigestAdded,
    DigestPost,
    DigestRemoved,
    DigestTable,
    Fault,
    HelpAnswer,
    Identity,
    Problem,
    Rights,
    Voted,
)
from bot.core.change import Person, Votes
from bot.core.digest import Digest
from bot.core.errors import Invalid, ParseError
from bot.core.language.grammar import COMMANDS, VERBS
from bot.core.language.parse import parse
from bot.core.lingering import Line, Matter
from bot.core.policy import Actor
from bot.core.schedule import Schedule
from bot.core.subscriptions import Digest as Subscription
from tests.blocks.examples import APPROVER, ASKER, KEY, NOW, change, plan
from tests.blocks.slack_rules import check

if TYPE_CHECKING:
    from bot.core.answers import Answer

SPLIT = plan("rollout hello previous=10")
MORNING = Subscription("ab12", "C1", "kind", "shop", Schedule("weekdays 09:00"), "Europe/Berlin", ASKER, NOW)


def told(answer: Answer, command: str = "/knative") -> str:
    """Return the text of a message that keeps Slack's rules."""
    message = render(answer, command=command)
    check(message, LISTING)
    return message.text


def lines(text: str) -> str:
    return dedent(text).strip()


def wrong(text: str) -> ParseError:
    with pytest.raises(ParseError) as caught:
        parse(text)
    return caught.value


def test_a_wrong_word_is_underlined_in_the_line_as_it_was_typed() -> None:
    assert told(Problem(wrong("rolout hello latest=10"))) == lines("""
        There is no verb “rolout”.
        ```
        /knative rolout hello latest=10
                 ^^^^^^
        ```
        Did you mean `rollout`?
    """)


def test_the_command_is_named_as_the_workspace_names_it() -> None:
    assert "\n/kn rolout hello\n    ^^^^^^\n" in told(Problem(wrong("rolout hello")), command="/kn")


ALPHABET = "abcdefghijklmnopqrstuvwxyz " * 9
POINTED = {
    "something is missing": ("rollout hello", (13, 13), "/knative rollout hello", "                      ^"),
    "invisible characters": ("a\u200bb\u202ec\td", (2, 3), "/knative abc d", "          ^"),
    "far inside": (
        ALPHABET,
        (110, 112),
        "…fghijklmnopqrstuvwxyz abcdefghijklmnop…",
        "                         ^^",
    ),
    "all of a long line": ("x" * 500, (0, 500), "/knative " + "x" * 25 + "…", " " * 9 + "^" * 26),
}


@pytest.mark.parametrize(("source", "span", "line", "carets"), POINTED.values(), ids=POINTED)
def test_the_carets_stand_under_the_fault(source: str, span: tuple[int, int], line: str, carets: str) -> None:
    text = told(Problem(ParseError("Wrong.", source=source, span=span)))
    assert text == f"Wrong.\n```\n{line}\n{carets}\n```"


def test_an_error_is_its_sentence_and_its_hint() -> None:
    assert told(Problem(Invalid("It is <so>.", "Try `status hello`."))) == "It is &lt;so&gt;.\nTry `status hello`."


def test_a_fault_of_its_own_gives_a_reference() -> None:
    assert told(Fault("abc123")).startswith("Something went wrong in Knobot itself. Reference `abc123`\n")


def test_help_names_every_verb_under_its_kind() -> None:
    text = told(HelpAnswer())
    assert text.index("*Look*") < text.index("*Change*") < text.index("*Talk*")
    assert all(f"`{verb.usage}` {verb.summary}" in text for verb in COMMANDS)


def test_help_shows_the_words_of_the_teams_own() -> None:
    own = {"half": "rollout latest=50"}
    assert "`half` `rollout latest=50`" in told(HelpAnswer(None, own))
    assert "half (rollout latest=50)" in told(HelpAnswer(VERBS["rollout"], own))
    assert "Your own words" not in told(HelpAnswer())


def test_help_of_a_verb_shows_usage_flags_examples_and_other_spellings() -> None:
    assert told(HelpAnswer(VERBS["curl"])).startswith(
        lines("""
        *curl*: send requests through the ingress, count the different answers, and tell how long they took
        ```
        /knative curl SERVICE [PATH] [--count N]
        ```
        *Flags*
    """)
    )
    text = told(HelpAnswer(VERBS["curl"]))
    assert "`--count 200` how many requests, up to 1000 (also `-c`)" in text
    assert "\n/knative curl hello /healthz --tag green -H “Accept: text/plain”\n" in text
    assert "Other spellings: `route curl`" in text


def test_a_digest_of_a_healthy_namespace_is_one_line() -> None:
    message = render(DigestPost(Digest("shop", 12, 12, ())))
    assert message.text == ":white_check_mark: shop: all 12 Services are Ready"
    assert len(message.blocks) == 1


def test_a_digest_tells_what_needs_a_person() -> None:
    report = Digest(
        "shop",
        3,
        2,
        (
            Line("cart", Matter.BROKEN, "not Ready: RevisionFailed", urgent=True),
            Line("hello", Matter.SPLIT, "split 90/10", person=Person("T1", "U1DEV")),
        ),
    )
    assert told(DigestPost(report)) == lines("""
        shop: 2 of 3 Services are Ready
        :x: *cart* not Ready: RevisionFailed
        :twisted_rightwards_arrows: *hello* split 90/10 (by <@U1DEV>)
    """)


def test_a_digest_of_an_empty_namespace_says_so_kindly() -> None:
    assert told(DigestPost(Digest("shop", 0, 0, ()))).startswith("There are no Services in shop yet.\n")


def test_digests_are_listed_with_what_removes_them() -> None:
    assert told(DigestTable((MORNING,))) == lines("""
        This channel gets 1 digest.
        `ab12` *shop* on kind, weekdays 09:00 (Europe/Berlin), next 2026-11-24 12:00 UTC, added by <@U1DEV>
        To remove one: `/knative digest remove ab12`
    """)
    assert "`/knative digest add" in told(DigestTable(()))
    assert told(DigestAdded(MORNING)).startswith("Digest `ab12` added: *shop* on kind, weekdays 09:00")
    assert "`ab12` is removed" in told(DigestRemoved("ab12"))


def test_what_waits_for_approval_is_listed() -> None:
    assert told(ApprovalTable((change(SPLIT),), NOW)) == lines("""
        1 change waits for approval:
        *shop/hello* <@U1DEV> asks: `rollout hello previous=10`
                needs 1 approval from approvers, until 2026-11-24 16:00 UTC, asked 0s ago
    """)
    assert told(ApprovalTable((), NOW)) == "No changes wait for approval."


def test_a_person_is_told_what_their_click_or_command_did() -> None:
    one_of_two = change(SPLIT, votes=Votes(2, "approvers", (APPROVER,)))
    assert "It needs 1 more approval from approvers (given by <@U2OPS>)" in told(Voted(one_of_two))


def test_whoami_tells_ids_groups_and_rights() -> None:
    rights = (("look", "yes"), ("change", "needs 1 approval from approvers"))
    assert told(Identity(Actor(ASKER, "dev"), ("approvers",), "shop", rights)) == lines("""
        You are <@U1DEV> (dev), a member; this channel stands for *shop*.
        Known as `U1DEV` of `T1`; groups of the policy: `approvers`
        *look*: yes
        *change*: needs 1 approval from approvers
    """)


def test_whoami_tells_a_guest_what_would_let_them_and_where_to_ask_without_a_namespace() -> None:
    guest = Actor(ASKER, "gus", member=False, standing="a guest")
    assert "Rules are for members; whoever keeps the policy can name `U1DEV` in one." in told(
        Identity(guest, (), "shop", (("look", "no"), ("deploy", "no")))
    )
    assert "name `U1DEV`" not in told(Identity(guest, (), "shop", (("look", "yes"), ("deploy", "no"))))
    assert "this conversation stands for no namespace" in told(Identity(Actor(ASKER, "dev"), (), "", ()))


def test_what_may_be_done_stands_together_with_what_is_as_free() -> None:
    rights = (("deploy", "with 1 approval"), ("rollout", "with 1 approval"), ("lock", "yes"), ("freeze", "no"))
    assert told(Rights(KEY, rights)) == lines("""
        What you may do with *shop/hello* here:
        *with 1 approval*: `deploy`, `rollout`
        *yes*: `lock`
        *no*: `freeze`
    """)
