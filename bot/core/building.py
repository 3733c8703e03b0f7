"""Building an image before it is deployed: Shipwright runs a Build that is there, and what it has made is deployed.

That is two changes, each with a plan of its own: who approves a deploy approves one image, and before the build is
done there is none.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.core.errors import Invalid
from bot.core.language import words
from bot.core.model import Object, ObjectKind
from bot.core.plan import Plan, Request, State, sealed
from bot.core.template import HIDDEN, Change, canonical

if TYPE_CHECKING:
    from bot.core.model import ServiceKey, Stored

FLAG = "--build"
BUILT_WITHIN = timedelta(hours=1)
"""How long a build may take unless somebody says otherwise; Shipwright's own time-out mostly ends it before."""
LONGEST = 50
"""Characters of a Build's name that begin the name of its run, which is a label's value."""


def source(build: str, namespace: str) -> Object:
    """Return the Build, which knows where the source is and whereto the image goes."""
    return Object(ObjectKind.BUILD, build, namespace)


def plan(build: str, key: ServiceKey, letters: str, request: Request) -> Plan:
    """Return the plan that runs a Build; `letters` are random and tell its runs apart.

    Raises:
        Invalid: the command has a secret value, which nobody knows any more once the image is there.
    """
    if HIDDEN in request.text:
        raise Invalid(
            "That command has a secret value, which Knobot does not keep while the image is built.",
            "Build first, and set the value in a command of its own.",
        )
    run = f"{build[:LONGEST].rstrip('-.')}-{letters[:8]}"
    return sealed(
        Plan(
            "deploy",
            key,
            request,
            base=None,
            before=None,
            after=State(document=canonical({"build": {"name": build}})),
            changes=(Change("build", None, build),),
            notes=(f"What it makes is deployed to {key.name} then, as a change of its own.",),
            about=Object(ObjectKind.BUILD_RUN, run, key.namespace),
        )
    )


def builds(plan_: Plan) -> bool:
    """Whether a plan runs a build."""
    return plan_.about is not None and plan_.about.kind is ObjectKind.BUILD_RUN


def line(text: str, found: Stored) -> str:
    """Return the command `text` with the image that a build has made in the place of the build.

    Raises:
        Invalid: the run does not say what it has made.
    """
    if found.made is None:
        raise Invalid("The build is done, but does not say which image it has made.", "Deploy the image by its name.")
    source_text = words.repair(text)
    read = words.split(source_text)
    for index, word in enumerate(read):
        if word.quoted:
            continue
        if word.text == FLAG and index + 1 < len(read):
            return f"{source_text[: word.start]}--image {found.made}{source_text[read[index + 1].end :]}"
        if word.text.startswith(f"{FLAG}="):
            return f"{source_text[: word.start]}--image {found.made}{source_text[word.end :]}"
    raise Invalid("That command means something else by now.", f"The image is {found.made}.")
