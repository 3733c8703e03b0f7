"""Of many who try at once one succeeds; the others are told why, and the card ends in the truth."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from bot.core.answers import ChangeCard, Problem
from bot.core.change import Person, State
from bot.core.errors import BotError
from bot.core.ports import Addressee
from tests.operations.fakes import FakeChannel, FakeDirectory
from tests.operations.site import GUARDED, LEAD, OPS, Site

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bot.core.answers import Answer
    from bot.core.policy import Actor
    from bot.operations import Operations


def test_ten_approvals_at_once_in_two_processes_make_one_transition_and_one_write(site: Site) -> None:
    change = site.ask()
    processes = [site.start(), site.start()]
    gate = threading.Barrier(10)

    def approve(number: int) -> None:
        to = Addressee((OPS, LEAD)[number // 2 % 2], GUARDED)
        gate.wait()
        try:
            processes[number % 2].approve(change.id, to)
        except BotError as error:
            processes[number % 2].report(error, to)

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(approve, range(10)))

    told = [answer.error.code for _, answer in site.channel.answers if isinstance(answer, Problem)]
    assert told == ["already"] * 9
    assert len(site.knative.writes) == 1
    assert [site.rows().count(event) for event in ("approve", "begin", "wrote")] == [1, 1, 1]
    site.wait()
    assert site.card().state is State.DONE


def test_two_approvals_at_once_both_count(careful: Site) -> None:
    change = careful.ask()
    gate = threading.Barrier(2)

    def approve(person: Person) -> None:
        gate.wait()
        careful.operations.approve(change.id, Addressee(person, GUARDED))

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(approve, [OPS, LEAD]))

    assert set(careful.change().votes.given) == {OPS, LEAD}
    assert len(careful.knative.writes) == 1


def test_approving_and_declining_at_once_does_one_of_them(site: Site) -> None:
    for _ in range(5):
        change = site.ask("rollout hello latest=10" if not site.knative.writes else "rollout hello latest=20")
        gate = threading.Barrier(2)

        def press(name: str, identity: str = change.id, gate: threading.Barrier = gate) -> None:
            gate.wait()
            if name == "approve":
                site.click(name, identity, OPS)
            else:
                site.decline(identity, LEAD)

        before = len(site.knative.writes)
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(press, ["approve", "decline"]))
        site.wait()

        ended = site.change()
        assert ended.state in (State.DONE, State.DECLINED)
        assert len(site.knative.writes) - before == (ended.state is State.DONE)
        if ended.state is State.DONE:
            return


class SlowChannel(FakeChannel):
    """A channel where the first edit waits on its way until the test lets it through."""

    def __init__(self) -> None:
        super().__init__()
        self.on_its_way, self.go = threading.Event(), threading.Event()
        self.slow = False

    def update(self, channel: str, ts: str, answer: Answer, *, at_once: bool = False) -> bool:
        if self.slow:
            self.slow = False
            self.on_its_way.set()
            assert self.go.wait(10)
        return super().update(channel, ts, answer, at_once=at_once)


def _overtaken(site: Site, slow: Callable[[], None], *fast: Callable[[], None]) -> list[ChangeCard]:
    """Let the edit of `slow` arrive after all that `fast` does."""
    channel = site.channel
    assert isinstance(channel, SlowChannel)
    channel.slow = True
    thread = threading.Thread(target=slow)
    thread.start()
    assert channel.on_its_way.wait(10)
    others = [threading.Thread(target=act) for act in fast]
    for other in others:
        other.start()
    for other in others:
        other.join(1)
    channel.go.set()
    for each in (thread, *others):
        each.join(10)
    return channel.cards()


def test_an_edit_that_was_overtaken_by_the_end_does_not_stay(tmp_path: Path) -> None:
    site = Site(tmp_path, channel=SlowChannel())
    site.knative.prompt = False
    site.type("rollout hello latest=10")

    def finish() -> None:
        site.knative.come_true()
        site.operations.follow(site.change().plan.key)

    cards = _overtaken(site, site.operations.tick, finish)

    assert site.change().state is State.DONE
    assert cards[-1].change.state is State.DONE
    site.store.close()


def test_a_vote_that_is_shown_late_does_not_hide_the_next_one(tmp_path: Path) -> None:
    site = Site(tmp_path, approvals=2, channel=SlowChannel())
    change = site.ask()
    two: list[Operations] = [site.start(), site.start()]

    cards = _overtaken(
        site,
        lambda: two[0].approve(change.id, Addressee(OPS, GUARDED)),
        lambda: two[1].approve(change.id, Addressee(LEAD, GUARDED)),
    )

    assert cards[-1].change.version == site.change().version
    site.store.close()


class SlowDirectory(FakeDirectory):
    """People of whom Slack tells only after something else has happened."""

    meanwhile: Callable[[], None] | None = None

    def actor(self, person: Person, channel: str) -> Actor:
        act, self.meanwhile = self.meanwhile, None
        if act:
            act()
        return super().actor(person, channel)


def test_a_click_that_another_one_overtook_is_told_so_and_not_that_a_stranger_changed_the_service(
    tmp_path: Path,
) -> None:
    slow = SlowDirectory()
    site = Site(tmp_path, directory=slow)
    change = site.ask()
    slow.meanwhile = lambda: site.click("approve", change.id, OPS)
    site.click("approve", change.id, LEAD)

    assert site.told(LEAD) == "already"
    assert site.last_row().event == "refused"
    assert len(site.knative.writes) == 1
    site.store.close()
