"""The ordered COMMANDS table: for each verb its words, help, examples, and how it is read.

Help, completion, the README's table and the parser are all made from this table. knctl's and kn's own spellings stand
beside each verb as `aliases` and flag names, so that a line from an article works when the tool's name is replaced.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from bot.core.commands import Command
from bot.core.deploying import DEPLOY_FLAGS, read_deploy, read_env, read_scale
from bot.core.reader import Flag, Reader
from bot.core.reading import (
    read_approvals,
    read_can,
    read_curl,
    read_diff,
    read_digest,
    read_follow,
    read_help,
    read_history,
    read_logs,
    read_pods,
    read_revisions,
    read_rollback,
    read_routes,
    read_services,
    read_status,
    read_undo,
    read_url,
    read_whoami,
)
from bot.core.routing import read_rollout, read_tag, read_untag


class Kind(Enum):
    """What a verb does; policies may name kinds in place of verbs."""

    LOOK = "look"
    CHANGE = "change"
    TALK = "talk"


@dataclass(frozen=True, slots=True)
class Verb:
    """One row of the table. `usage` is without the slash command's name; `examples` are whole lines without it."""

    name: str
    kind: Kind
    usage: str
    summary: str
    examples: tuple[str, ...]
    read: Callable[[Reader], Command]
    flags: tuple[Flag, ...] = ()
    aliases: tuple[str, ...] = ()


AREA = (
    Flag(("--namespace", "-n"), "NAMESPACE", "another namespace than the channel's own"),
    Flag(("--cluster",), "CLUSTER", "another cluster than the channel's own"),
)
SERVICE = (*AREA, Flag(("--service", "-s"), "SERVICE", "the Service, as knctl names it"))


