from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from bot.knative import codec
from bot.knative.waking import Waker
from tests.knative.recorded import response
from tests.knative.wire import Said

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.knative.conftest import Answer
    from tests.knative.wire import Asked, Wire

SERVICE = codec.SERVICES.one(response(35), "site").value


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_one_request_wakes_and_nobody_waits_for_its_answer(serve: Callable[[Answer], Wire]) -> None:
    awake = threading.Event()

    def answer(asked: Asked) -> Said:
        awake.wait(10)
        return Said(200, asked.headers["Host"].encode())

    wire, waker = serve(answer), Waker()
    for _ in range(5):
        waker.wake(SERVICE, "stable", wire.url)
    waker.wake(SERVICE, "candidate", wire.url)
    until(lambda: len(wire.asked) == 2)
    awake.set()
    assert {asked.headers["Host"] for asked in wire.asked} == {
        "stable-hello.shop.example.com",
        "candidate-hello.shop.example.com",
    }


def test_a_door_can_be_knocked_at_again_and_one_that_is_not_there_does_no_harm(serve: Callable[[Answer], Wire]) -> None:
    wire, waker = serve(lambda _: Said(200)), Waker()
    waker.wake(SERVICE, "gone", wire.url)

    def knocked() -> bool:
        waker.wake(SERVICE, "stable", wire.url)
        return len(wire.asked) > 1

    until(knocked)
    assert {asked.headers["Host"] for asked in wire.asked} == {"stable-hello.shop.example.com"}
