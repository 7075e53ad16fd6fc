"""What slow readers hold is bounded, however many different snapshots they were sent."""

from __future__ import annotations

from contextlib import AsyncExitStack

from beeplace.gateway.fanout.holding import HeldSnapshots
from beeplace.gateway.fanout.snapshot import Snapshot
from beeplace.gateway.wire.plain_json import Parted
from tests.gateway.peers import Peer, peer

SIZE = 600_000  # pixels, 800,000 bytes in base64


def send(one: Peer, snapshot: Snapshot) -> None:
    one.session.answer_long("1", Parted(b"", snapshot.encoded("b64")))


async def test_those_who_read_the_oldest_are_cut_where_too_many_are_read() -> None:
    async with AsyncExitStack() as stack:
        peers = [await stack.enter_async_context(peer()) for _ in range(12)]
        holding = HeldSnapshots(most_bytes=4_100_000)
        for number, one in enumerate(peers):
            snapshot = Snapshot("e", number // 2, bytes(SIZE))  # each is sent to two
            send(one, snapshot)
            holding.hold(one.session, snapshot)
        assert [one.session.closed for one in peers] == [True] * 2 + [False] * 10
        assert peers[0].host.codes == [4408]


async def test_who_has_read_counts_no_more_and_a_few_may_always_read() -> None:
    async with AsyncExitStack() as stack:
        peers = [await stack.enter_async_context(peer()) for _ in range(5)]
        holding = HeldSnapshots(most_bytes=1)
        for number, one in enumerate(peers[:3]):
            snapshot = Snapshot("e", number, bytes(SIZE))
            send(one, snapshot)
            holding.hold(one.session, snapshot)
        while peers[0].session.backlog() >= 65_536:
            await peers[0].read(10_000)
        holding.step(1.0)
        for number, one in enumerate(peers[3:], start=3):
            snapshot = Snapshot("e", number, bytes(SIZE))
            send(one, snapshot)
            holding.hold(one.session, snapshot)
        assert [one.session.closed for one in peers] == [False, True, False, False, False]
