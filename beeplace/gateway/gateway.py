"""The parts of one gateway that its HTTP routes speak to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from beeplace.board.board import Board
from beeplace.desk.reports.queue import ReportQueue
from beeplace.desk.take_back import TakeBack
from beeplace.gateway.connection.origins import Origins
from beeplace.gateway.events import Events
from beeplace.gateway.fanout.snapshots import Snapshots
from beeplace.gateway.metrics import Metrics
from beeplace.gateway.refusal_log import RefusalLog
from beeplace.gateway.site_address import SiteAddress
from beeplace.log.commit_loop import CommitLoop
from beeplace.log.reads import Reads
from beeplace.log.replica import Replica
from beeplace.people.entrance import Entrance
from beeplace.people.identities import Identities
from beeplace.people.keys import KeyRing


@dataclass(frozen=True, slots=True)
class Gateway:
    """Made by `app.py`; routes read it, and none of them changes it."""

    board: Board
    reads: Reads
    commits: CommitLoop
    desk: TakeBack
    reports: ReportQueue
    replica: Replica
    events: Events
    snapshots: Snapshots
    identities: Identities
    metrics: Metrics
    refusals: RefusalLog
    origins: Origins
    keys: KeyRing
    config: Callable[[], dict[str, Any]]  # the fields of initialState that are the same for everyone
    busiest: Callable[[], tuple[int, int] | None]  # where most was drawn lately
    displays: dict[str, int | str]  # first values of the wall page, and the event's time zone
    degraded: Callable[[], str | None]  # what works less well at present
    site: SiteAddress
    entrance: Entrance


GATEWAY = web.AppKey("gateway", Gateway)
