"""The composition root: builds everything from the settings, starts it, and ends it in order.

Which adapters stand behind the ports is chosen in `ports.py`.
"""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import socket
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import structlog
from aiohttp import web

from beeplace import adapters
from beeplace.board.board import Board
from beeplace.errors import BeePlaceError
from beeplace.gateway.connection.fast_handshake import PendingConnections
from beeplace.gateway.connection.handoff import Handoff
from beeplace.gateway.connection.kicks import ClosedSockets
from beeplace.gateway.connection.limits import ConnectionLimits
from beeplace.gateway.connection.listener import Listener, url
from beeplace.gateway.connection.origins import Origins
from beeplace.gateway.events import Events
from beeplace.gateway.fanout import senders
from beeplace.gateway.fanout.broadcaster import Broadcaster
from beeplace.gateway.fanout.drain import ALONE, AMONG_OTHERS, drain
from beeplace.gateway.fanout.snapshots import Snapshots
from beeplace.gateway.fanout.subscribers import Subscribers
from beeplace.gateway.gateway import GATEWAY, Gateway
from beeplace.gateway.http import board as board_routes
from beeplace.gateway.http import connection, health, openapi
from beeplace.gateway.http import displays as display_routes
from beeplace.gateway.http import errors as http_errors
from beeplace.gateway.http import log as log_routes
from beeplace.gateway.http import organiser as organiser_routes
from beeplace.gateway.http.display_parts import DISPLAYS, Displays
from beeplace.gateway.http.pages import Pages, folder
from beeplace.gateway.http.pictures import PICTURES, Pictures
from beeplace.gateway.http.qr import QrCodes
from beeplace.gateway.initial_state import client_settings
from beeplace.gateway.metrics import Metrics
from beeplace.gateway.socketio_server import SocketServer
from beeplace.history.delayed_board import DelayedBoard
from beeplace.history.earlier_boards import EarlierBoards
from beeplace.history.log_chunks import LogChunks
from beeplace.history.statistics import Statistics
from beeplace.log import crash_points
from beeplace.log.bus import Bus
from beeplace.log.commit_loop import CommitLoop
from beeplace.log.reads import Reads
from beeplace.log.reconcile import adopt, overruled
from beeplace.log.replica import Replica
from beeplace.log.store import BoardSpec, Store
from beeplace.people.identities import Identities
from beeplace.people.presence import Presence
from beeplace.settings.settings import Settings
from beeplace.terminal import HANGING

MOST_MESSAGE_BYTES = 2048
HEARD_SECONDS, UNHEARD_SECONDS = 1.0, 0.2
CONNECT_SECONDS = 5.0
STOP_SECONDS = 8.0  # after which a stop that hangs, on a disk that does not answer say, is cut short
HEADER_SECONDS = 10.0  # for the head of a request, and between two requests of one connection

_HANG_UP = (signal.SIGHUP,) if hasattr(signal, "SIGHUP") else ()  # among workers it is the parent's

LATE = "gateways hear of each other's changes by the log alone, a moment later"  # the log says what is wrong with Redis

log = structlog.get_logger("beeplace")


@dataclass(frozen=True, slots=True)
class Running:
    """A gateway that listens, where, and the tasks that must not end before it does."""

    gateway: Gateway
    address: str
    tasks: list[asyncio.Task[None]]


@asynccontextmanager
async def running(
    settings: Settings, api_key: str, sockets: Sequence[socket.socket] = (), handoff: Handoff | None = None
) -> AsyncIterator[Running]:
    """A whole BeePlace, from the store to the open port, or the sockets that are open already; leaving it drains and
    stores everything."""
    if settings.crash_at:
        crash_points.arm(*settings.crash_at)
    store = adapters.store(settings)
    try:
        wanted = BoardSpec(settings.board_width, settings.board_height, settings.colors, settings.live)
        board = await store.open(wanted)
        replica = Replica(board, store)
        await adopt(store, board, replica, wanted)
        if differing := overruled(board.state, wanted):
            log.warning("an organiser chose other settings than the environment gives", **differing)
        bus = await adapters.bus(settings, board, store)
        identities = Identities(await store.secret("tokens"), await store.secret("identities"))
        parts = _parts(settings, api_key, store=store, replica=replica, bus=bus, identities=identities, handoff=handoff)
        async with _serving(parts, settings, list(sockets)) as ready:
            yield ready
    finally:
        await store.close()


@dataclass(frozen=True, slots=True)
class _Parts:
    """What has to be started and ended."""

    gateway: Gateway
    bus: Bus
    people: Presence
    refresh: Broadcaster
    fanout: Subscribers
    sockets: SocketServer
    displays: Displays


