"""What kn's `service update` says about --traffic, --tag and --untag, rule by rule: each works, or is refused better.

The rules and messages are those of kn's own calculation of targets (knative/client, pkg/traffic/compute.go).
"""

from __future__ import annotations

import pytest

from bot.core.errors import BotError
from tests.core.builders import make, name, revision, shares, snapshot, tags, target

ONE, TWO, THREE = name(1), name(2), name(3)
UPDATE = "service update hello"
IMAGE = f"{UPDATE} --image ghcr.io/acme/hello:v9"
ON = snapshot(
    target(TWO, 60),
    target(ONE, 40, "old"),
    target("@latest", 0, "next"),
    leads=3,
    revisions=(revision(3), revision(2), revision(1)),
)

WORKS = [
    # the line, place → percent, tag → place (None: as before)
    pytest.param(f"{UPDATE} --traffic @latest=10,{ONE}=90", {"@latest": 10, ONE: 90}, None, id="a list"),
    pytest.param(f"{UPDATE} --traffic @latest=10% --traffic {ONE}=90%", {"@latest": 10, ONE: 90}, None, id="repeated"),
    pytest.param(f"{UPDATE} --traffic 100", {"@latest": 100}, None, id="a number alone is @latest's"),
    pytest.param(f"{UPDATE} --traffic 100%", {"@latest": 100}, None, id="which kn cannot read with its sign"),
    pytest.param(f"{UPDATE} --traffic {TWO}=70", {TWO: 70, ONE: 30}, None, id="the one left out gets the rest"),
    pytest.param(
        f"{UPDATE} --traffic @latest=50", {"@latest": 50, TWO: 30, ONE: 20}, None, id="several: by proportion"
    ),
    pytest.param(f"{UPDATE} --traffic old=100", {ONE: 100}, None, id="a tag names its Revision"),
    pytest.param(f"{UPDATE} --tag {TWO}=new", None, {"old": ONE, "next": "@latest", "new": TWO}, id="a tag"),
    pytest.param(
        f"{UPDATE} --tag {TWO}=a,{THREE}=b", None, {"old": ONE, "next": "@latest", "a": TWO, "b": THREE}, id="two"
    ),
    pytest.param(
        f"{UPDATE} --tag @latest=b --tag {ONE}=c",
        None,
        {"old": ONE, "next": "@latest", "b": "@latest", "c": ONE},
        id="both",
    ),
    pytest.param(f"{UPDATE} --untag old", None, {"next": "@latest"}, id="untag"),
    pytest.param(f"{UPDATE} --untag old --untag next", None, {}, id="untag twice"),
    pytest.param(
        f"{UPDATE} --untag old --tag {TWO}=old", None, {"old": TWO, "next": "@latest"}, id="moved as kn wants it"
    ),
    pytest.param(
        f"{UPDATE} --tag {TWO}=old", None, {"old": TWO, "next": "@latest"}, id="moved at once, which kn refuses"
    ),
    pytest.param(
        f"{UPDATE} --traffic new=20,@latest=80 --tag {TWO}=new --untag old",
        {TWO: 20, "@latest": 80},
        {"new": TWO, "next": "@latest"},
        id="untag, tag, split: whatever the order of the words",
    ),
    pytest.param(
        f"{IMAGE} --traffic @latest=10,{ONE}=90",
        {"@latest": 10, ONE: 90},
        {"old": ONE, "next": "@latest"},
        id="with an image",
    ),
    pytest.param(
        f"{IMAGE} --traffic {TWO}=50,{ONE}=40", {TWO: 50, ONE: 40, "@latest": 10}, None, id="the new one gets the rest"
    ),
    pytest.param(f"{IMAGE} --traffic {ONE}=90", {ONE: 90, "@latest": 10}, None, id="also where kn wants all named"),
    pytest.param(f"{IMAGE} --traffic 10", {TWO: 54, ONE: 36, "@latest": 10}, None, id="a number alone with an image"),
    pytest.param(f"{UPDATE} --traffic next=100", {"@latest": 100}, None, id="a tag that floats names what it follows"),
    pytest.param(
        f"{IMAGE} --tag @latest=new --traffic new=10,{TWO}=90",
        {"@latest": 10, TWO: 90},
        {"old": ONE, "next": THREE, "new": "@latest"},
        id="by the tag it gets",
    ),
    pytest.param(
        f"{IMAGE} --tag @latest=new --tag {ONE}=kept --untag old --traffic @latest=5,kept=95",
        {"@latest": 5, ONE: 95},
        {"new": "@latest", "kept": ONE, "next": THREE},
        id="all of it with an image",
    ),
]

