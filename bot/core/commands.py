"""Every verb as one frozen dataclass, and the ordered COMMANDS table from which help, completion and docs are made."""

from __future__ import annotations
