"""People's reports in a backup: written as JSON, and read with every value checked.

Reading raises one of `backup_values.NONSENSE` for what no backup says.
"""

from __future__ import annotations

import zlib
from base64 import b64encode
from typing import Any

from beeplace.board.geometry import Area
from beeplace.history.backup_values import blob, moment, text, whole
from beeplace.log.archive import Head, Reports
from beeplace.log.reports.report import Mute, ReportPicture, StoredReport

_MAX_WORD = 40
_MAX_PICTURE = 1 << 20


def told(part: Reports) -> dict[str, Any]:
    """As JSON has it: the columns of the tables."""
    reports = [[*_plain(one.report.columns), _text(one.packed)] for one in part.reports]
    return {"reports": reports, "mutes": [_plain(mute) for mute in part.mutes]}


def _plain(columns: tuple[Any, ...]) -> list[Any]:
    return [_text(column) if isinstance(column, bytes) else column for column in columns]


def _text(data: bytes) -> str:
    return b64encode(data).decode()


def read(said: dict[str, Any], head: Head) -> Reports:
    """The reports of a frame, each of which is about that board."""
    if set(said) != {"reports", "mutes"}:
        raise ValueError("other fields")
    return Reports([_report(row, head) for row in said["reports"]], [_mute(*row) for row in said["mutes"]])


def _report(row: list[Any], head: Head) -> ReportPicture:
    number, at_ms, board_ms, epoch, seq, *rest = row
    area, (reason, reporter, rid, *progress, packed) = Area(*map(whole, rest[:4])), rest[4:]
    sizes = {one.name: (one.width, one.height) for one in head.epochs}  # the board may have another size by now
    across, down = sizes[epoch]
    if min(area) < 0 or area.x + max(1, area.width) > across or area.y + max(1, area.height) > down:
        raise ValueError("a report of another board")
    claimed_by, claimed_until_ms, outcome, decided_by, decided_at_ms, action, decision_rid = progress
    report = StoredReport(
        whole(number, 1),
        moment(at_ms),
        whole(board_ms),
        epoch,
        whole(seq, 0, head.state.seq),
        area,
        text(reason, _MAX_WORD),
        blob(reporter),
        blob(rid),
        _maybe(blob, claimed_by),
        _maybe(whole, claimed_until_ms),
        None if outcome is None else text(outcome, _MAX_WORD),
        _maybe(blob, decided_by),
        _maybe(moment, decided_at_ms),
        _maybe(whole, action),
        _maybe(blob, decision_rid),
    )
    return ReportPicture(report, _picture(packed, area))


def _picture(packed: Any, area: Area) -> bytes:
    """Never unpacks more than the area has."""
    found, unpacker, size = blob(packed, _MAX_PICTURE), zlib.decompressobj(), area.width * area.height
    if len(unpacker.decompress(found, size + 1)) != size or not unpacker.eof or unpacker.unused_data:
        raise ValueError("no picture of the area")
    return found


def _mute(reporter: Any, until_ms: Any, until_at_ms: Any, by: Any) -> Mute:
    return Mute(blob(reporter), whole(until_ms), moment(until_at_ms), blob(by))


def _maybe(read_value: Any, value: Any) -> Any:
    return None if value is None else read_value(value)
