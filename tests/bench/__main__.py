"""`make bench`: every measurement, as tables. Figures are this machine's; ratios within one run are what counts."""

from __future__ import annotations

import asyncio
import sys

from tests.bench import cache, cluster, commands, speaking

if __name__ == "__main__":
    sys.exit(commands.main() | asyncio.run(cluster.main()) | speaking.main() | cache.main())
