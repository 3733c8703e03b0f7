from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.core import attributes
from bot.core.checks import Check
from bot.core.commands import (
    HERE,
    Abort,
    Address,
    Annotate,
    Approvals,
    Area,
    Command,
    Curl,
    Deploy,
    DigestAdd,
    DigestList,
    DigestNow,
    DigestRemove,
    Events,
    Follow,
    FollowLogs,
    Help,
    Ingress,
    Logs,
    Manifest,
    OneRevision,
    Order,
    Pause,
    Promote,
    Resume,
    Revisions,
    Rollback,
    Rollout,
    Routes,
    Services,
    Share,
    Status,
    SteppedRollout,
    Tag,
    Tagging,
    Undo,
    Untag,
    Url,
    Whoami,
    Wish,
)
from bot.core.errors import ParseError
from bot.core.language.grammar import COMMANDS, SPELLINGS
from bot.core.language.parse import parse, redact
from bot.core.language.verb import Kind
from bot.core.rollout.weekdays import Weekdays
from bot.core.schedule import parse as schedule
from bot.core.template import Setting, TemplateEdit
from bot.core.template.containers import port, resource
from bot.core.template.metadata import annotation
from bot.core.template.scaling import concurrency, scaling
from bot.core.template.variables import Source, variable, variable_from

if TYPE_CHECKING:
    from bot.core.language.verb import Verb

HELLO = Address("hello")
BOUNDS = ("requests", "limits")
IMAGE = "ghcr.io/acme/hello:v2"
BLUE = (Tagging("@latest", "blue"),)
NONE = (Share("@latest", 0),)
SPLIT = Rollout(HELLO, (Share("latest", 10), Share("previous", 90)))


def deploy(*settings: Setting, image: str | None = None, service: Address = HELLO) -> Deploy:
    return Deploy(service, TemplateEdit(image, settings))


