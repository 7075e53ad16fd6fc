"""The fan-out: one message for everyone, and patience with a limit for those who do not read."""

from __future__ import annotations

import gc
import os
import weakref
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import structlog

from beeplace.gateway.connection.session import Session, SharedMessage
from beeplace.gateway.connection.websocket import FULL_BYTES
from beeplace.gateway.fanout.io_uring import IoUring
from beeplace.gateway.fanout.senders import BatchSender, TransportSender, UringSender
from beeplace.gateway.fanout.subscribers import Subscribers
from beeplace.gateway.fanout.uptake import PATIENCE_SECONDS
from tests.gateway.peers import Peer, peer

HELLO = SharedMessage('2["u","1,2,3","e:0:1"]')
LARGE = SharedMessage('2["u","' + "x" * 50_000 + '"]')


class Times:
    now = 100.0


@pytest.fixture
async def three() -> AsyncIterator[list[Peer]]:
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(peer()) for _ in range(3)]


@pytest.fixture(params=["ring", "transports"])
def sender(request: pytest.FixtureRequest) -> Iterator[BatchSender]:
    sender: BatchSender = UringSender(IoUring()) if request.param == "ring" else TransportSender()
    yield sender
    sender.close()


def following(peers: list[Peer], sender: BatchSender) -> Subscribers:
    fanout = Subscribers(lambda: Times.now, sender)
    for one in peers:
        fanout.add(one.session)
    return fanout


def overfill(one: Peer, times: int = 1) -> None:
    while one.session.backlog() < times * FULL_BYTES:
        one.session.share(LARGE)


async def test_everyone_gets_the_same_bytes(three: list[Peer], sender: BatchSender) -> None:
    fanout = following(three, sender)
    fanout.send(HELLO, "e", 0)
    assert [await one.read(len(HELLO.frame)) for one in three] == 3 * [HELLO.frame]
    assert fanout.frames == 3


async def test_who_left_gets_nothing(three: list[Peer], sender: BatchSender) -> None:
    fanout = following(three, sender)
    fanout.remove(three[0].session)
    fanout.send(HELLO, "e", 0)
    assert (fanout.frames, len(fanout)) == (2, 2)


async def test_a_full_client_is_passed_over_and_the_others_are_not(three: list[Peer], sender: BatchSender) -> None:
    fanout = following(three, sender)
    overfill(three[0])
    before = three[0].session.backlog()
    fanout.send(HELLO, "e", 7)
    assert fanout.frames == 2
    assert three[0].session.backlog() == before
    assert [await one.read(len(HELLO.frame)) for one in three[1:]] == 2 * [HELLO.frame]
    assert {s: (b.epoch, b.seq) for s, b in fanout.behind.items()} == {three[0].session: ("e", 7)}


async def test_a_client_that_is_behind_stays_at_what_it_missed_first(three: list[Peer], sender: BatchSender) -> None:
    fanout = following(three, sender)
    overfill(three[0])
    for seq in range(7, 12):
        fanout.send(HELLO, "e", seq)
    assert fanout.behind[three[0].session].seq == 7
    assert fanout.frames == 10


async def test_a_client_that_reads_again_is_ready_once(three: list[Peer], sender: BatchSender) -> None:
    fanout = following(three, sender)
    overfill(three[0])
    fanout.send(HELLO, "e", 7)
    assert fanout.drained() == []
    while three[0].session.backlog():
        await three[0].read(1024)
    assert fanout.drained() == [three[0].session]
    assert fanout.behind.pop(three[0].session).seq == 7
    assert fanout.drained() == []


async def test_a_client_that_takes_nothing_is_cut(three: list[Peer], sender: BatchSender) -> None:
    fanout = following(three, sender)
    overfill(three[0])
    fanout.send(HELLO, "e", 7)
    fanout.step(Times.now)
    Times.now += PATIENCE_SECONDS
    fanout.step(Times.now)
    assert not three[0].session.closed
    Times.now += 1
    fanout.step(Times.now)
    assert three[0].session.closed
    assert (three[0].host.ended, three[0].host.codes) == ([three[0].session], [4408])
    assert (len(fanout), fanout.behind) == (2, {})


