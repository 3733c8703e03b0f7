"""Changes, plans and digests to store."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.core import schedule
from bot.core.change import Change, Event, Person, State, Votes, advance
from bot.core.model import ServiceKey, TrafficTarget
from bot.core.plan import Base, Plan, Request
from bot.core.plan import State as Wish
from bot.core.subscriptions import Digest
from bot.core.template import Change as Difference

NOON = datetime(2026, 11, 23, 12, 0, 0, 123456, tzinfo=UTC)
KEY = ServiceKey("main", "shop", "hello")
DEV, SRE, LEAD = (Person("T1", user) for user in ("U1DEV", "U2SRE", "U3LEAD"))
SECRET = "hunter2-do-not-tell"
IMAGE = "ghcr.io/acme/hello:v2"
TEMPLATE = f'{{"spec":{{"containers":[{{"env":[{{"name":"MODE","value":"{SECRET}"}}],"image":"{IMAGE}"}}]}}}}'


def plan(key: ServiceKey = KEY, text: str = "rollout hello latest=10", channel: str = "C1") -> Plan:
    return Plan(
        "rollout",
        key,
        Request(DEV.team, DEV.user, channel, text),
        base=Base("uid-1", 7, "1234", "hello-00002"),
        before=Wish((TrafficTarget(100, "hello-00001", tag="old"),), "{}"),
        after=Wish((TrafficTarget(90, "hello-00001", tag="old"), TrafficTarget(10, latest=True)), TEMPLATE),
        annotations=(("knobot.dev/stable", "hello-00001"), ("gone", None)),
        changes=(
            Difference("image", "ghcr.io/acme/hello:v1", IMAGE),
            Difference("env MODE", None, SECRET),
        ),
        notes=("The rest stays with hello-00001 (90%).",),
        leads="hello-00002",
        digest="sha256:12",
        id="0123456789abcdef",
    )


def change(
    identity: str = "c1",
    *,
    key: ServiceKey = KEY,
    state: State = State.PENDING,
    channel: str = "C1",
    created: datetime = NOON,
    text: str = "rollout hello latest=10",
) -> Change:
    return Change(
        identity,
        plan(key, text, channel),
        state,
        Votes(2, "approvers", (SRE,)),
        created,
        created + timedelta(hours=4),
        wait=timedelta(minutes=10),
    )


def approved(before: Change) -> Change:
    return advance(before, Event.APPROVE, LEAD)


def begun(before: Change) -> Change:
    return advance(before, Event.BEGIN, None)


def wrote(before: Change, generation: int = 8) -> Change:
    return advance(before, Event.WROTE, None, generation=generation, deadline=NOON + timedelta(minutes=10))


def digest(identity: str = "d1", channel: str = "C1") -> Digest:
    return Digest(
        identity,
        channel,
        "main",
        "shop",
        schedule.parse("weekdays 09:00"),
        "Europe/Berlin",
        DEV,
        NOON + timedelta(days=1),
    )
