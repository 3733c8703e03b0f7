"""Names of Revisions that people choose: kn's templates, such as {{.Service}}-{{.Random 5}}-{{.Generation}}.

Knative wants such a name to begin with the Service's, to be a DNS label, and to be new with every change of the
template. Chance is no decision of the core: it comes in as letters.
"""

from __future__ import annotations

import re

from bot.core.errors import Invalid

LONGEST = 63
_FIELD = re.compile(r"\{\{ *(\.Service|\.Generation|\.Random +([0-9]{1,2})) *\}\}")
_LABEL = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?\Z")
FIELDS = "{{.Service}}, {{.Generation}} and {{.Random 5}}"


def check(template: str) -> str:
    """Return `template`, which may be used.

    Raises:
        Invalid: it has other fields than those that are known, or other characters than names have.
    """
    rest = _FIELD.sub("0", template)
    if "{{" in rest or "}}" in rest:
        raise Invalid(f"“{template}” has a field that is not known.", f"The fields are {FIELDS}.")
    if not re.fullmatch(r"[-a-z0-9]+", rest):
        raise Invalid(f"“{template}” makes no name for a Revision.", "Small letters, digits and dashes, and fields.")
    return template


def shaken(template: str, letters: str) -> str:
    """Return `template` with {{.Random N}} replaced by the first N of some random `letters`."""
    return _FIELD.sub(lambda field: letters[: int(field[2])] if field[2] else field[0], template)


def render(template: str, service: str, generation: int) -> str:
    """Return the name of the Revision that comes with `generation` of `service`.

    A name that does not begin with the Service's gets it put before, as kn does, since Knative refuses others.

    Raises:
        Invalid: no Revision can have the name.
    """
    values = {".Service": service, ".Generation": str(generation)}
    name = _FIELD.sub(lambda field: values.get(field[1], ""), template)
    if not name.startswith(f"{service}-"):
        name = f"{service}-{name}"
    if len(name) > LONGEST or not _LABEL.match(name):
        raise Invalid(
            f"“{name}” cannot be the name of a Revision.", f"It has at most {LONGEST} small letters, digits and dashes."
        )
    return name
