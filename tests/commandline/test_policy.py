"""The policy is tried out without Slack, a cluster or tokens."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.__main__ import main

CONFIG = Path(__file__).parents[2] / "config"
CASES = CONFIG / "policy-cases.yaml"


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("KNOBOT_CONFIG", str(CONFIG / "knobot.yaml"))
    return CliRunner()


def test_the_example_policy_says_what_the_example_cases_expect(runner: CliRunner) -> None:
    result = runner.invoke(main, ["policy", "test", str(CASES)])

    assert result.exit_code == 0, result.output
    assert "13 cases: the policy says what is expected." in result.output


def test_what_differs_is_a_table_and_exit_code_1(runner: CliRunner, tmp_path: Path) -> None:
    file = tmp_path / "cases.yaml"
    file.write_text(
        "cases:\n"
        "  - { case: dev deploys prod/checkout, expect: allow }\n"
        "  - { case: dev deploys prod/checkout, expect: 1 approvals from approvers }\n"
        "  - { case: dev deploys shop/x, at: '2026-12-31 12:00', expect: allow }\n"
    )
    result = runner.invoke(main, ["policy", "test", str(file)])

    assert result.exit_code == 1
    assert result.output.splitlines() == [
        "line  case                       expected  the policy says",
        "2     dev deploys prod/checkout  allow     1 approval from approvers",
        "4     dev deploys shop/x         allow     frozen",
        "2 of 3 cases differ.",
    ]


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("cases: [{case: dev juggles prod/x, expect: allow}]", "cases[0].case: There is no verb “juggles”"),
        ("cases: [{case: dev deploys prod/x, expect: maybe}]", "cases[0].expect: “maybe” is not expected of a policy"),
        ("cases: [{case: dev deploys prod/x, expect: 1 approval from x}]", "there is no group “x”"),
        ("cases: [{case: dev deploys prod/x, expect: allow, at: noon}]", "cases[0].at: “noon” is not a time"),
        ("cases: [{case: dev deploys prod/x}]", "cases[0]: “expect” is missing"),
        ("people: {a: {user: dev}}\ncases: []", "people.a.user: “dev” is not the id of a person"),
        ("people: {a: {user: U1, standing: odd}}\ncases: []", "people.a.standing: there is no standing “odd”"),
        ("people: {a: {user: U1, usergroups: [x]}}\ncases: []", "people.a.usergroups[0]: “x” is not the id"),
    ],
)
def test_a_mistake_in_the_cases_is_told_with_its_place(
    runner: CliRunner, tmp_path: Path, text: str, mistake: str
) -> None:
    file = tmp_path / "cases.yaml"
    file.write_text(text)
    result = runner.invoke(main, ["policy", "test", str(file)])

    assert result.exit_code == 2
    assert mistake in result.output


def test_an_explanation_says_which_rule_and_what_was_taken_for_granted(runner: CliRunner) -> None:
    result = runner.invoke(main, ["policy", "explain", "dev", "deploys", "prod/checkout"])

    assert result.exit_code == 0
    assert "“production needs a second person” asks for it" in result.output
    assert "(In C9876543210, which stands for prod.)" in result.output


def test_an_explanation_knows_the_people_of_a_file_of_cases(runner: CliRunner) -> None:
    lines = ["policy", "explain", "visitor looks at prod/checkout", "--cases", str(CASES)]
    assert "They are a guest" in runner.invoke(main, lines).output
    wrong = runner.invoke(main, ["policy", "explain", "dev juggles"])
    assert wrong.exit_code == 1
    assert "does not say who does what where" in wrong.output
