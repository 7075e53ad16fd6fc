"""The bus on several Redis servers: Sentinels say who is the master, nodes of a cluster who has our keys."""

from __future__ import annotations

from pathlib import Path

import pytest

from beeplace.board.board import Board
from beeplace.errors import SettingError
from beeplace.log.redis.bus import RedisBus
from beeplace.settings.settings import parse_settings
from tests.log.gateways import SECRET, pair
from tests.log.samples import STATE, placement
from tests.ports import free_port
from tests.redis import RedisServer
from tests.redis_group import MASTER, SLOTS, cluster, sentinel
from tests.waiting import until


async def test_the_master_that_a_sentinel_names_is_used_and_the_next_one_after_it(tmp_path: Path) -> None:
    """One of the Sentinels is away all the time."""
    with (
        RedisServer() as master,
        RedisServer(replicaof=f"127.0.0.1 {master.port}") as replica,
        sentinel(master) as port,
    ):
        url = f"redis+sentinel://127.0.0.1:{free_port()},127.0.0.1:{port}/{MASTER}"
        async with pair(master, tmp_path, url, url) as both:
            await both.one.place(placement(1, 1, 1))
            await both.settled()
            master.kill()
            await until(lambda: replica.command("ROLE")[0] == b"master")
            await both.two.place(placement(2, 2, 2))
            await until(lambda: both.right(replica))
            await until(lambda: all(not gateway.bus.failing for gateway in both.gateways))
            heard = len(both.one.news())
            await both.two.place(placement(3, 3, 3))
            await until(lambda: len(both.one.news()) > heard)


async def test_the_node_of_a_cluster_that_has_our_keys_is_found(tmp_path: Path) -> None:
    """From whichever node the address names, and for keys of either."""
    with cluster() as nodes:
        urls = [f"redis://127.0.0.1:{node.port}/0" for node in nodes]
        for name in ("one", "two", "three", "four"):
            slot = int(nodes[0].command("CLUSTER", "KEYSLOT", f"{{{name}}}:board"))
            async with pair(nodes[slot >= SLOTS // 2], made(tmp_path / name), *urls, name=name) as both:
                await both.one.place(placement(1, 1, 1))
                await both.two.place(placement(2, 2, 2))
                await both.settled()
        await RedisBus(urls[0], Board(STATE), SECRET, "one").open()
        with pytest.raises(SettingError, match="SELECT is not allowed in cluster mode"):
            await RedisBus(f"{urls[0][:-1]}1", Board(STATE), SECRET, "one").open()


async def test_another_node_is_asked_where_one_is_away(tmp_path: Path) -> None:
    with cluster() as nodes:
        name = next(n for n in "abcdef" if int(nodes[1].command("CLUSTER", "KEYSLOT", f"{{{n}}}:board")) >= SLOTS // 2)
        url = f"redis://127.0.0.1:{free_port()},127.0.0.1:{nodes[1].port}"
        async with pair(nodes[1], tmp_path, url, url, name=name) as both:
            await both.one.place(placement(1, 1, 1))
            await both.settled()


@pytest.mark.parametrize(
    "url", ["redis+sentinel://127.0.0.1:1", "redis+sentinel://127.0.0.1:1/", "redis://127.0.0.1:1,127.0.0.1:x"]
)
def test_what_is_no_address_is_a_wrong_setting(url: str) -> None:
    with pytest.raises(SettingError, match="REDIS_URL"):
        RedisBus(parse_settings({"REDIS_URL": url}).redis_url or "", Board(STATE), SECRET, "one")


async def test_no_password_of_sentinels_is_said() -> None:
    url = f"redis+sentinel://u:secret-word@127.0.0.1:{free_port()}/{MASTER}?sentinel_password=other-word"
    bus = RedisBus(url, Board(STATE), SECRET, "one")
    await bus.open()
    assert "no Sentinel of 127.0.0.1:" in (bus.failing or "")
    assert "word" not in (bus.failing or "")


def made(folder: Path) -> Path:
    folder.mkdir()
    return folder
