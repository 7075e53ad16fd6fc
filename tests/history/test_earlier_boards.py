"""The board of a minute ago: the same bytes for all who ask for it at about the same time."""

from __future__ import annotations

import zlib

from beeplace.board.changes.reset import Reset
from beeplace.board.geometry import Area
from beeplace.history.delayed_board import KEPT_SECONDS
from beeplace.history.earlier_boards import SHARED_SECONDS, EarlierBoards
from tests.history.test_delayed_board import Rig


def test_all_who_ask_within_a_second_share_one_copy() -> None:
    rig = Rig()
    boards = EarlierBoards(rig.delayed, lambda: rig.now)
    first = boards.latest()
    rig.place(1, 1, 2)
    rig.now += KEPT_SECONDS
    rig.place(2, 2, 3)
    second = boards.latest()
    assert (second.seq, second.pixels[5], first.pixels[5]) == (1, 2, 0)
    rig.now += KEPT_SECONDS - SHARED_SECONDS / 2
    assert boards.latest() is second
    rig.now += SHARED_SECONDS
    assert (boards.latest().seq, boards.latest().pixels[10]) == (2, 3)


def test_while_slow_readers_hold_many_one_is_shared_for_longer() -> None:
    rig = Rig()
    boards = EarlierBoards(rig.delayed, lambda: rig.now)
    boards.shared_seconds = lambda: 5 * SHARED_SECONDS
    first = boards.latest()
    rig.place(1, 1, 2)
    rig.now += KEPT_SECONDS
    second = boards.latest()
    assert second is not first
    rig.place(2, 2, 3)
    rig.now += KEPT_SECONDS
    assert boards.latest() is not second
    rig.place(3, 2, 3)
    third = boards.latest()
    rig.now += 4 * SHARED_SECONDS
    assert boards.latest() is third


def test_while_nothing_changes_it_is_the_same_for_ever() -> None:
    rig = Rig()
    boards = EarlierBoards(rig.delayed, lambda: rig.now)
    first = boards.latest()
    rig.now += 1000
    assert boards.latest() is first


def test_what_was_erased_is_not_given_on() -> None:
    rig = Rig()
    boards = EarlierBoards(rig.delayed, lambda: rig.now)
    boards.latest()
    rig.commit(Reset(Area(0, 0, 4, 3)), epoch="second")
    assert boards.latest().state.epoch == "second"


async def test_it_is_deflated_once() -> None:
    rig = Rig()
    boards = EarlierBoards(rig.delayed, lambda: rig.now)
    one, other = await boards.packed(), await boards.packed()
    assert one is other
    assert one.deflated
    assert zlib.decompress(one.deflated) == one.pixels
