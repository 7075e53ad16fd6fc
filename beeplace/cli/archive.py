"""The commands `backup`, `restore` and `verify`: settings in, a line for people and an exit code out."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

from beeplace import app
from beeplace.board.terms import parted
from beeplace.cli.work import Work, own_url
from beeplace.history.backup import ArchiveSummary, backup, restore
from beeplace.history.verify.check import Check, Checked, ShownBoard, gateway_board
from beeplace.history.whole_file import STANDARD
from beeplace.log.archive import Head
from beeplace.settings.settings import Settings
from beeplace.terminal import say


def back_up(path: Path) -> Work:
    """`beeplace backup FILE`."""

    async def work(settings: Settings) -> int:
        done = await backup(app.archive(settings), path)
        told = f"{path}: {_told(done)}. It holds the secrets of identities: keep it as safe as the database."
        say(told, sys.stderr if path == STANDARD else sys.stdout)
        return 0

    return work


def put_back(path: Path) -> Work:
    """`beeplace restore FILE`."""

    async def work(settings: Settings) -> int:
        done = await restore(app.archive(settings), path)
        state = done.state
        say(f"Restored {_told(done)}, from a backup made at {done.made_at}.")
        if (settings.board_width, settings.board_height) != (state.width, state.height):
            say(f"The settings name another size: set BOARD_WIDTH={state.width} and BOARD_HEIGHT={state.height}.")
        if settings.colors != state.palette:
            say("The settings name other colours: the first start takes them over where they are enough.")
        return 0

    return work


def check(urls: Sequence[str]) -> Work:
    """`beeplace verify`: a line for each check; 1 where something is wrong."""

    async def work(settings: Settings) -> int:
        archive = app.archive(settings)
        async with archive.moment() as moment:
            head = moment.head
        seen, checks = await _seen(settings, urls, head)
        one_pass = Check(archive, seen)
        await one_pass.run()
        checks += one_pass.checks
        for line in chain.from_iterable(checked.lines() for checked in checks):
            say(line)
        return int(any(checked.word == "wrong" for checked in checks))

    return work


async def _seen(settings: Settings, urls: Sequence[str], head: Head) -> tuple[list[ShownBoard], list[Checked]]:
    """What gateways show, those that are named or whoever listens where the settings say, and what Redis shows."""
    seen, checks = list[ShownBoard](), list[Checked]()
    for url in urls or [own_url(settings)]:
        try:
            board = await gateway_board(url.rstrip("/"))
            if not urls and _of_another(head, board.epoch):
                raise LookupError("it has another board")
            seen.append(board)
        except LookupError as error:
            checks.append(Checked("wrong" if urls else "skipped", f"gateway {url}", str(error)))
    if settings.redis_url:
        try:
            if (bitfield := await app.bitfield(settings)) and _of_another(head, bitfield[0]):
                checks.append(Checked("note", "Redis", "it has the bitfield of another board"))
            elif bitfield:
                seen.append(ShownBoard("Redis", *bitfield))
            else:
                checks.append(Checked("note", "Redis", "it has no bitfield; a gateway that runs writes one"))
        except LookupError as error:
            checks.append(Checked("wrong", "Redis", str(error)))
    return seen, checks


def _of_another(head: Head, name: str) -> bool:
    """Whether what somebody shows is of a board with another log, or with a copy of this one."""
    epoch, term = parted(name)
    known = epoch in {one.name for one in head.epochs}
    return not known or (bool(head.terms and term) and term not in {one.name for one in head.terms})


def _told(done: ArchiveSummary) -> str:
    return f"{done.state.width} x {done.state.height} pixels as of {done.state.epoch}:{done.state.seq}"
