"""One piece of work in trouble must not keep the others from being done."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from bot.core.errors import BotError

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger(__name__)


def guarded(what: str, work: Callable[..., None], *arguments: object) -> bool:
    """Do one piece of work; False, with the reason in the log, if it failed."""
    try:
        work(*arguments)
    except BotError as error:
        log.warning("Trouble with %s: %s", what, error)
        return False
    except Exception:
        log.exception("A fault with %s", what)
        return False
    return True
