"""Several gateways on one database: one order, one allowance, one answer to a request, one stored board."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from beeplace.board.bitmap import Block
from beeplace.board.geometry import Area
from beeplace.board.rules import decide
from beeplace.log.checkpoints import Checkpoints
from beeplace.log.postgres.store import PostgresStore
from beeplace.log.store import FactsNeeded
from tests.log.samples import ANN, BOB, LIMITS, NO_LIMIT, Session, Ticks, fill, placement, postgres, reset, rid
from tests.log.stores import of
from tests.postgres import schema_url


@pytest.fixture
async def first(tmp_path: Path) -> AsyncIterator[Session]:
    session = Session(tmp_path, postgres)
    await session.open()
    yield session
    await session.store.close()


@pytest.fixture
async def second(first: Session) -> AsyncIterator[Session]:
    session = Session(first.folder, postgres)
    session.ticks = first.ticks
    await session.open()
    yield session
    await session.store.close()


async def follow(session: Session) -> None:
    """What a feed does: the board takes in what others committed."""
    entries = await session.store.entries_after(session.board.state.seq, 1_000)
    session.board.apply(entries, await session.store.state())


async def test_commits_of_two_gateways_are_in_one_order_without_holes(first: Session, second: Session) -> None:
    def one(session: Session, by: bytes) -> asyncio.Future[object]:
        work = partial(decide, [placement(by=by), placement(2, by=by)])
        return asyncio.ensure_future(session.store.commit(FactsNeeded(frozenset([by])), work))

    await asyncio.gather(
        *[one(session, bytes([n, i]) * 8) for n in range(20) for i, session in enumerate((first, second))]
    )
    log = await first.log()
    assert [e.seq for e in log] == list(range(1, 81))
    assert await second.log() == log


async def test_the_allowance_holds_across_gateways(first: Session, second: Session) -> None:
    await first.place(placement(), placement())
    assert [a.code for a in await second.place(placement(), placement())] == [None, "cooldown"]
    assert [a.code for a in await first.place(placement())] == ["cooldown"]


async def test_the_allowance_holds_when_both_are_asked_at_once(first: Session, second: Session) -> None:
    """Whoever waited for the board's lock reads what the other has written meanwhile."""
    for _ in range(10):
        answers = await asyncio.gather(*[session.place(placement(), placement()) for session in (first, second)])
        assert sorted(str(a.code) for answer in answers for a in answer) == ["None", "None", "None", "cooldown"]
        first.ticks.now_ms += 10_000


async def test_a_repeated_request_has_the_same_answer_on_the_other_gateway(first: Session, second: Session) -> None:
    answer = await first.place(placement(rid=rid(1)))
    assert await second.place(placement(rid=rid(1))) == answer
    assert len(await second.log()) == 1


async def test_a_request_sent_to_both_at_once_has_one_effect(first: Session, second: Session) -> None:
    for number in range(10):
        wish = placement(rid=rid(number), by=bytes([number]) * 16)
        one, other = await asyncio.gather(first.place(wish), second.place(wish))
        assert one == other
    assert len(await first.log()) == 10


async def test_a_reset_is_known_to_the_next_commit_of_every_gateway(first: Session, second: Session) -> None:
    epoch = first.board.state.epoch
    await second.place(placement(epoch=epoch))
    await first.act(reset())
    assert [a.code for a in await second.place(placement(epoch=epoch))] == ["epoch"]
    assert [a.seq for a in await second.place(placement())] == [3]
    assert (await second.log())[-1].epoch == first.board.state.epoch


async def test_an_older_block_never_replaces_a_newer_one(first: Session, second: Session) -> None:
    await first.place(placement(1, 1, 1))
    await follow(second)
    older = second.board.bitmap.block(0)
    await first.place(placement(2, 2, 2))
    await first.store.keep([first.board.bitmap.block(0)], 2)
    await second.store.keep([older], None)
    await first.restart()
    assert first.board.changed_since(0, 100) == [10, 20]
    assert (first.board.pixels[10], first.board.pixels[20]) == (1, 2)


async def test_what_is_kept_never_goes_back(first: Session, second: Session) -> None:
    await first.place(placement(1, 1, 1), placement(2, 2, 2))
    await first.store.keep([first.board.bitmap.block(0)], 2)
    await second.store.keep([], 1)
    assert of(first, "SELECT kept_seq FROM {}.board") == [(2,)]


async def test_blocks_from_before_a_reset_never_come_back(first: Session, second: Session) -> None:
    """The gateway that keeps them has not heard of the reset yet."""
    await second.place(placement(1, 1, 1))
    await first.act(reset())
    await Checkpoints(second.board, second.store).keep_all()
    assert of(first, "SELECT number FROM {}.block") == []
    assert of(first, "SELECT kept_seq FROM {}.board") == [(2,)]
    await second.restart()
    assert second.board.pixels == bytes(72)


async def test_two_gateways_keep_at_the_same_time_and_the_board_is_whole(first: Session, second: Session) -> None:
    first.settings = second.settings = NO_LIMIT
    for n in range(5):
        await first.act(fill(Area(0, 0, 9, 4), color=n % 4))
        await second.place(*[placement(x, 6, x % 4) for x in range(9)])
        await follow(first)
        await follow(second)
        await asyncio.gather(*[Checkpoints(s.board, s.store).keep_all() for s in (first, second)])
    pixels = bytes(first.board.pixels)
    await second.restart()
    assert second.board.checkpoint_seq == 50
    assert second.board.pixels == pixels


