"""The door lets connections in a few at a time, and outlives a shortage of descriptors."""

from __future__ import annotations

import asyncio
import os
import resource
import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from beeplace.gateway.connection.listener import AT_ONCE, KEPT_DESCRIPTORS, Listener


class Guest(asyncio.Protocol):
    """Counts who is in."""

    inside = 0
    changed: asyncio.Event

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        Guest.inside += 1
        Guest.changed.set()
        self.transport = transport

    def connection_lost(self, _: Exception | None) -> None:
        Guest.inside -= 1
        Guest.changed.set()


@pytest.fixture
def knocking() -> Iterator[list[socket.socket]]:
    """Client sockets, closed in the end."""
    Guest.inside, Guest.changed = 0, asyncio.Event()
    found: list[socket.socket] = []
    yield found
    for one in found:
        one.close()


async def until_inside(count: int) -> None:
    """Waits for that many guests."""
    async with asyncio.timeout(60):
        while Guest.inside != count:
            Guest.changed.clear()
            await Guest.changed.wait()


def knock(port: int) -> socket.socket:
    """A connection that waits in the kernel."""
    return socket.create_connection(("127.0.0.1", port), 5)


async def test_all_who_wait_are_let_in_over_some_turns(knocking: list[socket.socket]) -> None:
    door = Listener(Guest)
    _, port = await door.open("127.0.0.1", 0)
    knocking += [knock(port) for _ in range(4 * AT_ONCE)]
    await asyncio.sleep(0)
    assert Guest.inside < 4 * AT_ONCE
    await until_inside(4 * AT_ONCE)
    door.close()
    for one in knocking:
        one.close()
    await until_inside(0)


async def test_a_closed_door_lets_nobody_in() -> None:
    door = Listener(Guest)
    _, port = await door.open("127.0.0.1", 0)
    door.close()
    with pytest.raises(ConnectionRefusedError):
        knock(port)


async def test_a_port_that_is_taken_is_an_error() -> None:
    first, second = Listener(Guest), Listener(Guest)
    _, port = await first.open("127.0.0.1", 0)
    with pytest.raises(OSError, match="in use"):
        await second.open("127.0.0.1", port)
    first.close()
    second.close()


async def test_who_comes_without_a_descriptor_left_is_let_in_later(knocking: list[socket.socket]) -> None:
    door = Listener(Guest)
    _, port = await door.open("127.0.0.1", 0)
    knocking.append(knock(port))
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (knocking[0].fileno() + 1, before[1]))
    try:
        for _ in range(20):
            await asyncio.sleep(0)
        assert Guest.inside == 0
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
    await until_inside(1)
    door.close()
    knocking[0].close()
    await until_inside(0)


async def test_the_last_descriptors_are_kept_for_other_things_than_clients(knocking: list[socket.socket]) -> None:
    """Who has no place waits, instead of being cut, and comes in once there is one; a database could open its files."""
    full = asyncio.Event()
    door = Listener(Guest, full.set)
    _, port = await door.open("127.0.0.1", 0)
    knocking += [knock(port) for _ in range(60)]
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = max(8 * KEPT_DESCRIPTORS, max(one.fileno() for one in knocking) + 1 + KEPT_DESCRIPTORS + 10)
    with ExitStack() as undo:
        undo.callback(resource.setrlimit, resource.RLIMIT_NOFILE, before)
        filled = [os.dup(0)]  # so that the next client is some before the last one
        while filled[-1] < most - KEPT_DESCRIPTORS - 10:
            filled.append(os.dup(0))
        for number in filled:
            undo.callback(os.close, number)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, before[1]))
        async with asyncio.timeout(60):
            await full.wait()
        await until_inside(most - KEPT_DESCRIPTORS - filled[-1])
        for number in [os.dup(0) for _ in range(KEPT_DESCRIPTORS - 2)]:
            os.close(number)
    await until_inside(60)
    door.close()
    for one in knocking:
        one.close()
    await until_inside(0)
