"""Values as markup: they read well, and they cannot act."""

from __future__ import annotations

import pytest

from bot.blocks import images, mrkdwn, remedies
from bot.core.change import Person


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("a & b < c", "a &amp; b &lt; c"),
        ("<!channel>", "&lt;!channel&gt;"),
        ("one\n  two\tthree", "one two three"),
        ("say `status hello`", "say `status hello`"),
        ("an odd ` tick", "an odd ’ tick"),
        ("```fence```", "’fence’"),
        ("\u202eevil\u200b", "evil"),
    ],
)
def test_a_sentence_is_escaped_and_on_one_line(value: str, shown: str) -> None:
    assert mrkdwn.prose(value) == shown


def test_a_code_span_cannot_be_left() -> None:
    assert mrkdwn.code("a` <!here> `b\nc") == "`a’ &lt;!here&gt; ’b c`"
    assert mrkdwn.code("") == "(empty)"


def test_a_block_of_code_cannot_be_left() -> None:
    assert mrkdwn.fenced("a\n```\n<!here>") == "a\n’’\n&lt;!here&gt;"


def test_only_what_is_a_web_address_can_be_followed() -> None:
    assert mrkdwn.link("http://hello.shop.example.com/a?b=c&d=e") == "<http://hello.shop.example.com/a?b=c&amp;d=e>"
    assert mrkdwn.link("http://good.example|<!here>") == "`http://good.example|&lt;!here&gt;`"
    assert mrkdwn.link("javascript:alert(1)") == "`javascript:alert(1)`"


def test_only_what_is_a_user_id_is_mentioned() -> None:
    assert mrkdwn.person(Person("T1", "U1DEV")) == "<@U1DEV>"
    assert mrkdwn.person(Person("T1", "U1> <!here")) == "`U1&gt; &lt;!here`"
    assert mrkdwn.people(tuple(Person("T1", f"U{number}") for number in range(12))).endswith("<@U9> and 2 more")


def test_a_text_is_shortened_before_it_is_escaped() -> None:
    assert mrkdwn.clip("&&&&", 12) == "&&…"
    assert mrkdwn.middle("storefront-checkout-00012", 12) == "store…-00012"
    assert mrkdwn.middle("abc", 1) == "…"


def test_images_keep_what_tells_them_apart() -> None:
    digest = "sha256:" + "0123456789abcdef" * 4
    assert images.image("ghcr.io/acme/hello:v2") == "hello:v2"
    assert images.image(f"registry:5000/hello@{digest}") == "hello@sha256:0123456789ab"
    assert images.digest(digest) == images.digest(f"ghcr.io/acme/hello@{digest}") == "sha256:0123456789ab"
    assert images.digest("unknown") == "unknown"


@pytest.mark.parametrize(
    ("sentence", "word"),
    [
        ("hello-00005 failed: ImagePullBackOff: Back-off pulling image", "registry"),
        ("hello-00005 failed: ExitCode3: Container failed", "log lines"),
        ("RevisionFailed: ProgressDeadlineExceeded", "in time"),
    ],
)
def test_the_nearest_known_reason_of_a_sentence_has_a_remedy(sentence: str, word: str) -> None:
    assert word in remedies.remedy_in(sentence)


def test_an_unknown_reason_has_none() -> None:
    assert remedies.remedy("Mystery") == remedies.remedy_in("all is lost") == ""
