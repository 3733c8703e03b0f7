"""What Knative's configuration webhook refuses in the ConfigMaps of `knative-serving`.

Values that its controllers could not read.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.sandbox.cluster.kinds import JSON

FLOATS = {
    "config-autoscaler": (
        "container-concurrency-target-percentage",
        "container-concurrency-target-default",
        "requests-per-second-target-default",
        "target-burst-capacity",
        "panic-window-percentage",
        "panic-threshold-percentage",
        "max-scale-up-rate",
        "max-scale-down-rate",
    )
}
FLOAT = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def problems_of(config_map: JSON) -> list[str]:
    """The lines that the webhook answers to a ConfigMap of the system namespace; none when it is admitted."""
    data = config_map.get("data") or {}
    return [
        f'failed to parse data: failed to parse "{key}": strconv.ParseFloat: parsing "{data[key]}": invalid syntax'
        for key in FLOATS.get(config_map["metadata"]["name"], ())
        if key in data and not FLOAT.fullmatch(data[key])
    ][:1]
