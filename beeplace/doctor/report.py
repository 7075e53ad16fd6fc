"""`beeplace doctor`: looks at the machine, the database and Redis, and says what to do about what it finds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

from beeplace.doctor.machine import disk, machine
from beeplace.doctor.site import look_at
from beeplace.findings import Examined, Finding, Times, ok, warning
from beeplace.log.commit_loop import PACE_SECONDS
from beeplace.log.postgres import health as postgres_health
from beeplace.log.redis import health as redis_health
from beeplace.log.sqlite import health as sqlite_health
from beeplace.settings.settings import Settings

PROMISED_P50_MS, PROMISED_P99_MS = 80, 250  # of an acknowledgement


async def examine(settings: Settings, say: Callable[[str], None]) -> int:
    """Says one line for each thing looked at; 1 if one of them is a failure, else 0."""
    found: Counter[str] = Counter()

    def tell(*findings: Finding) -> None:
        for finding in findings:
            found[finding.level] += 1
            say(str(finding))

    tell(*machine())
    if isinstance(settings.database_url, Path):
        tell(*disk(settings.database_url.parent))
        examined = sqlite_health.check(settings.database_url)
    else:
        examined = await postgres_health.check(settings.database_url)
    tell(*examined.findings)
    if settings.redis_url is not None:
        tell(*await redis_health.check(settings.redis_url))
    tell(*expected(examined))
    return _total(found, say)


async def examine_site(url: str, say: Callable[[str], None]) -> int:
    """The same of a site as it is seen from outside. Raises SettingError for what is no address of one."""
    findings = await look_at(url)
    for finding in findings:
        say(str(finding))
    return _total(Counter(finding.level for finding in findings), say)


def _total(found: Mapping[str, int], say: Callable[[str], None]) -> int:
    ok, warnings, failures = (found.get(level, 0) for level in ("ok", "warning", "failure"))
    say(f"{ok} ok, {warnings} to know of, {failures} to repair")
    return 1 if failures else 0


def expected(examined: Examined) -> tuple[Finding, ...]:
    """The time from a placement's arrival to its acknowledgement, where nothing else holds it up."""
    return (acknowledgement(examined.commit),) if examined.commit else ()


def acknowledgement(commit: Times) -> Finding:
    """Where many place, one waits for the next commit, and then for its end; at worst for the one before too."""
    pace_ms = PACE_SECONDS * 1000
    half, most = pace_ms / 2 + commit.part(0.5), pace_ms + 2 * commit.part(0.99)
    told = f"p50 {half:.0f} ms, p99 {most:.0f} ms to expect: a commit every {pace_ms:g} ms at most, and its time"
    if half > PROMISED_P50_MS or most > PROMISED_P99_MS:
        return warning(
            "acknowledgement", told, f"promised are {PROMISED_P50_MS} and {PROMISED_P99_MS} ms: a faster disk"
        )
    return ok("acknowledgement", told)