COMMANDS: tuple[Verb, ...] = (
    Verb(
        "help",
        Kind.TALK,
        "help [VERB]",
        "show the verbs, or how one of them is used",
        ("help", "help rollout"),
        read_help,
        aliases=("?", "-h", "--help"),
    ),
    Verb(
        "services",
        Kind.LOOK,
        "services [NAMESPACE]",
        "list the Services with their traffic and readiness",
        ("services", "services shop"),
        read_services,
        AREA,
        ("service list", "services list", "service ls", "list", "ls"),
    ),
    Verb(
        "status",
        Kind.LOOK,
        "status SERVICE",
        "show one Service: traffic, what is not fine and why, image, who changed it",
        ("status hello", "status shop/hello"),
        read_status,
        SERVICE,
        ("service show", "service describe", "describe", "show"),
    ),
    Verb(
        "revisions",
        Kind.LOOK,
        "revisions [SERVICE]",
        "list Revisions with their tags, traffic and conditions, newest first",
        ("revisions hello",),
        read_revisions,
        SERVICE,
        ("revision list", "revisions list", "revision ls"),
    ),
    Verb(
        "routes",
        Kind.LOOK,
        "routes [SERVICE]",
        "list addresses with the traffic that is wished and the traffic that is so",
        ("routes", "routes hello"),
        read_routes,
        SERVICE,
        ("route list", "routes list", "route ls", "route show"),
    ),
    Verb(
        "url",
        Kind.LOOK,
        "url SERVICE",
        "show the address of a Service and of each tag",
        ("url hello",),
        read_url,
        SERVICE,
        ("service url",),
    ),
    Verb(
        "curl",
        Kind.LOOK,
        "curl SERVICE [PATH] [--count N]",
        "send requests through the ingress and count the different answers",
        ("curl hello", "curl hello --count 200", "curl hello /healthz --tag green"),
        read_curl,
        (
            *SERVICE,
            Flag(("--count", "-c"), "200", "how many requests, up to 1000"),
            Flag(("--path",), "/healthz", "which path"),
            Flag(("--tag",), "green", "ask the address of this tag"),
        ),
        ("route curl",),
    ),
    Verb(
        "pods",
        Kind.LOOK,
        "pods SERVICE",
        "list the pods of a Service, and why one is not ready",
        ("pods hello",),
        read_pods,
        SERVICE,
        ("pod list", "pods list"),
    ),
    Verb(
        "logs",
        Kind.LOOK,
        "logs SERVICE [REVISION] [--grep WORD]",
        "show the last lines that a Revision has written",
        ("logs hello", "logs hello latest --lines 50 --grep error"),
        read_logs,
        (
            *SERVICE,
            Flag(("--lines", "-l", "--tail"), "50", "how many lines, up to 200"),
            Flag(("--grep",), "error", "only lines that hold this"),
            Flag(("--revision", "-r"), "latest", "the Revision; else the one with most traffic"),
        ),
    ),
    Verb(
        "diff",
        Kind.LOOK,
        "diff SERVICE REVISION REVISION",
        "show what differs between two Revisions",
        ("diff hello previous latest",),
        read_diff,
        SERVICE,
    ),
    Verb(
        "history",
        Kind.LOOK,
        "history SERVICE",
        "show who changed a Service here, when, and how it went",
        ("history hello",),
        read_history,
        SERVICE,
    ),
    Verb(
        "can",
        Kind.LOOK,
        "can SERVICE",
        "show what you may do with a Service, before you try",
        ("can hello",),
        read_can,
        SERVICE,
    ),
    Verb(
        "deploy",
        Kind.CHANGE,
        "deploy SERVICE [IMAGE] [--env K=V] …",
        "create a Service, or change its image and settings: what is not named is kept",
        (
            "deploy hello ghcr.io/acme/hello:v2",
            "deploy hello --env TARGET=blue --no-traffic --tag blue",
            "deploy hello ghcr.io/acme/hello:v3 --traffic 10",
        ),
        read_deploy,
        (*SERVICE, *DEPLOY_FLAGS),
        ("service create", "service update", "service apply"),
    ),
    Verb(
        "env",
        Kind.CHANGE,
        "env SERVICE K=V … K- …",
        "set and unset variables: a deploy that changes nothing else",
        ("env hello TARGET=blue DEBUG-",),
        read_env,
        SERVICE,
    ),
    Verb(
        "scale",
        Kind.CHANGE,
        "scale SERVICE MIN..MAX",
        "say how many pods there may be: a deploy that changes nothing else",
        ("scale hello 1..5", "scale hello ..10"),
        read_scale,
        SERVICE,
        ("service scale",),
    ),
    Verb(
        "rollout",
        Kind.CHANGE,
        "rollout SERVICE REVISION=PERCENT …",
        "split traffic; the rest stays with the others that have it now, or goes to `stable`",
        ("rollout hello latest=10", "rollout hello latest=50 previous=50", "rollout hello @latest=100"),
        read_rollout,
        (
            *AREA,
            Flag(("--service", "-s", "--route", "-r"), "SERVICE", "the Service, as knctl names it"),
            Flag(("--percentage", "-p"), "hello:latest=10%", "a share, as knctl writes it"),
            Flag(("--traffic",), "@latest=10", "shares, as kn writes them"),
        ),
        ("split",),
    ),
    Verb(
        "rollback",
        Kind.CHANGE,
        "rollback SERVICE [REVISION]",
        "give all traffic to the last good Revision, or to the one named",
        ("rollback hello", "rollback hello hello-00003"),
        read_rollback,
        (*SERVICE, Flag(("--revision", "-r"), "hello-00003", "the Revision")),
    ),
    Verb(
        "undo",
        Kind.CHANGE,
        "undo SERVICE",
        "take back the last change that was made here: settings, and traffic at once",
        ("undo hello",),
        read_undo,
        SERVICE,
    ),
    Verb(
        "follow",
        Kind.CHANGE,
        "follow SERVICE",
        "give all traffic to whatever Revision is latest, now and after each deploy",
        ("follow hello",),
        read_follow,
        SERVICE,
        ("unpin",),
    ),
    Verb(
        "tag",
        Kind.CHANGE,
        "tag SERVICE REVISION TAG",
        "give a Revision an address of its own; a tag that exists is moved",
        ("tag hello latest candidate", "tag hello candidate=latest"),
        read_tag,
        (*SERVICE, Flag(("--revision", "-r"), "latest", "the Revision"), Flag(("--tag", "-t"), "candidate", "the tag")),
        ("revision tag",),
    ),
    Verb(
        "untag",
        Kind.CHANGE,
        "untag SERVICE TAG",
        "take a tag and its address away",
        ("untag hello candidate",),
        read_untag,
        (*SERVICE, Flag(("--tag", "-t"), "candidate", "the tag")),
        ("revision untag",),
    ),
    Verb(
        "approvals",
        Kind.TALK,
        "approvals",
        "list the changes that wait for somebody's approval",
        ("approvals",),
        read_approvals,
    ),
    Verb(
        "digest",
        Kind.TALK,
        "digest add WHEN | list | remove ID | now",
        "post a summary of the namespace to this channel on a schedule",
        ("digest add “weekdays 09:00” --timezone Europe/Berlin", "digest list", "digest now"),
        read_digest,
        (*AREA, Flag(("--timezone", "--tz"), "Europe/Berlin", "the time zone of WHEN")),
    ),
    Verb(
        "whoami", Kind.TALK, "whoami", "show who you are to Knobot, and what you may do here", ("whoami",), read_whoami
    ),
)

VERBS: dict[str, Verb] = {verb.name: verb for verb in COMMANDS}
"""The verbs by name."""
SPELLINGS: dict[str, Verb] = {spelling: verb for verb in COMMANDS for spelling in (verb.name, *verb.aliases)}
"""The verbs by every spelling; some spellings are two words."""
