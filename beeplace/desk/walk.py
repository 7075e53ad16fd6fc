"""The walk from a board back through its log: which pixels a rewind gives back, and to what.

Each pixel has a path: from its last change to the one before, and so on. A rewind or an undo that is not selected is
no drawing of its own; the path goes on at the change that it shows again, past all that it took back. The first change
of the path that is not selected is the pixel's source, and gives it its colour; where there is none, it is the
empty board.

    given back    the path begins with selected changes: the pixel goes back to its source, if that looks different
    left          a selected change lies further down the path: somebody drew over it later

The log is read once, from its end, in pieces of any size, each for all pixels together. It runs in a thread and, in
its long steps, without the interpreter's lock.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from beeplace.board.changes import Change
from beeplace.board.changes.paste import Paste
from beeplace.board.changes.resize import Resize
from beeplace.board.changes.restoration import Restoration
from beeplace.board.changes.rewind import Rewind
from beeplace.board.changes.undo import Undone
from beeplace.board.entries import Entry
from beeplace.board.geometry import Area
from beeplace.desk.rows import Bytes, Flags, Names, Numbers, Placements, Seqs, chosen
from beeplace.desk.selection import Selection


@dataclass(frozen=True, slots=True)
class Found:
    """What a walk came to, for each pixel of its area row by row.

    `taken` are those that show what is selected, of which those `given_back` look different then; `people` are those
    whose pixels these are: of each the one who drew it last of those selected.
    """

    area: Area
    taken: Flags
    given_back: Flags
    left: Flags
    colors: Bytes
    sources: Seqs
    people: Names

    def without_sources(self) -> Found:
        """The same for who only looks."""
        return replace(self, sources=np.zeros(0, np.uint64))


class Walk:
    """One walk over the pixels of an area. Give it the log from `newest` back; then ask what it found.

    `empty_seq` is when the board was last empty: nothing is read from before it.
    """

    def __init__(self, area: Area, selection: Selection, newest: int, empty_seq: int) -> None:
        self.area, self.selection, self.newest, self.empty_seq = area, selection, newest, empty_seq
        pixels = area.width * area.height
        self._below: Seqs = np.full(pixels, newest + 1, np.uint64)  # the path goes on with changes older than this
        self._settled: Flags = np.zeros(pixels, np.bool_)  # the source is known
        self._given_back: Flags = np.zeros(pixels, np.bool_)
        self._selected: Flags = np.zeros(pixels, np.bool_)  # a selected change was met on the path
        self._decided: Flags = np.zeros(pixels, np.bool_)  # by a selected placement: an older one changes nothing more
        self._colors: Bytes = np.zeros(pixels, np.uint8)
        self._sources: Seqs = np.zeros(pixels, np.uint64)
        self._row: NDArray[np.int32] = np.zeros(pixels, np.int32)  # scratch: a row of the piece under way
        self._owners: Names = np.zeros(pixels, np.uint32)
        self._owned: Flags = np.zeros(pixels, np.bool_)

    @property
    def open(self) -> bool:
        """Whether older changes can still matter, once all that is selected was read."""
        return bool((self._given_back & ~self._settled).any())

    def pass_selected(self) -> None:
        """What comes is older than all that is selected: only pixels that are given back still matter."""
        self._settled |= ~self._given_back

    def placements(self, found: Placements) -> None:
        """The next older placements."""
        taken = chosen(found, self.selection)
        matters = np.flatnonzero(self._matters(found.offsets, taken))
        seqs, offsets, colors, names = found.at(matters)
        on_path, taken = seqs < self._below[offsets], taken[matters]
        selected, others = np.flatnonzero(on_path & taken), np.flatnonzero(on_path & ~taken)
        self._selected[offsets[selected]] = self._decided[offsets[selected]] = True
        selected = selected[~self._settled[offsets[selected]]]
        others = others[~self._settled[offsets[others]]]
        self._row[offsets[selected]] = -1
        self._row[offsets[others]] = others  # of a pixel's rows the last one counts
        above = selected[selected > self._row[offsets[selected]]]
        newest = others[self._row[offsets[others]] == others]
        self._given_back[offsets[above]] = True
        self._own(offsets[above], names[above])
        self._settle(offsets[newest], colors[newest], seqs[newest])

    def _matters(self, offsets: Numbers, taken: Flags) -> Flags:
        """Which placements can still change what is found: most pixels are settled after some of the log."""
        if taken.all():
            return ~self._decided[offsets]
        if not taken.any():
            return ~self._settled[offsets]
        return np.where(taken, ~self._decided[offsets], ~self._settled[offsets])

    def _own(self, pixels: Numbers, names: Names) -> None:
        """Placements that are given back; the newest of each pixel says whose that is."""
        free = ~self._owned[pixels]
        self._owners[pixels[free]] = names[free]  # the last one counts
        self._owned[pixels] = True

    def _settle(self, pixels: Numbers, colors: Bytes, seqs: Seqs) -> None:
        self._settled[pixels] = True
        self._colors[pixels] = colors
        self._sources[pixels] = seqs

    def other(self, entry: Entry) -> None:
        """The next older entry, which is no placement and paints pixels of the area."""
        change, selection = entry.change, self.selection
        pixels, inside = covered(self.area, change)
        on_path = entry.seq < self._below[pixels]
        pixels, inside = pixels[on_path], inside[on_path]
        if not change.RESIZES and selection.takes(entry.seq, change.record().kind, entry.identity):
            self._selected[pixels] = True
            self._given_back[pixels[~self._settled[pixels]]] = True
        elif isinstance(change, Rewind):
            self._below[pixels] = sources(change, inside) + 1
        elif (target := taken_back(change)) > self.empty_seq:
            self._below[pixels] = target
        else:
            fresh = ~self._settled[pixels]
            colors = painted(change)[inside[fresh]]
            self._settle(pixels[fresh], colors, np.full(len(colors), entry.seq, np.uint64))

    def found(self, shown: bytes, colors: int) -> Found:
        """What came of it, once the log has been read as far as it matters.

        `shown` has the area's pixels as they are now, of a palette of so many `colors`: a pixel whose source has a
        colour of an earlier, larger palette stays.
        """
        possible = self._given_back & (self._colors < colors)
        given_back = possible & (self._colors != np.frombuffer(shown, np.uint8))
        people: Names = np.unique(self._owners[given_back & self._owned])
        return Found(self.area, possible, given_back, self._selected & ~possible, self._colors, self._sources, people)


class ShownAgain:
    """One walk over the pixels of an area, to those that show again what the entry `seq` made of them.

    Only pixels that are `open` are looked at: those whose last change is a rewind or an undo. Give it the log from
    `newest` back to that entry; `found` then has a flag for each pixel.
    """

    def __init__(self, area: Area, seq: int, newest: int, empty_seq: int, is_open: Flags) -> None:
        self._area, self._seq, self._empty_seq = area, seq, empty_seq
        self._below: Seqs = np.full(len(is_open), newest + 1, np.uint64)  # as in `Walk`
        self._open = is_open
        self.found: Flags = np.zeros(len(is_open), np.bool_)

    @property
    def open(self) -> bool:
        """Whether older changes can still matter."""
        return bool(self._open.any())

    def placements(self, found: Placements) -> None:
        """The next older placements: a path that meets one shows a person's pixel."""
        self._open[found.offsets[found.seqs < self._below[found.offsets]]] = False

    def other(self, entry: Entry) -> None:
        """The next older entry, which is no placement and paints pixels of the area."""
        change = entry.change
        pixels, inside = covered(self._area, change)
        on_path = self._open[pixels] & (entry.seq < self._below[pixels])
        pixels, inside = pixels[on_path], inside[on_path]
        if entry.seq != self._seq and isinstance(change, Rewind):
            self._below[pixels] = sources(change, inside) + 1
        elif entry.seq != self._seq and (target := taken_back(change)) > self._empty_seq:
            self._below[pixels] = target
        else:
            self.found[pixels] = entry.seq == self._seq
            self._open[pixels] = False


