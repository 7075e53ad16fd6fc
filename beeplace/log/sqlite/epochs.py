"""What a commit writes down where a new epoch begins: its row, and the stored board where that is another."""

from __future__ import annotations

import apsw
import orjson

from beeplace.board.board import Board
from beeplace.board.rules import Decision
from beeplace.log.board_clock import wall_ms
from beeplace.log.sql_files import queries
from beeplace.log.sqlite import row_codec

_SQL = queries("sqlite")


def begin_epoch(db: apsw.Connection, decision: Decision, board: Board) -> None:
    """Within the transaction of the entry that begins it; `board` has all that the log has before that."""
    state, change = decision.state, decision.entries[0].change
    colors = orjson.dumps(state.palette.colors).decode()
    db.execute(_SQL["add_epoch"], (state.epoch, state.seq, state.width, state.height, colors, wall_ms()))
    if not (change.EMPTIES or change.RESIZES):
        return
    db.execute(_SQL["forget_blocks"])
    db.execute(_SQL["set_kept"], (state.seq,))
    if change.RESIZES:
        bitmap = change.repaint(board.bitmap, board.state.width, state.seq)
        blocks = map(bitmap.block, bitmap.blocks_since(0))
        db.executemany(_SQL["keep_block"], map(row_codec.block_row, blocks))
