"""Time zones by their IANA names, and the nearest right name for a wrong one."""

from __future__ import annotations

import difflib
from zoneinfo import ZoneInfo, available_timezones

from bot.core.errors import Invalid


def zone(name: str) -> ZoneInfo:
    """Return the time zone of that name, as in Europe/Berlin.

    Raises:
        Invalid: there is none; the hint offers the nearest.
    """
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown; not a relative path; a folder, or too long for a file
        found = _nearest(name)
        hint = f"Did you mean {found}?" if found else "Write it as Europe/Berlin, America/New_York or UTC."
        raise Invalid(f"There is no time zone “{name}”.", hint) from None


def _nearest(name: str) -> str | None:
    """Return the zone that `name` meant: people leave out the continent, or write a blank for the underscore."""
    wanted = name.strip().casefold().replace(" ", "_")
    folded = {zone.casefold(): zone for zone in sorted(available_timezones())}
    cities = {key.rpartition("/")[2]: zone for key, zone in folded.items()}
    for names in (folded, cities):
        if wanted in names:
            return names[wanted]
    close = difflib.get_close_matches(wanted, [*folded, *cities], n=1, cutoff=0.75)
    return folded.get(close[0], cities.get(close[0])) if close else None