REFUSED = [
    pytest.param("--traffic hello-00001", "“hello-00001” is not a percentage", id="kn: expecting the value format"),
    pytest.param(f"--traffic {ONE}=10,{ONE}=20", f"{ONE} is given twice", id="kn: repetition of revision reference"),
    pytest.param(
        "--traffic @latest=10,@latest=20", "@latest is given twice", id="kn: repetition of identifier @latest"
    ),
    pytest.param(f"--traffic {ONE}=10,old=20", f"{ONE} is named twice", id="by two names, which kn lets pass"),
    pytest.param("--traffic 10,20", "@latest is given twice", id="two numbers"),
    pytest.param("--traffic @latest=ten", "“ten” is not a percentage", id="kn: error converting"),
    pytest.param(
        "--traffic @latest=101", "“101” is not a percentage from 0 to 100", id="kn: invalid value for percent"
    ),
    pytest.param("--traffic @latest=-1", "“-1” is not a percentage from 0 to 100", id="negative"),
    pytest.param(f"--traffic @latest=60,{ONE}=60", "sum to 120, which is over 100", id="kn: sum to N, want <=100"),
    pytest.param("--traffic hello-00009=10", "no Revision “hello-00009”", id="unknown"),
    pytest.param("--traffic web-00001=10", "a Revision of web by its name, not of hello", id="foreign"),
    pytest.param("--untag blue", "no tag “blue”", id="kn: tag(s) not present"),
    pytest.param("--untag old --traffic old=10", "no Revision “old”", id="a tag that the same line takes away"),
    pytest.param(f"--tag {ONE}=a --tag {TWO}=a", "The tag a is given twice", id="one tag for two"),
    pytest.param(f"--tag {ONE}=A_B", "“A_B” is not a name for a tag", id="no DNS label"),
    pytest.param("--traffic=", "is not a share of traffic", id="nothing"),
]


@pytest.mark.parametrize(("line", "split", "tagged"), WORKS)
def test_a_line_of_kn_does_what_kn_does_or_more(
    line: str, split: dict[str, int] | None, tagged: dict[str, str] | None
) -> None:
    plan = make(line, ON)
    assert shares(plan) == ({TWO: 60, ONE: 40} if split is None else split)
    assert tags(plan) == ({"old": ONE, "next": "@latest"} if tagged is None else tagged)


@pytest.mark.parametrize(("flags", "message"), REFUSED)
@pytest.mark.parametrize("line", [UPDATE, IMAGE], ids=["alone", "with an image"])
def test_what_kn_refuses_and_what_it_should_is_refused_with_the_reason(line: str, flags: str, message: str) -> None:
    with pytest.raises(BotError) as refused:
        make(f"{line} {flags}", ON)
    assert message in refused.value.message


def test_the_new_revision_is_named_once() -> None:
    with pytest.raises(BotError, match="new Revision is named twice"):
        make(f"{IMAGE} --tag @latest=new --traffic new=10,@latest=90", ON)


def test_the_rest_is_said() -> None:
    assert "The rest goes to the new Revision (10%)." in make(f"{IMAGE} --traffic {ONE}=90", ON).notes
    assert f"The rest stays with {TWO} (30%), {ONE} (20%)." in make(f"{UPDATE} --traffic 50", ON).notes
