"""The Bolt app: one middleware that admits, one boundary that catches, and the listeners of `handlers`."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from slack_bolt import App
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient

from bot.handlers import register
from bot.handlers.boundary import admit

if TYPE_CHECKING:
    from bot.core.panels import Seal
    from bot.operations import Operations
    from bot.slack import Bot


THREADS = 16
"""How many payloads are worked on at once: they wait for Slack and the cluster most of the time."""


def build_app(operations: Operations, client: WebClient, bot: Bot, command: str, seal: Seal) -> App:
    """Return the Bolt app of one workspace.

    Args:
        operations: what is called.
        client: of the bot, with its token.
        bot: who the token belongs to; asked once, so that no payload waits for auth.test.
        command: the slash command's name, with its slash.
        seal: of the tickets that modals carry.
    """

    def authorize() -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=None, team_id=bot.team, bot_token=client.token, bot_id=bot.bot, bot_user_id=bot.user
        )

    logger = logging.getLogger("slack_bolt")
    app = App(
        client=WebClient(base_url=client.base_url, timeout=client.timeout),  # `authorize` gives the token
        authorize=authorize,
        logger=logger,
        listener_executor=ThreadPoolExecutor(THREADS, thread_name_prefix="listener"),
        request_verification_enabled=False,  # `web.gate` has done it
        attaching_conversation_kwargs_enabled=False,
    )
    app.middleware(admit(bot.team, seal, operations.turn_away, bot.app))
    register(app, operations, command, bot.user, seal)
    return app
