"""Entries of the log from sorted rows of a file: pixels of people as columns, what moderators painted as actions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy

from beeplace.board.changes import Change
from beeplace.board.changes.fill import Fill
from beeplace.board.changes.paste import Paste
from beeplace.board.geometry import Area
from beeplace.history.imports.board import PlayedBoard
from beeplace.history.imports.records import CIRCLE, PIXEL, Records
from beeplace.log.archive import Epoch, Placed, Row, Rows, Undo
from beeplace.log.strips.columns import PlacementColumns

_REASON = "imported: painted by a moderator"
_ORGANISER = bytes(16)
_NOBODY = numpy.zeros(1, "V16")[0]


class EntryMaker:
    """Numbers the rows of a file, which come in the order of time. `origin` is the board in the file's coordinates."""

    def __init__(self, epoch: Epoch, board: PlayedBoard, origin: Area) -> None:
        self.board, self.seq = board, 0
        self._epoch, self._origin = epoch, origin

    def make(self, records: Records) -> Iterator[Placed | Undo | Rows]:
        """What these rows become."""
        apart = numpy.flatnonzero((records["shape"] != PIXEL) | (records["person"] == _NOBODY)).tolist()
        begin = 0
        for index in [*apart, len(records)]:
            if index > begin:
                yield self._placed(records[begin:index])
            if index < len(records) and (change := self._change(records[index])):
                yield from self._action(change, int(records[index]["at_ms"]))
            begin = index + 1

    def _placed(self, records: Records) -> Placed:
        xs = (records["x"] - self._origin.x).astype(numpy.uint16)
        ys = (records["y"] - self._origin.y).astype(numpy.uint16)
        seqs = numpy.arange(self.seq + 1, self.seq + len(records) + 1)
        self.seq += len(records)
        previous = self.board.place(xs, ys, records["color"], seqs)
        people = numpy.frombuffer(records["person"].tobytes(), numpy.uint8).reshape(-1, 16)
        columns = PlacementColumns(seqs, records["at_ms"].copy(), xs, ys, records["color"].copy(), people)
        return Placed(self._epoch, columns, previous)

    def _change(self, record: Any) -> Change | None:
        area, color = clipped(record, self._origin), int(record["color"])
        if area is None:
            return None
        if record["shape"] != CIRCLE:
            return Fill(area, color)
        mask = self._circle(record, area).reshape(-1)
        return Paste(area, (mask * color).astype(numpy.uint8).tobytes(), mask.astype(numpy.uint8).tobytes())

    def _circle(self, record: Any, area: Area) -> Any:
        x, y, radius = (int(record[name]) for name in ("x", "y", "width"))
        rows, columns = numpy.mgrid[area.y : area.y + area.height, area.x : area.x + area.width]
        return (columns + self._origin.x - x) ** 2 + (rows + self._origin.y - y) ** 2 <= radius**2

    def _action(self, change: Change, at_ms: int) -> Iterator[Undo | Rows]:
        self.seq += 1
        kind, area, color, payload = change.record()
        assert area
        before, seqs = self.board.before(area)
        mask = None
        if isinstance(change, Paste):
            mask = numpy.frombuffer(change.mask or b"", bool).reshape(area.height, area.width)
            drawn = int(max(change.colors))
        else:
            drawn = color
        self.board.paint(area, drawn, self.seq, mask)
        single = change.single(1) is not None
        width, height = (None, None) if single else (area.width, area.height)
        code = self._epoch.palette.colors[color] if payload is None else None
        yield Undo(self.seq, _REASON, before, seqs)
        row = Row(
            self.seq,
            self._epoch.name,
            kind,
            area.x,
            area.y,
            width,
            height,
            color,
            code,
            at_ms,
            _ORGANISER,
            self.seq,
            payload,
        )
        yield Rows([row], [0])


def clipped(record: Any, board: Area) -> Area | None:
    """The part of a pixel, rectangle or circle that lies on the board, in the board's coordinates; None for none."""
    x, y, width, height = (int(record[name]) for name in ("x", "y", "width", "height"))
    if record["shape"] == PIXEL:
        width = height = 1
    elif record["shape"] == CIRCLE:
        x, y, width, height = x - width, y - width, 2 * width + 1, 2 * width + 1
    left, top = max(x, board.x), max(y, board.y)
    right, bottom = min(x + width, board.x + board.width), min(y + height, board.y + board.height)
    if left >= right or top >= bottom:
        return None
    return Area(left - board.x, top - board.y, right - left, bottom - top)