async def test_several_gateways_start_at_once_on_an_empty_database(tmp_path: Path) -> None:
    sessions = [Session(tmp_path, postgres) for _ in range(6)]
    await asyncio.gather(*[session.open() for session in sessions])
    assert len({session.board.state.epoch for session in sessions}) == 1
    assert len({await session.store.secret("tokens") for session in sessions}) == 1
    assert of(sessions[0], "SELECT count(*) FROM {}.epoch") == [(1,)]
    await asyncio.gather(*[session.store.close() for session in sessions])


def machine(session: Session, name: str, ticks: Ticks) -> Session:
    """A gateway on another machine, with a clock of its own."""
    other = Session(session.folder, lambda folder, given: PostgresStore(schema_url(str(folder)), given, lambda: name))
    other.ticks = ticks
    return other


async def test_board_time_never_goes_back_between_machines(tmp_path: Path) -> None:
    origin = Session(tmp_path, postgres)
    one = machine(origin, "one", Ticks(5_000))
    await one.open()
    one.ticks.now_ms += 700
    await one.place(placement())
    other = machine(origin, "other", Ticks(900_000))
    await other.open()
    assert other.store.now_ms() == 700
    one.ticks.now_ms += 300
    await one.place(placement(by=BOB))
    await other.place(placement(by=BOB))
    assert other.store.now_ms() == 1_000
    await asyncio.gather(one.store.close(), other.store.close())


async def test_gateways_that_begin_a_board_together_have_one_time(tmp_path: Path) -> None:
    """The second of them starts later, and neither has heard of a commit of the other."""
    ticks, sessions = Ticks(5_000), [Session(tmp_path, postgres) for _ in range(2)]
    for session in sessions:
        session.ticks = ticks
        await session.open()
        ticks.now_ms += 4_000
    assert [session.store.now_ms() for session in sessions] == [8_000, 8_000]
    await asyncio.gather(*[session.store.close() for session in sessions])


async def test_after_a_reboot_all_gateways_have_one_time(tmp_path: Path) -> None:
    origin, ticks = Session(tmp_path, postgres), Ticks(90_000_000)
    before = machine(origin, "the boot before", ticks)
    await before.open()
    ticks.now_ms += 60_000
    await before.place(placement())
    await before.store.close()
    ticks.now_ms = 100
    sessions = [machine(origin, "this boot", ticks) for _ in range(2)]
    for session in sessions:
        await session.open()
        ticks.now_ms += 4_000
    assert [session.store.now_ms() for session in sessions] == [68_000, 68_000]
    await asyncio.gather(*[session.store.close() for session in sessions])


async def test_a_window_ends_neither_early_nor_late_on_another_machine(tmp_path: Path) -> None:
    """Who was there before says what time it is, though nobody commits."""
    origin = Session(tmp_path, postgres)
    one = machine(origin, "one", Ticks(5_000))
    await one.open()
    await one.place(placement(), placement(), placement())
    one.ticks.now_ms += 9_000
    other = machine(origin, "other", Ticks(90_000_000))
    await other.open()
    assert [(a.code, a.retry_in_ms) for a in await other.place(placement())] == [("cooldown", 1_000)]
    assert [(a.code, a.retry_in_ms) for a in await one.place(placement())] == [("cooldown", 1_000)]
    await other.store.state()
    other.ticks.now_ms += 10_000
    one.ticks.now_ms += 10_000
    assert [(a.code, a.remaining) for a in await other.place(placement())] == [(None, 2)]
    await asyncio.gather(one.store.close(), other.store.close())


async def test_a_block_that_was_never_drawn_on_is_no_newer_than_any(first: Session) -> None:
    await first.store.keep([Block(0, bytes(72), b"")], None)
    assert of(first, "SELECT number FROM {}.block") == []


@pytest.mark.parametrize("names", [("", ""), ("", "one"), ("one", ""), ("one", "two")])
async def test_no_window_ends_early_for_another_gateway(tmp_path: Path, names: tuple[str, str]) -> None:
    """Also where the system does not name its boot; the boot clock runs on while the second one starts."""
    origin, ticks = Session(tmp_path, postgres), Ticks(5_000)
    one, other = (machine(origin, name, ticks) for name in names)
    await one.open()
    ticks.now_ms += 950  # since board time was told
    await other.open()
    for session, who in ((one, ANN), (other, BOB)):
        opened_ms = one.store.now_ms()
        await session.place(placement(by=who))
        assert (await one.store.windows())[who].ends_ms - opened_ms >= LIMITS.limits.cooldown_ms
    await asyncio.gather(one.store.close(), other.store.close())


async def test_gateways_without_a_boot_s_name_that_begin_together_have_one_time(tmp_path: Path) -> None:
    ticks, origin = Ticks(5_000), Session(tmp_path, postgres)
    sessions = [machine(origin, "", ticks) for _ in range(3)]
    await asyncio.gather(*[session.open() for session in sessions])
    assert {session.store.now_ms() for session in sessions} == {0}
    for number, session in enumerate(sessions):
        await session.place(placement(by=bytes([number]) * 16))
    ends = {allowance.ends_ms for allowance in (await sessions[0].store.windows()).values()}
    assert min(ends) >= LIMITS.limits.cooldown_ms
    await asyncio.gather(*[session.store.close() for session in sessions])
