"""The composition root: builds everything from the settings, and chooses the adapters behind the ports.

A test holds that beside this module only `doctor` names an adapter.
"""

# ruff: noqa: PLC0415
from __future__ import annotations

import asyncio
import secrets
import socket
import time
from collections.abc import AsyncIterator, Callable, Sequence, Sized
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import structlog
from aiohttp import web

from beeplace.board.board import Board
from beeplace.board.busiest import Busiest
from beeplace.desk.reports.queue import ReportQueue
from beeplace.desk.take_back import TakeBack
from beeplace.gateway import gauges
from beeplace.gateway.connection.handoff import Handoff
from beeplace.gateway.connection.kicks import ClosedSockets
from beeplace.gateway.connection.limits import ConnectionLimits
from beeplace.gateway.connection.origins import Origins
from beeplace.gateway.connection.session import Session
from beeplace.gateway.desk_socket import routes as desk_routes
from beeplace.gateway.desk_socket.commands import Commands
from beeplace.gateway.desk_socket.server import DeskSocket
from beeplace.gateway.desk_socket.state import DeskSources, DeskState
from beeplace.gateway.desk_socket.tickets import Tickets
from beeplace.gateway.events import Events
from beeplace.gateway.fanout import senders
from beeplace.gateway.fanout.broadcaster import Broadcaster
from beeplace.gateway.fanout.snapshots import Snapshots
from beeplace.gateway.fanout.subscribers import Subscribers
from beeplace.gateway.gateway import GATEWAY, Gateway
from beeplace.gateway.http import board as board_routes
from beeplace.gateway.http import displays as display_routes
from beeplace.gateway.http import errors as http_errors
from beeplace.gateway.http import health, openapi
from beeplace.gateway.http import log as log_routes
from beeplace.gateway.http.access import roles
from beeplace.gateway.http.actions import listing as action_list
from beeplace.gateway.http.actions import routes as action_routes
from beeplace.gateway.http.actions import selections as selection_routes
from beeplace.gateway.http.actions import thesis as thesis_routes
from beeplace.gateway.http.archives import routes as archive_routes
from beeplace.gateway.http.archives.maker import ArchiveMaker
from beeplace.gateway.http.desk import picture_upload, rehearsal
from beeplace.gateway.http.desk import settings as settings_routes
from beeplace.gateway.http.desk.crowd_effect import Crowd
from beeplace.gateway.http.desk.reduction import PictureReduction
from beeplace.gateway.http.display_parts import DISPLAYS, Displays
from beeplace.gateway.http.entrance import routes as entrance_routes
from beeplace.gateway.http.history import own_names
from beeplace.gateway.http.history import routes as history_routes
from beeplace.gateway.http.moderation import in_force, panic
from beeplace.gateway.http.moderation import reports as report_routes
from beeplace.gateway.http.moderation.safe_pictures import SAFE_PICTURES, SafePictures
from beeplace.gateway.http.pages import PageOptions, Pages, folder
from beeplace.gateway.http.pictures import PICTURES, Pictures
from beeplace.gateway.http.prompt_answers import PROMPT_ANSWERS, PromptAnswers
from beeplace.gateway.http.qr import QrCodes
from beeplace.gateway.initial_state import ClientSettings
from beeplace.gateway.known_crowd import KnownCrowd
from beeplace.gateway.metrics import Metrics
from beeplace.gateway.new_names import NewNames
from beeplace.gateway.refusal_log import RefusalLog
from beeplace.gateway.site_address import SiteAddress, check_base_path
from beeplace.gateway.sliced import BODIES, Bodies
from beeplace.gateway.socketio_server import SocketServer
from beeplace.history.delayed_board import DelayedBoard
from beeplace.history.earlier_boards import EarlierBoards
from beeplace.history.evening_figures import EveningFigures
from beeplace.history.log_chunks import LogChunks
from beeplace.history.pieces import HistoryPieces
from beeplace.history.pixel_history import PixelHistoryMemory
from beeplace.history.statistics import Statistics
from beeplace.lifecycle import Parts, Running, serving, until_stopped
from beeplace.log import crash_points
from beeplace.log.archive import Archive
from beeplace.log.bus import Bus
from beeplace.log.commit_loop import CommitLoop
from beeplace.log.keys import OpenKeyStore
from beeplace.log.once import Once
from beeplace.log.pieces.builder import PieceBuilder
from beeplace.log.pieces.rollup_builder import RollupBuilder
from beeplace.log.reads import Reads
from beeplace.log.reconcile import adopt, environment, overruled
from beeplace.log.replica import Replica
from beeplace.log.store import BoardSpec, Store
from beeplace.log.strips.builder import StripBuilder
from beeplace.people.entrance import opened
from beeplace.people.identities import NAMING, Identities, organisers
from beeplace.people.keys import KeyRing
from beeplace.people.presence import Presence
from beeplace.people.tickets.check import TicketCheck
from beeplace.people.wall_codes import WallCodes
from beeplace.settings.settings import Settings

