"""Every verb as one frozen dataclass: what a person wants, before anything is known about the cluster.

`language` turns words into these, `plan` turns those that change something into plans, `operations` answers the rest.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.core.commands.changes import (
    Abort,
    Annotate,
    ClaimDomain,
    DefaultDomain,
    Delete,
    Deploy,
    Follow,
    Install,
    MapDomain,
    Pause,
    Promote,
    Resume,
    Rollback,
    Rollout,
    Scale,
    SetVariables,
    SteppedRollout,
    Tag,
    Undo,
    UnmapDomain,
    Untag,
    Wish,
)
from bot.core.commands.forms import Fill, Form, Pick
from bot.core.commands.guards import Freeze, Lock, Thaw, Unlock
from bot.core.commands.looks import (
    Can,
    Curl,
    Diff,
    Domains,
    Events,
    FollowLogs,
    History,
    Ingress,
    Logs,
    Manifest,
    OneRevision,
    Order,
    Pods,
    Revisions,
    Routes,
    Services,
    Status,
    Url,
)
from bot.core.commands.places import HERE, Address, Area, Share, Tagging
from bot.core.commands.talks import (
    Approvals,
    DigestAdd,
    DigestList,
    DigestNow,
    DigestRemove,
    DigestSnooze,
    Help,
    Whoami,
)
from bot.core.commands.watches import Mute, Pattern, Unmute, WatchAdd, WatchList, WatchRemove

__all__ = [
    "HERE",
    "Abort",
    "Address",
    "Annotate",
    "Approvals",
    "Area",
    "Can",
    "ChangeCommand",
    "ClaimDomain",
    "Command",
    "Curl",
    "DefaultDomain",
    "Delete",
    "Deploy",
    "Diff",
    "DigestAdd",
    "DigestList",
    "DigestNow",
    "DigestRemove",
    "DigestSnooze",
    "DomainCommand",
    "Domains",
    "DryRun",
    "Events",
    "Fill",
    "Follow",
    "FollowLogs",
    "Form",
    "Freeze",
    "Fresh",
    "GuardCommand",
    "Help",
    "History",
    "Ingress",
    "Install",
    "Lock",
    "Logs",
    "Look",
    "Manifest",
    "MapDomain",
    "Mute",
    "OneRevision",
    "Order",
    "Pattern",
    "Pause",
    "Pick",
    "PlainCommand",
    "Pods",
    "Promote",
    "Resume",
    "Revisions",
    "Rollback",
    "Rollout",
    "Routes",
    "Scale",
    "Services",
    "SetVariables",
    "Share",
    "SpecCommand",
    "Status",
    "Steer",
    "SteppedRollout",
    "Subscription",
    "Tag",
    "Tagging",
    "Thaw",
    "Undo",
    "Unlock",
    "UnmapDomain",
    "Unmute",
    "Untag",
    "Url",
    "WatchAdd",
    "WatchList",
    "WatchRemove",
    "Whoami",
    "Wish",
]

Look = (
    Help
    | Services
    | Status
    | Manifest
    | Revisions
    | OneRevision
    | Routes
    | Pods
    | Logs
    | Events
    | Diff
    | History
    | Can
    | Url
    | Domains
    | Curl
    | Ingress
    | Whoami
    | Approvals
    | DigestList
    | DigestNow
    | WatchList
)
"""What only asks."""

PlainCommand = Deploy | Rollout | Promote | Abort | Rollback | Follow | Tag | Untag | Annotate
"""What changes a Service at once: its spec, or what stands on it."""

SpecCommand = PlainCommand | SteppedRollout
"""What changes a Service."""

DomainCommand = MapDomain | UnmapDomain | ClaimDomain | DefaultDomain

ChangeCommand = SpecCommand | Delete | DomainCommand | Install
"""What becomes a plan by itself; an undo needs the plan that it takes back."""

Steer = Promote | Pause | Resume | Abort
"""What moves a rollout in steps; without one, `promote` and `abort` end a split."""


@dataclass(frozen=True, slots=True)
class DryRun:
    """Only say what `command` would do."""

    command: ChangeCommand | Steer | Undo

    @property
    def verb(self) -> str:
        return self.command.verb


@dataclass(frozen=True, slots=True)
class Fresh:
    """Answer `command` by what the cluster says now, whatever is known of it."""

    command: Look

    @property
    def verb(self) -> str:
        return self.command.verb


GuardCommand = Lock | Unlock | Freeze | Thaw
"""What holds changes back, and lets them go."""

Subscription = DigestAdd | DigestRemove | DigestSnooze | WatchAdd | WatchRemove | Mute | Unmute
"""What decides of what a channel hears by itself."""

Command = Look | Fresh | FollowLogs | ChangeCommand | Steer | Undo | DryRun | GuardCommand | Subscription
