"""What is logged: Knobot's own words. Slack's and Kubernetes' libraries log what they send and get, from DEBUG on.

Payloads hold addresses to answer to, gestures that open modals, and what people typed; requests hold tokens. So the
level that is asked for is Knobot's, and the libraries never speak below INFO.
"""

from __future__ import annotations

import logging

QUIET = {
    "slack_bolt": logging.WARNING,  # at INFO it logs the body of a request whose signature is wrong
    "aiohttp": logging.WARNING,
    "alembic": logging.WARNING,
    "apscheduler": logging.WARNING,
}
"""Libraries that are told to say less than INFO."""


def configure(level: str) -> None:
    """Log to stderr from `level` on, a name as in INFO; libraries from INFO on, or from `level` if that is higher."""
    wanted: int = logging.getLevelNamesMapping()[level]
    logging.basicConfig(
        level=max(wanted, logging.INFO), format="%(asctime)s %(levelname)s %(name)s: %(message)s", force=True
    )
    logging.getLogger("bot").setLevel(wanted)
    for name, least in QUIET.items():
        logging.getLogger(name).setLevel(max(wanted, least))
