"""Slack over slack_sdk: the ports Channel and Directory. How Slack is talked to is decided in this package."""

from __future__ import annotations

from bot.slack.channel import SlackChannel
from bot.slack.connection import Bot, connect, granted, opens_socket
from bot.slack.directory import SlackDirectory
from bot.slack.pacing import Pacer
from bot.slack.panels import SlackPanels

__all__ = ["Bot", "Pacer", "SlackChannel", "SlackDirectory", "SlackPanels", "connect", "granted", "opens_socket"]
