"""Refusals that need no transaction and no row, and a queue in which one identity does not stand in for all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from beeplace.board.rules import Answer, PlacementRequest
from beeplace.errors import Busy
from beeplace.log.fair_queue import CROWDED, MAX_REFUSALS, MAX_REFUSALS_EACH, MAX_WAITING, REFUSALS_SECONDS
from tests.log.commits.test_commit_loop_actions import held
from tests.log.commits.test_commit_loop_paused import desk_of
from tests.log.desk import DEADLINE_SECONDS, Desk
from tests.log.samples import ANN, BOB, LIMITS, STORES, Session, placement, read_only, rid
from tests.log.stores import of, rows
from tests.waiting import until

MOST = 3  # of the limits


@pytest.fixture(params=sorted(STORES))
async def desk(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Desk]:
    """A loop on a store of each kind; stopped and closed with the test."""
    session = Session(tmp_path, STORES[request.param], LIMITS)
    await session.open()
    async with desk_of(session) as desk:
        yield desk
    await session.store.close()


def at_once(desk: Desk, asked: PlacementRequest) -> Answer:
    """The answer, which comes in the same step; nothing waits then."""
    waiting, answer = desk.loop.waiting, desk.ask(asked)
    assert answer.done()
    assert desk.loop.waiting == waiting
    return answer.result()


def remembered(desk: Desk) -> int:
    refusals = "SELECT count(*) FROM {}.request WHERE code IS NOT NULL"
    file = desk.session.folder / "board.db"
    [(count,)] = rows(file, refusals.format("main")) if file.exists() else of(desk.session, refusals)
    return int(count)


async def use_up(desk: Desk, by: bytes = ANN) -> None:
    for x in range(MOST):
        await desk.place(placement(x, by=by))


async def test_what_is_certain_is_refused_at_the_door(desk: Desk) -> None:
    assert at_once(desk, placement(-1)).code == "out_of_board"
    assert at_once(desk, placement(9, rid=rid(1))).code == "out_of_board"
    assert at_once(desk, placement(color=4)).code == "bad_color"
    await use_up(desk)
    assert at_once(desk, placement()) == Answer("cooldown", None, 0, 10_000)
    desk.session.ticks.now_ms += 10_000
    assert [a.code for a in await desk.place(placement())] == [None]
    await desk.loop.act(read_only())
    assert at_once(desk, placement(by=BOB)).code == "read_only"


async def test_an_answer_that_only_the_log_knows_is_looked_up(desk: Desk) -> None:
    first = await desk.place(placement(rid=rid(1)))
    await use_up(desk)
    await desk.loop.act(read_only())
    assert await desk.place(placement(rid=rid(1))) == first


async def test_an_action_in_the_queue_is_waited_for(desk: Desk) -> None:
    await desk.loop.act(read_only())
    opening = asyncio.ensure_future(desk.loop.act(read_only(0)))
    await asyncio.sleep(0)  # lets the action take its place in the queue
    assert [a.code for a in await desk.place(placement())] == [None]
    await opening


async def test_a_flood_of_refusals_costs_a_bounded_number_of_rows(desk: Desk) -> None:
    await use_up(desk)
    await use_up(desk, BOB)
    for by in (ANN, BOB):
        answers = await desk.place(*(placement(by=by, rid=rid(n)) for n in range(300)))
        assert {a.code for a in answers} == {"cooldown"}
    assert remembered(desk) == 2 * MAX_REFUSALS_EACH
    desk.session.ticks.now_ms += REFUSALS_SECONDS * 1000 - 5_000  # less: the window is still used up
    await desk.place(*(placement(rid=rid(1_000 + n)) for n in range(300)))
    assert remembered(desk) == 2 * MAX_REFUSALS_EACH


async def test_refusals_of_many_identities_are_bounded_too(desk: Desk) -> None:
    await desk.loop.act(read_only())
    for first in range(10):
        await desk.place(*(placement(by=rid(who), rid=rid(first)) for who in range(MAX_REFUSALS // 5)))
    assert remembered(desk) == MAX_REFUSALS


async def test_a_refusal_that_is_remembered_is_repeated_and_another_judged_again(desk: Desk) -> None:
    await use_up(desk)
    refused = await desk.place(*(placement(rid=rid(n)) for n in range(MAX_REFUSALS_EACH + 1)))
    desk.session.ticks.now_ms += 10_000
    again = await desk.place(placement(rid=rid(0)), placement(rid=rid(MAX_REFUSALS_EACH)))
    assert again[0] == refused[0]
    assert [a.code for a in again] == ["cooldown", None]
    assert await desk.place(placement(rid=rid(MAX_REFUSALS_EACH))) == again[1:]


async def test_a_flooder_is_busy_and_nobody_else(desk: Desk) -> None:
    """While the log stands still: one who asks a thousand times, five hundred who ask ten times, one honest person."""
    waiting: list[asyncio.Future[Answer]] = []
    busy = 0

    def ask(by: bytes) -> int:
        try:
            waiting.append(desk.ask(placement(by=by, rid=rid(len(waiting)))))
        except Busy:
            return 1
        return 0

    async with held(desk.session):
        first = desk.ask(placement(by=rid(1)))
        await until(lambda: desk.loop.waiting == 0)
        busy += sum(ask(ANN) for _ in range(MAX_WAITING))
        assert desk.loop.waiting == CROWDED
        busy += sum(ask(rid(1_000 + n)) for _ in range(10) for n in range(500))
        assert desk.loop.waiting < MAX_WAITING
        assert ask(ANN) == 1
        assert ask(BOB) == 0
    assert busy > 0
    async with asyncio.timeout(DEADLINE_SECONDS):
        await asyncio.gather(first, *waiting)