ROUTES = (
    board_routes.routes,
    thesis_routes.routes,
    panic.routes,
    in_force.routes,
    report_routes.routes,
    entrance_routes.routes,
    selection_routes.routes,
    action_routes.routes,
    action_list.routes,
    health.routes,
    openapi.routes,
    display_routes.routes,
    log_routes.routes,
    history_routes.routes,
    own_names.routes,
    desk_routes.routes,
    settings_routes.routes,
    picture_upload.routes,
    rehearsal.routes,
    archive_routes.routes,
)
MAX_MESSAGE_BYTES = 2048
CONNECT_SECONDS = 5.0
LATE = "gateways hear of each other's changes by the log alone, a moment later"  # the log says what is wrong with Redis

log = structlog.get_logger("beeplace")


@asynccontextmanager
async def running(
    settings: Settings, api_key: str, sockets: Sequence[socket.socket] = (), handoff: Handoff | None = None
) -> AsyncIterator[Running]:
    """A whole BeePlace, from the store to the open port, or the sockets that are open already; leaving it drains and
    stores everything."""
    if settings.crash_at:
        crash_points.arm(*settings.crash_at)
    kept = store(settings)
    try:
        wanted = BoardSpec(settings.board_width, settings.board_height, settings.colors, settings.live)
        board = await kept.open(wanted)
        replica = Replica(board, kept)
        await adopt(kept, board, replica, wanted)
        if differing := overruled(board.state, wanted):
            log.warning("an organiser chose other settings than the environment gives", **differing)
        signing, naming = await kept.secret("tokens"), await kept.secret(NAMING)
        identities = Identities(signing, naming, organisers(await kept.secrets()))
        keys = KeyRing(kept.keys, identities, api_key, asyncio.get_running_loop().time, _wall_ms)
        parts = _parts(settings, keys, store=kept, replica=replica, bus=await bus(settings, board, kept),
                       identities=identities, desk_tickets=Tickets(await kept.secret("desk"), kept.now_ms, Once(kept)),
                       codes=WallCodes(await kept.secret("entrance"), kept.now_ms, lambda: board.state.settings),
                       handoff=handoff)  # fmt: skip
        async with serving(parts, _application(parts, wanted), list(sockets)) as ready:
            yield ready
    finally:
        await kept.close()


def _parts(
    settings: Settings,
    keys: KeyRing,
    *,
    store: Store,
    replica: Replica,
    bus: Bus,
    identities: Identities,
    handoff: Handoff | None,
    desk_tickets: Tickets,
    codes: WallCodes,
) -> Parts:
    """Puts a gateway together; nothing runs yet."""
    board = replica.board
    metrics, snapshots, reads = Metrics(), Snapshots(board), Reads(store)
    refusals, reports = RefusalLog(metrics.registry), ReportQueue(store, board, reads)
    commits = CommitLoop(store=store, board=board, replica=replica, bus=bus, measure=metrics.commit)
    saving = lambda: not (commits.failing or replica.failing)  # noqa: E731
    people: Presence[Session] = Presence(lambda: bus.elsewhere)
    clock = asyncio.get_running_loop().time
    fanout = Subscribers(clock, senders.best(io_uring=settings.io_uring))
    common: dict[str, Any] = {
        "board": board, "fanout": fanout, "snapshots": snapshots, "people": people, "metrics": metrics,
    }  # fmt: skip
    refresh = Broadcaster(**common, saving=saving, now_ms=commits.now_ms)
    replica.follow(refresh.follow, refresh.reloaded)
    config = ClientSettings(board, saving, commits.now_ms)
    events = Events(**common, refused=refusals.note, commits=commits, identities=identities, config=config)
    replica.follow(events.follow)
    crowd = (lambda: len(people), lambda: 1 + bus.gateways)
    origins = Origins(settings.allowed_origins, settings.trusted_proxies, settings.embed_origins)
    closed = ClosedSockets(metrics, clock)
    sockets = SocketServer(_socket_limits(settings, board), events.handlers(), origins,
                           kicked=closed.note, refused=refusals.note, handoff=handoff)  # fmt: skip
    entrance = opened(identities, codes, store, TicketCheck(settings, clock, _wall_ms), clock=clock, crowd=crowd,
                      here=lambda: len(people.here()), known=KnownCrowd(sockets.engine.sessions.values))  # fmt: skip
    snapshots.slow = lambda: len(fanout.behind)
    replica.follow(lambda _, state: sockets.engine.allow(state.settings.events_per_second))
    sockets.engine.steps += [events.step, fanout.step, entrance.step, lambda _: closed.forget()]
    sockets.engine.heartbeat.awaited = fanout.uptake.awaited
    gauges.watch_log(metrics, commits, reads, replica, bus)
    gauges.watch_crowd(metrics, sockets, people, fanout)
    metrics.watch("reports_open", "Reports that are open, as last seen", lambda: reports.state.open)
    gateway = Gateway(
        board, reads, commits, TakeBack(board, reads, commits), reports, replica, events, snapshots, identities,
        metrics, refusals, origins, keys, config, Busiest(board, clock), _display_settings(settings),
        lambda: LATE if bus.failing else commits.unkept,
        SiteAddress(origins, settings.base_path, settings.public_url), entrance,
    )  # fmt: skip
    sources = DeskSources(board, commits, bus, people, identities, metrics, sockets.engine.sessions, fanout.behind,
                          gateway.degraded, reports, entrance, events.groups)  # fmt: skip
    desk = DeskSocket(desk_tickets, keys, DeskState(sources), origins, Commands(gateway))
    replica.follow(desk.follow)
    rollups = RollupBuilder(store, board)
    return Parts(
        gateway, bus, people, refresh, fanout, sockets, _displays(board, reads, replica, people, rollups), desk,
        StripBuilder(store, board), PieceBuilder(store, board), rollups, ArchiveMaker(settings, replica, _wall_ms),
        NewNames(store.secrets, store.scrub, identities, sockets.engine.sessions.values),
        settings.host, settings.port, shared(settings), settings.redis_url is not None, _pages(settings),
    )  # fmt: skip


