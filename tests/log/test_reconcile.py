"""The settings ask for another board than the store holds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from beeplace.board.changes.placement import Placement
from beeplace.board.changes.recolor import Recolor
from beeplace.board.geometry import Area
from beeplace.board.palette import Palette
from beeplace.errors import BoardMismatch
from beeplace.log.reconcile import adopt
from beeplace.log.store import BoardSpec
from tests.log.samples import WANTED, Session, fill, placement, read_only

OTHER = replace(WANTED, palette=Palette(("#000000", "#111111", "#222222", "#333333")))
SHORTER = replace(WANTED, palette=Palette(("#FFFFFF", "#E50000")))


async def test_the_same_board_is_taken_as_it_is(session: Session) -> None:
    epoch = session.board.state.epoch
    await adopt(session.store, session.board, session.replica, WANTED)
    assert (session.board.state.epoch, await session.log()) == (epoch, [])


@pytest.mark.parametrize("size", [(10, 8), (9, 9), (8, 9)])
async def test_another_size_is_refused_with_the_name_of_the_setting(session: Session, size: tuple[int, int]) -> None:
    with pytest.raises(BoardMismatch, match="BOARD_SIZE: the stored board is 9 x 8"):
        await adopt(session.store, session.board, session.replica, BoardSpec(*size, WANTED.palette))
    assert await session.log() == []


async def test_a_new_palette_is_an_entry_and_a_new_epoch(session: Session) -> None:
    await session.place(placement(1, 1, 3))
    epoch = session.board.state.epoch
    await adopt(session.store, session.board, session.replica, OTHER)
    state = session.board.state
    assert (state.palette, state.seq) == (OTHER.palette, 2)
    assert state.epoch != epoch
    assert [(type(e.change), e.epoch) for e in await session.log()] == [(Placement, epoch), (Recolor, state.epoch)]


async def test_pixels_keep_their_index_under_a_new_palette_also_after_a_restart(session: Session) -> None:
    await session.place(placement(1, 1, 3))
    await adopt(session.store, session.board, session.replica, OTHER)
    state = session.board.state
    await session.restart(OTHER)
    assert (session.board.state, session.board.pixels[9 + 1]) == (state, 3)


async def test_a_palette_without_a_used_colour_is_refused(session: Session) -> None:
    await session.place(placement(1, 1, 3))
    with pytest.raises(BoardMismatch, match=r"COLORS: .* \[3\], which 2 colours lack"):
        await adopt(session.store, session.board, session.replica, SHORTER)
    assert session.board.state.palette == WANTED.palette


async def test_a_shorter_palette_with_all_used_colours_is_taken(session: Session) -> None:
    await session.place(placement(1, 1, 1))
    await adopt(session.store, session.board, session.replica, SHORTER)
    assert [a.code for a in await session.place(placement(color=2))] == ["bad_color"]


async def test_a_read_only_board_stays_so_under_a_new_palette(session: Session) -> None:
    await session.act(read_only())
    await adopt(session.store, session.board, session.replica, OTHER)
    assert session.board.state.read_only


async def test_a_pixel_s_history_keeps_the_colours_of_palettes_that_are_gone(session: Session) -> None:
    await session.place(placement(1, 1, 3))
    await session.act(fill(Area(1, 1, 1, 1), color=1))
    await adopt(session.store, session.board, session.replica, SHORTER)
    history = await session.store.history(1, 1, 9)
    assert [(e.change.color_of(1, 1), e.hex) for e in history] == [(1, WANTED.palette[1]), (3, WANTED.palette[3])]


async def test_a_colour_used_in_the_last_moment_keeps_the_palette(session: Session) -> None:
    """Another gateway's placement, which the board in memory does not have yet."""
    other = Session(session.folder, session.make)
    other.store, other.board = session.store, type(session.board)(session.board.state)
    await other.place(placement(1, 1, 3))
    with pytest.raises(BoardMismatch, match=r"\[3\]"):
        await adopt(session.store, session.board, session.replica, SHORTER)
    assert (await session.store.state()).palette == WANTED.palette
