"""What befalls Redis, its keys, and the links to it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import redis

from tests.chaos.faults.nemesis import Step
from tests.chaos.links.redis_link import RedisLink
from tests.chaos.site import Site
from tests.redis import RedisServer
from tests.waiting import wait_until

BOARD, STATE, NEWS = "{beeplace}:board", "{beeplace}:state", "{beeplace}:news"
JUNK = (b"", b"\0", b"{}", b"[1,2,3]", b"\xff" * 300, b'["gateway",1,"epoch",99999999,null]', b"x" * 100_000)
FOREIGN = "another-password-for-a-while"


def _server(site: Site) -> RedisServer:
    assert site.redis
    return site.redis


def _link(site: Site, step: Step) -> RedisLink:
    link = site.gateways[step.at].links.redis
    assert link
    return link


async def _command(site: Site, *words: str | bytes | int) -> Any:
    return await asyncio.to_thread(_server(site).command, *words)


async def kill(site: Site, step: Step) -> None:
    """kill -9; it comes back empty."""
    server = _server(site)
    await asyncio.to_thread(server.kill)
    await asyncio.sleep(step.seconds if step.chance < 0.7 else 0)
    await asyncio.to_thread(server.start)


async def flush(site: Site, step: Step) -> None:
    """FLUSHALL, several times."""
    for _ in range(1 + int(step.chance * 5)):
        await _command(site, "FLUSHALL")
        await asyncio.sleep(step.seconds / 5)


async def freeze(site: Site, step: Step) -> None:
    """It hangs, with its sockets open."""
    server = _server(site)
    server.pause()
    try:
        await asyncio.sleep(step.seconds)
    finally:
        server.resume()


async def read_only(site: Site, step: Step) -> None:
    """It becomes a replica of nobody: READONLY."""
    await _command(site, "REPLICAOF", "127.0.0.1", 1)
    await asyncio.sleep(step.seconds)
    await _command(site, "REPLICAOF", "NO", "ONE")


async def full(site: Site, step: Step) -> None:
    """Its memory is used up: OOM."""
    await _command(site, "CONFIG", "SET", "maxmemory", 1)
    await asyncio.sleep(step.seconds)
    await _command(site, "CONFIG", "SET", "maxmemory", 0)


async def unable_to_save(site: Site, step: Step) -> None:
    """Its disk takes nothing, and so it takes no writes: MISCONF."""
    obstacle = _server(site).folder / "dump.rdb"
    obstacle.mkdir()
    await _command(site, "CONFIG", "SET", "save", "3600 1")
    await _command(site, "BGSAVE")
    await asyncio.to_thread(wait_until, lambda: _server(site).command("INFO")["rdb_last_bgsave_status"] == "err")
    await asyncio.sleep(step.seconds)
    await _command(site, "CONFIG", "SET", "save", "")
    obstacle.rmdir()


async def fail_over(site: Site, step: Step) -> None:
    """A replica takes over that lacks what was written last."""
    server = _server(site)
    replica = await asyncio.to_thread(RedisServer, replicaof=f"127.0.0.1 {server.port}")
    dump = server.folder / "dump.rdb"
    try:
        await asyncio.to_thread(wait_until, lambda: replica.command("INFO")["master_link_status"] == "up")
        replica.command("REPLICAOF", "NO", "ONE")
        await asyncio.sleep(step.seconds)
        await asyncio.to_thread(server.kill)
        replica.command("SAVE")
        dump.write_bytes((replica.folder / "dump.rdb").read_bytes())
        await asyncio.to_thread(server.start)
    finally:
        dump.unlink(missing_ok=True)  # whoever kills it next is to find nothing again
        replica.end()


async def busy(site: Site, step: Step) -> None:
    """A script of somebody else's does not end: BUSY."""
    await _command(site, "CONFIG", "SET", "busy-reply-threshold", 100)
    endless = asyncio.create_task(_command(site, "EVAL", "while true do end", 0))
    await asyncio.sleep(max(step.seconds, 0.5))
    await _command(site, "SCRIPT", "KILL")
    with suppress(redis.ResponseError):
        await endless