MEANT: dict[str, Command] = {
    "": Help(),
    "help": Help(),
    "?": Help(),
    "help ROLLOUT": Help("rollout"),
    "help ls": Help("services"),
    "rollout --help": Help("rollout"),
    "services": Services(),
    "services shop": Services(Area("shop")),
    "services 2048-games": Services(Area("2048-games")),
    "service list -n shop --cluster eu": Services(Area("shop", "eu")),
    "STATUS hello": Status(HELLO),
    "status shop/hello": Status(Address("hello", "shop")),
    "status eu/shop/hello": Status(Address("hello", "shop", "eu")),
    "status shop/hello -n shop": Status(Address("hello", "shop")),
    "service describe hello": Status(HELLO),
    "revisions": Revisions(Area()),
    "revisions hello": Revisions(Area(), HELLO),
    "routes -n shop": Routes(Area("shop")),
    "url hello": Url(HELLO),
    "curl hello": Curl(HELLO),
    "curl hello /healthz --count 20 --tag green": Curl(HELLO, "/healthz", 20, "green"),
    "curl hello -X options": Curl(HELLO, method="OPTIONS"),
    "curl hello -I -r latest": Curl(HELLO, revision="latest", method="HEAD"),
    "curl hello -H “Accept: text/plain” --header=X-B:1": Curl(HELLO, headers=(("Accept", "text/plain"), ("X-B", "1"))),
    "ingress list": Ingress(),
    "status hello -o url": Url(HELLO),
    "service describe hello -o yaml": Manifest(HELLO),
    "revision hello latest": OneRevision(HELLO, "latest"),
    "revision describe hello-00003": OneRevision(HELLO, "hello-00003"),
    "revision show -r hello:green": OneRevision(HELLO, "green"),
    "revision show -s hello -r hello-00002": OneRevision(HELLO, "hello-00002"),
    "revision show shop/hello -r 3": OneRevision(Address("hello", "shop"), "3"),
    "logs hello --since 10m": Logs(HELLO, since=timedelta(minutes=10)),
    "logs hello -f": FollowLogs(HELLO),
    "logs --service hello -f -l 0 --revision latest --grep x": FollowLogs(HELLO, "latest", 0, "x"),
    "events hello": Events(HELLO),
    "events hello latest --warnings --since 10m -l 5": Events(HELLO, "latest", True, timedelta(minutes=10), 5),
    "services -A --sort ready --grep check": Services(HERE, True, Order.READY, "check"),
    "annotate hello owner=me old-": Annotate(
        HELLO, (attributes.annotation("owner", "me"), attributes.annotation("old", None))
    ),
    "annotate hello latest version=1.3": Annotate(HELLO, (attributes.annotation("version", "1.3"),), "latest"),
    f"deploy hello {IMAGE}": deploy(image=IMAGE),
    "deploy hello <http://ghcr.io/acme/hello:v2|ghcr.io/acme/hello:v2>": deploy(image=IMAGE),
    "deploy hello —env “TARGET=a b”": deploy(variable("TARGET", "a b")),
    'deploy hello --env=TARGET="a b" --env OLD-': deploy(variable("TARGET", "a b"), variable("OLD", None)),
    "deploy hello --env A=": deploy(variable("A", "")),
    "deploy hello --env A=b=c": deploy(variable("A", "b=c")),
    "deploy hello --env-secret P=db/password": deploy(variable_from("P", Source.SECRET, "db", "password")),
    "deploy hello --env-config-map M=map/mode": deploy(variable_from("M", Source.CONFIG_MAP, "map", "mode")),
    "deploy hello --port 8080 --concurrency 50": deploy(concurrency(50), *port(8080, None)),
    "deploy hello --cpu 500m --memory 256Mi": deploy(
        *(resource(bound, "cpu", "500m") for bound in BOUNDS), *(resource(bound, "memory", "256Mi") for bound in BOUNDS)
    ),
    "deploy hello --min-scale 1 --scale-max 0": deploy(scaling("min-scale", 1), scaling("max-scale", 0)),
    "deploy hello -a team=shop -a example.com/old-": Deploy(
        HELLO,
        TemplateEdit(settings=(annotation("team", "shop"), annotation("example.com/old", None))),
        attributes=(attributes.annotation("team", "shop"), attributes.annotation("example.com/old", None)),
    ),
    "deploy hello img --tag blue --traffic 10%": Deploy(
        HELLO, TemplateEdit(image="img"), (Share("@latest", 10),), BLUE
    ),
    "deploy hello img --no-traffic --wait 1h30m": Deploy(
        HELLO, TemplateEdit(image="img"), NONE, wait=timedelta(minutes=90)
    ),
    "deploy hello --tag blue": Tag(HELLO, "@latest", "blue"),
    "deploy hello --traffic 10": Rollout(HELLO, (Share("@latest", 10),)),
    "deploy -- hello img": deploy(image="img"),
    "rollout hello latest=10": Rollout(HELLO, (Share("latest", 10),)),
    "rollout hello latest=10% previous=90": SPLIT,
    "rollout hello latest=10,previous=90": SPLIT,
    "rollout hello #3=20 @latest=80": Rollout(HELLO, (Share("#3", 20), Share("@latest", 80))),
    "rollout shop/hello 3=100": Rollout(Address("hello", "shop"), (Share("3", 100),)),
    "rollout hello latest=10,50,100": SteppedRollout(HELLO, "latest", (10, 50, 100)),
    "rollout hello -p hello:latest=10%,50% --every 1h30m": SteppedRollout(
        HELLO, "latest", (10, 50), every=timedelta(minutes=90)
    ),
    "rollout hello latest=10,50,100 --every 10m --analyze success&gt;=99 --analyze p95&lt;500ms,errors": SteppedRollout(
        HELLO,
        "latest",
        (10, 50, 100),
        every=timedelta(minutes=10),
        checks=(Check("success", ">=", 99), Check("p95", "<", 500, "ms"), Check("errors")),
        least=20,
        failures=2,
    ),
    "rollout hello 3=5,50,100 --pause-at 50 --analyze success>=99 --min-requests 100 --failures 3": SteppedRollout(
        HELLO, "3", (5, 50, 100), gates=(50,), checks=(Check("success", ">=", 99),), least=100, failures=3
    ),
    "rollout hello latest=10,100 --every 15m --weekdays 9-17:30 --timezone Europe/London": SteppedRollout(
        HELLO, "latest", (10, 100), every=timedelta(minutes=15), weekdays=Weekdays(540, 1050, "Europe/London")
    ),
    "promote hello": Promote(HELLO),
    "promote hello --full --skip": Promote(HELLO, full=True, skip=True),
    "pause hello": Pause(HELLO),
    "resume shop/hello": Resume(Address("hello", "shop")),
    "abort hello": Abort(HELLO),
    "rollback hello": Rollback(HELLO),
    "rollback hello 3": Rollback(HELLO, "3"),
    "rollback hello --now --keep": Rollback(HELLO, None, now=True, keep=True),
    "rollback hello --revision hello:previous": Rollback(HELLO, "previous"),
    "undo hello": Undo(HELLO),
    "follow hello": Follow(HELLO),
    "tag hello latest candidate": Tag(HELLO, "latest", "candidate"),
    "tag hello candidate=latest": Tag(HELLO, "latest", "candidate"),
    "untag hello candidate": Untag(HELLO, "candidate"),
    "approvals": Approvals(),
    "whoami": Whoami(),
    "digest": DigestList(),
    "digest list": DigestList(),
    "digest now shop": DigestNow(Area("shop")),
    "digest rm 4": DigestRemove("4"),
    "digest add weekdays 09:00": DigestAdd(schedule("weekdays 09:00"), None, Area()),
    "digest add “weekdays 09:00” --timezone Europe/Berlin -n shop": DigestAdd(
        schedule("weekdays 09:00"), "Europe/Berlin", Area("shop")
    ),
    "digest add 0 9 * * mon-fri": DigestAdd(schedule("0 9 * * mon-fri"), None, Area()),
}

