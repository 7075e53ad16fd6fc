"""Time zones by name: what `EVENT_TIMEZONE` may be, and the server's own where it is not set."""

from __future__ import annotations

import re
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

_NAME = re.compile(r"[A-Za-z]+(?:[/_+-][A-Za-z0-9_+-]+){0,3}")


def time_zone(text: str) -> str:
    """A zone of the IANA database; of its form alone where the system has no such database. Raises ValueError."""
    if not _NAME.fullmatch(text) or (available_timezones() and text not in available_timezones()):
        raise ValueError
    return text


def own_time_zone(wanted: str, localtime: Path = Path("/etc/localtime")) -> str:
    """What this system calls its zone, `wanted` being its variable TZ; UTC where it has no name."""
    linked = str(localtime.resolve()).partition("/zoneinfo/")[2] if localtime.is_symlink() else ""
    for name in (wanted.removeprefix(":"), linked):
        try:
            return ZoneInfo(time_zone(name)).key
        except (ValueError, OSError):
            continue
    return "UTC"
