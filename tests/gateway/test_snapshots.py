"""A snapshot is made once for all who join between two refreshes, and is never older than the last batch."""

from __future__ import annotations

import base64
from dataclasses import replace

import orjson
import pytest

from beeplace.board.board import Board
from beeplace.gateway.snapshots import Snapshots
from tests.gateway.test_refresh import STATE, Canvas, placed


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
    assert orjson.loads(orjson.dumps(snapshots.delta(0))) == {"from": 0, "to": 1, "pixels": "1,1,1"}


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