OTHER_TOOLS: dict[str, Command] = {
    "deploy --namespace hello-test --service hello --image IMG --env TARGET=Rev1 --managed-route=false": Deploy(
        Address("hello", "hello-test"), TemplateEdit("IMG", (variable("TARGET", "Rev1"),)), NONE
    ),
    "deploy -n hello-test -s hello -i IMG -e A=b --managed-route=true": deploy(
        variable("A", "b"), image="IMG", service=Address("hello", "hello-test")
    ),
    "service annotate -s hello -a k=v": Annotate(HELLO, (attributes.annotation("k", "v"),)),
    "revision annotate -s hello -r hello:latest -a k=v -a l=w": Annotate(
        HELLO, (attributes.annotation("k", "v"), attributes.annotation("l", "w")), "latest"
    ),
    "deploy -s hello -i IMG --watch-revision-ready=false --watch-pod-logs": deploy(image="IMG"),
    "deploy -s hello -i IMG --watch-revision-ready-timeout 5m": Deploy(
        HELLO, TemplateEdit(image="IMG"), wait=timedelta(minutes=5)
    ),
    "rollout --route hello -p hello:latest=10% -p hello:previous=90%": SPLIT,
    "rollout -p hello:latest=10% -p hello:previous=90% -n shop": Rollout(Address("hello", "shop"), SPLIT.shares),
    "revision list --service hello": Revisions(Area(), HELLO),
    "routes list -n hello-test": Routes(Area("hello-test")),
    "route list -n hello-test": Routes(Area("hello-test")),
    "curl --service hello -n hello-test": Curl(Address("hello", "hello-test")),
    "revision tag -s hello -r hello:latest -t candidate": Tag(HELLO, "latest", "candidate"),
    "revision untag -s hello -t candidate": Untag(HELLO, "candidate"),
    "service url -s hello": Url(HELLO),
    "service create hello --image IMG --port 8080": deploy(*port(8080, None), image="IMG"),
    "service update hello --env A=b --scale-min 1": deploy(variable("A", "b"), scaling("min-scale", 1)),
    "service update hello --traffic @latest=10,hello-00001=90": Rollout(
        HELLO, (Share("@latest", 10), Share("hello-00001", 90))
    ),
    "service update hello --traffic @latest=10 --traffic candidate=90": Rollout(
        HELLO, (Share("@latest", 10), Share("candidate", 90))
    ),
    "rollout hello --traffic @latest=10,hello-00001=90": Rollout(
        HELLO, (Share("@latest", 10), Share("hello-00001", 90))
    ),
    "service update hello --tag hello-00001=old": Tag(HELLO, "hello-00001", "old"),
    "service update hello --untag old --tag @latest=old": Tag(HELLO, "@latest", "old"),
    "service update hello --untag old": Untag(HELLO, "old"),
    "service update hello --image IMG --tag @latest=new --traffic @latest=10": Deploy(
        HELLO, TemplateEdit(image="IMG"), (Share("@latest", 10),), (Tagging("@latest", "new"),)
    ),
}


