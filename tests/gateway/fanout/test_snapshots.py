"""A snapshot is made once for all who join between two refreshes, and is never older than the last batch."""

from __future__ import annotations

import asyncio
import base64
from dataclasses import replace
from typing import Any

import orjson
import pytest

from beeplace.board.board import Board
from beeplace.gateway.fanout.snapshot import Delta, Snapshot
from beeplace.gateway.fanout.snapshots import Snapshots, shared_from
from beeplace.gateway.wire.plain_json import parted
from tests.gateway.fanout.test_broadcaster import STATE, Canvas, placed


def fields(delta: Delta | None) -> Any:
    assert delta
    return orjson.loads(b"".join(parted(delta.fields()).pieces))


def test_all_who_join_between_two_refreshes_share_one_encoding() -> None:
    snapshots = Snapshots(Board(STATE))
    first = snapshots.latest()
    assert snapshots.latest() is first
    for form in ("array", "b64"):
        assert first.encoded(form) is snapshots.latest().encoded(form)


@pytest.mark.parametrize("form", ["array", "b64"])
async def test_a_snapshot_is_the_board(form: str) -> None:
    canvas = Canvas()
    canvas.commit(placed(1, 63, 63, 15), placed(2, 0, 1, 7))
    said = orjson.loads(canvas.snapshots.latest().encoded(form).text)
    assert bytes(said if form == "array" else base64.b64decode(said)) == bytes(canvas.board.pixels)


async def test_a_batch_makes_the_next_snapshot_new() -> None:
    canvas = Canvas()
    old = canvas.snapshots.latest()
    canvas.commit(placed(1, 1, 1, 1))
    canvas.refresh.tick(0)
    new = canvas.snapshots.latest()
    assert (old.seq, new.seq, new.pixels[65]) == (0, 1, 1)


def test_a_snapshot_is_as_new_as_the_board() -> None:
    board = Board(STATE)
    snapshots = Snapshots(board)
    snapshots.latest()
    board.apply([placed(1, 1, 1, 1)], replace(STATE, seq=1))
    assert (snapshots.latest().seq, snapshots.latest().pixels[65]) == (1, 1)


def test_a_delta_is_as_new_as_the_board() -> None:
    board = Board(STATE)
    snapshots = Snapshots(board)
    snapshots.delta(0)
    board.apply([placed(1, 1, 1, 1)], replace(STATE, seq=1))
    assert fields(snapshots.delta(0)) == {"from": 0, "to": 1, "pixels": "1,1,1"}


def test_a_delta_is_made_once_for_all_who_ask_from_the_same_seq() -> None:
    snapshots = Snapshots(Board(STATE))
    assert snapshots.delta(0) is snapshots.delta(0)


def test_a_snapshot_of_a_large_board_is_kept_until_the_refresh() -> None:
    large = replace(STATE, width=1024, height=1024)
    board = Board(large)
    snapshots = Snapshots(board)
    old = snapshots.latest()
    board.apply([placed(1, 1, 1, 1)], replace(large, seq=1))
    assert snapshots.latest() is old, "older than the board, but the next batch begins where it ends"
    snapshots.renew()
    assert snapshots.latest().seq == 1


async def test_a_reset_makes_the_next_snapshot_new_at_once() -> None:
    canvas = Canvas()
    canvas.snapshots.latest()
    canvas.commit(placed(1, 1, 1, 1, "f"))
    canvas.snapshots.renew()
    assert canvas.snapshots.latest().epoch == "f"


def test_a_delta_begins_where_it_was_asked_for_or_somewhat_before() -> None:
    now = 1_000_000
    for seq in (*range(now - 2_000, now + 1), *range(0, now, 997)):
        first = shared_from(seq, now)
        assert 0 <= first <= seq
        assert seq - first <= (now - seq) / 16
        assert first == seq or now - seq > 256
    assert len({shared_from(seq, now) for seq in range(now)}) < 600


def test_those_who_left_at_about_the_same_time_share_a_delta() -> None:
    board = Board(replace(STATE, width=1024, height=1024))
    board.apply([placed(seq, seq % 1024, seq // 1024, 1) for seq in range(1, 5001)], replace(board.state, seq=5000))
    snapshots = Snapshots(board)
    first = snapshots.delta(0)
    assert first
    assert first is snapshots.delta(10) is snapshots.delta(200)
    assert first.shared() is first.shared()


def test_a_seq_that_is_too_far_back_is_looked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    board = Board(replace(STATE, width=4096, height=4096))
    everywhere = [placed(seq, seq % 64 * 64, seq // 64, 1) for seq in range(1, 200_000)]
    board.apply(everywhere, replace(board.state, seq=199_999))
    snapshots, looked = Snapshots(board), 0
    found = board.changed_since

    def counted(seq: int, most: int) -> list[int] | None:
        nonlocal looked
        looked += 1
        return found(seq, most)

    monkeypatch.setattr(board, "changed_since", counted)
    assert [snapshots.delta(seq) for seq in range(20_000, -1, -100)] == 201 * [None]
    assert looked == 1


def test_making_deltas_takes_a_tenth_of_a_second_s_time() -> None:
    now = 100.0
    board = Board(replace(STATE, width=1024, height=1024))
    board.apply([placed(seq, seq % 1024, seq // 1024, 1) for seq in range(1, 9001)], replace(board.state, seq=9000))
    snapshots = Snapshots(board, lambda: now)
    snapshots._spent, snapshots._second = 0.2, 100
    assert snapshots.delta(8_999) is None
    now += 1
    assert snapshots.delta(8_999)


async def test_a_large_snapshot_is_made_in_steps_and_once_for_all_who_wait() -> None:
    board = Board(replace(STATE, width=2048, height=1024))
    board.apply([placed(1, 2047, 1023, 7)], replace(board.state, seq=1))
    snapshots, turns = Snapshots(board), 0
    made: list[Snapshot] = []
    for form in ("b64", "array", "b64"):
        assert snapshots.at_hand(form) is None
        snapshots.wait(form, made.append)
    while len(made) < 3:
        await asyncio.sleep(0)
        turns += 1
    assert turns > 2 * 2**20 // 65_536
    assert made[0] is made[1] is made[2]
    assert base64.b64decode(orjson.loads(made[0].encoded("b64").text)) == bytes(board.pixels)
    assert bytes(orjson.loads(made[0].encoded("array").text)) == bytes(board.pixels)
    board.apply([placed(2, 0, 0, 7)], replace(board.state, seq=2))
    assert snapshots.at_hand("b64") is made[0], "a little older, and made a moment ago"
    await snapshots.close()


@pytest.mark.parametrize("side", [400, 1024])
async def test_who_takes_it_compressed_gets_it_so_whoever_asked_before(side: int) -> None:
    board = Board(replace(STATE, width=side, height=side))
    snapshots = Snapshots(board)
    made: list[Snapshot] = []
    snapshots.wait("b64", made.append)
    await asyncio.sleep(0)  # it is being made without
    assert snapshots.at_hand("b64", deflate=True) is None
    snapshots.wait("b64", made.append, deflate=True)
    while len(made) < 2:  # noqa: ASYNC110  # there is no event for it
        await asyncio.sleep(0)
    assert made[-1].forms["b64"].is_packed
    assert snapshots.at_hand("b64", deflate=True) is snapshots.at_hand("b64") is made[-1]
    await snapshots.close()
