"""What befalls PostgreSQL and the links to it."""

from __future__ import annotations

import asyncio
import time
from typing import Literal

import asyncpg

from tests.chaos.faults.nemesis import Step
from tests.chaos.links.proxy import Proxy
from tests.chaos.site import Site
from tests.postgres import PostgresServer

NOBODY = "nobody"
CANCELS = 6
END_WAITS = "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
COMMIT_SECONDS = 3.0  # longer than a gateway waits for a commit
RELOAD_SECONDS = 0.5  # for commits that were under way
OURS = "pid <> pg_backend_pid() AND datname = current_database()"


def _server(site: Site) -> PostgresServer:
    assert site.postgres
    return site.postgres


def _link(site: Site, step: Step) -> Proxy:
    link = site.gateways[step.at].links.database
    assert link
    return link


async def restart(site: Site, step: Step) -> None:
    """Restarted cleanly, as after a crash, or by kill -9."""
    server = _server(site)
    modes: tuple[Literal["fast", "immediate"], ...] = ("fast", "immediate")
    if step.chance < 0.6:
        await asyncio.to_thread(server.stop, modes[step.chance < 0.3])
    else:
        await asyncio.to_thread(server.kill)
    await asyncio.sleep(step.seconds if step.chance * 10 % 1 < 0.5 else 0)
    await asyncio.to_thread(server.start)


async def terminate(site: Site, step: Step) -> None:
    """The server processes that work for us are ended, some times in a row."""
    db = await asyncpg.connect(_server(site).address(site.database_name))
    try:
        for _ in range(1 + int(step.chance * 6)):
            await db.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {OURS}")
            await asyncio.sleep(step.seconds / 6)
    finally:
        await db.close()


async def lose_answer(site: Site, step: Step) -> None:
    """COMMIT is sent, and its answer never comes; or COMMIT itself does not arrive. Some times in a row."""
    link = _link(site, step)
    for number in range(1 + int(step.chance * 4)):
        link.lose_answer(b"COMMIT", arrives=(step.chance * 10 + number) % 2 < 1.2)
        await asyncio.sleep(step.seconds / 4)
    link.heal()


async def lock(site: Site, step: Step) -> None:
    """Somebody holds the board's row, or a whole table, for seconds."""
    db = await asyncpg.connect(_server(site).address(site.database_name))
    held = ("SELECT FROM board FOR UPDATE", "LOCK TABLE log", "LOCK TABLE board", "LOCK TABLE allowance")
    try:
        async with db.transaction():
            await db.execute(held[int(step.chance * len(held))], timeout=10)
            await asyncio.sleep(step.seconds)
    except (asyncpg.PostgresError, TimeoutError):
        return  # the gateways were quicker, all the time
    finally:
        await db.close()


async def slow(site: Site, step: Step) -> None:
    """The link is slow: 20 to 120 ms more for each message in each direction."""
    link = _link(site, step)
    link.delay(0.02 + 0.1 * step.chance, jitter=0.02)
    await asyncio.sleep(step.seconds)
    link.heal()


async def cut(site: Site, step: Step) -> None:
    """One gateway's link to PostgreSQL is cut: once, for a while, or in the middle of something."""
    link = _link(site, step)
    if step.chance < 0.3:
        link.cut()
    elif step.chance < 0.7:
        link.cut_after(int(step.chance * 3_000), "down" if step.chance < 0.5 else "up")
    else:
        link.refuse()
    await asyncio.sleep(step.seconds)
    link.heal()


async def lose(site: Site, step: Step) -> None:
    """One gateway's link to PostgreSQL takes everything and brings nothing, or no longer reads."""
    link = _link(site, step)
    if step.chance < 0.3:
        link.stop_reading()
    else:
        link.silence(*(("up", "down"), ("down",))[step.chance < 0.6])
    await asyncio.sleep(step.seconds)
    link.heal()


async def lose_standby(site: Site, step: Step) -> None:
    """Commits are to wait for a standby that is gone, as after its machine has died: nothing may be confirmed.

    Now and then somebody ends the waits: the server then says of each that it is committed, and warns.
    """
    server = _server(site)
    await asyncio.to_thread(_wait_for_standby, server, NOBODY)
    began_ns = time.monotonic_ns()
    for _ in range(CANCELS):
        await asyncio.sleep((COMMIT_SECONDS + step.seconds) / CANCELS)
        await asyncio.to_thread(server.sql, END_WAITS)
    site.unreplicated.append((began_ns, time.monotonic_ns()))
    await asyncio.to_thread(_wait_for_standby, server, "")


def _wait_for_standby(server: PostgresServer, name: str) -> None:
    """Returns once every process of the server knows: each takes the setting over before its next command."""
    server.sql(f"ALTER SYSTEM SET synchronous_standby_names = '{name}'")
    server.sql("SELECT pg_reload_conf()")
    while server.sql("SHOW synchronous_standby_names")[0][0] != name:
        time.sleep(0.01)
    time.sleep(RELOAD_SECONDS)


FAULTS = {
    "PostgreSQL restarted": restart, "PostgreSQL backends ended": terminate, "COMMIT unanswered": lose_answer,
    "PostgreSQL locked": lock, "PostgreSQL link slow": slow, "PostgreSQL link cut": cut,
    "PostgreSQL link half-open": lose, "standby gone": lose_standby,
}  # fmt: skip
WEIGHTS = {
    "PostgreSQL restarted": (3, 1.5), "PostgreSQL backends ended": (3, 1.0), "COMMIT unanswered": (6, 2.0),
    "PostgreSQL locked": (2, 3.0), "PostgreSQL link slow": (2, 2.0), "PostgreSQL link cut": (3, 1.0),
    "PostgreSQL link half-open": (2, 3.0), "standby gone": (1, 3.0),
}  # fmt: skip
