from __future__ import annotations

import json
from typing import TYPE_CHECKING

from bot.core.model import ServiceKey
from bot.knative.pods import pods
from tests.knative.recorded import response
from tests.knative.wire import Said

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.knative.connection import Connection
    from tests.knative.conftest import Answer
    from tests.knative.wire import Wire

HELLO = ServiceKey("wire", "shop", "hello")


def test_recorded_pods_are_read_newest_first(
    serve: Callable[[Answer], Wire], dial: Callable[[str], Connection]
) -> None:
    wire = serve(lambda _: Said(200, response(110)))
    found = pods(dial(wire.url), HELLO, None)
    assert found == sorted(found, key=lambda pod: pod.created, reverse=True)
    running = [pod for pod in found if pod.ready]
    assert running
    assert all(pod.phase == "Running" and not pod.reason for pod in running)


def test_a_crashing_pod_says_how_it_ended_last(
    serve: Callable[[Answer], Wire], dial: Callable[[str], Connection]
) -> None:
    listed = json.loads(response(110))
    pod = listed["items"][0]
    pod["status"]["conditions"] = [{"type": "Ready", "status": "False"}]
    user = pod["status"]["containerStatuses"][0]
    user.update(
        ready=False,
        restartCount=3,
        state={"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 40s restarting failed container"}},
        lastState={"terminated": {"exitCode": 137, "reason": "OOMKilled"}},
    )
    wire = serve(lambda _: Said(200, json.dumps({"items": [pod]}).encode()))
    (found,) = pods(dial(wire.url), HELLO, None)
    assert (found.ready, found.restarts, found.reason) == (False, 3, "CrashLoopBackOff")
    assert found.message == "ended with exit code 137 (OOMKilled)"
