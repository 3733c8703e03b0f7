"""The template of a Service: reading and changing the JSON text of spec.template without losing a field.

Knobot knows few of the fields that a template can have. It therefore changes the document in place of a typed copy, so
that what it does not know (sidecars, affinities, fields of a later Knative) survives every deploy.

    document      JSON text, and the merge patch between two of them
    settings      one field that a deploy sets or takes away, wherever in the template it lies
    containers, metadata, probes, scaling, variables, volumes     what people may set, by what it decides
    editing       settings → the template after them
    differences   two templates → what a person should see, with secrets hidden
    secrets       what is a secret
"""

from __future__ import annotations

from bot.core.template.differences import Change, differences, environment, image
from bot.core.template.document import canonical, merge_patch, ported
from bot.core.template.editing import TemplateEdit, edit, named
from bot.core.template.secrets import HIDDEN, masked, secret
from bot.core.template.settings import AUTOSCALING, Setting

__all__ = [
    "AUTOSCALING",
    "HIDDEN",
    "Change",
    "Setting",
    "TemplateEdit",
    "canonical",
    "differences",
    "edit",
    "environment",
    "image",
    "masked",
    "merge_patch",
    "named",
    "ported",
    "secret",
]
