"""Figures about what runs on a cluster."""

from __future__ import annotations

from typing import Protocol


class Metrics(Protocol):
    """The metrics of the clusters, by the names that the configuration gives them."""

    def query(self, cluster: str, query: str) -> float | None:
        """Return the one number that a query yields now; None where there is none (yet), or nothing to divide by.

        Raises:
            NotFound: the configuration names no source of metrics for this cluster; code "no-metrics".
            Invalid: the query is none, or yields several numbers.
        """
        ...