def _parts(
    settings: Settings,
    api_key: str,
    *,
    store: Store,
    replica: Replica,
    bus: Bus,
    identities: Identities,
    handoff: Handoff | None,
) -> _Parts:
    """Puts a gateway together; nothing runs yet."""
    board = replica.board
    metrics, snapshots = Metrics(), Snapshots(board)
    reads = Reads(store)
    commits = CommitLoop(store=store, board=board, replica=replica, bus=bus, measure=metrics.commit)
    saving = lambda: not (commits.failing or replica.failing)  # noqa: E731
    people = Presence(lambda: board.state.settings.sockets_per_identity, lambda: bus.elsewhere)
    sender = senders.best(io_uring=settings.io_uring)
    fanout = Subscribers(asyncio.get_running_loop().time, sender)
    shared: dict[str, Any] = {
        "board": board, "fanout": fanout, "snapshots": snapshots, "people": people, "metrics": metrics,
    }  # fmt: skip
    refresh = Broadcaster(**shared, saving=saving)
    replica.follow(refresh.follow, refresh.reloaded)
    config = client_settings(board, saving)
    events = Events(**shared, commits=commits, identities=identities, config=config)
    origins = Origins(settings.allowed_origins, settings.trusted_proxies)
    sockets = SocketServer(
        _socket_limits(settings, board), events.handlers(), origins, kicked=ClosedSockets(metrics).note, handoff=handoff
    )
    snapshots.slow = lambda: len(fanout.behind)
    replica.follow(lambda _, state: sockets.engine.allow(state.settings.events_per_second))
    sockets.engine.steps += [events.step, fanout.step]
    sockets.engine.heartbeat.awaited = fanout.uptake.awaited
    metrics.watch("clients", "Open sockets", lambda: len(sockets.engine.sessions))
    metrics.watch("faults", "Faults of our own handlers", lambda: sockets.engine.faults.count)
    metrics.watch("tasks", "Tasks of the event loop", lambda: len(asyncio.all_tasks()))
    metrics.watch("people", "Distinct people", lambda: len(people))
    metrics.watch("slow_clients", "Clients that are behind", lambda: len(fanout.behind))
    metrics.watch("io_uring", "1 where batches go through io_uring", lambda: fanout.through_ring)
    metrics.watch("io_uring_failures", "Times that io_uring failed and was given up", lambda: fanout.ring_failures)
    metrics.watch("waiting_placements", "Placements that wait for their commit", lambda: commits.waiting)
    metrics.watch("waiting_reads", "Questions about the past that wait for their answer", lambda: reads.waiting)
    metrics.watch("seq", "The last committed change", lambda: board.state.seq)
    metrics.watch("repairs", "Times that others' changes were read from the log", lambda: replica.repairs)
    metrics.watch("reloads", "Times that the log was another history, and was read anew", lambda: replica.reloads)
    metrics.watch("bus_failing", "1 while other gateways cannot be told", lambda: bool(bus.failing))
    displays = {
        f"display{k.title()}": getattr(settings, f"display_{k}") for k in ("width", "height", "columns", "rows")
    }
    gateway = Gateway(
        board, reads, commits, replica, events, snapshots, identities, metrics, origins, api_key, config, displays,
        lambda: LATE if bus.failing else commits.unkept,
    )  # fmt: skip
    return _Parts(gateway, bus, people, refresh, fanout, sockets, _displays(board, reads, replica, people))


@asynccontextmanager
async def _serving(parts: _Parts, settings: Settings, sockets: list[socket.socket]) -> AsyncIterator[Running]:
    gateway, app = parts.gateway, _application(parts.gateway, parts.sockets, parts.displays)
    runner = web.AppRunner(app, handle_signals=False, shutdown_timeout=1.0)
    await runner.setup()
    assert runner.server  # there is one after `setup`
    engine = parts.sockets.engine
    reception = PendingConnections([engine], connection.factory(runner.server, HEADER_SECONDS), HEADER_SECONDS)
    engine.steps.append(reception.step)
    door = Listener(reception)
    if handoff := engine.handoff:
        handoff.open(reception)
    tasks = [
        asyncio.create_task(work, name=name)
        for name, work in (
            ("commits", gateway.commits.run()),
            ("refresh", parts.refresh.run()),
            ("pulse", engine.pulse()),
            ("loop lag", gateway.metrics.watch_loop()),
            ("bus", parts.bus.run(gateway.replica.hear, parts.people.here)),
            *(
                [("feed", gateway.replica.run(partial(_pace, settings, parts.bus)))]
                if adapters.shared(settings)
                else ()
            ),
        )
    ]
    try:
        yield Running(gateway, await _listen(door, settings, sockets), tasks)
    finally:
        await _leave(parts, door, tasks[0], shared=adapters.shared(settings))
        reception.close()
        await runner.cleanup()
        await parts.displays.codes.close()
        for task in tasks[1:]:
            task.cancel()
            await _ended(task)
        await gateway.snapshots.close()
        parts.fanout.close()