@pytest.mark.parametrize(("line", "command"), MEANT.items(), ids=MEANT)
def test_a_line_means_its_command(line: str, command: Command) -> None:
    assert parse(line) == command


@pytest.mark.parametrize(("line", "command"), OTHER_TOOLS.items(), ids=OTHER_TOOLS)
def test_what_knctl_and_kn_write_means_the_same_here(line: str, command: Command) -> None:
    assert parse(line) == command


@pytest.mark.parametrize("line", [line for verb in COMMANDS for line in verb.examples])
def test_every_example_of_the_table_can_be_read(line: str) -> None:
    assert not isinstance(parse(line), Help) or line.startswith("help")


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_spelling_has_help(spelling: str) -> None:
    assert parse(f"{spelling} --help") == Help(SPELLINGS[spelling].name)


WRONG = [
    # the line with the characters at fault in [ ], a part of the message, a part of the hint
    ("[deplyo] hello", "There is no verb “deplyo”", "`deploy`"),
    ("[frobnicate]", "There is no verb", "`help` lists"),
    ("[pommes] hello", "There is no verb", "`help` lists"),
    ("help [rollot]", "There is no verb “rollot”", "`help rollout`"),
    ("[service]", "service needs another word", "`service list`"),
    ("service [lst]", "service needs another word", "is enough"),
    ("status[]", "status needs a Service", "`status hello`"),
    ("status hello [again]", "does not know what to do with “again”", "Leave it out"),
    ("status [Hello]", "“Hello” is not a name for a Service", "begins with a letter"),
    ("status [a/b/c/d]", "too many slashes", "NAMESPACE/SERVICE"),
    ("status shop/[]", "“” is not a name for a Service", ""),
    ("status []/hello", "“” is not a name for a namespace", "letter or digit"),
    ("status [shop/hello] -n prod", "names the namespace shop, and --namespace prod", "Leave one out"),
    ("status [eu/shop/hello] --cluster us", "names the cluster eu, and --cluster us", "Leave one out"),
    ("status -n shop -n [prod] hello", "--namespace is given twice", "Leave one out"),
    ("status hello [--namespace]", "--namespace needs a value", "`--namespace NAMESPACE`"),
    ("status hello [--namspace] x", "status has no flag --namspace", "`--namespace`"),
    ("whoami [--loudly]", "whoami has no flag", "takes no flags"),
    ("services [shop] -n prod", "The namespace is named twice", "Leave one out"),
    ("curl hello [healthz]", "A path begins with", "`curl hello /healthz`"),
    ("curl hello -X [POST]", "curl only looks, and POST may change something", "GET, HEAD, OPTIONS"),
    ("curl hello -X [FETCH]", "is no method that curl knows", "GET, HEAD, OPTIONS"),
    ("curl hello -H [Accept]", "This is no header", "Accept: application/json"),
    ("curl hello -H [Host:elsewhere]", "curl sets Host itself", "--tag"),
    ("curl hello --tag green --revision [latest]", "A tag is named already", "Leave one out"),
    ("services -A --namespace [shop]", "This names one namespace", "Leave one out"),
    ("status hello -o [json]", "status has no form “json”", "`url` and `yaml`"),
    ("revision[]", "revision needs a Revision", "`revision hello latest`"),
    ("revision hello[]", "revision needs a Service and a Revision", "`revision hello latest`"),
    ("services --sort [size]", "cannot be sorted by “size”", "`name`, `age`, `ready`"),
    ("curl hello --count [0]", "“0” is not a count from 1 to 1000", "whole number"),
    ("curl hello --count [٣]", "is not a count", "whole number"),
    ("deploy hello[]", "needs an image or a setting", "`deploy hello ghcr.io/acme/hello:v2`"),
    ("deploy hello --no-traffic[]", "needs an image or a setting", ""),
    ("deploy hello [http://ghcr.io/a/b]", "is not an image", ""),
    ("deploy hello [robot:pw@ghcr.io/a/b:v1]", "only a digest may follow", "--pull-secret"),
    ("deploy hello [ghcr.io/a/b@latest]", "only a digest may follow", "--pull-secret"),
    ("deploy hello img [more]", "does not know what to do with “more”", ""),
    ("deploy hello --env [TARGET]", "“TARGET” sets nothing", "TARGET=VALUE"),
    ("deploy hello --env []=x", "“” is not a name for a variable", ""),
    ("deploy hello --env [A/B]=x", "“A/B” is not a name for a variable", ""),
    ("deploy hello --env-secret [P=db]", "does not name a variable, an object and a key", "PASSWORD=database/password"),
    ("deploy hello --env-config-map [P]", "does not name a variable", "MODE=settings/mode"),
    ("deploy hello --annotation [team]", "“team” sets nothing", "team=VALUE"),
    ("deploy hello -a [.a]=b", "“.a” is not a name for an annotation", ""),
    ("deploy hello --port [0]", "“0” is not a port from 1 to 65535", ""),
    ("deploy hello --concurrency [1001]", "from 0 to 1000", ""),
    ("deploy hello --cpu [much]", "is not an amount of cpu", "500m"),
    ("deploy hello --memory [1KB]", "is not an amount of memory", "256Mi"),
    ("deploy hello --min-scale 3 --max-scale [2]", "At most 2 pods is less than at least 3", ""),
    ("deploy hello img --tag [Blue]", "is not a name for a tag", ""),
    ("deploy hello img --traffic [101]", "“101” is not a percentage from 0 to 100", ""),
    ("deploy hello img --traffic [10] --no-traffic", "another flag says none", "Leave one out"),
    ("deploy hello img --traffic [latest=10]", "the Revision before it or after it", "@latest"),
    ("deploy hello img --traffic 1=10,[1=20]", "1 is given twice", "once"),
    ("deploy hello img --tag 1=a --tag 2=[a]", "The tag a is given twice", "one Revision"),
    ("deploy hello img --no-traffic=[maybe]", "--no-traffic is either true or false", ""),
    ("deploy hello img --wait [soon]", "“soon” is not a length of time", "10m"),
    ("deploy hello img --wait [0s]", "is no time at all", ""),
    ("deploy hello img --wait [999999d]", "longer than a year", ""),
    ("rollout -r hello --service-percentage [web=10]", "web is not hello", "split each Service by itself"),
    ("rollout hello[]", "rollout needs percentages", "`rollout hello latest=10`"),
    ("rollout latest=10[]", "rollout needs a Service", ""),
    ("rollout hello [latest]", "“latest” is not a share of traffic", "REVISION=PERCENT"),
    ("rollout hello latest=10,[5],100", "5% after 10% is no step up", "Steps grow"),
    ("rollout hello latest=[0],50,100", "“0” is not a percentage", ""),
    ("rollout hello latest=10,50,[previous=20]", "one Revision goes up", "in proportion"),
    ("rollout hello latest=10 --every [5m]", "--every is for rollouts in steps", "latest=10,50,100"),
    ("rollout hello latest=10,50 --every [soon]", "“soon” is not a length of time", ""),
    ("rollout hello latest=10,50 --analyze [success=99]", "is not a check", "p95<500ms"),
    ("rollout hello latest=10,50 --min-requests [5]", "there is none", "--analyze"),
    ("rollout hello latest=10,50 --failures [5]", "there is none", "--analyze"),
    ("rollout hello latest=10,50 --analyze errors --failures [0]", "1 to 10", ""),
    ("rollout hello latest=10,50,100 --pause-at [20]", "20% is no step", ""),
    ("rollout hello latest=10,50,100 --pause-at [100]", "100% is no step", ""),
    ("rollout hello latest=10,50 --weekdays [9-17]", "waits for a person", "--every"),
    ("rollout hello latest=10,50 --every 5m --weekdays [17-9]", "no time of a day", "9-17"),
    ("rollout hello latest=10,50 --every 5m --weekdays 9-17 --timezone [Berlin]", "no time zone", "Europe/Berlin"),
    ("rollout hello latest=10,50 --timezone [UTC]", "--timezone is for --weekdays", ""),
    ("rollout hello [50]", "“50” is not a share", "Several steps"),
    ("rollout hello latest=10,[],x=1", "“” is not a share", ""),
    ("rollout hello [=10]", "There is no Revision before", ""),
    ("rollout hello latest=[101]", "“101” is not a percentage from 0 to 100", ""),
    ("rollout hello latest=[-1]", "“-1” is not a percentage", ""),
    ("rollout hello latest=[1.5]", "“1.5” is not a percentage", ""),
    ("rollout hello latest=[]", "“” is not a percentage", ""),
    ("rollout hello latest=10 [web:previous=90]", "names a Revision of web, not of hello", ""),
    ("rollout -p hello:latest=10 -p [web:previous=90]", "names a Revision of web, not of hello", ""),
    ("rollout hello [hello:]=10", "There is no Revision here", ""),
    ("rollback hello [web:previous]", "names a Revision of web, not of hello", ""),
    ("tag hello[]", "tag needs a Revision and a tag", "`tag hello previous fallback`"),
    ("tag hello latest[]", "tag needs a tag", ""),
    ("tag hello x=[]", "There is no Revision here", ""),
    ("tag hello latest [A_B]", "is not a name for a tag", ""),
    ("freeze --for 1h --until [18:00]", "either --for or --until", ""),
    ("freeze --until [soon]", "“soon” in “soon” is not a day", "18:00"),
    ("lock[]", "lock needs a Service", "`lock hello"),
    ("annotate hello[]", "annotate needs an annotation", "version=1.3.3"),
    ("annotate hello latest [other]", "“other” sets nothing", ""),
    ("annotate hello [autoscaling.knative.dev/min-scale=1]", "does not look at the Service", "`scale`"),
    ("annotate hello [knobot.dev/stable]=x", "is Knobot's own", ""),
    ("untag hello[]", "untag needs a tag", ""),
    ("digest [often]", "digest does not know “often”", "add, list, remove, now"),
    ("digest add[]", "digest needs a schedule", "weekdays 09:00"),
    ("digest add [monday 25:00]", "“25:00” in “monday 25:00” is not a time of day", ""),
    ("digest remove[]", "digest needs the id of a digest", "`digest list`"),
    ("digest list --timezone [UTC]", "--timezone means nothing here", "Leave it out"),
]


