"""Pieces have what the log has, on every store, whoever makes them and whenever."""

from __future__ import annotations

import gzip
import random
import secrets
from itertools import pairwise

import orjson

from beeplace.board.changes.fill import Fill
from beeplace.board.changes.paste import Paste
from beeplace.board.changes.read_only import ReadOnly
from beeplace.board.changes.recolor import Recolor
from beeplace.board.changes.reset import Reset
from beeplace.board.changes.resize import Resize, Size
from beeplace.board.geometry import Area
from beeplace.board.palette import Palette
from beeplace.board.rules import Action
from beeplace.history.pieces import HistoryPieces
from beeplace.log.pieces import builder
from beeplace.log.pieces.builder import PieceBuilder
from beeplace.log.pieces.stored import StoredPiece
from beeplace.log.reads import Reads
from tests.history.pieces.reader import play, read, resized
from tests.log.samples import HEIGHT, ORGANISER, PALETTE, WHOLE, WIDTH, Session, placement

ENTRIES, FEW = 100, 50  # of a piece here
MORE_COLORS = Palette((*PALETTE.colors, "#123456"))


class Evening:
    """Everything that can happen to a board, in an order that chance gives; `boards` are by the seqs after it."""

    def __init__(self, session: Session) -> None:
        self.session, self.chance = session, random.Random(7)
        self.boards = {0: bytes(WIDTH * HEIGHT)}

    async def go_on(self, changes: int) -> None:
        end = self.session.board.state.seq + changes
        while self.session.board.state.seq < end:
            if self.chance.random() < 0.9:
                x, y = self.chance.randrange(WIDTH), self.chance.randrange(HEIGHT)
                await self.session.place(placement(x, y, self.chance.randrange(4)))
            else:
                await self._act()
            board = self.session.board
            self.boards[board.state.seq] = bytes(board.pixels)

    async def _act(self) -> None:
        area = Area(1, 2, 3, 2)
        board = self.session.board
        before = b"".join(bytes(board.pixels[row.start : row.stop]) for row in area.rows(WIDTH))
        colors = bytes(self.chance.choices(range(4), k=6))
        match self.chance.randrange(5):
            case 0:
                action = Action(Fill(area, self.chance.randrange(4)), ORGANISER, before=before)
            case 1:
                action = Action(Paste(area, colors), ORGANISER, before=before)
            case 2:
                mask = b"\x01\x00\x01\x01\x00\x01"
                colors = bytes(c * m for c, m in zip(colors, mask, strict=True))
                action = Action(Paste(area, colors, mask), ORGANISER, before=before)
            case 3:
                action = Action(ReadOnly(closed=False), ORGANISER)
            case _:
                action = Action(Reset(WHOLE), ORGANISER, epoch=secrets.token_hex(8), before=bytes(board.pixels))
        await self.session.act(action)


async def evening_of(session: Session) -> tuple[dict[int, bytes], list[bytes]]:
    """The board at every seq, as a reader of the pieces and checkpoints alone has it; and the pieces."""
    history = HistoryPieces(Reads(session.store), session.board, lambda: 0.0, ENTRIES)
    told = orjson.loads((await history.index()).body)
    pixels = bytearray(WIDTH * HEIGHT)
    boards, pieces = {0: bytes(pixels)}, []
    for number, one in enumerate(told["pieces"]):
        assert (one["after"], one["to"]) == (number * ENTRIES, (number + 1) * ENTRIES)
        for kept in told["checkpoints"]:
            if kept["seq"] == one["after"]:
                packed = await history.checkpoint(kept["url"].removeprefix("checkpoints/"))
                assert packed
                assert len(packed) == kept["bytes"]
                assert gzip.decompress(packed) == pixels
        packed = await history.piece(one["url"].removeprefix("pieces/"))
        assert packed
        assert len(packed) == one["bytes"]
        pieces.append(gzip.decompress(packed))
        lines = list(read(pieces[-1]))
        assert (lines[0].at_ms, lines[-1].at_ms) == (one["at"], one["until"])
        for line in lines:
            play(pixels, WIDTH, line)
            boards[line.seq] = bytes(pixels)
    assert told["seq"] == len(pieces) * ENTRIES
    return boards, pieces


async def test_pieces_and_checkpoints_show_the_board_at_every_seq(session: Session) -> None:
    evening = Evening(session)
    makers = [PieceBuilder(session.store, session.board, ENTRIES) for _ in range(2)]
    await evening.go_on(ENTRIES - 1)
    assert not await makers[0].build_next()
    await evening.go_on(4 * ENTRIES + 2)
    while await makers[evening.chance.randrange(2)].build_next():  # each finds what the other made
        pass
    assert not any([await maker.build_next() for maker in makers])
    boards, pieces = await evening_of(session)
    assert len(pieces) == 5
    assert boards == {seq: board for seq, board in evening.boards.items() if seq in boards}
    assert len(boards) == 5 * ENTRIES + 1
    heads = await session.store.piece_heads(0)
    assert any(head.checkpoint_bytes for head in heads)
    assert [head.number for head in await session.store.piece_heads(3)] == [3, 4]

    await session.restart()
    await Evening(session).go_on(2 * ENTRIES)
    later = PieceBuilder(session.store, session.board, ENTRIES)
    assert [await later.build_next() for _ in range(3)] == [True, True, False]
    boards, again = await evening_of(session)
    assert again[:5] == pieces
    assert boards[7 * ENTRIES] == (await _board_at(session, 7 * ENTRIES))


