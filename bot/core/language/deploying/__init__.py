"""How `deploy` is read, the one verb with more than a handful of flags, and `env` and `scale`, which are parts of it.

Each module beside this one reads what one kind of setting is called, and yields the settings that it means.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

from bot.core import duration, naming
from bot.core.commands import Deploy, Rollout, Scale, SetVariables, Tag, Untag
from bot.core.language.deploying import containers, labels, mounting, probing, refused, scales, variables
from bot.core.language.deploying.images import read_image
from bot.core.language.deploying.option import object_name
from bot.core.language.deploying.traffic import NOTHING, read_split, routed
from bot.core.language.reader import Flag, Reader
from bot.core.language.routing import read_tags, read_untags
from bot.core.language.verb import SERVICE, Kind, Verb
from bot.core.template import Setting, TemplateEdit

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import timedelta

    from bot.core.language.words import Word

GROUPS = {
    "Variables": variables.OPTIONS,
    "Pods": scales.OPTIONS,
    "Container": containers.OPTIONS,
    "Probes": probing.OPTIONS,
    "Volumes": mounting.OPTIONS,
}
"""The flags that set something in the template, in the order of their help."""

DEPLOY_FLAGS = (
    Flag(("--image", "-i"), "ghcr.io/acme/hello:v2", "the image, as knctl and kn name it"),
    Flag(("--build",), "hello-build", "let Shipwright run this Build, and deploy the image that it makes"),
    Flag(("--tag", "-t"), "blue", "give the new Revision an address of its own; `hello-00003=old` another one"),
    Flag(("--traffic",), "10", "percent of the traffic for the new Revision; `hello-00003=90` for another one"),
    Flag(("--no-traffic",), None, "no traffic for the new Revision"),
    Flag(("--managed-route",), None, "knctl's word: =false is --no-traffic", minor=True),
    Flag(("--untag",), "blue", "take a tag away before others are given, as kn writes it"),
    Flag(
        ("--wait", "--wait-timeout", "--watch-revision-ready-timeout"),
        "5m",
        "how long it may take before it counts as failed",
        optional=True,
    ),
    *(replace(option.flag, group=group) for group, options in GROUPS.items() for option in options),
    *(replace(flag, group="Labels") for flag in labels.FLAGS),
    Flag(("--revision-name",), "hello-{{.Random 5}}", "the name of the new Revision, as kn's template"),
    Flag(("--lock-to-digest",), None, "the image that runs now, even if its tag has moved since"),
    Flag(("--no-lock-to-digest",), None, "whatever image the tag names now, as without either", minor=True),
    Flag(("--keep",), None, "never let Knative collect the new Revision as garbage"),
    Flag(("--fresh",), None, "a new Revision even if nothing differs: the image's tag is looked up again"),
    *refused.IGNORED,
    *refused.REFUSED,
)


def read_deploy(reader: Reader) -> Deploy | Rollout | Tag | Untag:
    """Read a deploy: the Service, an image, and what shall change."""
    service = reader.address("For example `deploy hello ghcr.io/acme/hello:v2`.")
    image, build = reader.one("image") or reader.take(), reader.one("build")
    if image and build:
        reader.fail(build, "An image is named, and a build that makes one.", "Leave one out.")
    scales.check_bounds(reader)
    settings, attributes = labels.read_metadata(reader)
    edit = TemplateEdit(read_image(reader, image) if image else None, (*_settings(reader), *settings))
    name, lock = reader.one("revision-name"), _lock(reader)
    keep, fresh = reader.switch("keep"), reader.switch("fresh")
    new = bool(edit or lock or keep or fresh or build)
    shares, tags, untags = read_split(reader, service, new=new), read_tags(reader, service), read_untags(reader)
    wait = _wait(reader)
    if not (new or attributes):
        if shares == NOTHING or not (shares or tags or untags):
            example = f"For example `deploy {service.name} ghcr.io/acme/{service.name}:v2`."
            reader.missing("an image or a setting", example)
        return routed(Rollout(service, shares, tags, untags, wait))
    return Deploy(
        service,
        edit,
        shares,
        tags,
        untags,
        wait=wait,
        attributes=tuple(attributes),
        name=reader.within(name, naming.check) if name and name.text else None,
        lock=lock,
        keep=keep,
        fresh=fresh,
        build=object_name(reader, build, "Build") if build else None,
    )


def _settings(reader: Reader) -> list[Setting]:
    """Return what the flags given set, in the order of the flags' table."""
    found: list[Setting] = []
    for option in chain.from_iterable(GROUPS.values()):
        words = reader.all(option.flag.key)
        if words:
            found += option.read(reader, words)
    return found


def _wait(reader: Reader) -> timedelta | None:
    """Read how long to wait; a number is of seconds, as kn writes it, and nothing means as long as is configured."""
    word = reader.one("wait")
    if word is None or word.text.lower() in ("", "true", "false"):
        return None
    return reader.within(word, lambda text: duration.parse(f"{text}s" if text.isdigit() else text))


def _lock(reader: Reader) -> bool:
    lock, free = reader.switch("lock-to-digest"), reader.given("no-lock-to-digest")
    if lock and free:
        reader.fail(free[0], "--lock-to-digest and --no-lock-to-digest contradict each other.", "Leave one out.")
    reader.switch("no-lock-to-digest")
    return lock


def read_env(reader: Reader) -> SetVariables:
    """Read `env`: a deploy of variables alone."""
    service = reader.address("For example `env hello TARGET=blue`.")
    words = [reader.need("a variable", f"For example `env {service.name} TARGET=blue`, or `TARGET-` to take it away.")]
    while word := reader.take():
        words.append(word)
    settings = [setting for word in words for setting in variables.read_variable(reader, word)]
    return SetVariables(service, _edit(settings))


def read_scale(reader: Reader) -> Scale:
    """Read `scale`: a deploy of the bounds alone, as N, MIN..MAX, MIN.. or ..MAX."""
    service = reader.address(f"And how many pods. {scales.RANGE}")
    word: Word = reader.need("how many pods there may be", scales.RANGE)
    return Scale(service, _edit(scales.read_range(reader, word)))


def _edit(settings: Iterable[Setting]) -> TemplateEdit:
    return TemplateEdit(settings=tuple(settings))


DEPLOYING: tuple[Verb, ...] = (
    Verb(
        "deploy",
        Kind.CHANGE,
        "deploy SERVICE [IMAGE] [--env K=V] …",
        "create a Service, or change its image and settings: what is not named is kept, `NAME-` takes away",
        (
            "deploy hello ghcr.io/acme/hello:v2",
            "deploy hello --env TARGET=blue --no-traffic --tag blue",
            "deploy hello --scale 1..5 --request cpu=250m --probe-readiness http::8080:/healthz",
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
        "set and unset variables, and nothing else",
        ("env hello TARGET=blue DEBUG-",),
        read_env,
        SERVICE,
    ),
    Verb(
        "scale",
        Kind.CHANGE,
        "scale SERVICE MIN..MAX",
        "say how many pods there may be",
        ("scale hello 1..5", "scale hello ..10"),
        read_scale,
        SERVICE,
        ("service scale",),
    ),
)
