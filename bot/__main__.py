"""The `knobot` command line."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import tempfile
import threading
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot import logs
from bot.auditing import audit
from bot.core.errors import BotError
from bot.core.language.grammar import COMMANDS, KINDS
from bot.rulebook import policy
from bot.settings import SettingsError, load

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.sandbox.house import House
    from bot.settings import Settings

PORT = 7411
"""The demo's port, where nothing else is asked for and nobody else has it."""


class Commands(click.Group):
    """The commands; what a person can mend is told by one line, or one for each mistake in the settings."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except SettingsError as error:
            click.echo(str(error), err=True)
            ctx.exit(2)
        except BotError as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="knobot")
def main() -> None:
    """Chat-ops for Knative on Slack."""


main.add_command(audit)
main.add_command(policy)


@main.command()
def run() -> None:
    """Serve a workspace, by Socket Mode or by HTTP.

    Reads the file that KNOBOT_CONFIG names (default: config/knobot.yaml); takes SLACK_BOT_TOKEN and SLACK_APP_TOKEN,
    or for HTTP SLACK_SIGNING_SECRET, from the environment.
    """
    from bot.serving import Process

    settings = _settings()
    logs.configure(settings.log_level)
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    Process(settings).serve(stopped)


@main.command(short_help="Tell what is not as it must be.")
def check() -> None:
    """Tell whether tokens, scopes, database, clusters and rights are as they must be, with the remedy where not."""
    from bot.checkup import examine

    good = True
    for finding in examine(_settings()):
        click.echo(str(finding))
        good = good and finding.good
    sys.exit(0 if good else 1)


@main.command(short_help="Put Knative into a cluster.")
@click.argument("manifests", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--kubeconfig", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="KUBECONFIG unless told."
)
@click.option("--context", help="The context in it; its current one unless told.")
@click.option("--wait", default="10m", show_default=True, help="How long it may take until all of it is available.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def install(manifests: tuple[Path, ...], kubeconfig: Path | None, context: str | None, wait: str, *, yes: bool) -> None:
    """Put Knative into a cluster: apply release MANIFESTS (files or folders) in the order given.

    Safe to repeat. Ends with exit code 1 when something is not available in time.
    """
    from bot.installation import carry_out

    good = carry_out(manifests, kubeconfig, context, wait, ask=None if yes else click.confirm, say=click.echo)
    sys.exit(0 if good else 1)


@main.command()
@click.option("--command", default="/knative", show_default=True, help="Name of the slash command.")
@click.option("--url", metavar="URL", help="Where Slack reaches Knobot by HTTPS; Socket Mode unless told.")
def manifest(command: str, url: str | None) -> None:
    """Print the manifest of the Slack app."""
    import yaml

    from bot.handlers.manifest import manifest as document
    from bot.handlers.manifest import request_url

    told = document(command, url and request_url(url))
    click.echo(yaml.safe_dump(told, sort_keys=False, allow_unicode=True), nl=False)


@main.command(short_help="Try Knobot without Slack and a cluster.")
@click.option("--port", type=click.IntRange(0, 65535), help=f"Port of the page; {PORT} or a free one unless told.")
@click.option("--open/--no-open", "browse", default=True, help="Open the page in a browser.")
@click.option("--kubeconfig", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A real cluster.")
@click.option("--ingress", metavar="URL", help="Where the gateway of the real cluster answers.")
@click.option("--pace", type=click.FloatRange(0, 10), default=1.0, hidden=True)
def demo(port: int | None, kubeconfig: Path | None, ingress: str | None, pace: float, *, browse: bool) -> None:
    """Knobot with an embedded Slack workspace and an embedded cluster: nothing else is needed."""

    def opened(house: House) -> None:
        click.echo(f"Knobot's demo is at {house.url}")
        click.echo(f"kubectl --kubeconfig {house.kubeconfig} get ksvc,rev,route -A")
        click.echo("Ctrl-C ends it.")
        if browse and _has_browser():
            webbrowser.open(house.url)

    _keep(opened, port, bot=True, kubeconfig=kubeconfig, ingress=ingress, pace=pace)


@main.command()
@click.option("--only", type=click.Choice(["slack", "cluster"]), help="One of the two halves.")
@click.option("--port", type=click.IntRange(0, 65535), help=f"Port; {PORT} or a free one unless told.")
@click.option("--kubeconfig", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A real cluster.")
@click.option("--ingress", metavar="URL", help="Where the gateway of the real cluster answers.")
@click.option("--request-url", metavar="URL", help="Send signed HTTP requests there instead of using Socket Mode.")
@click.option("--env-file", type=click.Path(dir_okay=False, path_type=Path), help="Write the bot's environment here.")
@click.option("--pace", type=click.FloatRange(0, 10), default=1.0, help="Multiplies the time that the cluster takes.")
def sandbox(
    only: str | None,
    port: int | None,
    kubeconfig: Path | None,
    ingress: str | None,
    request_url: str | None,
    env_file: Path | None,
    pace: float,
) -> None:
    """The embedded workspace and cluster without the bot.

    `knobot run` with the variables of --env-file is then the bot of this workspace and cluster.
    """

    def opened(house: House) -> None:
        if env_file:
            lines = [f"{name}={value}\n" for name, value in house.environment().items()]
            env_file.touch(mode=0o600)
            env_file.write_text("".join(lines), encoding="utf-8")
        click.echo(f"The sandbox is at {house.url}")

    halves = {"slack": only != "cluster", "cluster": only != "slack"}
    plot = {"kubeconfig": kubeconfig, "ingress": ingress, "pace": pace, "request_url": request_url, **halves}
    _keep(opened, port, bot=False, **plot)


def _keep(opened: Callable[[House], None], port: int | None, *, bot: bool, **plot: Any) -> None:
    """Run the sandbox that `plot` (fields of Plot) describes until it is ended, then exit."""
    from bot.handlers.manifest import SHORTCUTS
    from bot.sandbox.demo import keep
    from bot.sandbox.house import Plot

    verbs = tuple({"verb": verb.name, "usage": verb.usage, "summary": verb.summary} for verb in COMMANDS)
    common: dict[str, Any] = {"verbs": verbs, "shortcuts": SHORTCUTS}
    with tempfile.TemporaryDirectory(prefix="knobot-") as folder:
        for candidate in (port,) if port is not None else (PORT, 0):
            try:
                code = asyncio.run(keep(Plot(Path(folder), port=candidate, **common, **plot), opened, bot=bot))
            except OSError as error:
                if port is not None or candidate == 0:
                    raise click.ClickException(f"Port {candidate} cannot be had: {error.strerror}.") from error
            else:
                sys.exit(code)


def _has_browser() -> bool:
    return bool(sys.platform == "darwin" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _settings() -> Settings:
    """Return the settings, and leave no token where it came from.

    Raises:
        SettingsError: with every mistake in them.
    """
    settings = load(os.environ, verbs=KINDS)
    for token in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"):
        os.environ.pop(token, None)  # no child process and no library shall find them there
    return settings


if __name__ == "__main__":
    main()
