"""How `delete` is read, in Knobot's words and in those of knctl and kn."""

from __future__ import annotations

import pytest

from bot.core.commands import Address, Delete
from bot.core.errors import ParseError
from bot.core.language.parse import parse


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("delete hello", Delete(Address("hello"))),
        ("delete prod/hello", Delete(Address("hello", "prod"))),
        ("knctl service delete -s hello -n shop", Delete(Address("hello", "shop"))),
        ("kn service delete hello", Delete(Address("hello"))),
        ("delete hello --revision previous", Delete(Address("hello"), "previous")),
        ("knctl revision delete -r hello:previous", Delete(Address("hello"), "previous")),
        ("kn revision delete hello-00003 -n shop", Delete(Address("hello", "shop"), "hello-00003")),
    ],
)
def test_a_deletion_is_read(line: str, command: Delete) -> None:
    assert parse(line) == command


@pytest.mark.parametrize("line", ["delete", "revision delete", "revision delete v2", "delete hello world"])
def test_a_deletion_of_nothing_in_particular_is_an_error(line: str) -> None:
    with pytest.raises(ParseError):
        parse(line)
