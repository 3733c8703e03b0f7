"""How Slack reaches Knobot, the tokens for it, and where Knobot listens.

A token is never repeated, not even a wrong one: what is said about it is its kind.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from bot.core.errors import Invalid
from bot.settings.document import Mistake, nearest
from bot.settings.values import Http, Mode, Slack

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.settings.document import Fields, Item

T = TypeVar("T")

NEEDED = {
    Mode.SOCKET: ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"),
    Mode.HTTP: ("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET"),
}
"""What must be in the environment."""
FOUND = {
    "SLACK_BOT_TOKEN": "xoxb-…, of the app's page OAuth & Permissions",
    "SLACK_APP_TOKEN": "xapp-…, of the app's page Basic Information, with connections:write",
    "SLACK_SIGNING_SECRET": "of the app's page Basic Information",
}
"""Where each of them is found."""
TOKENS = {
    "xoxb-": "a bot token",
    "xapp-": "an app-level token",
    "xoxp-": "a user token",
    "xoxe": "a token that rotates",
    "xoxc-": "a token of a browser's session",
    "xoxa-": "a workspace token",
}
TOKEN = re.compile(r"[!-~]+\Z")
SIGNING_SECRET = re.compile(r"[0-9A-Za-z]{16,128}\Z")
PORTS = range(65536)
HOST = re.compile(r"[0-9A-Za-z.:-]+\Z")


class Variables:
    """The environment, whose mistakes are noted with those of the files."""

    def __init__(self, environment: Mapping[str, str], mistakes: list[Mistake]) -> None:
        self._environment = environment
        self._mistakes = mistakes

    def read(self, name: str, convert: Callable[[str], T], fallback: T) -> T:
        """Return a variable as `convert` makes it, `fallback` if it is left out or wrong."""
        try:
            return convert(self._environment[name]) if self._environment.get(name) else fallback
        except Invalid as error:
            self._mistakes.append(Mistake("environment", name, str(error)))
            return fallback

    def need(self, *names: str) -> None:
        """Note which of these variables are missing, and where they are found."""
        missing = [name for name in names if not self._environment.get(name)]
        self._mistakes += [Mistake("environment", name, f"is missing: {FOUND[name]}") for name in missing]


def read_slack(variables: Variables, mode: Mode, api_url: Callable[[str], str]) -> Slack:
    """Return how Knobot is known to Slack; `mode` is what the file says, and KNOBOT_MODE wins."""
    mode = variables.read("KNOBOT_MODE", read_mode, mode)
    variables.need(*NEEDED[mode])
    return Slack(
        variables.read("SLACK_BOT_TOKEN", _token("xoxb-"), ""),
        variables.read("SLACK_APP_TOKEN", _token("xapp-"), "") if mode is Mode.SOCKET else "",
        variables.read("SLACK_API_URL", api_url, None),
        mode,
        variables.read("SLACK_SIGNING_SECRET", _signing_secret, "") if mode is Mode.HTTP else "",
    )


def read_mode(text: str) -> Mode:
    """Return the mode of this name."""
    names = [mode.value for mode in Mode]
    if text not in names:
        raise Invalid(f"there is no mode “{text}”{nearest(text, names)}")
    return Mode(text)


def read_http(item: Item) -> Http:
    """Return where to listen, as the file says."""
    found: Fields = item.fields([], ["host", "port"])
    plain = Http()
    port = found["port"].whole(0, plain.port) if "port" in found else plain.port
    if port not in PORTS:
        found["port"].wrong(f"{port} is not a port, as in 3000")
    return Http(found.read("host", _host, plain.host), port)


def listening(variables: Variables, http: Http | None, mode: Mode) -> Http | None:
    """Return where Knobot listens: KNOBOT_HTTP_PORT wins over the file; payloads that come by HTTP need a place."""
    port = variables.read("KNOBOT_HTTP_PORT", _port, None)
    if port is None:
        return http or (Http() if mode is Mode.HTTP else None)
    return replace(http or Http(), port=port)


def _host(text: str) -> str:
    if not HOST.match(text):
        raise Invalid(f"“{text}” is not an address of this machine, as in 127.0.0.1, or 0.0.0.0 for all of them")
    return text


def _port(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and int(text) in PORTS):
        raise Invalid(f"“{text}” is not a port, as in 3000")
    return int(text)


def _signing_secret(text: str) -> str:
    if not SIGNING_SECRET.match(text):
        raise Invalid("this is not a signing secret: it is under Basic Information → App Credentials")
    return text


def _token(wanted: str) -> Callable[[str], str]:
    def token(text: str) -> str:
        if text.startswith(wanted):
            # Libraries that find a line's end in a header refuse it with the header's whole value in their error.
            if not TOKEN.match(text):
                raise Invalid(f"this is {TOKENS[wanted]}, but blanks, line ends or other characters are in it")
            return text
        kind = next((kind for prefix, kind in TOKENS.items() if text.startswith(prefix)), "not a token of Slack's")
        raise Invalid(f"this is {kind}; {TOKENS[wanted]} is needed, which begins with {wanted}")

    return token
