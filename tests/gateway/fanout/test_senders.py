"""The batch sender writes past everything else, and yet each client reads whole messages, each once, in their order."""

from __future__ import annotations

import asyncio
import os
import random
import re
import select
import tracemalloc
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

import pytest
import uvloop

from beeplace.gateway.connection.session import SharedMessage
from beeplace.gateway.fanout.io_uring import SLOTS, IoUring
from beeplace.gateway.fanout.senders import BatchSender, TransportSender, UringSender
from beeplace.gateway.fanout.subscribers import Subscribers
from tests.gateway.peers import Peer, narrow_pair, peer
from tests.waiting import until

SENDERS: dict[str, Callable[[], BatchSender]] = {"ring": lambda: UringSender(IoUring()), "transports": TransportSender}
LOOPS = {"uvloop": uvloop.new_event_loop, "asyncio": asyncio.new_event_loop}

each_sender = pytest.mark.parametrize("sender", SENDERS)
each_loop = pytest.mark.parametrize("loop", LOOPS)


def on(loop: str, work: Callable[[], Awaitable[None]]) -> None:
    async def run() -> None:
        await work()

    with asyncio.Runner(loop_factory=LOOPS[loop]) as runner:
        runner.run(run())


def told(data: bytes) -> list[str]:
    """The messages of a stream of frames; raises where it is not whole frames of whole messages."""
    texts, at = [], 0
    while at < len(data):
        assert data[at] == 0x81
        size, head = data[at + 1], 2
        if size >= 126:
            wide = 2 if size == 126 else 8
            size, head = int.from_bytes(data[at + 2 : at + 2 + wide], "big"), 2 + wide
        assert at + head + size <= len(data)
        texts.append(data[at + head : at + head + size].decode())
        at += head + size
    return texts


def read_some(one: Peer, most: int) -> bytes:
    try:
        return one.end.recv(most)
    except BlockingIOError:
        return b""


class Crowd:
    """Peers that read at whims, get answers in between, leave and come again; what each has read."""

    def __init__(self, fanout: Subscribers, peers: list[Peer]) -> None:
        self.fanout, self.peers = fanout, peers
        self.chance = random.Random(1)
        self.read = [b"" for _ in peers]

    def step(self, number: int) -> None:
        self.fanout.send(SharedMessage(f'2["u","{number}","{"x" * self.chance.choice((10, 300, 2000))}"]'), "e", number)
        for place, one in enumerate(self.peers):
            if self.chance.random() < 0.2 and one.session.backlog() < 100_000:
                one.session.say(f'3{number}["{"y" * self.chance.choice((10, 10, 100_000))}"]')
            if self.chance.random() < 0.05:
                self.fanout.remove(one.session)
            elif one.session.follower is None:
                self.fanout.add(one.session)
            if self.chance.random() < (0.1, 0.2, 0.4, 0.6, 1, 1)[place]:
                self.read[place] += read_some(one, self.chance.choice((1_000, 100_000, 1_000_000)))
        for session in self.fanout.drained():
            behind = self.fanout.behind.pop(session)
            session.say(f'2["caught up",{behind.seq}]')

    async def read_the_rest(self) -> None:
        for place, one in enumerate(self.peers):
            async with asyncio.timeout(60):
                while one.session.backlog() or (more := read_some(one, 1 << 20)):
                    self.read[place] += read_some(one, 1 << 20) if one.session.backlog() else more
                    await asyncio.sleep(0)


@each_loop
@each_sender
def test_frames_never_mix_with_what_else_is_said(loop: str, sender: str) -> None:
    streams: list[bytes] = []

    async def walk() -> None:
        fanout = Subscribers(asyncio.get_running_loop().time, SENDERS[sender]())
        async with AsyncExitStack() as stack:
            peers = [await stack.enter_async_context(peer(narrow_pair)) for _ in range(6)]
            crowd = Crowd(fanout, peers)
            for number in range(1500):
                crowd.step(number)
                if crowd.chance.random() < 0.7:
                    await asyncio.sleep(crowd.chance.choice((0, 0, 0.002)))
            await crowd.read_the_rest()
        fanout.close()
        streams.extend(crowd.read)

    on(loop, walk)
    for stream in streams:
        texts = told(stream)
        numbers = [int(found[1]) for text in texts if (found := re.match(r'42\["u","(\d+)"', text))]
        assert numbers == sorted(set(numbers))
        answers = [int(found[1]) for text in texts if (found := re.match(r"43(\d+)\[", text))]
        assert answers == sorted(answers)
        assert len(numbers) > 20
        assert len(answers) > 5


