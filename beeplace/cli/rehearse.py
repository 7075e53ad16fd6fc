"""The command `rehearse`: synthetic people against a running site, with its operator's leave, and a report."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from itertools import groupby
from typing import Any

import aiohttp

from beeplace.board.terms import parted
from beeplace.cli import work as commands
from beeplace.cli.board import DeskRequest, answered, exit_code
from beeplace.errors import SettingError
from beeplace.progress import Progress
from beeplace.rehearsal.address import RehearsedSite, read_url
from beeplace.rehearsal.crowd import STOPPED, RehearsalCrowd
from beeplace.rehearsal.person import GROUP
from beeplace.rehearsal.report import Rehearsed, report, what_to_change
from beeplace.settings.settings import Settings
from beeplace.terminal import DATA, INTERRUPTED, TEMPORARY, UNAVAILABLE, fail, say

_OTHER_FILES = 64  # descriptors that are no sockets of people
_REASON = "rehearsal"


def run(given: argparse.Namespace) -> int:
    """Runs a rehearsal; its exit code."""
    return commands.run(lambda settings: _rehearse(settings, given), loop=_loop(), niceness=0)


def _loop() -> Any:
    if sys.platform == "win32":
        return None
    import uvloop  # noqa: PLC0415  # there is none for Windows

    return uvloop.new_event_loop


async def _rehearse(settings: Settings, given: argparse.Namespace) -> int:
    if not settings.api_key:
        raise SettingError("API_KEY: rehearse with a key of the site's operator; set API_KEY or API_KEY_FILE")
    where = read_url(given.url or commands.own_url(settings))
    if short := _too_few_files(given.people):
        return fail(short, TEMPORARY)
    desk = _Desk(str(where), settings.api_key)
    try:
        status, leave = await desk.asked("/api/rehearsals", {"people": given.people})
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
        return fail(f"{where} does not answer: {str(error) or 'it took too long'}", UNAVAILABLE)
    if status == 404:
        return fail(f"{where} is no BeePlace that can be rehearsed on, or an older one", DATA)
    if status != 200:
        return fail(f"{where} gives no leave to rehearse there: {leave.get('message', status)}", exit_code(status))
    if not _is_leave(leave, given.people):
        return fail(f"{where} gives no leave to rehearse there: it answers with no token", DATA)
    return await _Rehearsal(where, desk, leave, given).run()


def _is_leave(leave: dict[str, Any], people: int) -> bool:
    token, names = leave.get("token"), leave.get("people")
    return isinstance(token, str) and bool(token) and isinstance(names, list) and len(names) == people


def _too_few_files(people: int) -> str:
    """Raises the limit of descriptors as far as it is to be; what is wrong where that is not enough."""
    if sys.platform == "win32":  # which has no such limit
        return ""
    import resource  # noqa: PLC0415

    wanted = people + _OTHER_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return ""
    if hard != resource.RLIM_INFINITY and hard < wanted:
        return f"{people:,} people need {wanted:,} open files, and this process may have {hard:,}: ulimit -n {wanted}"
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return ""


class _Desk:
    """The site's routes, with the operator's key."""

    def __init__(self, url: str, key: str) -> None:
        self._url, self._key = url, key

    async def asked(self, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Status and answer."""
        return await answered(self._url, self._key, DeskRequest("POST", path, body))


class _Rehearsal:
    """One that has the operator's leave."""

    def __init__(self, where: RehearsedSite, desk: _Desk, leave: dict[str, Any], given: argparse.Namespace) -> None:
        self._where, self._desk, self._leave, self._given = where, desk, leave, given
        self._crowd = RehearsalCrowd(where, leave["token"], given.people, self._told, self._come)
        self._bar: tuple[str, Progress] | None = None

    async def run(self) -> int:
        """The exit code: 1 where something is to be changed. However it ends, the board is as it was before."""
        say(f"{self._given.people:,} people rehearse at {self._where}; Ctrl-C ends it, with the report")
        taken_back = None
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, self._crowd.stop)
        try:
            await self._crowd.run(60 * self._given.minutes)
        finally:
            self._end_bar()
            if not self._given.keep:
                taken_back = await self._take_back()
            about = Rehearsed(
                str(self._where), self._given.people, self._crowd.refresh_ms, self._crowd.figures, taken_back
            )
            for line in report(about):
                say(line)
        if self._crowd.figures.ended == STOPPED:
            return INTERRUPTED
        return 1 if any(what_to_change(about)) else 0

    def _come(self, joined: int) -> None:
        self._end_bar()
        say(f"{joined:,} have come; {self._given.minutes:g} minutes from now on")

    def _told(self, what: str, done: int, total: int) -> None:
        if self._bar is None or self._bar[0] != what:
            self._end_bar()
            self._bar = what, Progress(what, total)
        self._bar[1].reached(done, self._crowd.words)

    def _end_bar(self) -> None:
        if self._bar:
            self._bar[1].clear()
            self._bar = None

    async def _take_back(self) -> str:
        """Gives each pixel that the crowd drew its last colour of somebody else; in words."""
        crowd, changed, left = self._crowd, 0, 0
        same = parted(str(self._leave.get("epoch")))[0] == crowd.batches.epoch
        since = {"from": self._leave.get("seq", 0)} if same else {}
        for _, numbers in groupby(sorted(crowd.figures.drew), lambda number: number // GROUP):
            people = [self._leave["people"][number] for number in numbers]
            body = {"kind": "rewind", "selection": {"people": people, **since}, "reason": _REASON}
            try:
                status, told = await self._desk.asked("/api/actions", body)
            except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
                return f"not all: {str(error) or 'it took too long'}; rewind people named in the log at the desk"
            if status != 200:
                return f"not all: {told.get('message', status)}"
            changed, left = changed + told.get("changed", 0), left + told.get("left", 0)
        return f"{changed:,} pixels" + (f"; {left:,} others drew over" if left else "")
