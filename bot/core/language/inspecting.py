"""The verbs that look closely at one Service: its pods, logs, answers, past, and what one may do with it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.core import duration
from bot.core.commands import Can, Command, Curl, Diff, Events, FollowLogs, History, Ingress, Logs, Pods
from bot.core.language.reader import Flag
from bot.core.language.verb import AREA, SERVICE, Kind, Verb
from bot.core.tailing import BEGINNING

if TYPE_CHECKING:
    from bot.core.language.reader import Reader
    from bot.core.language.words import Word

METHODS = ("GET", "HEAD", "OPTIONS")
"""What a request may be that changes nothing (safe methods, RFC 9110)."""
CHANGING = frozenset({"POST", "PUT", "DELETE", "PATCH"})
HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_|~-]{1,100}\Z")
OWN_HEADERS = frozenset({"host", "content-length", "transfer-encoding", "connection", "upgrade", "te", "trailer"})


def read_curl(reader: Reader) -> Command:
    service = reader.address("For example `curl hello --count 20`.")
    count, tag, revision = reader.one("count"), reader.one("tag"), reader.one("revision")
    method = "HEAD" if reader.switch("head") else "GET"
    if asked := reader.one("method"):
        method = _method(reader, asked)
    path = reader.one("path") or reader.take()
    if path and not path.text.startswith("/"):
        reader.fail(path, "A path begins with “/”.", f"For example `curl {service.name} /healthz`.")
    if tag and revision:
        reader.fail(revision, "A tag is named already.", "Leave one out.")
    return Curl(
        service,
        path.text if path else "/",
        reader.number(count, "count", 1, 1000) if count else 1,
        reader.name(tag, "tag") if tag else None,
        reader.revision_of(service, revision) if revision else None,
        method,
        tuple(_header(reader, word) for word in reader.all("header")),
    )


def _method(reader: Reader, word: Word) -> str:
    method = word.text.upper()
    if method in METHODS:
        return method
    if method in CHANGING:
        hint = f"It may be {', '.join(METHODS)}: who may look may send it. {method} is for other tools."
        reader.fail(word, f"curl only looks, and {method} may change something.", hint)
    reader.fail(word, f"“{word.text}” is no method that curl knows.", f"It knows {', '.join(METHODS)}.")
    return None


def _header(reader: Reader, word: Word) -> tuple[str, str]:
    """Read “Name: value”; a header that says where a request goes, or where it ends, is not for people to set."""
    name, colon, value = word.text.partition(":")
    if not colon or not HEADER.match(name) or not value.strip().isprintable() or not value.isascii():
        reader.fail(word, "This is no header.", "For example `-H “Accept: application/json”`.")
    if name.lower() in OWN_HEADERS:
        reader.fail(word, f"curl sets {name} itself.", "`--tag` and `--revision` ask other addresses of the Service.")
    return name, value.strip()


def read_ingress(reader: Reader) -> Command:
    return Ingress(reader.area())


def read_pods(reader: Reader) -> Command:
    return Pods(reader.address("For example `pods hello`."))


def read_logs(reader: Reader) -> Command:
    service = reader.address("For example `logs hello`.")
    lines, grep, since = reader.one("lines"), reader.one("grep"), reader.one("since")
    follow = reader.switch("follow")
    revision = reader.one("revision") or reader.take()
    usual = BEGINNING if follow else 20
    return (FollowLogs if follow else Logs)(
        service,
        reader.revision_of(service, revision) if revision else None,
        reader.number(lines, "count", 0 if follow else 1, 200) if lines else usual,
        grep.text if grep else None,
        reader.within(since, duration.parse) if since else None,
    )


def read_events(reader: Reader) -> Command:
    service = reader.address("For example `events hello`.")
    since, lines = reader.one("since"), reader.one("lines")
    warnings = reader.switch("warnings")
    revision = reader.one("revision") or reader.take()
    return Events(
        service,
        reader.revision_of(service, revision) if revision else None,
        warnings,
        reader.within(since, duration.parse) if since else None,
        reader.number(lines, "count", 1, 100) if lines else 20,
    )


def read_diff(reader: Reader) -> Command:
    example = "For example `diff hello previous latest`."
    service = reader.address(example)
    return Diff(service, reader.need("two Revisions", example).text, reader.need("a second Revision", example).text)


def read_history(reader: Reader) -> Command:
    return History(reader.address("For example `history hello`."))


def read_can(reader: Reader) -> Command:
    return Can(reader.address("For example `can hello`."))


INSPECTING: tuple[Verb, ...] = (
    Verb(
        "curl",
        Kind.LOOK,
        "curl SERVICE [PATH] [--count N]",
        "send requests through the ingress, count the different answers, and tell how long they took",
        ("curl hello", "curl hello --count 200", "curl hello /healthz --tag green -H “Accept: text/plain”"),
        read_curl,
        (
            *SERVICE,
            Flag(("--count", "-c"), "200", "how many requests, up to 1000"),
            Flag(("--path",), "/healthz", "which path"),
            Flag(("--tag",), "green", "ask the address of this tag"),
            Flag(("--revision", "-r"), "latest", "ask the address of a tag that leads to this Revision"),
            Flag(("--method", "-X", "--request"), "HEAD", "GET, HEAD or OPTIONS: curl changes nothing"),
            Flag(("--head", "-I"), None, "the same as --method HEAD"),
            Flag(("--header", "-H"), "Name: value", "a header to send; may be repeated"),
        ),
        ("route curl",),
    ),
    Verb(
        "ingress",
        Kind.LOOK,
        "ingress",
        "show by which addresses requests come into the cluster, and which DNS records lead there",
        ("ingress",),
        read_ingress,
        AREA,
        ("ingress list", "ingresses", "dns-map"),
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
        "logs SERVICE [REVISION] [--follow] [--grep WORD]",
        "show the last lines that a Revision has written, or follow in a thread what a Service writes",
        ("logs hello", "logs hello latest --since 10m --grep error", "logs hello -f"),
        read_logs,
        (
            *SERVICE,
            Flag(("--follow", "-f"), None, "show new lines in a thread, for ten minutes or until somebody stops it"),
            Flag(("--lines", "-l", "--tail"), "50", "how many lines, up to 200"),
            Flag(("--since",), "10m", "only what was written within this time"),
            Flag(("--grep",), "error", "only lines that hold this"),
            Flag(("--revision", "-r"), "latest", "the Revision; else the one with most traffic, or all to follow"),
        ),
    ),
    Verb(
        "events",
        Kind.LOOK,
        "events SERVICE [REVISION] [--warnings]",
        "show what Kubernetes says happened to a Service, its Revisions and pods, newest first",
        ("events hello", "events hello latest --warnings --since 10m"),
        read_events,
        (
            *SERVICE,
            Flag(("--warnings", "--warning"), None, "only warnings"),
            Flag(("--since",), "10m", "only what happened within this time"),
            Flag(("--lines", "-l"), "50", "how many events, up to 100; warnings are the last to be left out"),
            Flag(("--revision", "-r"), "latest", "only this Revision and its pods"),
        ),
        ("event list", "events list"),
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
)