async def test_pieces_go_on_across_sizes_of_the_board(session: Session) -> None:
    maker, kept = PieceBuilder(session.store, session.board, FEW), dict[int, bytes]()
    for number, (old, new) in enumerate(pairwise([Size(WIDTH, HEIGHT), Size(11, 9), Size(8, 8), Size(8, 12)])):
        for x in range(30):
            await session.place(placement(x % 8, number, 1 + x % 3))
        change = Resize.to(new, old)
        before = b"".join(session.board.replaced_by(change))
        await session.act(Action(change, ORGANISER, epoch=f"epoch {number}", before=before))
        kept[session.board.state.seq] = bytes(session.board.pixels)
        while await maker.build_next():
            pass
    for x in range(57):
        await session.place(placement(x % 8, 11, 2))
    await PieceBuilder(session.store, session.board, FEW).build_next()
    await maker.build_next()
    history = HistoryPieces(Reads(session.store), session.board, lambda: 0.0, FEW)
    pixels, width = bytearray(WIDTH * HEIGHT), WIDTH
    for one in orjson.loads((await history.index()).body)["pieces"]:
        packed = await history.piece(one["url"].removeprefix("pieces/"))
        assert packed
        for line in read(gzip.decompress(packed)):
            if line.fields[0] == "s":
                pixels, width = resized(pixels, line.fields)
                assert bytes(pixels) == kept.pop(line.seq)
            else:
                play(pixels, width, line)
    assert kept == {}
    assert bytes(pixels) == session.board.pixels


async def _board_at(session: Session, seq: int) -> bytes:
    pixels = bytearray(WIDTH * HEIGHT)
    for entry in (await session.log())[:seq]:
        if entry.change.EMPTIES:
            pixels[:] = bytes(len(pixels))
        else:
            entry.change.draw(pixels, WIDTH)
    return bytes(pixels)


async def test_checkpoints_and_pieces_are_five_bytes_a_placement_at_most(session: Session) -> None:
    maker = PieceBuilder(session.store, session.board, ENTRIES)
    await Evening(session).go_on(4 * ENTRIES)
    while await maker.build_next():
        pass
    since, entries = 0, 0
    for head in await session.store.piece_heads(0):
        if head.checkpoint_bytes is not None:
            assert since + head.checkpoint_bytes <= builder.BYTES_A_PLACEMENT * entries
            since, entries = 0, 0
        since, entries = since + head.packed_bytes, entries + ENTRIES


async def test_nothing_is_kept_of_another_term_and_the_first_piece_stays(session: Session) -> None:
    piece, term = StoredPiece(0, 1, 2, b"first", None), session.board.state.term
    await session.store.keep_piece(piece, "another")
    assert await session.store.piece_heads(0) == []
    await session.store.keep_piece(piece, term)
    await session.store.keep_piece(StoredPiece(0, 1, 2, b"second", b"board"), term)
    assert await session.store.piece(0) == b"first"
    assert await session.store.checkpoint(0) is None
    assert await session.store.piece(1) is None
    history = HistoryPieces(Reads(session.store), session.board, lambda: 0.0, ENTRIES)
    assert await history.piece(f"0-{piece.digest}") == b"first"
    for name in (f"0-{'0' * 16}", f"1-{piece.digest}", "0", "", f"00-{piece.digest}", f"-1-{piece.digest}"):
        assert await history.piece(name) is None


async def test_the_index_names_epochs_and_moments(session: Session) -> None:
    await session.place(placement(1, 1, 1))
    await session.act(Action(Fill(WHOLE, 1), ORGANISER, before=bytes(WIDTH * HEIGHT)))
    await session.act(Action(Recolor(MORE_COLORS, by_organiser=True), ORGANISER, epoch="second"))
    history = HistoryPieces(Reads(session.store), session.board, lambda: 0.0, ENTRIES)
    told = orjson.loads((await history.index()).body)
    assert [(moment["seq"], moment["kind"]) for moment in told["moments"]] == [(2, "fill"), (3, "palette")]
    assert [epoch["from"] for epoch in told["epochs"]] == [1, 3]
    assert [epoch["colors"] for epoch in told["epochs"]] == [list(PALETTE.colors), list(MORE_COLORS.colors)]
    assert {(epoch["width"], epoch["height"]) for epoch in told["epochs"]} == {(WIDTH, HEIGHT)}
    assert (told["format"], told["seq"], told["pieces"], told["checkpoints"]) == (1, 0, [], [])
