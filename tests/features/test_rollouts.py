"""Rollouts in steps over the real sandbox: the way up, the automatic way back, and what survives a kill."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from tests.features.conversation import traffic

if TYPE_CHECKING:
    from tests.features.conversation import Bot, Conversation, Message

ROOM, SHOP = "deploys", "shop"
ANNOTATION = "knobot.dev/rollout"


def _service(conversation: Conversation, name: str, image: str = "ghcr.io/acme/good") -> tuple[str, str]:
    """Deploy a Service with a second Revision that has no traffic yet; return the names of both."""
    first = conversation.change(ROOM, f"deploy {name} ghcr.io/acme/good:v1 --min-scale 1", "is created")
    conversation.becomes(ROOM, first["ts"], "is created")
    second = conversation.change(ROOM, f"deploy {name} {image}:v2 --no-traffic", "no-traffic")
    conversation.becomes(ROOM, second["ts"], "is Ready and gets no traffic")
    return f"{name}-00001", f"{name}-00002"


def _requests(conversation: Conversation, name: str, until: threading.Event) -> threading.Thread:
    def work() -> None:
        while not until.is_set():
            conversation.ask(ROOM, f"curl {name} --count 100")

    thread = threading.Thread(target=work)
    thread.start()
    return thread


def _end(conversation: Conversation, card: Message, *words: str) -> str:
    return str(conversation.becomes(ROOM, card["ts"], *words)["text"])


def test_it_goes_up_by_itself_and_leaves_nothing_behind(conversation: Conversation) -> None:
    one, two = _service(conversation, "stairs")
    card = conversation.change(ROOM, "rollout stairs latest=10,50,100 --every 2s", "step 1 of 3", f"10% {two}")
    assert traffic(conversation.service(SHOP, "stairs"), "spec") == {one: 90, two: 10}
    _end(conversation, card, "step 2 of 3", f"50% {two}")
    _end(conversation, card, "step 3 of 3", f"100% {two}")
    _end(conversation, card, "the rollout is done", f"100% {two}")
    service = conversation.service(SHOP, "stairs")
    assert traffic(service) == {two: 100}
    assert ANNOTATION not in service["metadata"]["annotations"]

    conversation.click("dev", conversation.becomes(ROOM, card["ts"], "the rollout is done"), "undo")
    conversation.see(ROOM, lambda seen: "undo" in seen["text"] and f"100% {one}" in seen["text"])
    assert traffic(conversation.service(SHOP, "stairs")) == {one: 100}


def test_a_revision_that_fails_a_third_of_its_requests_is_taken_back(conversation: Conversation) -> None:
    one, two = _service(conversation, "shaky", "ghcr.io/acme/error500")
    line = "rollout shaky latest=20,50,100 --every 1m --analyze success>=99 --min-requests 10 --failures 1"
    card = conversation.change(ROOM, line, "step 1 of 3")
    enough = threading.Event()
    asking = _requests(conversation, "shaky", enough)
    told = _end(conversation, card, ":x:", "wanted ≥ 99%")
    enough.set()
    asking.join()

    assert f"100% {one}" in told
    assert "success 6" in told
    service = conversation.service(SHOP, "shaky")
    assert traffic(service) == {one: 100}
    assert ANNOTATION not in service["metadata"]["annotations"]
    assert two not in traffic(service, "spec")


def test_without_requests_it_holds_and_says_how_many_are_missing(conversation: Conversation) -> None:
    _, two = _service(conversation, "quiet")
    card = conversation.change(ROOM, "rollout quiet latest=10,100 --every 1s --analyze success>=99", "step 1 of 2")
    held = conversation.becomes(ROOM, card["ts"], "on hold", "no requests are known", "20 are needed")
    assert "Not yet" in conversation.refusal("dev", ROOM, held, "promote")
    conversation.click("dev", held, "skip")
    baking = conversation.becomes(ROOM, card["ts"], "step 2 of 2", f"100% {two}", "on hold")
    conversation.click("dev", baking, "skip")
    _end(conversation, card, "the rollout is done", f"100% {two}")


def test_buttons_pause_resume_and_abort(conversation: Conversation) -> None:
    one, _ = _service(conversation, "steered")
    card = conversation.change(ROOM, "rollout steered latest=10,100 --every 1h", "step 1 of 2")
    conversation.click("dev", conversation.becomes(ROOM, card["ts"], "traffic is as wished"), "pause")
    paused = conversation.becomes(ROOM, card["ts"], "paused by")
    assert "moved on" in conversation.refusal("sre", ROOM, {**card}, "pause")
    conversation.click("sre", paused, "resume")
    going = conversation.becomes(ROOM, card["ts"], "Next step")
    conversation.click("sre", going, "abort")
    _end(conversation, card, "aborted at 10%", f"100% {one}")
    assert traffic(conversation.service(SHOP, "steered")) == {one: 100}


def test_kubectl_in_between_stops_it_and_is_named(conversation: Conversation) -> None:
    one, two = _service(conversation, "meddled")
    card = conversation.change(ROOM, "rollout meddled latest=10,100 --every 1h", "step 1 of 2")
    conversation.becomes(ROOM, card["ts"], "traffic is as wished")
    patch = (
        f'{{"spec":{{"traffic":[{{"revisionName":"{one}","percent":70}},{{"revisionName":"{two}","percent":30}}]}}}}'
    )
    conversation.kubectl("patch", "ksvc", "-n", SHOP, "meddled", "--type", "merge", "-p", patch)
    _end(conversation, card, "changed the traffic of shop/meddled", f"70% {one}")
    service = conversation.service(SHOP, "meddled")
    assert traffic(service) == {one: 70, two: 30}
    assert ANNOTATION not in service["metadata"]["annotations"]


def test_a_kill_in_the_middle_changes_nothing_of_its_course(conversation: Conversation, bot: Bot) -> None:
    one, two = _service(conversation, "killed")
    card = conversation.change(ROOM, "rollout killed latest=10,50,100 --every 3s", "step 1 of 3")
    before = conversation.service(SHOP, "killed")["metadata"]["generation"]
    bot.kill()
    assert traffic(conversation.service(SHOP, "killed"), "spec") == {one: 90, two: 10}
    bot.start(conversation)
    _end(conversation, card, "the rollout is done", f"100% {two}")

    assert conversation.service(SHOP, "killed")["metadata"]["generation"] == before + 3


def test_two_bots_take_each_step_once(conversation: Conversation, bot: Bot) -> None:
    _, two = _service(conversation, "doubled")
    second = type(bot)(bot.environment, bot.log.with_name("second.log"))
    second.start(conversation)
    try:
        card = conversation.change(ROOM, "rollout doubled latest=10,20,50,100 --every 2s", "step 1 of 4")
        before = conversation.service(SHOP, "doubled")["metadata"]["generation"]
        _end(conversation, card, "the rollout is done", f"100% {two}")
    finally:
        second.stop()

    assert conversation.service(SHOP, "doubled")["metadata"]["generation"] == before + 4