def _display_settings(settings: Settings) -> dict[str, int | str]:
    """What `/displays` and walls begin with."""
    sizes = {f"display{k.title()}": getattr(settings, f"display_{k}") for k in ("width", "height", "columns", "rows")}
    return {**sizes, "timeZone": settings.time_zone}


def _pages(settings: Settings) -> Pages:
    options = PageOptions(settings.offline_shell, settings.shared_assets, settings.base_path)
    pages = Pages(folder(), options)
    try:
        pages.share()
    except OSError as error:
        log.warning(
            "other builds' gateways cannot have this one's files", folder=str(error.filename), why=error.strerror
        )
    return pages


def _socket_limits(settings: Settings, board: Board) -> ConnectionLimits:
    return ConnectionLimits(
        handshakes_per_second=settings.handshakes_per_second,
        frames_per_second=board.state.settings.events_per_second,
        bytes_per_message=MAX_MESSAGE_BYTES,
        connect_seconds=CONNECT_SECONDS,
        polling=settings.polling,
        deflate=settings.deflate,
    )


def _displays(board: Board, reads: Reads, replica: Replica, people: Sized, rollups: RollupBuilder) -> Displays:
    clock = asyncio.get_running_loop().time
    delayed = DelayedBoard(board, clock)
    earlier, blocks = EarlierBoards(delayed, clock), LogChunks(reads, delayed, clock, _wall_ms)
    evening = EveningFigures(reads, board, clock, rollups.doubt)
    figures = Statistics(board=board, reads=reads, people=people, evening=evening, clock=clock, wall_ms=_wall_ms)
    replica.follow(delayed.follow, delayed.reloaded)
    for part in (earlier, blocks, figures, evening):
        replica.follow(lambda _, __: None, part.reloaded)
    return Displays(delayed, earlier, blocks, figures, QrCodes(), _wall_ms)


def _wall_ms() -> int:
    return time.time_ns() // 1_000_000


