"""What `beeplace doctor` looks at in Redis. Losing Redis loses time and no pixel, so most of it is a warning."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Awaitable
from typing import Any

from redis.exceptions import NoPermissionError, RedisError

from beeplace.findings import Finding, Times, failure, ok, warning
from beeplace.log.redis.address import Address, RedisLink
from beeplace.log.redis.connection import BUDGET_SECONDS, RedisConnection, Refused, Script, Unavailable

PINGS = 40
_TESTED = (6, 2)
_PATIENCE_SECONDS = 2.0
_LIFE_MS = 1_000
_ALLOW = "see docs/deployment.md for what its user has to be allowed"

CLAIM, RELEASE = Script("claim"), Script("release")


async def check(url: str) -> tuple[Finding, ...]:
    """Looks at the server, how it keeps what it has, and how fast it answers, and does what a gateway's bus does."""
    address = Address(url)
    link = address.link()
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            await link.connect()
            pings = [await _ping(link) for _ in range(PINGS)]
            found = await _said_of_itself(link)
    except (RedisError, OSError) as error:  # TimeoutError is an OSError
        return (failure("Redis", address.why(error), "see that REDIS_URL is right and the server runs"),)
    finally:
        await link.disconnect(nowait=True)
    if not any(finding.level == "failure" for finding in found):
        found += await _as_a_gateway(address)
    return (*found, latency(Times.of(pings)))


async def _said_of_itself(link: RedisLink) -> list[Finding]:
    try:
        info = facts(await _asked(link, "INFO"))
    except NoPermissionError:
        return [ok("Redis", "its user may not ask INFO, so that version, memory and persistence are not known")]
    return [version(info), role(info), memory(info), *persistence(info)]


async def _as_a_gateway(address: Address) -> list[Finding]:
    name, line = f"{{beeplace}}:doctor:{secrets.token_hex(8)}", RedisConnection(address)
    try:
        return [
            await _tried("script", _script(line, name)),
            await _tried("messages", _message(address, line, name)),
        ]
    finally:
        await line.close()


async def _tried(name: str, work: Awaitable[str]) -> Finding:
    """What a gateway does all the time, on a key and a channel of our own."""
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            return ok(name, await work)
    except (Unavailable, Refused) as error:
        return failure(name, str(error), _ALLOW)
    except TimeoutError:
        return failure(name, "no answer in time", "see that REDIS_URL leads to one server, and not to several")


async def _script(line: RedisConnection, name: str) -> str:
    await line.run(CLAIM, [name], "doctor", _LIFE_MS, "")
    await line.run(RELEASE, [name], "doctor")
    return "it runs ours, and takes what they write"


async def _message(address: Address, line: RedisConnection, name: str) -> str:
    link = address.link()
    try:
        await link.connect()
        await link.send_command("SUBSCRIBE", name)
        await link.read_response()
        await line.ask("PUBLISH", name, "a message")
        await link.read_response()
    except (RedisError, OSError) as error:
        raise Refused(address.why(error)) from error
    finally:
        await link.disconnect(nowait=True)
    return "what is published is heard"


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
    told = info.get("redis_version", "0")  # of Valkey, the one that it is like
    if tuple(int(part) for part in told.split(".")[:2] if part.isdigit()) < _TESTED:
        return warning("Redis", told, "our tests run on 6.2 and newer")
    return ok("Redis", f"Valkey {info['valkey_version']}" if "valkey_version" in info else told)


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
