"""How `deploy` is read: the one verb with more than a handful of flags.

kn has one command for deploying, splitting and tagging. A line that only splits or tags is read as what it is here: a
rollout, a tag, an untag.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.core import duration
from bot.core.commands import Deploy, Rollout, Tag, Untag
from bot.core.language.reader import Flag, Reader
from bot.core.language.routing import read_shares
from bot.core.language.verb import SERVICE, Kind, Verb
from bot.core.template import AUTOSCALING, TemplateEdit

if TYPE_CHECKING:
    from bot.core.commands import Address
    from bot.core.language.words import Word

DEPLOY_FLAGS = (
    Flag(("--image", "-i"), "ghcr.io/acme/hello:v2", "the image, as knctl and kn name it"),
    Flag(("--env", "-e"), "TARGET=blue", "set a variable; `TARGET-` takes it away"),
    Flag(("--env-secret",), "KEY=secret/key", "set a variable from a Secret"),
    Flag(("--env-config-map",), "KEY=map/key", "set a variable from a ConfigMap"),
    Flag(("--port",), "8080", "the port that the container listens on"),
    Flag(("--min-scale", "--scale-min"), "1", "at least so many pods"),
    Flag(("--max-scale", "--scale-max"), "10", "at most so many pods; 0 for no limit"),
    Flag(("--concurrency", "--container-concurrency", "--concurrency-limit"), "50", "requests at once in one pod"),
    Flag(("--cpu",), "500m", "processor for the container, as request and limit"),
    Flag(("--memory",), "256Mi", "memory for the container, as request and limit"),
    Flag(("--annotation", "-a"), "team=shop", "annotate the Revision; `team-` takes it away"),
    Flag(("--tag", "-t"), "blue", "give the new Revision an address of its own"),
    Flag(("--traffic",), "10", "percent of the traffic for the new Revision"),
    Flag(("--untag",), "blue", "take a tag away, as kn writes it"),
    Flag(("--no-traffic",), None, "no traffic for the new Revision"),
    Flag(("--managed-route",), None, "knctl's word: =false is --no-traffic"),
    Flag(("--wait", "--wait-timeout", "--watch-revision-ready-timeout"), "5m", "how long it may take"),
    Flag(("--watch-revision-ready",), None, "knctl's; Knobot always watches", ignored=True),
    Flag(("--watch-pod-logs",), None, "knctl's; Knobot shows the last lines", ignored=True),
)

NEW = "@latest="
"""How kn says in --traffic and --tag that the new Revision is meant."""

IMAGE = re.compile(r"(?!\w+://)[A-Za-z0-9][A-Za-z0-9._:/@-]{0,511}\Z")
VARIABLE = re.compile(r"[A-Za-z_.-][A-Za-z0-9_.-]{0,252}\Z")
OBJECT = re.compile(r"[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\Z")
KEY = re.compile(r"[-._a-zA-Z0-9]{1,253}\Z")
ANNOTATION = re.compile(r"([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?\Z")
QUANTITY = re.compile(r"[0-9]{1,9}(\.[0-9]{1,3})?(m|[kMGTPE]|[KMGTPE]i)?\Z")


def read_deploy(reader: Reader) -> Deploy | Rollout | Tag | Untag:
    """Read a deploy: the Service, an image, and what shall change."""
    service = reader.address("For example `deploy hello ghcr.io/acme/hello:v2`.")
    image = reader.one("image") or reader.take()
    if image and not IMAGE.match(image.text):
        reader.fail(image, f"“{image.text}” is not an image.", "For example `ghcr.io/acme/hello:v2`.")
    port, concurrency = reader.one("port"), reader.one("concurrency")
    edit = TemplateEdit(
        image=image.text if image else None,
        env=tuple(_variable(reader, word) for word in reader.all("env")),
        env_from=(
            *(_source(reader, word, "secret") for word in reader.all("env-secret")),
            *(_source(reader, word, "config-map") for word in reader.all("env-config-map")),
        ),
        annotations=(*_scale(reader), *(_annotation(reader, word) for word in reader.all("annotation"))),
        port=reader.number(port, "port", 1, 65535) if port else None,
        concurrency=reader.number(concurrency, "count", 0, 1000) if concurrency else None,
        resources=tuple(_resource(reader, name, word) for name in ("cpu", "memory") if (word := reader.one(name))),
    )
    if not edit and (routed := _routed(reader, service)):
        return routed
    tag, wait = _new_tag(reader), reader.one("wait")
    traffic = _traffic(reader)
    if not edit and tag is None:
        reader.missing("an image or a setting", f"For example `deploy {service.name} ghcr.io/acme/{service.name}:v2`.")
    return Deploy(
        service,
        edit,
        tag=reader.name(tag, "tag") if tag else None,
        traffic=traffic,
        wait=reader.within(wait, duration.parse) if wait else None,
    )


def _routed(reader: Reader, service: Address) -> Rollout | Tag | Untag | None:
    """Read kn's `--traffic REVISION=N`, `--tag REVISION=TAG` or `--untag TAG`, or return None: it is a deploy."""
    shares, tags, untags = (reader.given(key) for key in ("traffic", "tag", "untag"))
    if not untags and not any("=" in word.text for word in (*shares, *tags)):
        return None
    if shares and (tags or untags):
        reader.fail(shares[0], "Tags and traffic are changed one after the other.", "Write two commands.")
    if shares:
        split, owners = read_shares(reader, reader.all("traffic"))
        for word, owner in owners:
            reader.same(service, word, owner)
        return Rollout(service, split)
    tagging, untag = reader.one("tag"), reader.one("untag")
    if tagging is None:
        return Untag(service, reader.name(untag, "tag")) if untag else None
    cut = tagging.text.rfind("=")
    tag = tagging.part(cut + 1)
    if untag and untag.text != tag.text:
        reader.fail(untag, "Tags are given and taken one after the other.", "Write two commands.")
    return Tag(service, reader.revision_of(service, tagging.part(0, max(cut, 0))), reader.name(tag, "tag"))


