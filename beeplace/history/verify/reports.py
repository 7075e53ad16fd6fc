"""Reports and the log: the picture that was kept with each is what the log says of its area at its seq."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

from beeplace.history.verify.replay import Faults, Replay
from beeplace.log.archive import Epochs, Head, Rows
from beeplace.log.reports.report import ReportPicture


class ReportCheck:
    """Compares each report with the replay when that has come to its seq."""

    def __init__(self, reports: Iterable[ReportPicture], head: Head) -> None:
        self._waiting = sorted(reports, key=lambda one: one.report.seq, reverse=True)
        self._epochs = Epochs(head)
        self.count = len(self._waiting)
        self.faults = Faults()

    def pieces(self, part: Rows) -> Iterator[Rows]:
        """A part of the log, cut behind each entry at which a report was made."""
        rows, previous, begin = part.rows, part.previous, 0
        stops = {one.report.seq for one in self._waiting if rows[0].seq <= one.report.seq < rows[-1].seq}
        for end, row in enumerate(rows, 1):
            if row.seq in stops or end == len(rows):
                yield Rows(rows[begin:end], previous[begin:end] if previous else None)
                begin = end

    def compare(self, replay: Replay) -> None:
        """With what the replay has come to."""
        while self._waiting and self._waiting[-1].report.seq <= replay.seq:
            one = self._waiting.pop()
            if wrong := self._difference(one, replay):
                self.faults.add(f"report {one.report.number:,}: {wrong}")

    def end(self) -> None:
        """The log is over."""
        for one in self._waiting:
            self.faults.add(f"report {one.report.number:,}: it is of {one.report.seq:,}, where the log has not come")

    def _difference(self, one: ReportPicture, replay: Replay) -> str | None:
        report, epoch = one.report, self._epochs.at(one.report.seq)
        if report.epoch != epoch.name:
            return f"it is of epoch {report.epoch}, the log's entry {report.seq:,} of {epoch.name}"
        x, y, width, height = report.area
        if x + width > epoch.width or y + height > epoch.height:
            return "its area is not on the board"
        try:
            shown = zlib.decompress(one.packed)
        except zlib.error:
            return "its picture is damaged"
        firsts = range(y * epoch.width + x, (y + height) * epoch.width + x, epoch.width)
        logged = b"".join(bytes(replay.pixels[first : first + width]) for first in firsts)
        return None if shown == logged else "its picture is not what the log says"
