"""Requests whose answers nobody waits for: they wake a Revision that is scaled to zero.

Knative holds such a request until a pod is there, which may take longer than any caller should wait. A thread of its
own waits for it therefore, at most one for each address.
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from bot.core.errors import BotError
from bot.core.ports import HttpRequest
from bot.knative.ingress import fetch

if TYPE_CHECKING:
    from bot.core.model import Service

log = logging.getLogger(__name__)


class Waker:
    """Knocks at addresses, at each once at a time; safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._knocking: set[tuple[str, str, str]] = set()

    def wake(self, service: Service, tag: str, ingress: str | None) -> None:
        """Send one request to the address of `tag` and return at once; see `ingress.fetch` for what is sent.

        Args:
            service: its status has the address.
            tag: of its traffic.
            ingress: as for `ingress.fetch`.
        """
        door = (service.key.cluster, str(service.key), tag)
        with self._lock:
            if door in self._knocking:
                return
            self._knocking.add(door)
        threading.Thread(target=self._knock, args=(door, service, tag, ingress), name="wake", daemon=True).start()

    def _knock(self, door: tuple[str, str, str], service: Service, tag: str, ingress: str | None) -> None:
        try:
            fetch(service, HttpRequest(tag=tag), ingress)
        except BotError as error:
            log.info("Knocked at %s of %s: %s", tag, service.key, error)
        finally:
            with self._lock:
                self._knocking.discard(door)
