from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.errors import ParseError
from bot.core.language.parse import parse, redact, veil
from bot.core.language.words import LONGEST, joined, repair, split
from bot.core.template import HIDDEN


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        pytest.param("--env “A=b c”", '--env "A=b c"', id="curly double quotes"),
        pytest.param("--env „A=b c“", '--env "A=b c"', id="German quotes"),
        pytest.param("‘a b’", "'a b'", id="curly single quotes"),
        pytest.param("deploy hello —env A=b", "deploy hello --env A=b", id="an em dash for two hyphens"),
        pytest.param("deploy hello –env A=b", "deploy hello --env A=b", id="an en dash for two hyphens"),
        pytest.param("revisions —n shop", "revisions -n shop", id="a dash before one letter"),
        pytest.param("hello‑00001", "hello-00001", id="a hyphen that does not break"),
        pytest.param("<http://ghcr.io/a/b:1|ghcr.io/a/b:1>", "ghcr.io/a/b:1", id="a link with what was typed"),
        pytest.param("<https://example.com/x>", "https://example.com/x", id="a link without a label"),
        pytest.param("<mailto:a@example.com|a@example.com>", "a@example.com", id="a mail address"),
        pytest.param("A=<http://x.io|x.io> B=<http://y.io|y.io>", "A=x.io B=y.io", id="two links"),
        pytest.param("rollout\u00a0hello\u2003latest=10", "rollout hello latest=10", id="blanks that do not break"),
        pytest.param("rollout\nhello\tlatest=10", "rollout hello latest=10", id="lines and tabs"),
        pytest.param("hel\u200blo\ufeff \u202ehello", "hello hello", id="what has no width"),
        pytest.param("a\x00b\ud800c", "abc", id="controls and half surrogates"),
        pytest.param("`rollout hello latest=10`", "rollout hello latest=10", id="a code span"),
        pytest.param("```status hello```", "status hello", id="a code block"),
        pytest.param("rollout `hello` latest=10", "rollout hello latest=10", id="a word as code"),
        pytest.param("A=x`y`z", "A=x`y`z", id="code marks within a word stay"),
        pytest.param("A=1&amp;2 &lt;b&gt; &amp;lt;", "A=1&2 <b> &lt;", id="entities, once"),
    ],
)
def test_what_a_chat_program_improved_is_read_as_it_was_typed(typed: str, meant: str) -> None:
    assert repair(typed) == meant


@pytest.mark.parametrize(
    ("source", "words"),
    [
        pytest.param("a  b", ["a", "b"], id="blanks"),
        pytest.param('"a b" c', ["a b", "c"], id="double quotes"),
        pytest.param("'a \" b'", ['a " b'], id="single quotes keep double ones"),
        pytest.param(r'"a \" \\ \n"', [r'a " \ \n'], id="escapes within double quotes"),
        pytest.param(r"a\ b \"", ["a b", '"'], id="escapes outside of quotes"),
        pytest.param("A='x y'z", ["A=x yz"], id="quotes within a word"),
        pytest.param("don't do", ["don't", "do"], id="an apostrophe"),
        pytest.param('""', [""], id="an empty word"),
        pytest.param("a\\", ["a\\"], id="a backslash at the end"),
    ],
)
def test_words_are_split_as_a_shell_does(source: str, words: list[str]) -> None:
    assert [word.text for word in split(source)] == words


def test_only_a_word_that_begins_with_a_quote_counts_as_quoted() -> None:
    assert [word.quoted for word in split('"--a" --b="c d" e')] == [True, False, False]


def test_a_quote_that_is_not_closed_is_pointed_at() -> None:
    with pytest.raises(ParseError) as caught:
        split('status "hello')
    assert caught.value.span == (7, 8)


def test_the_parts_of_a_word_know_their_places() -> None:
    (word,) = split("a=1,,b=2")
    assert [(part.text, part.span) for part in word.split(",")] == [("a=1", (0, 3)), ("", (4, 4)), ("b=2", (5, 8))]


def test_joined_words_span_from_the_first_to_the_last() -> None:
    word = joined(split("monday   25:00"))
    assert (word.text, word.span) == ("monday 25:00", (0, 14))
    assert word.part(7).span == (9, 14)


@given(st.lists(st.text(alphabet=st.characters(codec="utf-8")), max_size=8))
def test_words_that_are_quoted_are_split_into_the_same_words(words: list[str]) -> None:
    quoted = ('"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"' for word in words)
    assert [word.text for word in split(" ".join(quoted))] == words


