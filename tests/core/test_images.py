"""Images are found in what people and pipelines write, and nothing else is taken for one."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.images import MOST, named
from bot.core.language.deploying.images import IMAGE

DIGEST = "sha256:" + "0123456789abcdef" * 4


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("pushed ghcr.io/acme/hello:v2.", ["ghcr.io/acme/hello:v2"]),
        ("`ghcr.io/acme/hello:v2` is *green*", ["ghcr.io/acme/hello:v2"]),
        ("<http://ghcr.io/acme/hello:v2|ghcr.io/acme/hello:v2>", ["ghcr.io/acme/hello:v2"]),
        (f"(registry:5000/hello@{DIGEST})", [f"registry:5000/hello@{DIGEST}"]),
        (f"acme/hello:v2@{DIGEST}", [f"acme/hello:v2@{DIGEST}"]),
        ("gcr.io/knative-samples/helloworld-go", ["gcr.io/knative-samples/helloworld-go"]),
        ("a/b:1, a/b:2 and a/b:1", ["a/b:1", "a/b:2"]),
        ("image=localhost:5000/hello:dev", ["localhost:5000/hello:dev"]),
        ("deploy and/or roll back at 10:30 on 2026/11/24", []),
        ("https://ghcr.io/acme/hello:v2", []),
        ("/usr/bin/x:1 and C:/x", []),
        ("lunch?", []),
    ],
)
def test_which_images_a_message_names(said: str, found: list[str]) -> None:
    assert list(named(said)) == found


def test_of_very_many_images_only_some_are_offered() -> None:
    assert len(named(" ".join(f"a/b:{number}" for number in range(500)))) == MOST


LONG = ["a" * 40_000, "a/" * 20_000, "a.b-" * 10_000, "a:1" * 13_000, "-._" * 13_000 + "/x:1"]


@pytest.mark.parametrize("said", LONG, ids=range(len(LONG)))
def test_a_long_message_is_read_quickly(said: str) -> None:
    begin = time.perf_counter()
    named(said)
    assert time.perf_counter() - begin < 2


@given(st.text(st.sampled_from("ab1/:.@- \n<>|`_A"), max_size=60))
def test_what_is_found_can_be_deployed(said: str) -> None:
    assert all(IMAGE.match(image) for image in named(said))
