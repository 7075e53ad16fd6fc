"""Several real Redis servers as one: a master, its replica and a Sentinel, or the two nodes of a cluster."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from tests.ports import free_port
from tests.redis import RedisServer
from tests.waiting import ended, wait_until

MASTER = "board"
SLOTS = 16_384


@contextmanager
def sentinel(master: RedisServer) -> Iterator[int]:
    """The port of one that puts the replica in the master's place half a second after that is gone."""
    port, file = free_port(), master.folder / "sentinel.conf"
    file.write_text(
        f"port {port}\nbind 127.0.0.1\ndir {master.folder}\nsentinel monitor {MASTER} 127.0.0.1 {master.port} 1\n"
        f"sentinel down-after-milliseconds {MASTER} 500\nsentinel failover-timeout {MASTER} 3000\n"
    )
    with (master.folder / "sentinel.log").open("wb") as log:
        process = subprocess.Popen([master.program, file, "--sentinel"], stdout=log, stderr=log)
    try:
        wait_until(lambda: b"+slave" in (master.folder / "sentinel.log").read_bytes())
        yield port
    finally:
        process.terminate()
        ended(process, "Sentinel")


@contextmanager
def cluster() -> Iterator[tuple[RedisServer, RedisServer]]:
    """Two nodes with half of the slots each."""
    with _node() as one, _node() as two:
        for node, slots in ((one, range(SLOTS // 2)), (two, range(SLOTS // 2, SLOTS))):
            node.command("CLUSTER", "ADDSLOTS", *slots)
        one.command("CLUSTER", "MEET", "127.0.0.1", two.port, two.settings["cluster_port"])
        for node in (one, two):
            wait_until(lambda node=node: b"cluster_state:ok" in node.command("CLUSTER", "INFO"))  # type: ignore[misc]
        yield one, two


def _node() -> RedisServer:
    return RedisServer(cluster_enabled="yes", cluster_port=str(free_port()))
