"""`make bench`: every measurement, as tables. Figures are this machine's; ratios within one run are what counts."""

from __future__ import annotations

import asyncio
import sys
import time

from tests.bench import answers, cache, cluster, commands, speaking

MEASUREMENTS = {
    "commands": commands.main,
    "cluster": lambda: asyncio.run(cluster.main()),
    "news": speaking.main,
    "cache": cache.main,
    "answers": answers.main,
}


def main() -> int:
    """Run all measurements; return 1 if one of them has missed an aim, once all are done."""
    began, missed = time.monotonic(), []
    for name, measure in MEASUREMENTS.items():
        if measure():
            missed.append(name)
        print(flush=True)
    print(f"{time.monotonic() - began:.0f} s; missed: {', '.join(missed) or 'nothing'}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