async def test_a_client_that_takes_a_little_is_given_time(three: list[Peer], sender: BatchSender) -> None:
    fanout = following(three, sender)
    overfill(three[0], 40)
    fanout.send(HELLO, "e", 7)
    for _ in range(3):
        before = three[0].session.backlog()
        while three[0].session.backlog() == before:
            await three[0].read(1024)
        Times.now += PATIENCE_SECONDS + 1
        fanout.step(Times.now)
        assert not three[0].session.closed


async def test_news_that_is_no_change_skips_who_is_full(three: list[Peer], sender: BatchSender) -> None:
    fanout = following(three, sender)
    overfill(three[0])
    before = three[0].session.backlog()
    fanout.tell(SharedMessage('2["userCount",7]'))
    assert (fanout.frames, three[0].session.backlog(), fanout.behind) == (2, before, {})


async def test_a_transport_that_fills_is_noticed_without_being_asked(three: list[Peer], sender: BatchSender) -> None:
    fanout = following(three, sender)
    fanout.send(HELLO, "e", 0)  # from here on they are written to without a look
    full = three[0].session
    seq = 0
    while full not in fanout.behind:
        seq += 1
        fanout.send(LARGE, "e", seq)
        for one in three[1:]:
            await one.read(len(LARGE.frame) + (len(HELLO.frame) if seq == 1 else 0))
    assert fanout.behind[full].seq == seq
    assert full.backlog() < FULL_BYTES + 2 * len(LARGE.frame)
    await three[0].read(len(HELLO.frame) + (seq - 1) * len(LARGE.frame))
    assert (fanout.drained(), fanout.behind.pop(full).seq) == ([full], seq)
    fanout.send(HELLO, "e", seq)
    assert [await one.read(len(HELLO.frame)) for one in three] == 3 * [HELLO.frame]


async def test_a_session_that_ends_is_not_written_to_in_the_same_turn(three: list[Peer], sender: BatchSender) -> None:
    fanout = following(three, sender)
    fanout.send(HELLO, "e", 0)
    three[0].session.kick(4400)
    fanout.send(HELLO, "e", 1)
    assert (len(fanout), fanout.frames) == (2, 5)
    assert (await three[0].read_all()).startswith(HELLO.frame)


async def test_a_session_that_becomes_a_websocket_is_followed_there(three: list[Peer], sender: BatchSender) -> None:
    polling = Session(three[0].host, "polls", "an address")
    fanout = Subscribers(lambda: Times.now, sender)
    fanout.add(polling)
    fanout.send(HELLO, "e", 0)
    websocket = three[0].session.websocket
    assert websocket
    polling.use(websocket)
    for seq in range(1, 4):
        fanout.send(HELLO, "e", seq)
    assert await three[0].read(4 * len(HELLO.frame)) == 4 * HELLO.frame


async def test_nothing_is_kept_of_who_was_full_and_left(three: list[Peer], sender: BatchSender) -> None:
    fanout, session = Subscribers(lambda: Times.now, sender), Session(three[0].host, "full", "an address")
    fanout.add(session)
    session.busy()
    fanout.remove(session)
    gone = weakref.ref(session)
    del session
    gc.collect()
    assert gone() is None


async def test_an_io_uring_that_fails_for_good_is_replaced(three: list[Peer]) -> None:
    ring = IoUring()
    fanout = following(three, UringSender(ring))
    fanout.send(HELLO, "e", 0)
    assert fanout.through_ring
    with Path("/dev/null").open("rb") as file:
        os.dup2(file.fileno(), ring._fd)  # what is entered from here on is no ring
    with structlog.testing.capture_logs() as logs:
        for seq in range(1, 12):
            fanout.send(HELLO, "e", seq)
            for one in three:
                await one.read(len(HELLO.frame) * (2 if seq == 1 else 1))
    assert (fanout.through_ring, fanout.ring_failures, len(logs)) == (False, 1, 1)
    assert (len(fanout), fanout.frames, fanout.behind) == (3, 36, {})
    fanout.close()


async def test_an_io_uring_is_kept_when_it_is_a_peer_that_fails(three: list[Peer]) -> None:
    fanout = following(three[:1], UringSender(IoUring()))
    fanout.send(HELLO, "e", 0)
    three[0].end.close()
    for seq in range(1, 12):
        fanout.send(HELLO, "e", seq)
    assert (fanout.through_ring, fanout.ring_failures) == (True, 0)
    fanout.close()
