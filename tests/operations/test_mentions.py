"""What is said in messages is done once, and answered where it was said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.answers import ChangeCard, ServiceStatus
from bot.core.ports import Addressee
from tests.operations.site import DEV, FREE, WISH, Site

if TYPE_CHECKING:
    from pathlib import Path

THREAD = "1700000000.000001"


def test_an_event_that_slack_delivers_again_is_not_acted_upon_again(tmp_path: Path) -> None:
    site = Site(tmp_path)
    to = Addressee(DEV, FREE, thread=THREAD, aloud=True)
    for operations in (site.operations, site.operations, site.start()):
        operations.hear(WISH, to, "Ev1")

    assert len(site.changes()) == 1
    site.operations.hear("rollout hello latest=20", to, "Ev2")
    assert len(site.changes()) == 2


def test_the_card_of_a_change_stands_in_the_thread_in_which_it_was_asked_for(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.operations.hear(WISH, Addressee(DEV, FREE, thread=THREAD, aloud=True), "Ev1")
    site.operations.submit(WISH.replace("10", "20"), Addressee(DEV, FREE))

    assert [site.channel.places[ts] for ts in site.channel.messages] == [(FREE, THREAD), (FREE, None)]
    assert all(isinstance(said, ChangeCard) for messages in site.channel.messages.values() for said in messages)


def test_who_asks_in_public_is_answered_in_public_and_alone_about_mistakes(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.operations.hear("status hello", Addressee(DEV, FREE, thread=THREAD, aloud=True), "Ev1")
    site.type("status hello")

    assert [type(said) for _, said in site.channel.answers] == [ServiceStatus, ServiceStatus]
    assert site.channel.public == [True, False]
