"""Whatever people and clusters write, a message stays within bounds, tells all in its text, and does nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar, get_args

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.blocks import render
from bot.blocks.message import LISTING, TEXT
from bot.core.answers import (
    Addresses,
    Aged,
    ApprovalTable,
    Bulletin,
    ChangeCard,
    Comparison,
    CurlReport,
    Declined,
    DigestAdded,
    DigestPost,
    DigestRemoved,
    DigestTable,
    DomainTable,
    EventTable,
    Fault,
    FreezeBegun,
    FreezeEnded,
    HelpAnswer,
    HistoryTable,
    Identity,
    IngressTable,
    Locked,
    LockNag,
    LockTaken,
    LogChunk,
    LogLines,
    LogThread,
    Looked,
    Muted,
    PodTable,
    Problem,
    Rehearsed,
    Reminder,
    RevisionStatus,
    RevisionTable,
    Rights,
    RouteTable,
    Sent,
    ServiceManifest,
    ServiceStatus,
    ServiceTable,
    Snoozed,
    Steered,
    StoryCard,
    StoryReply,
    Unlocked,
    Unmuted,
    Voted,
    WatchAdded,
    WatchRemoved,
    WatchTable,
)
from bot.core.answers import Answer as EveryAnswer
from bot.core.change import Change, Person, State, Votes
from bot.core.checks import Check
from bot.core.curve import Curve
from bot.core.digest import Changed, Digest
from bot.core.dns import Record
from bot.core.errors import Invalid, ParseError
from bot.core.freezing import Freeze, Frozen
from bot.core.holds import Holds
from bot.core.language.grammar import COMMANDS
from bot.core.lingering import Line, Matter, Offer
from bot.core.locking import Lock
from bot.core.model import (
    Condition,
    DomainMapping,
    Event,
    Gateway,
    LogLine,
    Pod,
    Revision,
    Service,
    ServiceKey,
    Snapshot,
    TrafficTarget,
    Truth,
)
from bot.core.plan import Base, Plan, Request
from bot.core.plan import State as Wish
from bot.core.policy import Actor, Group
from bot.core.progress import Mark, Progress, Step
from bot.core.rollout.state import Outcome, Pause, Rollout
from bot.core.rollout.weekdays import Weekdays
from bot.core.schedule import Schedule
from bot.core.stories import Entry, Story
from bot.core.subscriptions import Digest as Subscription
from bot.core.subscriptions import Quiet, Scope, Silence, Watch
from bot.core.tailing import Chunk, Ending
from bot.core.template import Change as Difference
from bot.core.topics import Topic
from bot.core.updates import News, Update
from tests.blocks.examples import NOW, template
from tests.blocks.slack_rules import check

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.core.answers import Answer
    from bot.core.language.verb import Verb

NASTY = (
    "",
    "hello",
    "<!channel>",
    "<!here|all is well>",
    "<https://evil.example|your bank>",
    "<@U1DEV> & <#C1>",
    "&lt;!channel&gt;",
    "`` ` ``` *bold* _it_ ~no~",
    "```\n<!channel>\n```",
    "one\ntwo\r\nthree\u2028four\x0bfive\x00six",
    "\u202egnp.exe\u202c\u200b\u200d\ufeff\U000e0041",
    "http://hello.example.com/|<!here>",
    "👩‍🚀 ünïcode 你好",
    "\ud800",
    "x" * 40_000,
    "<!channel>" * 4_000,
    "`" * 40_000,
    "&" * 40_000,
    "word " * 8_000,
    "line\n" * 8_000,
)
words = st.sampled_from(NASTY) | st.text(max_size=40)
maybe = st.none() | words
percents = st.integers(0, 100)
moments = st.integers(0, 10_000).map(lambda hours: NOW - timedelta(hours=hours))


T = TypeVar("T")


def some(values: st.SearchStrategy[T], most: int = 3) -> st.SearchStrategy[tuple[T, ...]]:
    return st.lists(values, max_size=most).map(tuple)


people = st.builds(Person, words, st.sampled_from(("U1DEV", "W2OPS")) | words)
keys = st.builds(ServiceKey, words, words, words)
groups = st.builds(
    Group,
    st.frozensets(st.sampled_from(("U1DEV", "T2/U1DEV")) | words, max_size=3),
    st.frozensets(st.sampled_from(("S1OPS",)) | words, max_size=3),
)
locks = st.builds(
    Lock,
    id=st.uuids().map(str),
    key=keys,
    owner=people,
    name=words,
    channel=words,
    reason=words,
    since=moments,
    until=st.none() | moments,
)
freezes = st.builds(Freeze, words, words, words, people, words, words, words, moments, st.none() | moments)
frozen = st.builds(Frozen, words, st.none() | moments, some(words), words, st.none() | people, words)
holds = st.builds(Holds, st.none() | locks, some(frozen))
conditions = st.builds(
    Condition,
    st.sampled_from(("Ready", "RoutesReady", "ConfigurationsReady")) | words,
    st.sampled_from(Truth),
    st.sampled_from(("RevisionFailed", "ExitCode3")) | words,
    words,
    st.none(),
    st.booleans(),
)
targets = st.builds(TrafficTarget, percents, maybe, st.booleans(), maybe, maybe)
services = st.builds(
    Service,
    key=keys,
    uid=words,
    generation=st.just(1),
    resource_version=words,
    created=moments,
    template=words.map(template),
    traffic=some(targets),
    observed_generation=st.integers(0, 1),
    conditions=some(conditions),
    routed=some(targets),
    latest_created=maybe,
    latest_ready=maybe,
    url=maybe,
    annotations=st.dictionaries(
        st.sampled_from(("knobot.dev/changed-by", "serving.knative.dev/lastModifier")),
        st.just("slack:T1/U1DEV") | words,
    ),
    deleting=st.booleans(),
)
revisions = st.builds(
    Revision,
    name=words,
    service=words,
    number=percents,
    created=moments,
    image=words,
    spec=words,
    digest=maybe,
    conditions=some(conditions),
    replicas=st.none() | st.integers(0, 9),
    desired_replicas=st.none() | st.integers(-1, 9),
)
pods = st.builds(Pod, words, words, words, st.booleans(), percents, moments, words, words)
wishes = st.builds(Wish, some(targets), words.map(template))
plans = st.builds(
    Plan,
    verb=words,
    key=keys,
    request=st.builds(Request, words, words, words, words),
    base=st.just(Base("uid", 1, "1")),
    before=st.none() | wishes,
    after=wishes,
    changes=some(st.builds(Difference, words, maybe, maybe)),
    notes=some(words),
    leads=maybe,
    digest=maybe,
)
rollouts = st.builds(
    Rollout,
    revision=words,
    steps=st.just((10, 50, 100)),
    rest=st.tuples(st.tuples(words, st.integers(1, 9))),
    base=some(targets),
    by=st.just("slack:T1/U1DEV") | words,
    every=st.none() | st.just(timedelta(minutes=10)),
    weekdays=st.none() | st.just(Weekdays(540, 1020, "Europe/Berlin")),
    gates=st.sampled_from(((), (50,))),
    checks=st.sampled_from(((), (Check("success", ">=", 99, "%"), Check("p95", "<", 500, "ms")))),
    least=percents,
    index=st.integers(0, 2),
    since=moments,
    paused=st.none() | st.builds(Pause, words, moments),
    outcome=st.sampled_from(Outcome),
    reason=words,
)
stepped = st.builds(lambda plan, rollout: replace(plan, rollout=rollout), plans, rollouts)
changes = st.builds(
    Change,
    id=st.uuids().map(str),
    plan=plans | stepped,
    state=st.sampled_from(State),
    generation=st.none() | st.just(7),
    votes=st.builds(Votes, st.integers(0, 3), maybe, some(people)),
    created=moments,
    deadline=moments,
    version=percents,
    reason=words,
    actor=st.none() | people,
)
progress = st.builds(
    Progress,
    some(st.builds(Step, st.sampled_from(Mark), words)),
    maybe,
    st.none(),
    words,
    some(words, 8),
    some(st.tuples(words, percents)),
)
digests = st.builds(
    Subscription,
    words,
    words,
    words,
    words,
    st.builds(Schedule, words),
    words,
    people,
    moments,
)
located = st.tuples(words, st.integers(0, 30), st.integers(0, 30)).map(
    lambda at: ParseError("Wrong.", at[0], source=at[0], span=(min(at[1], len(at[0])), min(at[1], len(at[0])) + at[2]))
)

at = st.just(NOW)
updates = st.builds(
    Update,
    st.sampled_from(News),
    words,
    words,
    some(st.tuples(words, percents), 4),
    some(st.tuples(words, percents), 4),
    st.none() | at,
    some(words, 8),
    st.none() | people,
    words,
)
entries = st.builds(Entry, at, st.lists(updates, min_size=1, max_size=4).map(tuple))
stories = st.builds(
    Story, percents, st.just("C1"), keys, words, st.lists(entries, min_size=1, max_size=5).map(tuple), at
)
scopes = st.builds(Scope, words, words, words, some(st.tuples(words, words)))
quiets = st.builds(Quiet, words, words, words)
watches = st.builds(Watch, words, words, scopes, some(st.sampled_from(Topic)), st.none() | quiets, st.none() | people)
silences = st.builds(Silence, words, scopes, at, people, words)
offers = st.builds(Offer, st.just("Finish"), words.map(lambda text: f"rollout {text}"[:1900]))
lingering = st.builds(
    Line, words, st.sampled_from(Matter), words, st.booleans(), st.none() | people, words, some(offers)
)
changed = st.builds(Changed, words, st.lists(updates, min_size=1, max_size=4).map(tuple))
counts = st.lists(st.integers(0, 10_000), min_size=12, max_size=12).map(tuple)
curves = st.none() | st.builds(Curve, st.just(tuple(f"{hour:02}:00" for hour in range(12))), counts, counts)

gateways = st.builds(Gateway, words, words, words, words, some(words), some(percents), moments)
suffixes = st.none() | st.dictionaries(words, st.booleans(), max_size=3)
mappings = st.builds(DomainMapping, words, words, maybe, some(conditions))
events = st.builds(Event, words, words, words, words, moments, moments, st.booleans(), percents)
records = st.builds(Record, words, st.sampled_from(("A", "CNAME")), words)
endings = st.none() | st.sampled_from(Ending)
chunks = st.builds(Chunk, some(st.builds(LogLine, words, words, words), 8), percents)
BUILT: set[type] = set()
"""The kinds of answer that are built here."""


def of(kind: Callable[..., Answer], *arguments: st.SearchStrategy[Any]) -> st.SearchStrategy[Answer]:
    """Build answers of one kind, and note that it is among them."""
    BUILT.add(kind)  # type: ignore[arg-type] # every kind of answer is a class
    return st.builds(kind, *arguments)


tables = st.builds(ServiceTable, words, some(services), st.just(NOW))
answers: st.SearchStrategy[Answer] = st.one_of(
    of(ServiceTable, words, some(services), st.just(NOW)),
    of(Aged, tables, st.timedeltas(timedelta(), timedelta(days=400))),
    of(
        ServiceStatus, st.builds(Snapshot, keys, st.none() | services, some(revisions)), some(pods), st.just(NOW), holds
    ),
    of(
        RevisionTable,
        st.none() | keys,
        words,
        some(revisions),
        st.dictionaries(words, services, max_size=2),
        st.just(NOW),
    ),
    of(RouteTable, words, some(services)),
    of(Addresses, services),
    of(
        CurlReport,
        keys,
        words,
        some(st.tuples(words, percents)),
        some(st.tuples(st.integers(100, 599), percents)),
        st.floats(0, 99),
    ),
    of(ChangeCard, changes, st.none() | progress, holds),
    of(Locked, locks, st.none() | locks),
    of(LockTaken, locks, st.just(NOW)),
    of(Unlocked, locks, people),
    of(LockNag, locks, st.just(NOW)),
    of(FreezeBegun, freezes),
    of(FreezeEnded, freezes, st.none() | people),
    of(ApprovalTable, some(changes), st.just(NOW), st.booleans()),
    of(Identity, st.builds(Actor, people, words, standing=words), some(words), words, some(st.tuples(words, words))),
    of(DigestTable, some(digests)),
    of(DigestAdded, digests),
    of(DigestRemoved, words),
    of(
        DigestPost,
        st.builds(Digest, words, percents, percents, some(lingering), some(changed), at, percents, some(words), curves),
    ),
    of(Snoozed, silences),
    of(StoryCard, stories),
    of(StoryReply, keys, st.lists(entries, min_size=1, max_size=4).map(tuple)),
    of(Bulletin, st.lists(stories, min_size=1, max_size=17).map(tuple), st.just(NOW)),
    of(WatchTable, some(watches), some(silences)),
    of(WatchAdded, watches),
    of(WatchRemoved, some(watches)),
    of(Muted, silences),
    of(Unmuted, some(silences)),
    of(Voted, changes),
    of(Steered, changes, st.sampled_from(("promote", "pause", "resume", "abort"))),
    of(Declined, changes),
    of(Reminder, changes, st.none() | groups),
    of(Problem, st.builds(Invalid, words, words) | located),
    of(Fault, words),
    of(PodTable, keys, some(pods), st.just(NOW)),
    of(LogLines, keys, words, some(words, 8), maybe),
    of(Comparison, keys, words, words, some(st.builds(Difference, words, maybe, maybe))),
    of(HistoryTable, keys, some(changes), st.just(NOW)),
    of(Rights, keys, some(st.tuples(words, words)), holds),
    of(ServiceManifest, services),
    of(RevisionStatus, services, revisions, some(st.builds(Difference, words, maybe, maybe)), some(pods), st.just(NOW)),
    of(IngressTable, words, some(gateways), suffixes, some(records), st.just(NOW)),
    of(DomainTable, words, some(mappings), suffixes, maybe),
    of(EventTable, keys, some(events), st.just(NOW), percents, maybe, st.booleans()),
    of(
        LogThread,
        st.uuids().map(str),
        keys,
        people,
        moments,
        maybe,
        maybe,
        st.none() | st.sampled_from(Ending),
        st.none() | people,
    ),
    of(LogChunk, keys, chunks),
    of(Rehearsed, plans, st.builds(Votes, st.integers(0, 3), maybe, some(people)), holds, st.booleans()),
    of(Sent, words),
)


def test_every_kind_of_answer_is_tried() -> None:
    kinds = {kind for part in get_args(EveryAnswer) for kind in (get_args(part) or (part,))}

    assert kinds == BUILT | {HelpAnswer}


@given(answers)
@example(Problem(Invalid("")))
@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_no_words_break_a_message_or_act_through_it(answer: Answer) -> None:
    # What those see who look is never edited, which alone has the tighter bound.
    check(render(answer), LISTING if isinstance(answer, Looked | Aged) else TEXT)


@given(st.builds(ChangeCard, changes, progress), st.integers(50, 400))
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_a_card_of_very_many_things_still_says_first_what_happened(card: ChangeCard, count: int) -> None:
    many = replace(
        card.change,
        plan=replace(
            card.change.plan,
            changes=tuple(Difference(f"env V{number}", "<&>" * 20, "`" * 60) for number in range(count)),
            notes=("A note & more. " * 20,) * count,
            after=Wish(tuple(TrafficTarget(1, f"hello-{number:05}") for number in range(count)), template()),
        ),
    )
    message, plain = render(replace(card, change=many)), render(card)
    check(message)
    assert many.state is State.DONE or message.text.split("\n")[0] == plain.text.split("\n")[0]


@pytest.mark.parametrize("verb", [None, *COMMANDS], ids=lambda verb: verb.name if verb else "all")
def test_help_fits_a_message(verb: Verb | None) -> None:
    message = render(HelpAnswer(verb))
    check(message, LISTING)
    assert "… and" not in message.text