async def _leave(parts: _Parts, door: Listener, commits: asyncio.Task[None], *, shared: bool) -> None:
    """Takes no more placements, answers and tells of those it took, and sends everyone away."""
    crash_points.passing("draining")
    parts.gateway.events.draining = True
    if shared:
        door.close()  # who comes now goes to another gateway
    parts.gateway.commits.stop()
    await _ended(commits)
    parts.refresh.tick(asyncio.get_running_loop().time())
    handoff = parts.sockets.engine.handoff
    alone = not shared or (handoff and handoff.all_leave)
    await drain(parts.fanout, list(parts.sockets.engine.sessions.values()), ALONE if alone else AMONG_OTHERS)
    await parts.gateway.commits.keep()
    door.close()
    if handoff:
        handoff.close()


def _pace(settings: Settings, bus: Bus) -> float:
    """How often the log is asked for what other gateways did, in seconds; the bus tells sooner where it can."""
    return HEARD_SECONDS if settings.redis_url and not bus.failing else UNHEARD_SECONDS


def _socket_limits(settings: Settings, board: Board) -> ConnectionLimits:
    return ConnectionLimits(
        handshakes_per_second=settings.handshakes_per_second,
        frames_per_second=board.state.settings.events_per_second,
        bytes_per_message=MOST_MESSAGE_BYTES,
        connect_seconds=CONNECT_SECONDS,
        polling=settings.polling,
    )


def _displays(board: Board, reads: Reads, replica: Replica, people: Presence) -> Displays:
    clock = asyncio.get_running_loop().time
    delayed = DelayedBoard(board, clock)
    earlier, blocks = EarlierBoards(delayed, clock), LogChunks(reads, delayed, clock, _wall_ms)
    figures = Statistics(board=board, reads=reads, people=people, clock=clock, wall_ms=_wall_ms)
    replica.follow(delayed.follow, delayed.reloaded)
    for part in (earlier, blocks, figures):
        replica.follow(lambda _, __: None, part.reloaded)
    return Displays(delayed, earlier, blocks, figures, QrCodes(), _wall_ms)


def _wall_ms() -> int:
    return time.time_ns() // 1_000_000


def _application(gateway: Gateway, sockets: SocketServer, displays: Displays) -> web.Application:
    app = web.Application(middlewares=[http_errors.errors], client_max_size=65_536)
    app[GATEWAY], app[DISPLAYS] = gateway, displays
    app[PICTURES] = Pictures(gateway.board, gateway.snapshots)
    for routes in (
        board_routes.routes,
        organiser_routes.routes,
        health.routes,
        openapi.routes,
        display_routes.routes,
        log_routes.routes,
    ):
        app.add_routes(routes)
    Pages(folder()).add_to(app)
    app.on_response_prepare.append(http_errors.add_headers)
    sockets.engine.attach(app)
    return app


async def _listen(door: Listener, settings: Settings, sockets: list[socket.socket]) -> str:
    return url(*(door.take(sockets) if sockets else await door.open(settings.host, settings.port)))


async def _ended(task: asyncio.Task[None]) -> None:
    with suppress(asyncio.CancelledError, Exception):  # one that failed has been reported by `serve`
        await task


def _settle_memory() -> None:
    """What is there at the start stays: the collector need not look at it again, nor after every 700 objects."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


async def serve(
    settings: Settings,
    api_key: str,
    announce: Callable[[str], None],
    sockets: Sequence[socket.socket] = (),
    handoff: Handoff | None = None,
) -> None:
    """Runs until SIGTERM, SIGINT or SIGHUP; `announce` is told the address once it listens, on given sockets if any."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    ends = (signal.SIGTERM, signal.SIGINT) if handoff else (signal.SIGTERM, signal.SIGINT, *_HANG_UP)
    for number in ends:
        loop.add_signal_handler(number, stop.set)
    async with running(settings, api_key, sockets, handoff) as ready:
        log.info("listening", address=ready.address, **adapters.named(settings))
        announce(ready.address)
        _settle_memory()
        stopped = asyncio.create_task(stop.wait(), name="stop")
        done, _ = await asyncio.wait([stopped, *ready.tasks], return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        log.info("stopping", seq=ready.gateway.board.state.seq)
        asyncio.get_running_loop().call_later(STOP_SECONDS, os._exit, HANGING)
    for task in done:
        if task is not stopped:
            log.error("a task ended before its time", task=task.get_name(), exc_info=task.exception())
            raise BeePlaceError(f"the task {task.get_name()} ended before its time")
