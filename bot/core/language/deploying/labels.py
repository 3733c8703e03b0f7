"""Labels and annotations, of the Service, of its Revisions, or of both.

kn's `--label` and `--annotation` mean both; what Knative reads in one place alone goes there.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.core import attributes
from bot.core.attributes import Attribute, AttributeKind
from bot.core.language.deploying.option import assigned
from bot.core.language.reader import Flag
from bot.core.template import AUTOSCALING, Setting, metadata

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.core.language.reader import Reader
    from bot.core.language.words import Word

NAME = re.compile(
    r"((?=[^/]{1,253}/)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?"
    r"[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?\Z"
)
LABEL_VALUE = re.compile(r"([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?\Z")
ISTIO = (
    "sidecar.istio.io/inject",
    "sidecar.istio.io/rewriteAppHTTPProbers",
    "serving.knative.openshift.io/enablePassthrough",
)
"""What kn's one profile of its own annotates Revisions with."""

FLAGS = (
    Flag(("--annotation", "-a"), "team=shop", "annotate the Revision and the Service; `team-` takes it away"),
    Flag(("--annotation-revision",), "team=shop", "annotate the Revision alone"),
    Flag(("--annotation-service",), "team=shop", "annotate the Service alone: no new Revision"),
    Flag(("--label", "-l"), "team=shop", "label the Revision and the Service; `team-` takes it away"),
    Flag(("--label-revision",), "team=shop", "label the Revision alone"),
    Flag(("--label-service",), "team=shop", "label the Service alone: no new Revision"),
    Flag(("--cluster-local",), None, "no address outside the cluster"),
    Flag(("--no-cluster-local",), None, "an address outside the cluster again"),
    Flag(("--profile",), "istio", "annotate Revisions for Istio, as kn does; `istio-` takes that away"),
)


def read_named(reader: Reader, word: Word, kind: AttributeKind) -> tuple[str, str | None]:
    """Read NAME=VALUE or NAME- of a label or an annotation."""
    name, value = assigned(reader, word)
    if not NAME.match(name.text):
        example = "For example `team` or `example.com/team`."
        reader.fail(name, f"“{name.text}” is not a name for {_one(kind)}.", example)
    if name.text.startswith(attributes.OWN):
        reader.fail(name, f"{name.text} is Knobot's own.", "Knobot writes there what it must find again.")
    if value and kind is AttributeKind.LABEL and not LABEL_VALUE.match(value.text):
        reader.fail(value, f"“{value.text}” cannot be the value of a label.", "An annotation takes any text.")
    return name.text, value.text if value else None


def read_metadata(reader: Reader) -> tuple[list[Setting], list[Attribute]]:
    """Return what the flags say of the template's metadata, and what they say of the Service's."""
    settings, wished = list(_profile(reader)), list(_visibility(reader))
    for kind in AttributeKind:
        for flag in (kind.value, f"{kind.value}-revision", f"{kind.value}-service"):
            for word in reader.all(flag):
                name, value = read_named(reader, word, kind)
                if not flag.endswith("-service") and name != attributes.ROLLOUT_DURATION:
                    settings.append(_setting(kind, name, value))
                if not flag.endswith("-revision") and not name.startswith(AUTOSCALING):
                    wished.append(Attribute(kind, name, value))
    return settings, wished


def _setting(kind: AttributeKind, name: str, value: str | None) -> Setting:
    match kind:
        case AttributeKind.LABEL:
            return metadata.label(name, value)
        case AttributeKind.ANNOTATION:
            return metadata.annotation(name, value)


def _visibility(reader: Reader) -> Iterator[Attribute]:
    local, public = reader.given("cluster-local"), reader.given("no-cluster-local")
    if local and public:
        reader.fail(public[0], "--cluster-local and --no-cluster-local contradict each other.", "Leave one out.")
    if local or public:
        private = reader.switch("cluster-local") if local else not reader.switch("no-cluster-local")
        yield attributes.label(attributes.VISIBILITY, attributes.CLUSTER_LOCAL if private else None)


def _profile(reader: Reader) -> Iterator[Setting]:
    word = reader.one("profile")
    if word is None:
        return
    if word.text.removesuffix("-") != "istio":
        reader.fail(word, f"There is no profile “{word.text}”.", "kn's own one is `istio`; others are files of yours.")
    value = None if word.text.endswith("-") else "true"
    yield from (metadata.annotation(name, value) for name in ISTIO)


def _one(kind: AttributeKind) -> str:
    return f"{'an' if kind is AttributeKind.ANNOTATION else 'a'} {kind.value}"
