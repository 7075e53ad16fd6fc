"""The stored board stays close to the log."""

from __future__ import annotations

from functools import partial

import pytest

from beeplace.board.geometry import Area
from beeplace.board.rules import decide
from beeplace.errors import StoreUnavailable
from beeplace.log.checkpoints import SLICE, Checkpoints
from beeplace.log.store import BoardSpec, FactsNeeded
from tests.log.samples import NO_LIMIT, PALETTE, Session, fill, placement, reset
from tests.log.stores import no_blocks

LARGE = BoardSpec(512, 256, PALETTE)  # 128 blocks


@pytest.fixture
async def large(session: Session, tmp_path_factory: pytest.TempPathFactory) -> Session:
    """A board of more blocks than one slice has."""
    await session.store.close()
    session.folder, session.settings = tmp_path_factory.mktemp("large"), NO_LIMIT
    await session.open(LARGE)
    return session


async def checkpoint_seq(session: Session, wanted: BoardSpec = LARGE) -> int:
    await session.restart(wanted)
    return session.board.checkpoint_seq


async def test_nothing_is_kept_before_it_is_due(large: Session) -> None:
    checkpoints = Checkpoints(large.board, large.store, every=3)
    await large.place(placement(), placement())
    await checkpoints.keep_some()
    assert await checkpoint_seq(large) == 0


async def test_a_pass_is_made_when_it_is_due(large: Session) -> None:
    checkpoints = Checkpoints(large.board, large.store, every=3)
    await large.place(placement(), placement(), placement())
    await checkpoints.keep_some()
    assert await checkpoint_seq(large) == 3


async def test_a_pass_is_made_slice_by_slice_and_counts_when_it_is_done(large: Session) -> None:
    checkpoints = Checkpoints(large.board, large.store, every=1)
    await large.act(fill(Area(0, 0, 512, 256), color=1))
    await checkpoints.keep_some()
    assert (await checkpoint_seq(large), large.board.bitmap.versions.newest.count(1)) == (0, 128)
    checkpoints = Checkpoints(large.board, large.store, every=1)
    for _ in range(128 // SLICE):
        await checkpoints.keep_some()
    assert await checkpoint_seq(large) == 1


async def test_what_changes_during_a_pass_is_not_lost(large: Session) -> None:
    checkpoints = Checkpoints(large.board, large.store, every=1)
    await large.act(fill(Area(0, 0, 512, 256), color=1))
    await checkpoints.keep_some()
    await large.place(placement(0, 0, 2), placement(511, 255, 3))
    await checkpoints.keep_some()
    pixels = bytes(large.board.pixels)
    assert await checkpoint_seq(large) == 1
    assert large.board.pixels == pixels


async def test_all_is_kept_on_the_way_out(large: Session) -> None:
    await large.act(fill(Area(0, 0, 512, 256), color=1))
    await Checkpoints(large.board, large.store).keep_all()
    assert await checkpoint_seq(large) == 1


async def test_what_a_crash_left_in_the_tail_is_kept_by_the_next_pass(large: Session) -> None:
    """The tail is in memory and not in the blocks; a pass that left it out would lose it at the next start."""
    await large.place(placement(0, 0, 1))
    await large.restart(LARGE)
    checkpoints = Checkpoints(large.board, large.store)
    await large.place(placement(511, 255, 1))
    await checkpoints.keep_all()
    await large.restart(LARGE)
    assert [i for i, color in enumerate(large.board.pixels) if color] == [0, 512 * 256 - 1]


async def test_a_reset_during_a_pass_ends_it(large: Session) -> None:
    checkpoints = Checkpoints(large.board, large.store, every=1)
    await large.act(fill(Area(0, 0, 512, 256), color=1))
    await checkpoints.keep_some()
    await large.act(reset())
    await checkpoints.keep_some()
    await large.restart(LARGE)
    assert large.board.pixels == bytes(512 * 256)


async def test_passes_go_on_after_a_reset(large: Session) -> None:
    checkpoints = Checkpoints(large.board, large.store, every=2)
    await large.place(placement(5, 5, 1))
    await large.act(reset())
    await checkpoints.keep_some()
    await large.place(placement(6, 6, 1), placement(7, 7, 2))
    await checkpoints.keep_some()
    pixels = bytes(large.board.pixels)
    assert await checkpoint_seq(large) == 4
    assert large.board.pixels == pixels


async def test_the_mark_never_runs_ahead_of_the_board(large: Session) -> None:
    """A commit whose outcome was not known: in the log, not yet in the board, so not in the blocks either."""
    await large.store.commit(FactsNeeded(), partial(decide, [placement(3, 3, 3)]))
    await Checkpoints(large.board, large.store).keep_all()
    assert await checkpoint_seq(large) == 0
    assert large.board.pixels[3 * 512 + 3] == 3


async def test_a_slice_that_could_not_be_stored_is_stored_later(large: Session) -> None:
    checkpoints = Checkpoints(large.board, large.store, every=1)
    await large.act(fill(Area(0, 0, 512, 256), color=1))
    with no_blocks(large), pytest.raises(StoreUnavailable):
        await checkpoints.keep_some()
    for _ in range(1 + 128 // SLICE):
        await checkpoints.keep_some()
    assert await checkpoint_seq(large) == 1
    assert large.board.pixels == b"\x01" * 512 * 256