@each_loop
@each_sender
def test_whoever_is_in_the_lane_gets_each_message_once(loop: str, sender: str) -> None:
    """Anybody may come and go between two messages; the places in the batch sender are taken by others meanwhile."""

    async def walk() -> None:
        chance, line = random.Random(2), SENDERS[sender]()
        async with AsyncExitStack() as stack:
            peers = [await stack.enter_async_context(peer()) for _ in range(150)]
            inside: set[int] = set()
            for number in range(60):
                for place in chance.sample(range(150), 30):
                    session = peers[place].session
                    assert session.wire
                    if place in inside:
                        assert line.remove(session)
                    else:
                        line.add(session, session.wire)
                    inside ^= {place}
                assert {*line} == {peers[place].session for place in inside}
                frame = b"message %d of some" % number
                assert line.send(frame) == []
                await asyncio.sleep(0)
                for place, one in enumerate(peers):
                    assert read_some(one, 1000) == (frame if place in inside else b"")
            assert not line.remove(peers[min({*range(150)} - inside)].session)
        line.close()

    on(loop, walk)


@each_sender
def test_more_than_one_system_call_takes(sender: str) -> None:
    async def walk() -> None:
        fanout, hello = (
            Subscribers(asyncio.get_running_loop().time, SENDERS[sender]()),
            SharedMessage('2["u","1,2,3","e:0:1"]'),
        )
        async with AsyncExitStack() as stack:
            peers = [await stack.enter_async_context(peer()) for _ in range(2 * SLOTS + 7)]
            for one in peers:
                fanout.add(one.session)
            fanout.send(hello, "e", 0)
            fanout.send(hello, "e", 0)
            assert [await one.read(2 * len(hello.frame)) for one in peers] == len(peers) * [2 * hello.frame]
            assert fanout.frames == 2 * len(peers)
        fanout.close()

    on("uvloop", walk)


def test_what_waits_for_those_who_read_slowly_is_there_once() -> None:
    async def walk() -> None:
        fanout = Subscribers(asyncio.get_running_loop().time, UringSender(IoUring()))
        large = SharedMessage(f'2["u","{"x" * 1_000_000}"]')
        async with AsyncExitStack() as stack:
            peers = [await stack.enter_async_context(peer(narrow_pair)) for _ in range(10)]
            for one in peers:
                fanout.add(one.session)
            tracemalloc.start()
            fanout.send(large, "e", 0)
            waiting, _ = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            assert all(500_000 < one.session.backlog() < len(large.frame) for one in peers)  # parts were taken
            assert waiting < 500_000
        fanout.close()

    on("uvloop", walk)


class Watcher:
    """Stands before a session, and notes whether its socket is still open when the session is told of its end."""

    def __init__(self, one: Peer) -> None:
        assert one.session.wire
        self._one, self._fd = one, one.session.wire.get_extra_info("socket").fileno()
        self._inode = os.fstat(self._fd).st_ino
        self.was_open: bool | None = None

    def __getattr__(self, name: str) -> object:
        return getattr(self._one.session, name)

    def ended(self) -> None:
        self.was_open = os.fstat(self._fd).st_ino == self._inode
        self._one.session.ended()


async def end(one: Peer, how: str) -> None:
    assert one.session.wire
    if how == "abort":
        one.session.wire.abort()
    elif how == "close":
        one.session.wire.close()
    else:
        if how == "a reset":  # as a connection has it whose peer goes without having read all
            one.session.say("something")
            await until(lambda: bool(select.select([one.end], [], [], 0)[0]))
        one.end.close()


@each_loop
@pytest.mark.parametrize("how", ["abort", "close", "the peer", "a reset"])
def test_a_session_leaves_the_lane_before_its_socket_is_closed(loop: str, how: str) -> None:
    """Else the next connection could have its number, and be sent what was meant for it."""

    async def walk() -> None:
        fanout, hello = (
            Subscribers(asyncio.get_running_loop().time, UringSender(IoUring())),
            SharedMessage('2["u","","e:0:1"]'),
        )
        async with peer(narrow_pair) as one:
            watcher = Watcher(one)
            assert one.session.websocket
            one.session.websocket.listener = watcher  # type: ignore[assignment]
            fanout.add(one.session)
            fanout.send(hello, "e", 0)
            fanout.send(hello, "e", 0)
            await one.read(2 * len(hello.frame))
            await end(one, how)
            async with asyncio.timeout(60):
                while watcher.was_open is None:
                    fanout.send(hello, "e", 0)
                    await asyncio.sleep(0)
            assert (watcher.was_open, len(fanout)) == (True, 0)
        fanout.close()

    on(loop, walk)