def _application(parts: Parts, wanted: BoardSpec) -> web.Application:
    gateway = parts.gateway
    app = web.Application(middlewares=[http_errors.errors, roles.roles], client_max_size=65_536)
    app[GATEWAY], app[DISPLAYS], app[desk_routes.DESK_SOCKET] = gateway, parts.displays, parts.desk
    bodies = app[BODIES] = Bodies()
    pictures = app[PICTURES] = Pictures(gateway.board, gateway.snapshots, bodies)
    pixels = app[board_routes.PIXEL_HISTORY] = PixelHistoryMemory(gateway.reads, gateway.board)
    prompt = parts.pages.prompt(gateway) | board_routes.prompt(gateway, pictures, pixels)
    app[PROMPT_ANSWERS] = PromptAnswers(gateway, prompt)
    app[SAFE_PICTURES] = SafePictures(gateway.reads)
    app[history_routes.HEAT_MAPS] = history_routes.HeatMaps()
    app[history_routes.HISTORY] = HistoryPieces(gateway.reads, gateway.board, asyncio.get_running_loop().time)
    parts.displays.earlier.shared_seconds = lambda: bodies.shared_seconds
    for routes in ROUTES:
        app.add_routes(routes)
    people, sessions, bus = parts.people, parts.sockets.engine.sessions, parts.bus
    app[picture_upload.PICTURE_REDUCTION] = PictureReduction()
    app[archive_routes.ARCHIVES] = parts.archives
    app[settings_routes.SETTINGS_SOURCES] = settings_routes.SettingsSources(
        lambda: Crowd(len(people), len(sessions) + bus.elsewhere), partial(environment, wanted)
    )
    app[openapi.SPECIFICATION] = openapi.written(ROUTES, gateway.site.base_path)
    parts.pages.add_to(app)
    app.on_response_prepare.append(http_errors.add_headers)
    app.on_shutdown.append(parts.desk.close)
    parts.sockets.engine.attach(app)
    app[roles.ACCESS] = roles.AccessRules(gateway.keys, roles.table(parts.pages.paths))
    parts.sockets.engine.steps.append(app[roles.ACCESS].wrong.step)
    roles.check_table(app)
    check_base_path(app, gateway.site.base_path)
    return app


async def serve(
    settings: Settings,
    api_key: str,
    announce: Callable[[str], None],
    sockets: Sequence[socket.socket] = (),
    handoff: Handoff | None = None,
) -> None:
    """Runs until it is told to stop; `announce` is told the address once it listens, on given sockets if any."""

    def listening(ready: Running) -> None:
        log.info("listening", address=ready.address, **named(settings))
        announce(ready.address)

    await until_stopped(running(settings, api_key, sockets, handoff), listening, among_workers=handoff is not None)


# The adapters behind the ports, by the settings. A driver is imported where it is needed: the embedded default knows
# neither PostgreSQL nor Redis.


def shared(settings: Settings) -> bool:
    """Whether several gateways can serve the board."""
    return not isinstance(settings.database_url, Path)


def store(settings: Settings) -> Store:
    """The log, not opened yet."""
    if isinstance(settings.database_url, Path):
        from beeplace.log.sqlite.store import SqliteStore

        return SqliteStore(settings.database_url)
    from beeplace.log.postgres.store import PostgresStore

    return PostgresStore(settings.database_url)


def archive(settings: Settings) -> Archive:
    """The whole database, for backup, restore and verify."""
    if isinstance(settings.database_url, Path):
        from beeplace.log.sqlite.archive import SqliteArchive

        return SqliteArchive(settings.database_url)
    from beeplace.log.postgres.archive import PostgresArchive

    return PostgresArchive(settings.database_url)


def keys(settings: Settings) -> OpenKeyStore:
    """Organisers' keys, for the command that makes and revokes them."""
    wanted = BoardSpec(settings.board_width, settings.board_height, settings.colors, settings.live)
    if isinstance(settings.database_url, Path):
        from beeplace.log.sqlite.keys import sqlite_keys

        return sqlite_keys(settings.database_url, wanted)
    from beeplace.log.postgres.keys import postgres_keys

    return postgres_keys(settings.database_url, wanted, _wall_ms())


async def bus(settings: Settings, board: Board, kept: Store) -> Bus:
    """The bus; one that cannot be reached now is used once it can. Raises SettingError for a wrong password."""
    if settings.redis_url is None:
        from beeplace.log.memory_bus import MemoryBus

        return MemoryBus()
    from beeplace.log.redis.bus import RedisBus

    redis = RedisBus(settings.redis_url, board, await kept.secret("bus"), secrets.token_hex(8))
    await redis.open()
    return redis


async def bitfield(settings: Settings) -> tuple[str, int, bytes] | None:
    """The board that Redis shows: epoch, seq and pixels; None for none. Raises LookupError with the reason."""
    if settings.redis_url is None:
        return None
    from beeplace.log.redis.bitfield_reader import shown

    return await shown(settings.redis_url)


def named(settings: Settings) -> dict[str, str]:
    """For the log: which adapters, and where, without passwords."""
    database = settings.database_url
    return {
        "store": "sqlite" if isinstance(database, Path) else "postgresql",
        "bus": "redis" if settings.redis_url else "memory",
        "database": str(database) if isinstance(database, Path) else _place(database),
    }


def _place(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.netloc.rpartition('@')[2]}{parts.path}"