def _new_tag(reader: Reader) -> Word | None:
    """Return the tag of the new Revision; kn writes @latest= before it."""
    untags = reader.all("untag")
    if untags:
        reader.fail(untags[0], "A deploy takes no tag away.", "Untag before it, or after it.")
    word = reader.one("tag")
    return word.part(len(NEW)) if word and word.text.startswith(NEW) else word


def _traffic(reader: Reader) -> int | None:
    word = reader.one("traffic")
    none = reader.switch("no-traffic")
    unmanaged = not reader.switch("managed-route", default=True)
    if word is None:
        return 0 if none or unmanaged else None
    if none or unmanaged:
        reader.fail(word, "--traffic says how much, and another flag says none.", "Leave one out.")
    share = word.part(len(NEW)) if word.text.startswith(NEW) else word
    if "=" in share.text:
        hint = "Give one percentage here: the rest stays where it is. `rollout` can split it further afterwards."
        reader.fail(share, "A deploy only decides about the new Revision's traffic.", hint)
    return reader.number(share, "percentage", 0, 100)


def _variable(reader: Reader, word: Word) -> tuple[str, str | None]:
    cut = word.text.find("=")
    if cut < 0 and word.text.endswith("-"):
        name: Word = word.part(0, len(word.text) - 1)
        value = None
    elif cut < 0:
        reader.fail(word, f"“{word.text}” sets nothing.", f"Write {word.text}=VALUE, or {word.text}- to take it away.")
    else:
        name, value = word.part(0, cut), word.text[cut + 1 :]
    if not VARIABLE.match(name.text):
        reader.fail(name, f"“{name.text}” is not a name for a variable.", "Letters, digits and underscores.")
    return name.text, value


def _source(reader: Reader, word: Word, kind: str) -> tuple[str, str, str, str]:
    """Read K=OBJECT/KEY: a variable that takes its value from a key of a Secret or ConfigMap."""
    name, equals, source = word.text.partition("=")
    where, slash, key = source.partition("/")
    if not (equals and slash and VARIABLE.match(name) and OBJECT.match(where) and KEY.match(key)):
        example = "PASSWORD=database/password" if kind == "secret" else "MODE=settings/mode"
        reader.fail(word, f"“{word.text}” does not name a variable, an object and a key.", f"For example `{example}`.")
    return name, kind, where, key


def _annotation(reader: Reader, word: Word) -> tuple[str, str | None]:
    name, equals, value = word.text.partition("=")
    if not equals and name.endswith("-"):
        name = name[:-1]
    elif not equals:
        reader.fail(word, f"“{word.text}” sets nothing.", f"Write {word.text}=VALUE, or {word.text}- to take it away.")
    if not ANNOTATION.match(name):
        reader.fail(word, f"“{name}” is not a name for an annotation.", "For example `team` or `example.com/team`.")
    return name, value if equals else None


def _scale(reader: Reader) -> list[tuple[str, str | None]]:
    low, high = reader.one("min-scale"), reader.one("max-scale")
    bounds = [reader.number(word, "count", 0, 100_000) if word else None for word in (low, high)]
    if high and bounds[0] is not None and bounds[1] and bounds[0] > bounds[1]:
        reader.fail(high, f"At most {bounds[1]} pods is less than at least {bounds[0]}.", "Make it larger, or 0.")
    names = ("min-scale", "max-scale")
    return [(AUTOSCALING + name, str(bound)) for name, bound in zip(names, bounds, strict=True) if bound is not None]


def _resource(reader: Reader, name: str, word: Word) -> tuple[str, str]:
    if not QUANTITY.match(word.text):
        example = "500m" if name == "cpu" else "256Mi"
        reader.fail(word, f"“{word.text}” is not an amount of {name}.", f"For example `--{name} {example}`.")
    return name, word.text


def read_env(reader: Reader) -> Deploy:
    """Read `env`: a deploy of variables alone."""
    service = reader.address("For example `env hello TARGET=blue`.")
    words = [reader.need("a variable", f"For example `env {service.name} TARGET=blue`, or `TARGET-` to take it away.")]
    while word := reader.take():
        words.append(word)
    return Deploy(service, TemplateEdit(env=tuple(_variable(reader, word) for word in words)))


def read_scale(reader: Reader) -> Deploy:
    """Read `scale`: a deploy of the bounds alone, as N, MIN..MAX, MIN.. or ..MAX."""
    example = "For example 3, 1..5, 1.. or ..10."
    service = reader.address(f"And how many pods. {example}")
    word = reader.need("how many pods there may be", example)
    low, dots, high = word.text.partition("..")
    if not low and not high:
        reader.fail(word, f"“{word.text}” is not a number of pods.", example)
    end = len(low) + len(dots)
    floor = reader.number(word.part(0, len(low)), "count", 0, 100_000) if low else None
    ceiling = reader.number(word.part(end), "count", 0, 100_000) if high else None if dots else floor
    if floor is not None and ceiling and floor > ceiling:
        reader.fail(word, f"At most {ceiling} pods is less than at least {floor}.", "Turn them round.")
    bounds = (("min-scale", floor), ("max-scale", ceiling))
    return Deploy(
        service,
        TemplateEdit(
            annotations=tuple((AUTOSCALING + name, str(bound)) for name, bound in bounds if bound is not None)
        ),
    )


DEPLOYING: tuple[Verb, ...] = (
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
)
