"""What `beeplace doctor` looks at in Redis. Losing Redis loses time and no pixel, so most of it is a warning."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from redis.exceptions import RedisError

from beeplace.findings import Finding, Times, failure, ok, warning
from beeplace.log.redis.connection import BUDGET_SECONDS, Address, RedisLink

PINGS = 40
_TESTED = (7, 0)
_PATIENCE_SECONDS = 2.0


async def check(url: str) -> tuple[Finding, ...]:
    """Looks at the server, how it keeps what it has, and how fast it answers."""
    address = Address(url)
    link = address.link()
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            await link.connect()
            info = facts(await _asked(link, "INFO"))
            pings = [await _ping(link) for _ in range(PINGS)]
    except (RedisError, OSError) as error:  # TimeoutError is an OSError
        return (failure("Redis", address.why(error), "see that REDIS_URL is right and the server runs"),)
    finally:
        await link.disconnect(nowait=True)
    return (version(info), role(info), memory(info), *persistence(info), latency(Times.of(pings)))


async def _asked(link: RedisLink, *words: str) -> Any:
    await link.send_command(*words)
    return await link.read_response()


async def _ping(link: RedisLink) -> float:
    began = time.perf_counter()
    await _asked(link, "PING")
    return time.perf_counter() - began


def facts(answer: bytes) -> dict[str, str]:
    """The answer to INFO: `name:value` lines."""
    lines = answer.decode(errors="replace").splitlines()
    return {name: value for name, colon, value in (line.partition(":") for line in lines) if colon}


def version(info: dict[str, str]) -> Finding:
    """Which release it is."""
    told = info.get("redis_version", "0")
    if tuple(int(part) for part in told.split(".")[:2] if part.isdigit()) < _TESTED:
        return warning("Redis", told, "our tests run on 7.0 and newer")
    return ok("Redis", told)


def role(info: dict[str, str]) -> Finding:
    """Whether it takes changes."""
    told = info.get("role", "unknown")
    if told != "master":
        return failure("role", f"{told}; it takes no changes", "name the master in REDIS_URL")
    return ok("role", told)


def memory(info: dict[str, str]) -> Finding:
    """Whether it would throw our keys away to make room."""
    policy, most = info.get("maxmemory_policy", "unknown"), int(info.get("maxmemory", "0"))
    told = f"{policy}, {f'at most {most / 1e6:,.0f} MB' if most else 'no limit'}"
    if policy != "noeviction":
        return warning("maxmemory-policy", told, "set maxmemory-policy noeviction, or the board's bitfield may vanish")
    return ok("maxmemory-policy", told)


def persistence(info: dict[str, str]) -> list[Finding]:
    """Whether it comes back with what it had."""
    found = []
    if info.get("aof_enabled") == "1":
        found.append(ok("appendonly", "yes"))
    else:
        found.append(warning("appendonly", "no", "set appendonly yes, or a restart begins with an empty Redis"))
    names = ("aof_last_write_status", "aof_last_bgrewrite_status", "rdb_last_bgsave_status")
    failed = [name for name in names if info.get(name, "ok") != "ok"]
    if failed:
        found.append(failure("persistence", f"{failed[0]}: {info[failed[0]]}", "see Redis' own log, and its disk"))
    else:
        found.append(ok("persistence", "no errors"))
    return found


def latency(pings: Times) -> Finding:
    """How fast it answers."""
    if pings.part(0.99) > BUDGET_SECONDS * 1000 / 2:
        return warning("latency", str(pings), f"a call may take {BUDGET_SECONDS * 1000:g} ms: bring Redis nearer")
    return ok("latency", f"{pings} for {PINGS} round trips")
