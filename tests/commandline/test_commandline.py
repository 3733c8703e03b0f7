"""The command line: what is printed, and with which exit code it ends."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from bot.__main__ import main

CONFIG = Path(__file__).parents[2] / "config"


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_API_URL", "KNOBOT_CONFIG", "KNOBOT_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    return CliRunner()


def test_a_wrong_configuration_is_reported_whole_with_exit_code_2(runner: CliRunner, tmp_path: Path) -> None:
    file = tmp_path / "knobot.yaml"
    file.write_text("comand: /k\nclusters: [{name: main}]\nchannels: {C1: {cluster: moon, namespace: shop}}\n")

    result = runner.invoke(main, ["run"], env={"KNOBOT_CONFIG": str(file), "SLACK_BOT_TOKEN": "xoxp-1"})

    assert result.exit_code == 2
    for part in ("comand", "command", "channels.C1", "moon", "policy.yaml", "SLACK_APP_TOKEN", "user token"):
        assert part in result.output


def test_the_shipped_manifest_is_the_one_that_is_printed(runner: CliRunner) -> None:
    printed = runner.invoke(main, ["manifest"])

    assert printed.exit_code == 0
    assert yaml.safe_load(printed.output) == yaml.safe_load((CONFIG / "slack-manifest.yaml").read_text())


def test_the_manifest_for_http_has_one_address_for_everything(runner: CliRunner) -> None:
    printed = runner.invoke(main, ["manifest", "--url", "https://knobot.example.com/"])
    manifest = yaml.safe_load(printed.output)
    url = "https://knobot.example.com/slack/events"

    assert manifest["settings"]["socket_mode_enabled"] is False
    assert manifest["settings"]["event_subscriptions"]["request_url"] == url
    assert manifest["settings"]["interactivity"]["request_url"] == url
    assert manifest["settings"]["interactivity"]["message_menu_options_url"] == url
    assert [slash["url"] for slash in manifest["features"]["slash_commands"]] == [url]
    plain = yaml.safe_load(runner.invoke(main, ["manifest"]).output)
    assert plain["oauth_config"] == manifest["oauth_config"]

    refused = runner.invoke(main, ["manifest", "--url", "http://knobot.example.com"])
    assert refused.exit_code == 1
    assert "https://" in refused.output


def test_check_names_each_thing_that_does_not_answer(runner: CliRunner, tmp_path: Path) -> None:
    kubeconfig = tmp_path / "kubeconfig"
    nobody = {"clusters": [{"name": "c", "cluster": {"server": "http://127.0.0.1:9"}}], "users": []}
    context = {"contexts": [{"name": "c", "context": {"cluster": "c"}}], "current-context": "c"}
    kubeconfig.write_text(yaml.safe_dump({"apiVersion": "v1", "kind": "Config", **nobody, **context}))
    (tmp_path / "policy.yaml").write_text("rules: [{name: all, people: [everyone], verbs: [look], effect: allow}]\n")
    file = tmp_path / "knobot.yaml"
    file.write_text("clusters: [{name: main}]\nchannels: {C01: {namespace: shop}}\n")
    environment = {
        "KNOBOT_CONFIG": str(file),
        "KNOBOT_DATABASE_URL": f"sqlite:///{tmp_path / 'knobot.db'}",
        "KUBECONFIG": str(kubeconfig),
        "SLACK_API_URL": "http://127.0.0.1:9/api/",
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_APP_TOKEN": "xapp-1",
    }

    result = runner.invoke(main, ["check"], env=environment)

    assert result.exit_code == 1, result.output
    marks = [line[0] for line in result.output.splitlines() if line[0] in "✓✗"]
    assert marks == ["✓", "✗", "✗", "✓", "✗"]
    assert result.output.count("Slack is reached by HTTPS") == 2, "no other token would help"
    assert "xoxb" not in result.output


def test_install_of_what_is_no_manifest_says_so_and_asks_nothing(runner: CliRunner, tmp_path: Path) -> None:
    file = tmp_path / "serving.yaml"
    file.write_text("hello: world\n")

    result = runner.invoke(main, ["install", str(file), "--kubeconfig", str(CONFIG / "knobot.yaml")])

    assert result.exit_code == 1
    assert "Error:" in result.output
    assert "Traceback" not in result.output