@pytest.mark.parametrize(("line", "message", "hint"), WRONG, ids=[line for line, _, _ in WRONG])
def test_a_mistake_is_named_explained_and_pointed_at(line: str, message: str, hint: str) -> None:
    start, end = line.index("["), line.index("]") - 1
    with pytest.raises(ParseError) as caught:
        parse(line.replace("[", "").replace("]", ""))
    assert message in caught.value.message
    assert hint in caught.value.hint
    assert caught.value.span == (start, end)


@pytest.mark.parametrize("verb", [verb for verb in COMMANDS if verb.kind is Kind.CHANGE], ids=lambda verb: verb.name)
def test_every_verb_that_changes_something_takes_a_reason_to_override_a_freeze(verb: Verb) -> None:
    command = parse(f"{verb.examples[-1]} --override 'the shop is down'")
    assert isinstance(command, Wish)
    assert command.override == "the shop is down"
    assert parse(verb.examples[-1]) == replace(command, override="")


@pytest.mark.parametrize("tool", ["knctl", "kn", "/knative", "Knative"])
def test_the_name_of_the_tool_in_front_of_a_line_says_nothing(tool: str) -> None:
    assert parse(f"{tool} status hello") == parse("status hello")
    assert parse(tool) == parse("")


@pytest.mark.parametrize("line", ["service import a.yaml", "secret create a", "uninstall", "container add a"])
def test_what_neighbours_do_and_knobot_does_not_is_told_with_what_to_do_instead(line: str) -> None:
    with pytest.raises(ParseError) as error:
        parse(line)
    assert error.value.code == "elsewhere"
    assert "`kubectl" in error.value.hint


@pytest.mark.parametrize(
    "line",
    ["env hello API_TOKEN=s3cret", "deploy hello --env API_TOKEN=s3cret", "annotate hello api-token=s3cret"],
)
def test_a_line_copied_from_a_card_does_not_write_marks_over_a_secret(line: str) -> None:
    parse(line)
    with pytest.raises(ParseError, match="stands for a value that is hidden"):
        parse(redact(line))
