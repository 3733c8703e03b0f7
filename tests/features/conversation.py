"""A conversation with a living bot: what a person types, clicks and sees, through the sandbox's control interface."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PATIENCE = 20.0
"""Seconds after which something that should be seen is taken not to come."""

Message = dict[str, Any]


@contextmanager
def sandboxed(folder: Path, *options: str) -> Iterator[dict[str, str]]:
    """A sandbox in a process of its own, with more options; the variables for a bot, and "url" of the workspace."""
    file = folder / "bot.env"
    with (folder / "sandbox.log").open("wb") as log:
        command = [sys.executable, "-m", "bot", "sandbox", "--port", "0", "--pace", "0.1", "--env-file", str(file)]
        command += options
        process = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, "PYTHONUNBUFFERED": "1"})
    deadline = time.monotonic() + PATIENCE
    while not file.exists() or not file.read_text().endswith("\n"):
        assert process.poll() is None, (folder / "sandbox.log").read_text()
        assert time.monotonic() < deadline, (folder / "sandbox.log").read_text()
        time.sleep(0.05)
    variables = dict(line.split("=", 1) for line in file.read_text().splitlines())
    yield {**variables, "url": variables["SLACK_API_URL"].removesuffix("/api/")}
    process.terminate()
    process.wait(PATIENCE)


@dataclass
class Conversation:
    """The sandbox as one test uses it. Only what happens after `begin` (the time it was made) is looked at."""

    url: str
    begin: str = field(default_factory=lambda: f"{time.time():.6f}")

    def call(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Send one request to the control interface; errors come back as {"error": …} with "status"."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, {"Content-Type": "application/json"})  # loopback
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            return {**json.load(error), "status": error.code}

    def state(self) -> dict[str, Any]:
        found: dict[str, Any] = self.call("/sandbox/state")
        return found

    def messages(self, channel: str, user: str = "dev") -> list[Message]:
        query = urllib.parse.urlencode({"channel": channel, "user": user, "after": self.begin})
        found: list[Message] = self.call(f"/sandbox/messages?{query}")
        return found

    def type(self, channel: str, text: str, user: str = "dev") -> dict[str, Any]:
        answer: dict[str, Any] = self.call("/sandbox/slash", {"user": user, "channel": channel, "text": text})
        assert answer.get("acked_ms") is not None, answer
        return answer

    def see(self, channel: str, fits: Callable[[Message], bool], user: str = "dev") -> Message:
        """Wait for a message that fits, the newest first."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            found = next((message for message in reversed(self.messages(channel, user)) if fits(message)), None)
            if found:
                return found
            time.sleep(0.05)
        seen = "\n---\n".join(message["text"] for message in self.messages(channel, user))
        raise AssertionError(f"not seen in #{channel} by {user}; there was:\n{seen}")

    def until(self, true: Callable[[], bool]) -> None:
        """Wait for something that is not said."""
        deadline = time.monotonic() + PATIENCE
        while not true():
            assert time.monotonic() < deadline
            time.sleep(0.2)

    def ask(self, channel: str, text: str, user: str = "dev") -> str:
        """Type a command and return the text of the answer that only this person sees."""
        before = {message["ts"] for message in self.messages(channel, user)}
        self.type(channel, text, user)
        found = self.see(channel, lambda message: message["ephemeral"] and message["ts"] not in before, user)
        return str(found["text"])

    def change(self, channel: str, text: str, *words: str, user: str = "dev") -> Message:
        """Type a command and wait until the public message that it causes holds all `words`."""
        before = {message["ts"] for message in self.messages(channel, user)}
        self.type(channel, text, user)
        return self.see(channel, lambda message: _holds(message, words) and message["ts"] not in before, user)

    def becomes(self, channel: str, ts: str, *words: str, user: str = "dev") -> Message:
        """Wait until one message holds all `words`."""
        return self.see(channel, lambda message: message["ts"] == ts and _holds(message, words), user)

    def click(self, user: str, message: Message, action: str, *, stale: bool = False) -> dict[str, Any]:
        body = {"user": user, "message_ts": message["ts"], "action_id": action, "stale": stale}
        answer: dict[str, Any] = self.call("/sandbox/click", body)
        return answer

    def refusal(self, user: str, channel: str, message: Message, action: str) -> str:
        """Click and return what only this person is told."""
        before = {seen["ts"] for seen in self.messages(channel, user)}
        self.click(user, message, action, stale=True)
        return str(self.see(channel, lambda seen: seen["ephemeral"] and seen["ts"] not in before, user)["text"])

    def fill(self, user: str, callback: str, **values: str) -> dict[str, Any]:
        """Wait for the person's modal, submit it with these values, and return what became of that."""
        deadline = time.monotonic() + PATIENCE
        view: dict[str, Any] | None = None
        while view is None or view["callback_id"] != callback:
            assert time.monotonic() < deadline, f"no such modal; there was {view}"
            time.sleep(0.05)
            view = self.call(f"/sandbox/views?user={user}")["modal"]
        actions = {block["block_id"]: block["element"]["action_id"] for block in view["blocks"] if "element" in block}
        given = {block: {actions[block]: value} for block, value in values.items()}
        answer: dict[str, Any] = self.call("/sandbox/submit", {"user": user, "view_id": view["id"], "values": given})
        return answer

    def kubectl(self, *arguments: str) -> str:
        """Run kubectl against the sandbox's cluster as its admin and return what it prints."""
        config = str(self.state()["kubeconfig"])
        command = ["kubectl", "--kubeconfig", config, "--cache-dir", f"{config}-cache", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def apply(self, manifest: str) -> None:
        """Apply a manifest as the cluster's admin, as somebody without Knobot would."""
        config = str(self.state()["kubeconfig"])
        command = ["kubectl", "--kubeconfig", config, "--cache-dir", f"{config}-cache", "apply", "-f", "-"]
        done = subprocess.run(command, input=manifest, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr

    def service(self, namespace: str, name: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.kubectl("get", "ksvc", "-n", namespace, name, "-o", "json"))
        return found


@dataclass
class Bot:
    """A bot in a process of its own, which can be killed and started again."""

    environment: Mapping[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None

    def start(self, conversation: Conversation) -> None:
        variables = {**os.environ, "KNOBOT_LOG_LEVEL": "INFO", **self.environment}
        with self.log.open("ab") as log:
            command = [sys.executable, "-m", "bot", "run"]
            self.process = subprocess.Popen(command, env=variables, stdout=log, stderr=log)
        deadline = time.monotonic() + PATIENCE
        while not conversation.state()["bot"]["connected"]:
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.05)

    def kill(self) -> None:
        """End the process at once, as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def _end(self, number: int) -> None:
        if self.process:
            self.process.send_signal(number)
            self.process.wait(PATIENCE)
            self.process = None


def _holds(message: Message, words: tuple[str, ...]) -> bool:
    return not message["ephemeral"] and all(word in message["text"] for word in words)


def traffic(service: dict[str, Any], where: str = "status") -> dict[str, int]:
    """Return Revision → percent, as status or spec has it; @latest for what follows."""
    shares: dict[str, int] = {}
    for target in service[where]["traffic"]:
        name = target.get("revisionName", "@latest")
        if target.get("percent"):
            shares[name] = shares.get(name, 0) + target["percent"]
    return shares
