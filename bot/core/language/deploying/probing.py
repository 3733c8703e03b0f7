"""Probes, as kn writes them.

probe = ( "http" / "https" ) ":" [ host ] ":" [ port ] ":" path / "tcp:" [ host ] ":" port / "exec:" word *( "," word )
opts  = option *( "," option ) ; option = ( "InitialDelaySeconds" / "PeriodSeconds" / … ) "=" number
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.core.language.deploying.option import NOTHING, assigned, each, not_one_of, once, option
from bot.core.template import probes
from bot.core.template.probes import Probe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bot.core.language.deploying.option import Option
    from bot.core.language.reader import Reader
    from bot.core.language.words import Word
    from bot.core.template import Setting

PROBES = ("http:HOST:PORT:PATH", "https:HOST:PORT:PATH", "tcp:HOST:PORT", "exec:COMMAND,ARGUMENT")
CHOICES = {
    name.lower(): name
    for name in ("initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold")
}


def _probe(probe: Probe) -> Callable[[Reader, list[Word]], Iterable[Setting]]:
    def read(reader: Reader, word: Word) -> Iterable[Setting]:
        if word.text in NOTHING:
            return (probes.none(probe),)
        kind, *rest = word.split(":")
        match kind.text, rest:
            case ("http" | "https", [host, port, *path]):
                where = ":".join(part.text for part in path)
                return probes.asking(probe, "httpGet", _http(reader, kind, host, port, where))
            case ("tcp", [host, port]):
                return probes.asking(probe, "tcpSocket", {**_host(host), "port": _port(reader, port)})
            case ("exec", [_, *_]):
                words = word.part(len("exec:")).text.split(",")
                return probes.asking(probe, "exec", {"command": words})
            case _:
                not_one_of(reader, word, "probe", PROBES)
        return None

    return once(read)


def _http(reader: Reader, scheme: Word, host: Word, port: Word, path: str) -> dict[str, Any]:
    found: dict[str, Any] = {**_host(host), "path": path if path.startswith("/") else f"/{path}"}
    if port.text:
        found["port"] = _port(reader, port)
    if scheme.text == "https":
        found["scheme"] = "HTTPS"
    return found


def _host(word: Word) -> dict[str, str]:
    return {"host": word.text} if word.text else {}


def _port(reader: Reader, word: Word) -> int:
    return reader.number(word, "port", 1, 65535)


def _options(probe: Probe) -> Callable[[Reader, list[Word]], Iterable[Setting]]:
    def read(reader: Reader, word: Word) -> Iterable[Setting]:
        for part in word.split(","):
            name, value = assigned(reader, part)
            field = CHOICES.get(name.text.lower())
            if field is None:
                not_one_of(
                    reader, name, "setting of a probe", (f"{each[0].upper()}{each[1:]}" for each in CHOICES.values())
                )
            if value is None:
                reader.fail(part, f"“{part.text}” sets nothing.", f"Write {name.text}=NUMBER.")
            yield probes.option(probe, field, reader.number(value, "number", 0, 999_999))

    return each(read)


OPTIONS: tuple[Option, ...] = tuple(
    row
    for probe, meaning in (
        (Probe.LIVENESS, "how the cluster asks whether the container lives"),
        (Probe.READINESS, "how it asks whether requests may come"),
        (Probe.STARTUP, "how it asks whether the container has started"),
    )
    for row in (
        option(f"--probe-{probe.value}", "http::8080:/healthz", f"{meaning}; `-` unsets", _probe(probe)),
        option(f"--probe-{probe.value}-opts", "PeriodSeconds=5", "how often and how long it asks", _options(probe)),
    )
)
