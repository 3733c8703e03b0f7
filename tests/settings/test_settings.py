from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.core.checks import Measure
from bot.core.language.grammar import KINDS
from bot.core.language.verb import Kind
from bot.core.measures import MEASURES
from bot.core.place import Home
from bot.core.policy import Effect, Group
from bot.settings import Cluster, Http, Mode, Settings, SettingsError, load

if TYPE_CHECKING:
    from collections.abc import Callable

    Write = Callable[..., dict[str, str]]

CONFIG = Path(__file__).parents[2] / "config"
KNOWN = KINDS
TOKENS = {"SLACK_BOT_TOKEN": "xoxb-1-hidden", "SLACK_APP_TOKEN": "xapp-1-hidden"}
PLAIN = "clusters: [{name: main}]\n"
RULES = "rules: []\n"


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes both files; returns the environment that leads to them."""

    def files(knobot: str = PLAIN, policy: str = RULES, **environment: str) -> dict[str, str]:
        (tmp_path / "knobot.yaml").write_text(knobot, encoding="utf-8")
        (tmp_path / "policy.yaml").write_text(policy, encoding="utf-8")
        return TOKENS | {"KNOBOT_CONFIG": str(tmp_path / "knobot.yaml")} | environment

    return files


def told(environment: dict[str, str]) -> list[str]:
    """The mistakes of these settings, each as FILE:LINE: PATH: MESSAGE without the folder."""
    with pytest.raises(SettingsError) as wrong:
        load(environment, verbs=KNOWN)
    folder = str(Path(environment.get("KNOBOT_CONFIG", "")).parent) + "/"
    assert "hidden" not in str(wrong.value)
    assert str(wrong.value) == "\n".join(str(mistake) for mistake in wrong.value.mistakes)
    return [str(mistake).removeprefix(folder) for mistake in wrong.value.mistakes]


def shipped(*names: str) -> Settings:
    return load(TOKENS | {"KNOBOT_CONFIG": str(CONFIG.joinpath(*names))}, verbs=KNOWN)


def test_the_example_is_loaded_as_it_stands() -> None:
    found = shipped("knobot.yaml")
    assert found.clusters == (Cluster("main"),)
    assert found.channels == {"C0123456789": Home("main", "shop"), "C9876543210": Home("main", "prod")}
    assert found.deploy_wait == timedelta(minutes=10)
    assert (found.command, found.timezone, found.log_level) == ("/knative", "UTC", "INFO")
    assert found.configuration.homes == found.channels
    assert [rule.effect for rule in found.policy.rules] == [
        Effect(),
        Effect(),
        Effect(),
        Effect(),
        Effect(),
        Effect(approvals=1, group="approvers", within=timedelta(hours=4)),
        Effect(),
    ]
    assert found.policy.groups["approvers"] == Group(
        frozenset({"U0123456789", "U2345678901"}), frozenset({"S0123456789"})
    )
    assert found.policy.override == ("approvers",)
    assert [(window.name, window.namespaces, window.override) for window in found.policy.windows] == [
        ("weekend", ("prod",), ("approvers",)),
        ("end of the year", ("prod", "shop"), ("approvers",)),
    ]


def test_the_example_for_a_cluster_is_loaded_as_it_stands() -> None:
    found = shipped("kubernetes", "knobot.yaml")
    assert found.clusters == (Cluster("main"),)
    assert found.channels == {"C0123456789": Home("main", "shop")}
    assert found.policy == shipped("knobot.yaml").policy


def test_what_is_left_out_is_as_documented(write: Write) -> None:
    found = load(write(), verbs=KNOWN)
    assert (found.command, found.database_url, found.timezone) == ("/knative", "sqlite:///knobot.db", "UTC")
    assert found.deploy_wait == timedelta(minutes=10)
    asked = load(write(policy=f"rules: [{{{WAITING}, effect: {{approvals: 1}}}}]"), verbs=KNOWN)
    assert asked.policy.rules[0].effect.within == timedelta(hours=4)
    assert (found.channels, found.policy.rules, found.slack.api_url) == ({}, (), None)


def test_the_environment_wins_where_it_may(write: Write, tmp_path: Path) -> None:
    environment = write(
        "database_url: sqlite:///a.db\nclusters: [{name: main}, {name: other, kubeconfig: other.yaml}]\n",
        KNOBOT_DATABASE_URL="postgresql://knobot:hidden@db/knobot",
        KNOBOT_LOG_LEVEL="debug",
        SLACK_API_URL="http://127.0.0.1:8080/api/",
        KUBECONFIG="/home/kube",
    )
    found = load(environment, verbs=KNOWN)
    assert found.database_url == "postgresql://knobot:hidden@db/knobot"
    assert found.log_level == "DEBUG"
    assert found.slack.api_url == "http://127.0.0.1:8080/api/"
    assert [cluster.kubeconfig for cluster in found.clusters] == [Path("/home/kube"), tmp_path / "other.yaml"]


def test_checks_stand_beside_those_that_knobot_knows_and_take_their_place(write: Write) -> None:
    found = load(
        write(
            "clusters: [{name: main, prometheus: 'http://prometheus:9090/'}]\n"
            "checks:\n  errors: {query: up, want: '<0.5'}\n  success: {query: down, unit: '%'}\n"
        ),
        verbs=KNOWN,
    )
    assert found.clusters[0].prometheus == "http://prometheus:9090"
    measures = found.configuration.measures
    assert (measures["errors"], measures["success"]) == (Measure("up", wanted="<0.5"), Measure("down", "%"))
    assert measures["p95"] == MEASURES["p95"]


def test_tokens_are_kept_and_never_shown(write: Write) -> None:
    found = load(write(KNOBOT_DATABASE_URL="postgresql://knobot:hidden@db/knobot"), verbs=KNOWN)
    assert (found.slack.bot_token, found.slack.app_token) == tuple(TOKENS.values())
    for shown in (repr(found), str(found), repr(found.slack)):
        assert "hidden" not in shown


@pytest.mark.parametrize(
    ("name", "token", "kind"),
    [
        ("SLACK_BOT_TOKEN", "xapp-hidden", "this is an app-level token; a bot token is needed"),
        ("SLACK_BOT_TOKEN", "xoxp-hidden", "this is a user token; a bot token is needed"),
        ("SLACK_BOT_TOKEN", "xoxe.xoxb-hidden", "this is a token that rotates; a bot token is needed"),
        ("SLACK_BOT_TOKEN", "xoxc-hidden", "this is a token of a browser's session; a bot token is needed"),
        ("SLACK_BOT_TOKEN", "xoxa-hidden", "this is a workspace token; a bot token is needed"),
        ("SLACK_BOT_TOKEN", "hidden", "this is not a token of Slack's; a bot token is needed"),
        ("SLACK_APP_TOKEN", "xoxb-hidden", "this is a bot token; an app-level token is needed"),
        ("SLACK_APP_TOKEN", "hidden", "this is not a token of Slack's; an app-level token is needed"),
        ("SLACK_BOT_TOKEN", "xoxb-hidden\n", "this is a bot token, but blanks, line ends or other"),
        ("SLACK_APP_TOKEN", "xapp-hidden hidden", "this is an app-level token, but blanks, line ends or other"),
        ("SLACK_BOT_TOKEN", "", "is missing"),
        ("KNOBOT_DATABASE_URL", "mysql://knobot:hidden@db/knobot", "this is not a database"),
    ],
)
def test_a_wrong_secret_is_told_by_its_kind_and_not_repeated(write: Write, name: str, token: str, kind: str) -> None:
    (mistake,) = told(write(**{name: token}))
    assert mistake.startswith(f"environment: {name}: {kind}")


def test_words_of_the_teams_own_are_read(write: Write) -> None:
    found = load(write(PLAIN + "aliases: {ship: deploy, half: rollout latest=50}"), verbs=KNOWN)
    assert found.configuration.aliases == {"ship": "deploy", "half": "rollout latest=50"}


def test_every_mistake_is_told_at_once_with_its_place(write: Write) -> None:
    environment = write(
        "comand: /knative\n"
        "clusters:\n"
        "  - name: Main\n"
        "  - {name: main, ingress: gateway, namespaces: [shop, Shop]}\n"
        "channels:\n"
        "  general: {namespace: shop}\n"
        "  C1: {namespace: prod, cluster: mian}\n"
        "approvals: {within: soon}\n"
        "timezone: Berlin\n"
        "checks:\n"
        "  errors: {query: up, unit: seconds}\n"
        "  slow: {query: up, unit: ms, want: '<10%'}\n"
        "  Big: {query: up}\n",
        "groups:\n"
        "  oncall: {users: [ann]}\n"
        "rules:\n"
        "  - name: one\n"
        "    people: [on-call]\n"
        "    verbs: [depoly]\n"
        "    effect: {approvals: 0, from: nobody}\n"
        "  - {name: one, people: [U1], verbs: [], effect: perhaps}\n",
        SLACK_APP_TOKEN="",
        KNOBOT_LOG_LEVEL="LOUD",
    )
    expected = [
        "environment: SLACK_APP_TOKEN: is missing: xapp-…, of the app's page Basic Information, with connections:write",
        "environment: KNOBOT_LOG_LEVEL: there is no level “LOUD”",
        "knobot.yaml:1: comand: there is no such key; did you mean “command”?",
        "knobot.yaml:3: clusters[0].name: “Main” is not a name",
        "knobot.yaml:4: clusters[1].ingress: “gateway” is not an address",
        "knobot.yaml:4: clusters[1].namespaces[1]: “Shop” is not a name",
        "knobot.yaml:6: channels.general: this is not the id of a channel",
        "knobot.yaml:7: channels.C1.cluster: there is no cluster “mian”; did you mean “main”?",
        "knobot.yaml:8: approvals.within: “soon” is not a length of time.",
        "knobot.yaml:9: timezone: There is no time zone “Berlin”. Did you mean Europe/Berlin?",
        "knobot.yaml:11: checks.errors.unit: “seconds” is not a unit: there is %, ms, s",
        "knobot.yaml:12: checks.slow.want: slow is not measured in %.",
        "knobot.yaml:13: checks.Big: “Big<1” is not a check.",
        "policy.yaml:2: groups.oncall.users[0]: “ann” is not the id of a person",
        "policy.yaml:5: rules[0].people[0]: “on-call” is no id and no group; did you mean “oncall”?",
        "policy.yaml:6: rules[0].verbs[0]: there is no verb “depoly”; did you mean “deploy”?",
        "policy.yaml:7: rules[0].effect.approvals: expected a whole number, at least 1",
        "policy.yaml:7: rules[0].effect.from: there is no group “nobody”",
        "policy.yaml:8: rules[1].verbs: with nothing here the rule never fits",
        "policy.yaml:8: rules[1].name: another rule has this name",
        "policy.yaml:8: rules[1].effect: expected allow, deny, or",
    ]
    found = told(environment)
    assert len(found) == len(expected)
    for mistake, start in zip(sorted(found), sorted(expected), strict=True):
        assert mistake.startswith(start)


@pytest.mark.parametrize(
    ("knobot", "mistake"),
    [
        ("", "knobot.yaml: is empty"),
        ("- 1", "knobot.yaml:1: expected keys with values"),
        ("clusters: [", "knobot.yaml:1: is not YAML: "),
        ("clusters: \x00", "knobot.yaml: is not YAML: it holds characters"),
        ("command: /knative", "knobot.yaml:1: “clusters” is missing"),
        ("clusters: []", "knobot.yaml:1: clusters: Knobot needs a cluster"),
        ("clusters: main", "knobot.yaml:1: clusters: expected a list"),
        ("clusters: [main]", "knobot.yaml:1: clusters[0]: expected keys with values"),
        ("clusters: [{context: x}]", "knobot.yaml:1: clusters[0]: “name” is missing"),
        ("clusters: [{name: 1}]", "knobot.yaml:1: clusters[0].name: expected text: write “1” in quotes"),
        ("clusters: [{name: [a]}]", "knobot.yaml:1: clusters[0].name: expected one word"),
        ("clusters: [{name: a}, {name: a}]", "knobot.yaml:1: clusters[1]: there are two clusters “a”"),
        (PLAIN + "command: knative", "knobot.yaml:2: command: “knative” is not a slash command"),
        (PLAIN + "command: ''", "knobot.yaml:2: command: "),
        (PLAIN + "command: /a\ncommand: /b", "knobot.yaml:3: command: is written twice, first in line 2"),
        (PLAIN + "slack: {token: hidden}", "knobot.yaml:2: slack: there is no such key"),
        (PLAIN + "polices: x", "knobot.yaml:2: polices: there is no such key; did you mean “policy”?"),
        (PLAIN + "database_url: mysql://hidden", "knobot.yaml:2: database_url: this is not a database"),
        (PLAIN + "deploy: 10m", "knobot.yaml:2: deploy: expected keys with values"),
        (PLAIN + "aliases: {rollout: deploy}", "knobot.yaml:2: aliases.rollout: “rollout” means something already"),
        (PLAIN + "aliases: {ship: depoy}", "knobot.yaml:2: aliases.ship: “depoy” does not begin with a verb"),
        (PLAIN + "deploy: {wait: 10}", "knobot.yaml:2: deploy.wait: expected text: write “10” in quotes"),
        (PLAIN + "deploy: {wait: 0m}", "knobot.yaml:2: deploy.wait: “0m” is no time at all"),
        (PLAIN + "deploy: {wait: 400d}", "knobot.yaml:2: deploy.wait: “400d” is longer than a year"),
        (PLAIN + "channels: {C1: {}}", "knobot.yaml:2: channels.C1: “namespace” is missing"),
        (
            "clusters: [{name: a}, {name: b}]\nchannels: {C1: {namespace: shop}}",
            "knobot.yaml:2: channels.C1: “cluster” is missing",
        ),
        (
            "clusters: [{name: a, namespaces: [shop]}]\nchannels: {C1: {namespace: prod}}",
            "knobot.yaml:2: channels.C1.namespace: cluster “a” does not watch “prod”",
        ),
    ],
)
def test_a_mistake_in_knobot_yaml_is_told_with_its_place(write: Write, knobot: str, mistake: str) -> None:
    found = told(write(knobot))
    assert len(found) == 1
    assert found[0].startswith(mistake)


RULE = "name: r, people: [everyone], verbs: [look]"
WAITING = "name: r, people: [everyone], verbs: [change]"


@pytest.mark.parametrize(
    ("policy", "mistake"),
    [
        ("", "policy.yaml: is empty"),
        ("groups: {}", "policy.yaml:1: “rules” is missing"),
        ("rules: [{effect: allow}]", "policy.yaml:1: rules[0]: “name” is missing"),
        (f"rules: [{{{RULE}}}]", "policy.yaml:1: rules[0]: “effect” is missing"),
        (f"rules: [{{{RULE}, effect: true}}]", "policy.yaml:1: rules[0].effect: expected text: write “true” in quotes"),
        (f"rules: [{{{RULE}, effect: {{}}}}]", "policy.yaml:1: rules[0].effect: “approvals” is missing"),
        (
            f"rules: [{{{RULE}, effect: {{approvals: 1, within: 4}}}}]",
            "policy.yaml:1: rules[0].effect.within: expected text: write “4” in quotes",
        ),
        (
            f"groups: {{g: {{users: [U1]}}}}\nrules: [{{{RULE}, effect: {{approvals: 2, from: g}}}}]",
            "policy.yaml:2: rules[0].effect: 2 approvals are needed, but “g” holds 1 only",
        ),
        (f"rules: [{{{RULE}, effect: allow, service: [a]}}]", "policy.yaml:1: rules[0].service: there is no such key"),
        (f"rules: [{{{RULE}, effect: allow, services: [A_b]}}]", "policy.yaml:1: rules[0].services[0]: “A_b” fits no"),
        (f"rules: [{{{RULE}, effect: allow, channels: [ops]}}]", "policy.yaml:1: rules[0].channels[0]: “ops” is not"),
        (f"rules: [{{{RULE}, effect: allow, clusters: [x]}}]", "policy.yaml:1: rules[0].clusters[0]: there is no clus"),
        (f"rules: [{{{RULE}, effect: allow, clusters: []}}]", "policy.yaml:1: rules[0].clusters: with nothing here"),
        ("groups: {everyone: {users: [U1]}}\nrules: []", "policy.yaml:1: groups.everyone: a group's name"),
        ("groups: {G: {users: [U1]}}\nrules: []", "policy.yaml:1: groups.G: a group's name"),
        ("groups: {g: {}}\nrules: []", "policy.yaml:1: groups.g: nobody is in this group"),
        ("groups: {g: {users: []}}\nrules: []", "policy.yaml:1: groups.g: nobody is in this group"),
        ("groups: {g: {usergroups: [U1]}}\nrules: []", "policy.yaml:1: groups.g.usergroups[0]: “U1” is not the id"),
        ("groups: {g: {users: [U1]}, g: {users: [U2]}}\nrules: []", "policy.yaml:1: groups.g: is written twice"),
    ],
)
def test_a_mistake_in_the_policy_is_told_with_its_place(write: Write, policy: str, mistake: str) -> None:
    found = told(write(policy=policy))
    assert found[0].startswith(mistake)


def test_a_freeze_takes_what_it_does_not_say_from_around_it(write: Write) -> None:
    policy = (
        "groups: {g: {users: [U1]}, h: {users: [U2]}}\nrules: []\noverride: [g]\nfreezes:\n"
        "- {name: a, when: [fri 16:00 - mon 08:00]}\n"
        "- {name: b, when: [daily 22:00 - 06:00], timezone: UTC, services: [x], reason: why, override: [h]}\n"
        "- {name: c, when: [daily 22:00 - 06:00], override: []}\n"
    )
    first, second, third = load(write(PLAIN + "timezone: Europe/Berlin", policy), verbs=KNOWN).policy.windows
    assert (first.timezone, first.override, first.namespaces) == ("Europe/Berlin", ("g",), ("*",))
    assert (second.timezone, second.override, second.services, second.reason) == ("UTC", ("h",), ("x",), "why")
    assert third.override == ()


FREEZE = "rules: []\nfreezes: [{name: a, when: [daily 22:00 - 06:00]"


@pytest.mark.parametrize(
    ("policy", "mistake"),
    [
        ("rules: []\nfreezes: [{name: a}]", "policy.yaml:2: freezes[0]: “when” is missing"),
        ("rules: []\nfreezes: [{name: a, when: []}]", "policy.yaml:2: freezes[0].when: with nothing here"),
        ("rules: []\nfreezes: [{name: a, when: [fri]}]", "policy.yaml:2: freezes[0].when[0]: “fri” is not a span"),
        (FREEZE + ", timezone: Mars}]", "policy.yaml:2: freezes[0].timezone: There is no time zone “Mars”"),
        (FREEZE + ", override: [x]}]", "policy.yaml:2: freezes[0].override[0]: there is no group “x”"),
        (FREEZE + ", clusters: [x]}]", "policy.yaml:2: freezes[0].clusters[0]: there is no cluster “x”"),
        (FREEZE + ", namespace: [x]}]", "policy.yaml:2: freezes[0].namespace: there is no such key"),
        (FREEZE + "}, {name: a, when: [daily 01:00 - 02:00]}]", "policy.yaml:2: freezes[1].name: another freeze"),
        ("rules: []\noverride: [x]", "policy.yaml:2: override[0]: there is no group “x”"),
    ],
)
def test_a_mistake_in_a_freeze_is_told_with_its_place(write: Write, policy: str, mistake: str) -> None:
    (found,) = told(write(policy=policy))
    assert found.startswith(mistake)


def test_people_of_other_workspaces_may_be_named(write: Write) -> None:
    rules = f"groups: {{g: {{users: [T2/U1]}}}}\nrules: [{{{RULE.replace('everyone', 'T2/U1, g')}, effect: deny}}]"
    (rule,) = load(write(policy=rules), verbs=KNOWN).policy.rules
    assert rule.people == ("T2/U1", "g")
    assert rule.effect == Effect(allow=False)


def test_an_approval_takes_as_long_as_is_configured_unless_its_rule_says(write: Write) -> None:
    other = WAITING.replace("name: r", "name: s")
    rules = f"rules: [{{{WAITING}, effect: {{approvals: 1}}}}, {{{other}, effect: {{approvals: 1, within: 30m}}}}]"
    found = load(write(PLAIN + "approvals: {within: 1h30m}", rules), verbs=KNOWN)
    assert [rule.effect.within for rule in found.policy.rules] == [timedelta(minutes=90), timedelta(minutes=30)]


@pytest.mark.parametrize("verb", ["look", "talk", "guard", "*", "status", "digest", "lock"])
def test_a_rule_that_asks_for_approvals_of_what_becomes_no_plan_is_a_mistake(write: Write, verb: str) -> None:
    rule = f"name: r, people: [everyone], verbs: [deploy, '{verb}', force], effect: {{approvals: 1}}"
    (found,) = told(write(policy=f"rules: [{{{rule}}}]"))

    assert found.startswith(f"policy.yaml:1: rules[0].verbs[1]: “{verb}” is not only about changes")
    assert "name “change”" in found


def test_the_schema_says_the_same_of_approvals() -> None:
    rules = json.loads((CONFIG / "policy.schema.json").read_text())["properties"]["rules"]["items"]
    refused = rules["then"]["properties"]["verbs"]["items"]["not"]["enum"]
    kinds = [kind.value for kind in Kind if kind is not Kind.CHANGE]

    assert rules["if"] == {"properties": {"effect": {"type": "object"}}}
    assert set(refused) == {"*", *kinds, *(verb for verb, kind in KINDS.items() if kind is not Kind.CHANGE)}


def test_files_that_cannot_be_read_are_told(write: Write, tmp_path: Path) -> None:
    assert told(TOKENS | {"KNOBOT_CONFIG": str(tmp_path / "missing.yaml")}) == [
        "missing.yaml: cannot be read: No such file or directory; KNOBOT_CONFIG names another file"
    ]
    assert told(write(PLAIN + "policy: elsewhere.yaml")) == [
        "elsewhere.yaml: cannot be read: No such file or directory"
    ]
    environment = write()
    (tmp_path / "knobot.yaml").write_bytes(b"\xff\xfe\xfd")
    assert told(environment) == ["knobot.yaml: is not text in UTF-8"]


def test_a_policy_without_rules_is_told_at_the_top(write: Write) -> None:
    assert told(write(policy="rule: []")) == [
        "policy.yaml:1: rule: there is no such key; did you mean “rules”?",
        "policy.yaml:1: “rules” is missing",
    ]


SECRET = "0123456789abcdef0123456789abcdef"


def test_by_http_the_signing_secret_takes_the_place_of_the_app_token(write: Write) -> None:
    environment = write("mode: http\n" + PLAIN, SLACK_SIGNING_SECRET=SECRET)
    del environment["SLACK_APP_TOKEN"]
    found = load(environment, verbs=KNOWN)

    assert (found.slack.mode, found.slack.signing_secret, found.slack.app_token) == (Mode.HTTP, SECRET, "")
    assert found.http == Http("127.0.0.1", 3000)
    assert SECRET not in repr(found)


def test_in_socket_mode_nothing_listens_unless_it_is_asked_for(write: Write) -> None:
    assert load(write(), verbs=KNOWN).http is None
    assert load(write("http: {host: 0.0.0.0, port: 8080}\n" + PLAIN), verbs=KNOWN).http == Http("0.0.0.0", 8080)  # noqa: S104 # as people write it
    assert load(write(KNOBOT_HTTP_PORT="81"), verbs=KNOWN).http == Http(port=81)
    assert load(write(KNOBOT_MODE="socket", SLACK_SIGNING_SECRET=SECRET), verbs=KNOWN).slack.signing_secret == ""


@pytest.mark.parametrize(
    ("knobot", "environment", "mistake"),
    [
        ("mode: https\n", {}, "knobot.yaml:1: mode: there is no mode “https”; did you mean “http”?"),
        ("http: {port: 70000}\n", {}, "knobot.yaml:1: http.port: 70000 is not a port, as in 3000"),
        ("http: {prot: 1}\n", {}, "knobot.yaml:1: http.prot: there is no such key; did you mean “port”?"),
        ("http: {host: a b}\n", {}, "knobot.yaml:1: http.host: “a b” is not an address of this machine"),
        (
            "",
            {"KNOBOT_MODE": "http"},
            "environment: SLACK_SIGNING_SECRET: is missing: of the app",
        ),
        ("", {"KNOBOT_MODE": "ftp"}, "environment: KNOBOT_MODE: there is no mode “ftp”"),
        ("", {"KNOBOT_HTTP_PORT": "-1"}, "environment: KNOBOT_HTTP_PORT: “-1” is not a port"),
        (
            "",
            {"KNOBOT_MODE": "http", "SLACK_SIGNING_SECRET": "xoxb-hidden"},
            "environment: SLACK_SIGNING_SECRET: this is not a signing secret",
        ),
    ],
)
def test_mistakes_about_the_way_in_are_told_at_their_place(
    write: Write, knobot: str, environment: dict[str, str], mistake: str
) -> None:
    (found,) = told(write(knobot + PLAIN, **environment))
    assert found.startswith(mistake)
