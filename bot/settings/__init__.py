"""What Knobot is told before it starts: config/knobot.yaml, config/policy.yaml and the environment."""

from bot.settings.cases import Case, Cases, load_cases
from bot.settings.document import Mistake, SettingsError
from bot.settings.load import load, load_configuration, load_database
from bot.settings.values import Cluster, Http, Mode, Settings, Slack

__all__ = [
    "Case",
    "Cases",
    "Cluster",
    "Http",
    "Mistake",
    "Mode",
    "Settings",
    "SettingsError",
    "Slack",
    "load",
    "load_cases",
    "load_configuration",
    "load_database",
]
