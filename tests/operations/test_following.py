"""A written change is followed to its end, without a person and without an edit too many."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.core.answers import ChangeCard
from bot.core.change import State
from bot.core.errors import Unavailable
from bot.core.model import Pod
from tests.core import builders
from tests.operations.fakes import NOON
from tests.operations.site import SECOND, WISH, Site

if TYPE_CHECKING:
    import pytest

    from bot.core.progress import Progress

DEPLOY = "deploy hello ghcr.io/acme/hello:v9"
AWAY = Unavailable("It does not answer.")
HOUR = timedelta(hours=1)


def shown(site: Site) -> Progress:
    found = site.channel.cards()[-1].progress
    assert found is not None
    return found


def edits(site: Site) -> int:
    return sum(len(said) - 1 for said in site.channel.messages.values())


def test_progress_is_shown_once_and_not_at_every_event(site: Site) -> None:
    site.knative.prompt = False
    site.type(DEPLOY)
    before = edits(site)
    site.wait()
    for number in range(20):
        site.knative.starting = (Pod(f"p{number}", "hello-00003", "Pending", ready=False, restarts=0, created=NOON),)
        site.operations.follow(builders.KEY)
    site.wait(SECOND * 10, 10)

    assert edits(site) - before == 1
    assert site.states() == [State.ROLLING]


def test_progress_that_slack_did_not_take_is_shown_later(site: Site) -> None:
    site.knative.prompt = False
    site.type(DEPLOY)
    site.channel.trouble["update"] = AWAY
    site.wait()
    assert site.channel.cards()[-1].progress is None
    site.channel.trouble.clear()
    site.wait(SECOND * 2, 2)

    assert shown(site).steps


def test_the_end_is_shown_at_once_however_short_after_an_edit(site: Site) -> None:
    site.knative.prompt = False
    site.type(DEPLOY)
    site.wait()
    site.knative.come_true()
    site.operations.follow(builders.KEY)

    assert site.card().state is State.DONE
    assert shown(site).revision == "hello-00003"


def test_a_failure_comes_with_its_last_log_lines(site: Site) -> None:
    site.knative.prompt = False
    site.knative.wrote_last = ("panic: no such flag",)
    site.type(DEPLOY)
    site.knative.break_newest("ContainerMissing")
    site.wait()

    assert site.states() == [State.FAILED]
    assert "ContainerMissing" in site.card().reason
    assert shown(site).logs == ("panic: no such flag",)


def test_while_a_revision_starts_its_card_shows_the_last_log_lines_and_looks_for_them_now_and_then(site: Site) -> None:
    site.knative.prompt = False
    site.type(DEPLOY)
    site.knative.appear()
    site.knative.starting = (Pod("p", "hello-00003", "Pending", ready=False, restarts=0, created=NOON),)
    site.wait()
    assert (shown(site).logs, site.knative.log_reads) == ((), 0)

    site.knative.starting = (Pod("p", "hello-00003", "Running", ready=False, restarts=0, created=NOON),)
    site.knative.wrote_last = ("migrating 1 of 3",)
    site.wait(SECOND * 2)
    assert shown(site).logs == ("migrating 1 of 3",)
    site.knative.wrote_last = ("migrating 2 of 3",)
    site.wait(SECOND * 12, 12)

    assert shown(site).logs == ("migrating 2 of 3",)
    assert site.knative.log_reads <= 6


def test_a_template_that_knative_waits_longer_for_is_waited_longer_for(site: Site) -> None:
    site.knative.prompt = False
    site.type(f"{DEPLOY} --annotation-revision serving.knative.dev/progress-deadline=30m0s")
    site.wait(HOUR / 3)
    assert site.states() == [State.ROLLING]
    site.wait(HOUR / 4)
    assert site.states() == [State.FAILED]


def test_a_failure_is_told_even_if_its_logs_cannot_be_had(site: Site) -> None:
    site.knative.prompt = False
    site.knative.trouble["logs"] = AWAY
    site.type(DEPLOY)
    site.knative.break_newest("ContainerMissing")
    site.wait()

    assert site.card().state is State.FAILED


def test_an_end_that_is_shown_late_still_tells_what_came_of_it(site: Site) -> None:
    site.knative.prompt = False
    site.type(DEPLOY)
    site.channel.trouble["update"] = AWAY
    site.knative.come_true()
    site.wait(SECOND * 10, 10)
    site.channel.trouble.clear()
    site.operations = site.start()
    site.wait(timedelta(minutes=1), 60)

    assert site.card().state is State.DONE
    assert shown(site).revision == "hello-00003"


def test_what_does_not_come_true_in_its_time_has_failed(site: Site) -> None:
    site.knative.prompt = False
    site.type(WISH)
    site.wait(timedelta(minutes=10), 10)

    assert site.states() == [State.FAILED]
    assert "not true after" in site.card().reason


def test_another_change_before_it_came_true_supersedes_it(site: Site) -> None:
    site.knative.prompt = False
    site.type(WISH)
    site.knative.touch("night-shift")
    site.operations.follow(builders.KEY)

    assert site.states() == [State.SUPERSEDED]
    assert "night-shift" in site.card().reason


def test_a_request_goes_stale_by_itself_when_its_service_moves(site: Site) -> None:
    site.ask()
    site.operations.follow(builders.KEY)
    assert site.states() == [State.PENDING]
    site.knative.touch("night-shift")
    site.operations.follow(builders.KEY)

    assert site.card().state is State.STALE
    assert "night-shift" in site.card().reason


def test_a_request_expires_by_itself(site: Site) -> None:
    site.ask()
    site.wait(4 * HOUR)

    assert site.card().state is State.EXPIRED
    assert site.last_row().event == "expire"


def test_the_trouble_of_one_change_does_not_keep_others_from_their_end(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    site.ask()
    site.knative.prompt = False
    site.clock.sleep(SECOND)
    site.type(WISH)
    site.knative.trouble["snapshot"] = AWAY
    site.wait(4 * HOUR)

    assert site.states() == [State.ROLLING, State.EXPIRED]
    assert "Trouble with change" in caplog.text


def test_a_card_is_the_only_message_of_a_change(site: Site) -> None:
    site.type(DEPLOY)
    site.wait(SECOND * 5, 5)

    ((*_, last),) = site.channel.messages.values()
    assert isinstance(last, ChangeCard)