async def locked_out(site: Site, step: Step) -> None:
    """The password is changed under the gateways: those who are in stay, who comes anew hears NOAUTH."""
    server = _server(site)
    await _command(site, "CONFIG", "SET", "requirepass", FOREIGN)
    server.password = FOREIGN
    await _command(site, "CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
    await asyncio.sleep(step.seconds)
    await _command(site, "CONFIG", "SET", "requirepass", "")
    server.password = None


async def forget_scripts(site: Site, step: Step) -> None:
    """SCRIPT FLUSH, and all clients are thrown out."""
    await _command(site, "SCRIPT", "FLUSH")
    if step.chance < 0.5:
        await _command(site, "CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
    else:
        await _command(site, "CLIENT", "KILL", "TYPE", "pubsub")


async def forge(site: Site, step: Step) -> None:
    """A stranger speaks on the channel: junk, and messages that he heard, cut, changed or whole."""
    await asyncio.to_thread(_forged, _server(site), step)


def _forged(server: RedisServer, step: Step) -> None:
    with redis.Redis.from_url(server.url()) as client, client.pubsub() as hearing:
        hearing.subscribe(NEWS)
        heard: list[bytes] = []
        for _ in range(20):
            message = hearing.get_message(timeout=0.1)
            if message and message["type"] == "message":
                heard.append(message["data"])
        for data in heard:
            changed = bytearray(data)
            changed[int(step.chance * len(data))] ^= 1
            for words in (data, bytes(changed), data[: len(data) // 2], data + b"\n"):
                client.publish(NEWS, words)
        for data in (*JUNK, os.urandom(64)):
            client.publish(NEWS, data)


async def spoil(site: Site, step: Step) -> None:
    """Wrong values in our keys: of another type, length, size, content, or from a future that never was."""
    spoilers: list[Callable[[redis.Redis], Any]] = [
        lambda client: (client.delete(BOARD), client.lpush(BOARD, "no", "board")),
        lambda client: client.set(BOARD, b"\7" * 100),
        lambda client: client.setrange(BOARD, 20_000_000, b"\1"),
        lambda client: client.setrange(BOARD, int(step.chance * 10_000), b"\15" * 200),
        lambda client: (client.delete(STATE), client.set(STATE, "no hash")),
        lambda client: client.hset(STATE, "seq", "999999999999"),
        lambda client: client.hset(STATE, mapping={"seq": "-1", "epoch": "x" * 10_000, "width": "NaN"}),
        lambda client: client.delete(STATE),
    ]
    await asyncio.to_thread(_spoiled, _server(site), spoilers[int(step.chance * len(spoilers))])


def _spoiled(server: RedisServer, spoiler: Callable[[redis.Redis], Any]) -> None:
    with redis.Redis.from_url(server.url()) as client, suppress(redis.ResponseError):  # it was spoilt already
        spoiler(client)


async def cut(site: Site, step: Step) -> None:
    """One gateway's link to Redis is cut: once, for a while, or in the middle of an answer."""
    link = _link(site, step)
    if step.chance < 0.3:
        link.cut()
    elif step.chance < 0.6:
        link.cut_after(int(step.chance * 500), "down")
    else:
        link.refuse()
    await asyncio.sleep(step.seconds)
    link.heal()


async def lose(site: Site, step: Step) -> None:
    """One gateway's link to Redis takes everything and brings nothing."""
    link = _link(site, step)
    link.silence(*(("up", "down"), ("down",))[step.chance < 0.5])
    await asyncio.sleep(step.seconds)
    link.heal()


async def slow(site: Site, step: Step) -> None:
    """Answers come late: just in time, or not."""
    link = _link(site, step)
    link.delay(0.05 if step.chance < 0.5 else 0.2, jitter=0.1)
    await asyncio.sleep(step.seconds)
    link.heal()


async def double(site: Site, step: Step) -> None:
    """Commands happen twice, announcements come twice or never."""
    for gateway in site.gateways:
        if link := gateway.links.redis:
            link.double, link.lose, link.repeat = 0.3, 0.2, 0.3
    await asyncio.sleep(step.seconds)
    for gateway in site.gateways:
        if link := gateway.links.redis:
            link.heal()


FAULTS = {
    "Redis killed": kill, "Redis flushed": flush, "Redis frozen": freeze, "Redis read-only": read_only,
    "Redis full": full, "Redis unable to save": unable_to_save, "Redis failed over": fail_over, "Redis busy": busy,
    "Redis locked": locked_out, "Redis scripts forgotten": forget_scripts, "Redis channel forged": forge,
    "Redis keys spoilt": spoil, "Redis link cut": cut, "Redis link half-open": lose, "Redis link slow": slow,
    "Redis link doubling and losing": double,
}  # fmt: skip
WEIGHTS = dict.fromkeys(FAULTS, (2, 2.0)) | {"Redis killed": (3, 2.0), "Redis keys spoilt": (4, 0.0)}
