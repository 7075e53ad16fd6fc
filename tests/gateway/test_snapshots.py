"""A snapshot is made once for all who join between two refreshes, and is never older than the last batch."""

from __future__ import annotations

import base64

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
    said = orjson.loads(orjson.dumps(canvas.snapshots.latest().encoded(form)))
    assert bytes(said if form == "array" else base64.b64decode(said)) == bytes(canvas.board.pixels)


async def test_a_batch_makes_the_next_snapshot_new() -> None:
    canvas = Canvas()
    old = canvas.snapshots.latest()
    canvas.commit(placed(1, 1, 1, 1))
    canvas.refresh.tick(0)
    new = canvas.snapshots.latest()
    assert (old.seq, new.seq, new.pixels[65]) == (0, 1, 1)


async def test_a_snapshot_before_a_batch_is_covered_by_it() -> None:
    canvas = Canvas()
    canvas.snapshots.latest()
    canvas.commit(placed(1, 1, 1, 1))
    joined = canvas.snapshots.latest()
    assert joined.seq <= 0, "older than the board, but the next batch begins where it ends"


async def test_a_reset_makes_the_next_snapshot_new_at_once() -> None:
    canvas = Canvas()
    canvas.snapshots.latest()
    canvas.commit(placed(1, 1, 1, 1, "f"))
    canvas.snapshots.renew()
    assert canvas.snapshots.latest().epoch == "f"
