"""Writes an archive folder: what remains of an event, as of one moment, while gateways run.

It opens from a disk and from any web server without BeePlace. Everything is made from the log, so it needs no gateway
and nothing that one has made before; two folders of one log at one seq differ in nothing.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, tzinfo
from pathlib import Path
from typing import Any, Final

import numpy as np
import orjson
from numpy.typing import NDArray

from beeplace.board.state import NAME
from beeplace.history.evening_counts import HEAT_COLORS, heat, longest_standing, told
from beeplace.history.export.export import export_up_to
from beeplace.history.film.make import film_up_to
from beeplace.history.film.plan import FULL_HD, FilmOptions
from beeplace.history.folder.page import Overview, PageFile, page, time_drawn
from beeplace.history.folder.pictures import PICTURES, SCREEN_DOTS, indexed, sized, write_pictures
from beeplace.history.folder.poster import write_poster
from beeplace.history.folder.record import ActionRecord
from beeplace.history.folder.scripts import HistoryScripts
from beeplace.history.folder.unfinished import whole_folder
from beeplace.history.pieces import moment_shown
from beeplace.history.stretches import LastChanges, Stretch, moment_of, stretches
from beeplace.log.archive import Archive, Head
from beeplace.log.pieces.rollup import Rollup
from beeplace.progress import Progress

FILM: Final = "film.mp4"
FILM_SECONDS: Final = 30.0
_FILES: Final = {
    "replay.html": "the evening, played",
    FILM: "the evening as a film",
    "picture.png": "the board at the end, one dot a pixel",
    "picture-screen.png": "the same for screens",
    "picture-print.png": "the same for print",
    "poster.pdf": "the board at the end on a sheet of A2",
    "heatmap.png": "how often each pixel was placed",
    "log.parquet": "every entry of the log, for other tools",
    "statistics.json": "the figures of this page",
    "actions.json": "what organisers did, and why",
}


@dataclass(frozen=True, slots=True)
class ArchiveFolder:
    """How far a folder goes."""

    epoch: str
    seq: int


async def write_folder(
    archive: Archive, path: Path, player: Path, film_seconds: float = FILM_SECONDS, zone: tzinfo = UTC
) -> ArchiveFolder:
    """Writes a new folder; `player` is where the built replay is. The film, none of 0 seconds, has captions in `zone`.

    Raises FileExistsError, OSError, StoreUnavailable; nothing is left of a folder then.
    """
    async with archive.moment() as moment:
        head = moment.head
    with whole_folder(path) as folder:
        _copy(player, folder)
        await export_up_to(archive, head, folder / "log.parquet", "parquet")
        evening = _Evening(folder, head, await archive.reasons(head.state.seq))
        with Progress("archive", head.state.seq) as progress:
            async for stretch in stretches(archive, head):
                evening.follow(stretch)
                progress.reached(stretch.to)
                await asyncio.sleep(0)  # a place where Ctrl-C and SIGTERM are heard
        if head.state.seq and film_seconds:
            await film_up_to(archive, head, folder / FILM, FilmOptions(film_seconds, size=FULL_HD), zone)
        evening.close({seq: await moment_of(archive, seq) for seq, _ in evening.longest})
    return ArchiveFolder(head.state.epoch, head.state.seq)


def _copy(player: Path, folder: Path) -> None:
    for file in player.iterdir():
        shutil.copyfile(file, folder / file.name)


class _Evening:
    """All that one pass through the log makes."""

    def __init__(self, folder: Path, head: Head, reasons: Mapping[int, str]) -> None:
        self._folder, self._head = folder, head
        self._scripts = HistoryScripts(folder / "history", head)
        self._record = ActionRecord(head, reasons)
        self._rollup, self._changes = Rollup(), LastChanges(head)
        self._moments: list[dict[str, Any]] = []

    def follow(self, stretch: Stretch) -> None:
        """Takes in what comes next in the log."""
        self._scripts.follow(stretch)
        self._rollup.add(stretch.columns)
        self._changes.follow(stretch)
        for entry in stretch.others:
            self._record.follow(entry)
            number = entry.change.record().kind
            if entry.action is not None and (shown := moment_shown(entry.seq, entry.at_ms, number)):
                self._moments.append(shown)

    @property
    def longest(self) -> list[tuple[int, int]]:
        """Seq and offset of the longest standing pixels."""
        return longest_standing([self._changes.seqs.tobytes()], self._placed)

    @property
    def _placed(self) -> NDArray[np.uint32]:
        return self._rollup.within(self._head.state.width, self._head.state.height)

    def close(self, moments: Mapping[int, int]) -> None:
        """Everything was read; `moments` says when the longest standing pixels got their colours."""
        state, folder = self._head.state, self._folder
        self._scripts.close(self._moments)
        write_pictures(folder, self._scripts.pixels, state.width, state.height, state.palette)
        hot = indexed(heat(self._placed), state.width, state.height, HEAT_COLORS)
        sized(hot, SCREEN_DOTS).save(folder / "heatmap.png")
        longest = [
            {"x": offset % state.width, "y": offset // state.width, "seq": seq, "at": moments[seq]}
            for seq, offset in self.longest
        ]
        minutes = len(self._rollup.minutes)
        figures = told(self._rollup, len(state.palette), max(1, minutes)) | {"seq": state.seq, "longest": longest}
        event = state.settings.event_name or NAME
        drawn = f"{figures['placements']:,} placements by {figures['people']:,} people"
        write_poster(folder / "poster.pdf", folder / PICTURES[-1], event, (time_drawn(figures), drawn))
        _write_json(folder / "statistics.json", figures)
        _write_json(folder / "actions.json", self._record.actions)
        there = {name: what for name, what in _FILES.items() if (folder / name).exists()}
        files = [PageFile(name, what, (folder / name).stat().st_size) for name, what in there.items()]
        overview = Overview(event, state.seq, figures, state.palette, self._record.actions, files)
        (folder / "index.html").write_text(page(overview), encoding="utf-8")


def _write_json(path: Path, content: object) -> None:
    path.write_bytes(orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
