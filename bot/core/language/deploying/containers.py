"""The container: its port, entry point, resources and identity.

request / limit = quantity *( "," quantity ) ; quantity = ( "cpu" / "memory" / other ) ( "=" amount / "-" )
port            = [ name ":" ] number
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.core import duration
from bot.core.language.deploying.option import NOTHING, assigned, each, not_one_of, object_name, once, option
from bot.core.template import containers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bot.core.language.deploying.option import Option
    from bot.core.language.reader import Reader
    from bot.core.language.words import Word
    from bot.core.template import Setting

QUANTITY = re.compile(r"[0-9]{1,9}(\.[0-9]{1,3})?(m|[kMGTPE]|[KMGTPE]i)?\Z")
RESOURCE = re.compile(r"[a-z0-9][-a-z0-9./]{0,252}\Z")
PROTOCOLS = ("http1", "h2c")
"""The names of ports by which Knative knows HTTP/1 and HTTP/2 without TLS."""
POLICIES = {policy.lower(): policy for policy in ("Always", "IfNotPresent", "Never")}
LONGEST_TIMEOUT = 24 * 3600


def _port(reader: Reader, word: Word) -> Iterable[Setting]:
    protocol, *rest = word.split(":")
    if not rest:
        return containers.port(reader.number(word, "port", 1, 65535), None)
    if protocol.text not in PROTOCOLS:
        not_one_of(reader, protocol, "protocol that Knative knows", PROTOCOLS)
    number = word.part(len(protocol.text) + 1)
    return containers.port(reader.number(number, "port", 1, 65535), protocol.text)


def _both(name: str) -> Callable[[Reader, list[Word]], Iterable[Setting]]:
    def read(reader: Reader, word: Word) -> Iterable[Setting]:
        amount = _amount(reader, name, word)
        return [containers.resource(bound, name, amount) for bound in (containers.REQUESTS, containers.LIMITS)]

    return once(read)


def _only(bound: str, name: str) -> Callable[[Reader, list[Word]], Iterable[Setting]]:
    return once(lambda reader, word: [containers.resource(bound, name, _amount(reader, name, word))])


def _quantities(bound: str) -> Callable[[Reader, list[Word]], Iterable[Setting]]:
    def read(reader: Reader, word: Word) -> Iterable[Setting]:
        for part in word.split(","):
            name, amount = assigned(reader, part)
            if not RESOURCE.match(name.text):
                not_one_of(reader, name, "resource", ("cpu", "memory"))
            yield containers.resource(bound, name.text, _amount(reader, name.text, amount) if amount else None)

    return each(read)


def _amount(reader: Reader, name: str, word: Word) -> str | None:
    if word.text in NOTHING:
        return None
    if not QUANTITY.match(word.text):
        example = {"cpu": "500m", "memory": "256Mi"}.get(name, "1")
        reader.fail(word, f"“{word.text}” is not an amount of {name}.", f"For example {example}.")
    return word.text


def _user(reader: Reader, word: Word) -> Iterable[Setting]:
    yield containers.user(None if word.text in NOTHING else reader.number(word, "user id", 0, 999_999_999))


def _policy(reader: Reader, word: Word) -> Iterable[Setting]:
    if word.text not in NOTHING and word.text.lower() not in POLICIES:
        not_one_of(reader, word, "pull policy", POLICIES.values())
    yield containers.pull_policy(POLICIES.get(word.text.lower()))


def _object(put: Callable[[str | None], Setting], what: str) -> Callable[[Reader, list[Word]], Iterable[Setting]]:
    return once(lambda reader, word: [put(None if word.text in NOTHING else object_name(reader, word, what))])


def _timeout(reader: Reader, word: Word) -> Iterable[Setting]:
    """Read seconds, as kn writes them, or a length of time."""
    if word.text in NOTHING:
        yield containers.timeout(None)
    elif word.text.isdigit():
        yield containers.timeout(reader.number(word, "number of seconds", 1, LONGEST_TIMEOUT))
    else:
        yield containers.timeout(int(reader.within(word, duration.parse) / timedelta(seconds=1)))


def _words(put: Callable[[list[str]], Setting]) -> Callable[[Reader, list[Word]], Iterable[Setting]]:
    def read(reader: Reader, words: list[Word]) -> Iterable[Setting]:
        del reader
        texts = [word.text for word in words]
        yield put([] if texts in (["-"], [""]) else texts)

    return read


REQUESTS, LIMITS = containers.REQUESTS, containers.LIMITS

OPTIONS: tuple[Option, ...] = (
    option("--port -p", "h2c:8080", "where the container listens; before it `http1:` or `h2c:`", once(_port)),
    option("--cpu", "500m", "processor for the container, as request and limit", _both("cpu")),
    option("--memory", "256Mi", "memory for the container, as request and limit", _both("memory")),
    option("--request", "cpu=250m,memory=64Mi", "what the container asks for; `cpu-` unsets", _quantities(REQUESTS)),
    option("--limit", "cpu=1,memory=1Gi", "what the container may have at most; `cpu-` unsets", _quantities(LIMITS)),
    option("--requests-cpu", "250m", "kn's older word for --request cpu=", _only(REQUESTS, "cpu"), minor=True),
    option("--requests-memory", "64Mi", "kn's older word for --request memory=", _only(REQUESTS, "memory"), minor=True),
    option("--limits-cpu", "1", "kn's older word for --limit cpu=", _only(LIMITS, "cpu"), minor=True),
    option("--limits-memory", "1Gi", "kn's older word for --limit memory=", _only(LIMITS, "memory"), minor=True),
    option("--timeout", "300", "seconds that one request may take", once(_timeout)),
    option("--cmd", "/app/start", "the command in place of the image's own; `-` unsets", _words(containers.command)),
    option("--arg", "--verbose", "an argument of the command, in order; `-` unsets", _words(containers.arguments)),
    option("--user", "1001", "the number of the user that it runs as", once(_user)),
    option("--service-account", "hello", "the ServiceAccount", _object(containers.service_account, "ServiceAccount")),
    option("--pull-secret", "registry", "the Secret to pull the image with", _object(containers.pull_secret, "Secret")),
    option("--pull-policy", "Always", "Always, IfNotPresent or Never", once(_policy)),
)
