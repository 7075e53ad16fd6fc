"""The columns of an export: what each entry of the log is to people who have another tool than BeePlace.

    seq     its number; consecutive, from 1
    epoch   the numbering of the board that it belongs to
    time    the wall clock in UTC, to the millisecond; it may step back where the clock was set
    kind    what happened: `placement`, `fill`, `rewind`, ...; `other` for what a newer version wrote
    x, y, width, height   the pixels that changed lie in this rectangle, 1 x 1 for a placement; empty where none did
    color, hex   the colour that all of them got, as the palette's index and as #RRGGBB; empty where there is not one
    person  who placed, by the name that exports have (`ExportNames`); `organiser` for an organiser's action
    action  the seq that names the organiser's action; empty for what people do
    change  what is no placement, as a line of the log's text with no time (see `log_text.py`), so that the picture
            can be played; empty for a placement

An export has no secrets, reasons, bans, settings or safe pictures: a backup has those.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy
from numpy.typing import NDArray

from beeplace.board.changes import KINDS, read_on
from beeplace.board.changes.placement import Placement
from beeplace.board.changes.unknown import Unknown
from beeplace.board.state import BoardState
from beeplace.errors import StoreUnavailable
from beeplace.log.archive import Epochs, Head, Row
from beeplace.log.strips.columns import IDENTITY_BYTES, LogColumns
from beeplace.people.export_names import ExportNames

COLUMNS: Final = (
    "seq", "epoch", "time", "kind", "x", "y", "width", "height", "color", "hex", "person", "action", "change",
)  # fmt: skip
ORGANISER: Final = "organiser"
KIND_NAMES: Final = (  # as in a selection, each once
    *dict.fromkeys(kind.NAME.replace("_", "-") for kind in KINDS.values()),
    Unknown.NAME,
)
_KIND_INDEX: Final = {number: KIND_NAMES.index(kind.NAME.replace("_", "-")) for number, kind in KINDS.items()}
_COLORS: Final = 256  # of the largest palette
_DIGITS: Final = numpy.array([list(f"{byte:02x}".encode()) for byte in range(256)], numpy.uint8)
NAME_BYTES: Final = len("bee-") + 2 * IDENTITY_BYTES

Numbers = NDArray[Any]


@dataclass(frozen=True, slots=True)
class ExportedRows:
    """Consecutive rows of an export, column by column: arrays of one length, and what few rows have by their index.

    `epoch` and `kind` are indices of `epochs` and `KIND_NAMES`, `hex` of `colors`; `person` has names as bytes.
    A row of `told` is no placement of one pixel by a person: of the columns from x to action it has these values, None
    where it is empty, and `changes` has its change.
    """

    epochs: Sequence[str]
    colors: Sequence[str]
    seq: Numbers
    epoch: Numbers
    time: Numbers  # ms since 1970
    kind: Numbers
    x: Numbers
    y: Numbers
    color: Numbers
    hex: Numbers
    person: Numbers
    told: dict[int, tuple[Any, ...]]
    changes: dict[int, str]

    def only(self, chosen: Numbers) -> ExportedRows:
        """Those for which this is true."""
        columns = ("seq", "epoch", "time", "kind", "x", "y", "color", "hex", "person")
        index = (numpy.cumsum(chosen) - 1).tolist()
        return replace(
            self,
            **{name: getattr(self, name)[chosen] for name in columns},
            told={index[at]: told for at, told in self.told.items() if chosen[at]},
            changes={index[at]: change for at, change in self.changes.items() if chosen[at]},
        )

    def rows(self, times: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
        """The same, row by row, in the order of `COLUMNS`; the times are given as the form tells them."""
        names = written_names(self.person).tobytes().decode()
        columns = zip(
            self.seq.tolist(),
            map(self.epochs.__getitem__, self.epoch.tolist()),
            times,
            map(KIND_NAMES.__getitem__, self.kind.tolist()),
            self.x.tolist(),
            self.y.tolist(),
            self.color.tolist(),
            map(self.colors.__getitem__, self.hex.tolist()),
            strict=True,
        )
        told, changes, at = self.told, self.changes, 0
        for index, (seq, epoch, time, kind, x, y, color, code) in enumerate(columns):
            if index in told:
                yield (seq, epoch, time, kind, *told[index], changes.get(index))
            else:
                yield (seq, epoch, time, kind, x, y, 1, 1, color, code, names[at : at + NAME_BYTES], None, None)
            at += NAME_BYTES


class ExportedColumns:
    """Makes columns of the log's entries, which must come without a gap."""

    def __init__(self, head: Head) -> None:
        self._epochs, self._people = Epochs(head), ExportNames(head.secrets.get("identities", b""))
        self._names = [epoch.name for epoch in head.epochs]
        self._first_seqs = numpy.array([epoch.first_seq for epoch in head.epochs])
        self._colors = sorted({color for epoch in head.epochs for color in epoch.palette.colors})
        self._hexes = numpy.full((len(head.epochs), _COLORS), -1, numpy.int32)
        for number, epoch in enumerate(head.epochs):
            indices = [self._colors.index(color) for color in epoch.palette.colors]
            self._hexes[number, : len(indices)] = indices

    def of(self, piece: LogColumns) -> ExportedRows:
        """Raises StoreUnavailable where an entry of the log is missing, or has a colour that its board has not."""
        placed, after = piece.whole().placements, piece.after
        seq = numpy.arange(after + 1, piece.to + 1)
        epoch = numpy.maximum(numpy.searchsorted(self._first_seqs, seq, "right") - 1, 0).astype(numpy.int32)
        at: Any = placed.seq - after - 1 if piece.others else slice(None)
        hexes = self._hexes[epoch[at], placed.color]
        if (hexes < 0).any():
            raise damaged(after + 1, piece.to)
        rows = ExportedRows(
            self._names,
            self._colors,
            seq,
            epoch,
            _spread(placed.at_ms, at, len(seq)),
            _spread(numpy.full(len(hexes), _KIND_INDEX[Placement.NUMBER], numpy.int32), at, len(seq)),
            _spread(placed.x, at, len(seq)),
            _spread(placed.y, at, len(seq)),
            _spread(placed.color, at, len(seq)),
            _spread(hexes, at, len(seq)),
            _spread(self._named(placed.identity), at, len(seq)),
            {},
            {},
        )
        for row in piece.others:
            self._tell(rows, row, row.seq - after - 1)
        return rows

    def _named(self, identities: Numbers) -> Numbers:
        return numpy.frombuffer(self._people.of(identities.tobytes()), numpy.uint8).reshape(-1, IDENTITY_BYTES)

    def _tell(self, rows: ExportedRows, row: Row, index: int) -> None:
        rows.time[index] = row.at_ms
        rows.kind[index] = _KIND_INDEX.get(row.kind, len(KIND_NAMES) - 1)
        width, height = (None, None) if row.x is None else (row.width or 1, row.height or 1)
        color = None if row.hex is None else row.color
        person = ORGANISER
        if row.action is None:
            person = self._people.written(row.identity)
            rows.person[index] = list(bytes.fromhex(person.removeprefix("bee-")))
        rows.told[index] = (row.x, row.y, width, height, color, row.hex, person, row.action)
        # Invariant: a row with a position and neither a size nor a payload is of one pixel, whatever its kind.
        if row.width is not None or row.x is None or row.payload is not None or row.action is not None:
            epoch = self._epochs.at(row.seq)
            state = BoardState(epoch.name, row.seq, epoch.width, epoch.height, epoch.palette)
            rows.changes[index] = read_on(state, row.record).line(0, epoch.name)


def damaged(first: int, last: int) -> StoreUnavailable:
    """What is said of a stretch of the log that no board can have."""
    return StoreUnavailable(f"the log is damaged between {first} and {last}; beeplace verify tells more")


def painting(change: str, *area: int) -> str:
    """The line of a change, which touches this area; another size is told as the picture that it brought back."""
    letter, *told = change.split(",")
    return f"p,{','.join(map(str, area))},{told[4]},0" if letter == "s" and told[4] else change


def written_names(people: Numbers) -> NDArray[numpy.uint8]:
    """The names of some people as exports write them, 36 bytes each."""
    names = numpy.empty((len(people), NAME_BYTES), numpy.uint8)
    names[:, :4] = list(b"bee-")
    names[:, 4:] = _DIGITS[people].reshape(len(people), -1)
    return names


def _spread(values: Numbers, at: Any, length: int) -> Numbers:
    """The values of placements at their rows; 0 elsewhere."""
    if isinstance(at, slice):
        return values
    spread = numpy.zeros((length, *values.shape[1:]), values.dtype)
    spread[at] = values
    return spread