def covered(ours: Area, change: Change) -> tuple[Numbers, Numbers]:
    """Which pixels of an area a change paints, and the places of the same ones in its own area."""
    theirs = change.area
    assert theirs is not None
    left, top = max(theirs.x, ours.x), max(theirs.y, ours.y)
    right, bottom = (
        min(theirs.x + theirs.width, ours.x + ours.width),
        min(theirs.y + theirs.height, ours.y + ours.height),
    )
    ys, xs = np.mgrid[top:bottom, left:right]
    pixels = ((ys - ours.y) * ours.width + (xs - ours.x)).ravel()
    inside = ((ys - theirs.y) * theirs.width + (xs - theirs.x)).ravel()
    if (mask := mask_of(change)) is not None:
        painted_here = np.frombuffer(mask, np.bool_)[inside]
        pixels, inside = pixels[painted_here], inside[painted_here]
    return pixels, inside


def taken_back(change: Change) -> int:
    """The seq of what an undo takes back, or a resize that is one; -1 of all else."""
    if isinstance(change, Undone):
        return change.target
    return change.target or -1 if isinstance(change, Resize) else -1


def _shown(change: Change) -> Change | None:
    """What of a change paints."""
    if isinstance(change, Restoration):
        return _shown(change.shown)
    return change.added if isinstance(change, Resize) else change


def mask_of(change: Change) -> bytes | None:
    """A byte for each pixel of a change's area, 1 where it paints; None where it paints all."""
    shown = _shown(change)
    return shown.mask if isinstance(shown, Paste) else None


def painted(change: Change) -> Bytes:
    """A colour index for each pixel of a change's area."""
    shown = _shown(change)
    if isinstance(shown, Paste):
        return np.frombuffer(shown.colors, np.uint8)
    return np.full(change.size, change.record().color, np.uint8)


def sources(change: Rewind, inside: Numbers) -> Seqs:
    """The sources of some pixels of a rewind's area, by their places in it, in order; 0 where it gives none back.

    Raises ValueError.
    """
    shown = change.shown
    if not len(inside):
        return np.zeros(0, np.uint64)
    begin, end = int(inside[0]), int(inside[-1]) + 1
    worked_out: Flags = np.ones(end, np.bool_)
    if shown.mask is not None:
        worked_out = np.frombuffer(shown.mask, np.bool_, end).copy()
        worked_out[[index for index in shown.kept if index < end]] = True
    first, last = (int(np.count_nonzero(worked_out[:stop])) for stop in (begin, end))
    found: Seqs = np.zeros(end - begin, np.uint64)
    found[worked_out[begin:]] = np.frombuffer(change.sources(first, last), "<u8")
    return found[inside - begin]