@given(st.text(alphabet="ab '\\=,"))
def test_every_character_of_a_word_stands_where_it_says(source: str) -> None:
    for word in split(source):
        assert "".join(source[place] for place in word.places) == word.text
        assert 0 <= word.start <= word.end <= len(source)


def fault_of(text: str) -> ParseError | None:
    try:
        parse(text)
    except ParseError as error:
        return error
    return None


@pytest.mark.parametrize(
    "before", ["", "status a", "deploy hello ", "rollout hello ", "deploy hello --env ", "help ", "digest add "]
)
@pytest.mark.parametrize(
    "piece",
    [
        "a",
        "`",
        "'",
        '"',
        "\\",
        "=",
        "a=1,",
        "latest=10,",
        "://",
        "://a:",
        "TOKEN",
        "<http://",
        "—",
        "- ",
        "--a ",
        "a/",
        "9d",
    ],
)
def test_the_longest_text_is_a_command_or_an_error_that_points(before: str, piece: str) -> None:
    text = (before + piece * LONGEST)[: LONGEST - 1] + "x"
    assert redact(text)
    fault = fault_of(text)
    assert fault is None or 0 <= fault.span[0] <= fault.span[1] <= len(fault.source)


def test_a_text_that_is_too_long_is_refused() -> None:
    with pytest.raises(ParseError, match="too long") as caught:
        parse("x" * (LONGEST + 1))
    assert caught.value.code == "too-long"


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        pytest.param("--env PASSWORD=hunter2 x", f"--env PASSWORD={HIDDEN} x", id="a value"),
        pytest.param("--env=PASSWORD=hunter2", f"--env=PASSWORD={HIDDEN}", id="behind the flag's own sign"),
        pytest.param('--env PASSWORD="a b" x', f"--env PASSWORD={HIDDEN} x", id="a quoted value"),
        pytest.param('--env "PASSWORD=a b" x', f"--env PASSWORD={HIDDEN} x", id="a quoted word"),
        pytest.param('--env PASSWORD=a"b c" x', f"--env PASSWORD={HIDDEN} x", id="a half quoted value"),
        pytest.param(r"--env PASSWORD=a\ b x", f"--env PASSWORD={HIDDEN} x", id="an escaped blank"),
        pytest.param('--env PASSWORD="a b x', f"--env PASSWORD={HIDDEN}", id="a quote that stays open"),
        pytest.param("--env URL=postgres://u:p=a@h/x", f"--env URL={HIDDEN}", id="an address with a password"),
        pytest.param("deploy hello u:pw@h/x:v1", f"deploy hello {HIDDEN}", id="a login before an image"),
        pytest.param("hello:v1@sha256:abc", "hello:v1@sha256:abc", id="an image by its digest"),
        pytest.param("--env api-key=1", f"--env api-key={HIDDEN}", id="small letters and a dash"),
        pytest.param("--env TARGET=blue  hello", "--env TARGET=blue  hello", id="nothing secret"),
        pytest.param('-H "Authorization: Bearer abc"', f"-H Authorization: {HIDDEN}", id="a header that tells who"),
        pytest.param("--header=X-Token:abc /", f"--header=X-Token: {HIDDEN} /", id="a header's own sign"),
        pytest.param('-H "Accept: text/plain"', '-H "Accept: text/plain"', id="a plain header"),
        pytest.param("--env-secret=MODE=a/b", "--env-secret=MODE=a/b", id="a flag's own name is not secret"),
    ],
)
def test_secret_values_are_hidden_where_a_command_is_shown(typed: str, shown: str) -> None:
    assert redact(typed) == shown
    veiled = veil(repair(typed))
    assert len(veiled) == len(repair(typed))
    assert (HIDDEN[0] in veiled) == (HIDDEN in shown)


@given(
    st.sampled_from(["PASSWORD", "API_KEY", "db-token", "SECRET_1"]),
    st.sampled_from(["--env ", "--env=", "-e ", "-e=", ""]),
    st.text(alphabet="ab \\='\"", max_size=6),
    st.sampled_from(['"{}"', "{}"]),
)
def test_no_part_of_a_secret_is_left(name: str, flag: str, rest: str, quotes: str) -> None:
    word = f"{name}=HUNTER{rest}TWO".replace("\\", "\\\\").replace('"', '\\"')
    word = quotes.format(word) if quotes != "{}" else word.replace(" ", "\\ ").replace("'", "\\'")
    typed = f"deploy hello {flag}{word} img"
    for shown in (redact(typed), veil(typed)):
        assert "HUNTER" not in shown
        assert "TWO" not in shown
    assert len(veil(typed)) == len(typed)
