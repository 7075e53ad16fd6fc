"""Whatever others write into the channel: what is not sealed by a gateway of this board changes nothing."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from beeplace.log.committed import Committed
from beeplace.log.redis.codec import Message, Seal
from beeplace.log.redis.pubsub import MAX_GATEWAYS
from tests.log.gateways import SECRET, Pair, pair
from tests.log.samples import entry, placement
from tests.redis import shared
from tests.waiting import until


@pytest.fixture
async def both(tmp_path: Path) -> AsyncIterator[Pair]:
    async with pair(shared(), tmp_path) as both:
        yield both


def say(both: Pair, data: bytes) -> None:
    both.server.command("PUBLISH", both.channel, data)


async def test_junk_is_ignored_and_counted(both: Pair) -> None:
    for junk in (b"", b"x", bytes(16), bytes(1_000_000), b"{}", secrets.token_bytes(500)):
        say(both, junk)
    await until(lambda: all(g.bus.ignored == 6 for g in both.gateways))
    await both.one.place(placement(1, 1))
    await until(both.same)
    assert both.two.replica.repairs == 0


async def test_forged_news_change_nothing(both: Pair) -> None:
    state = replace(both.one.board.state, seq=1)
    news = Committed([entry(1, epoch=state.epoch)], state)
    say(both, both.seal(bytes(32)).closed(Message("forger", 1, state.epoch, 1, news)))
    await until(lambda: all(g.bus.ignored == 1 for g in both.gateways))
    assert all(g.board.state.seq == 0 and not any(g.board.pixels) for g in both.gateways)
    assert both.one.news() == both.two.news() == []


async def test_who_is_in_another_term_is_not_heard(both: Pair) -> None:
    """A copy of the database has its secret, and what it says is noise."""
    copied = Seal(SECRET, both.name, lambda: "another")
    state = replace(both.one.board.state, seq=1)
    say(both, copied.closed(Message("copy", 1, state.epoch, 1, Committed([entry(1, epoch=state.epoch)], state))))
    await until(lambda: all(g.bus.ignored == 1 for g in both.gateways))
    assert [(g.board.state.seq, g.bus.gateways) for g in both.gateways] == [(0, 1)] * 2


async def test_a_message_that_comes_again_is_not_heard_again(both: Pair) -> None:
    seal = both.seal()
    epoch = both.one.board.state.epoch
    sent = seal.closed(Message("another", 5, epoch, 10))
    for gateway in both.gateways:
        gateway.heard.clear()
    say(both, sent)
    await until(lambda: all(None in g.heard for g in both.gateways))
    before = [g.heard.count(None) for g in both.gateways]
    for _ in range(3):
        say(both, sent)
    say(both, seal.closed(Message("another", 4, epoch, 11)))
    await until(lambda: all(g.bus.ignored == 4 for g in both.gateways))
    assert [g.heard.count(None) for g in both.gateways] == before


async def test_news_that_come_late_change_nothing(both: Pair) -> None:
    for number in range(3):
        await both.one.place(placement(number, 0, number))
    await until(both.same)
    pixels, told = bytes(both.two.board.pixels), both.two.news()
    seal, state = both.seal(), told[0].state
    say(both, seal.closed(Message("late", 1, state.epoch, state.seq, told[0])))
    await until(lambda: len(both.two.news()) == 4)
    assert bytes(both.two.board.pixels) == pixels
    assert both.same()


async def test_gateways_that_are_heard_are_bounded(both: Pair) -> None:
    listener, seal, heard = both.two.bus._listener, both.seal(), list[Committed | None]()
    for number in range(MAX_GATEWAYS + 5):
        listener.take(seal.closed(Message(f"gateway {number}", 1, "first", 0)), heard.append)
    assert both.two.bus.gateways == len(listener._heard) == MAX_GATEWAYS
    assert both.two.bus.ignored == 6  # one was there before
