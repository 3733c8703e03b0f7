"""How `deploy` is read: the one verb with more than a handful of flags.

kn has one command for deploying, splitting and tagging. A line that only splits or tags is read as what it is here: a
rollout, a tag, an untag.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.core import duration
from bot.core.commands import Deploy, Rollout, Share, Tag, Untag
from bot.core.language.reader import Flag, Reader
from bot.core.language.routing import NEW, read_shares, read_tags, read_untags
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
    Flag(("--tag", "-t"), "blue", "give the new Revision an address of its own; `hello-00003=old` another one"),
    Flag(("--traffic",), "10", "percent of the traffic for the new Revision; `hello-00003=90` for another one"),
    Flag(("--untag",), "blue", "take a tag away before others are given, as kn writes it"),
    Flag(("--no-traffic",), None, "no traffic for the new Revision"),
    Flag(("--managed-route",), None, "knctl's word: =false is --no-traffic"),
    Flag(("--wait", "--wait-timeout", "--watch-revision-ready-timeout"), "5m", "how long it may take"),
    Flag(("--watch-revision-ready",), None, "knctl's; Knobot always watches", ignored=True),
    Flag(("--watch-pod-logs",), None, "knctl's; Knobot shows the last lines", ignored=True),
)

NOTHING = (Share(NEW, 0),)
"""The traffic of a new Revision that gets none."""

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
    shares, tags, untags = _shares(reader, service, new=bool(edit)), read_tags(reader, service), read_untags(reader)
    word = reader.one("wait")
    wait = reader.within(word, duration.parse) if word else None
    if edit:
        return Deploy(service, edit, shares, tags, untags, wait)
    if shares == NOTHING or not (shares or tags or untags):
        reader.missing("an image or a setting", f"For example `deploy {service.name} ghcr.io/acme/{service.name}:v2`.")
    return _routed(Rollout(service, shares, tags, untags, wait))


def _routed(line: Rollout) -> Rollout | Tag | Untag:
    """Return what a line without settings is: kn has one command for what are three verbs here."""
    if line.shares or line.wait:
        return line
    if len(line.tags) == 1 and set(line.untags) <= {line.tags[0].tag}:
        return Tag(line.service, line.tags[0].reference, line.tags[0].tag)
    if len(line.untags) == 1 and not line.tags:
        return Untag(line.service, line.untags[0])
    return line


def _shares(reader: Reader, service: Address, *, new: bool) -> tuple[Share, ...]:
    """Read the traffic that is wished; `new` if there will be a new Revision."""
    words = reader.all("traffic")
    none, unmanaged = reader.switch("no-traffic"), not reader.switch("managed-route", default=True)
    if not words:
        return NOTHING if none or unmanaged else ()
    if none or unmanaged:
        reader.fail(words[0], "--traffic says how much, and another flag says none.", "Leave one out.")
    shares, owners = read_shares(reader, words, bare=NEW)
    for word, owner in owners:
        reader.same(service, word, owner)
    if new and any(share.reference == "latest" for share in shares):
        hint = "Write @latest for the new Revision, or the name of the one before."
        reader.fail(words[0], "In a deploy latest could be the Revision before it or after it.", hint)
    return shares


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
