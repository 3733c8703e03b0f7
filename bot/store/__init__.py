"""What survives a restart: changes, the audit log and digests, in SQLite or PostgreSQL."""

from bot.store.audit import Audit, Entry, Verdict
from bot.store.store import Store

__all__ = ["Audit", "Entry", "Store", "Verdict"]
