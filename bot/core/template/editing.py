"""Settings → the template after them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.core.template.document import canonical, serving
from bot.core.template.settings import Setting, apply

if TYPE_CHECKING:
    from collections.abc import Iterator

USER_IMAGE = "client.knative.dev/user-image"
"""kn's annotation: the image as its user wrote it, where the template has a digest. `kn` shows it as the image."""


@dataclass(frozen=True, slots=True)
class TemplateEdit:
    """What a deploy names; everything else is kept as it is. What is set twice is as it was set last."""

    image: str | None = None
    settings: tuple[Setting, ...] = ()

    def __bool__(self) -> bool:
        return self != TemplateEdit()


def edit(document: str | None, wish: TemplateEdit) -> str:
    """Return the template after `wish`, as canonical JSON text; `document` None stands for a new Service.

    A name that the template carries (spec.template.metadata.name) is dropped when anything changes: Knative refuses a
    changed template under an old name ("Saw the following changes without a name change"). Volumes that `wish` leaves
    without a mount go, for Knative refuses those too.
    """
    template: dict[str, Any] = json.loads(document) if document else {"spec": {"containers": [{}]}}
    before = canonical(template)
    mounted = set(_mounted(template))
    if wish.image is not None:
        _set_image(template, wish.image)
    for setting in {(setting.place, setting.path): setting for setting in wish.settings}.values():
        apply(setting, template)
    _drop_volumes(template, mounted - set(_mounted(template)))
    if template.get("metadata") == {} and "metadata" not in json.loads(before):
        del template["metadata"]
    if canonical(template) != before and template.get("metadata"):
        template["metadata"].pop("name", None)
    return canonical(template)


def named(document: str, name: str) -> str:
    """Return the template whose Revision will be called `name`."""
    template = json.loads(document)
    template["metadata"] = {**(template.get("metadata") or {}), "name": name}
    return canonical(template)


def _set_image(template: dict[str, Any], image: str) -> None:
    if template.get("spec") is None:
        template["spec"] = {}
    serving(template["spec"].setdefault("containers", [{}]))["image"] = image
    annotations = (template.get("metadata") or {}).get("annotations") or {}
    if USER_IMAGE in annotations:
        annotations[USER_IMAGE] = image


def _mounted(template: dict[str, Any]) -> Iterator[str]:
    """Yield the volumes that some container mounts."""
    spec = template.get("spec") or {}
    for container in (*(spec.get("containers") or ()), *(spec.get("initContainers") or ())):
        for mount in container.get("volumeMounts") or ():
            yield str(mount.get("name"))


def _drop_volumes(template: dict[str, Any], names: set[str]) -> None:
    if names:
        spec = template["spec"]
        spec["volumes"] = [volume for volume in spec.get("volumes") or () if volume.get("name") not in names]
        if not spec["volumes"]:
            del spec["volumes"]
