"""The life of one gateway: its parts are started, it listens, and they are ended in order."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial

import structlog
from aiohttp import web

from beeplace.errors import BeePlaceError
from beeplace.gateway.connection.fast_handshake import PendingConnections
from beeplace.gateway.connection.listener import Listener, url
from beeplace.gateway.connection.session import Session
from beeplace.gateway.desk_socket.server import DeskSocket
from beeplace.gateway.fanout.broadcaster import Broadcaster
from beeplace.gateway.fanout.drain import ALONE, AMONG_OTHERS, drain
from beeplace.gateway.fanout.subscribers import Subscribers
from beeplace.gateway.gateway import Gateway
from beeplace.gateway.http import connection
from beeplace.gateway.http.archives.maker import ArchiveMaker
from beeplace.gateway.http.display_parts import Displays
from beeplace.gateway.http.pages import Pages
from beeplace.gateway.http.prompt_answers import PROMPT_ANSWERS
from beeplace.gateway.new_names import NewNames
from beeplace.gateway.socketio_server import SocketServer
from beeplace.gateway.worker_loads import WorkerLoads
from beeplace.log import crash_points
from beeplace.log.bus import Bus
from beeplace.log.pieces.builder import PieceBuilder
from beeplace.log.pieces.rollup_builder import RollupBuilder
from beeplace.log.strips.builder import StripBuilder
from beeplace.people.presence import Presence
from beeplace.terminal import HANGING

HEARD_SECONDS, UNHEARD_SECONDS = 1.0, 0.2
GIVE_UP_SECONDS = 0.7  # for a start that is told to stop: nobody has a pixel from it, and its servers may be silent
STOP_SECONDS = 8.0  # after which a stop that hangs, on a disk that does not answer say, is cut short
# A thread that reads history has the interpreter for so long while the loop waits for it. The interpreter's own 5 ms
# are waited for at each of the steps that a placement takes between the loop and the store.
SWITCH_SECONDS = 0.001
HEADER_SECONDS = 10.0  # for the head of a request, and between two requests of one connection

_HANG_UP = (signal.SIGHUP,) if hasattr(signal, "SIGHUP") else ()  # among workers it is the parent's

log = structlog.get_logger("beeplace")


@dataclass(frozen=True, slots=True)
class Running:
    """A gateway that listens, where, and the tasks that must not end before it does."""

    gateway: Gateway
    address: str
    tasks: list[asyncio.Task[None]]


@dataclass(frozen=True, slots=True)
class Parts:
    """What has to be started and ended."""

    gateway: Gateway
    bus: Bus
    people: Presence[Session]
    refresh: Broadcaster
    fanout: Subscribers
    sockets: SocketServer
    displays: Displays
    desk: DeskSocket
    strips: StripBuilder
    pieces: PieceBuilder
    rollups: RollupBuilder
    archives: ArchiveMaker
    names: NewNames
    host: str
    port: int
    shared: bool  # whether other gateways may serve the same board
    bus_tells: bool  # whether the bus tells of other gateways' changes, while it works
    pages: Pages


@asynccontextmanager
async def serving(parts: Parts, application: web.Application, sockets: list[socket.socket]) -> AsyncIterator[Running]:
    """Starts all parts; leaving it drains, ends and stores them in order."""
    gateway = parts.gateway
    runner = web.AppRunner(application, handle_signals=False, shutdown_timeout=1.0)
    await runner.setup()
    assert runner.server  # there is one after `setup`
    engine = parts.sockets.engine
    refused = gateway.refusals.note
    base_path, prompt = gateway.site.base_path, application[PROMPT_ANSWERS]
    http = connection.factory(runner.server, HEADER_SECONDS, refused, base_path, prompt)
    silent = lambda: refused("silent")  # noqa: E731
    pending = PendingConnections([engine], http, HEADER_SECONDS, silent, base_path=base_path, prompt=prompt)
    engine.steps.append(pending.step)
    listener = Listener(pending, lambda: refused("descriptors"))
    if handoff := engine.handoff:
        handoff.open(pending)
        loads = handoff.loads(lambda: len(engine.sessions) + pending.silent + listener.entering)
        listener.yields = loads.ahead
        engine.steps.append(lambda _: _tell(loads, listener))
    tasks = [
        asyncio.create_task(work, name=name)
        for name, work in (
            ("commits", gateway.commits.run()),
            ("refresh", parts.refresh.run()),
            ("pulse", engine.pulse()),
            ("loop lag", gateway.metrics.watch_loop()),
            ("desk", parts.desk.run()),
            ("desk keys", parts.desk.watch_keys()),
            ("desk reports", parts.desk.watch_reports()),
            ("strips", parts.strips.run()),
            ("pieces", parts.pieces.run()),
            ("rollups", parts.rollups.run()),
            ("new names", parts.names.run()),
            ("archives", parts.archives.run()),
            ("bus", parts.bus.run(gateway.replica.hear, parts.people.here)),
            *([("replica", gateway.replica.run(partial(_pace, parts)))] if parts.shared else ()),
        )
    ]
    try:
        address = await _listen(listener, parts, sockets)
        for step in engine.steps:
            step(engine.clock())  # not only at the next pulse: other workers know of this one before it is ready
        yield Running(gateway, address, tasks)
    finally:
        await _leave(parts, listener, tasks[0])
        pending.close()
        await runner.cleanup()
        await parts.displays.codes.close()
        for task in tasks[1:]:
            task.cancel()
            await _ended(task)
        await gateway.snapshots.close()
        parts.fanout.close()


def _tell(loads: WorkerLoads, listener: Listener) -> None:
    """Invariant: a worker that listens no more leaves the number to the one that has its place now."""
    if listener.takes:
        loads.tell()
    elif listener.listens:
        loads.leave()


async def _leave(parts: Parts, listener: Listener, commits: asyncio.Task[None]) -> None:
    """Takes no more placements, answers and tells of those it took, and sends everyone away."""
    crash_points.passing("draining")
    parts.gateway.events.draining = True
    if parts.shared:
        listener.close()  # newcomers go to another gateway
    parts.gateway.commits.stop()
    await _ended(commits)
    parts.refresh.tick(asyncio.get_running_loop().time())
    handoff = parts.sockets.engine.handoff
    alone = not parts.shared or (handoff and handoff.all_leave)
    await drain(parts.fanout, list(parts.sockets.engine.sessions.values()), ALONE if alone else AMONG_OTHERS)
    await parts.gateway.commits.keep()
    listener.close()
    if handoff:
        handoff.close()


def _pace(parts: Parts) -> float:
    """How often the log is asked for what other gateways did, in seconds; the bus tells sooner where it can."""
    return HEARD_SECONDS if parts.bus_tells and not parts.bus.failing else UNHEARD_SECONDS


async def _listen(listener: Listener, parts: Parts, sockets: list[socket.socket]) -> str:
    return url(*(listener.take(sockets) if sockets else await listener.open(parts.host, parts.port)))


async def _ended(task: asyncio.Task[None]) -> None:
    with suppress(asyncio.CancelledError, Exception):  # one that failed has been reported by `serve`
        await task


def _settle_memory() -> None:
    """What is there at the start stays: the collector need not look at it again, nor after every 700 objects."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


async def until_stopped(
    gateway: AbstractAsyncContextManager[Running], announce: Callable[[Running], None], *, among_workers: bool
) -> None:
    """Runs a gateway until SIGTERM, SIGINT or SIGHUP; `announce` is told once it listens."""
    stop = asyncio.Event()
    loop, here, starting = asyncio.get_running_loop(), asyncio.current_task(), True

    def end() -> None:
        if starting and here and not stop.is_set():
            loop.call_later(GIVE_UP_SECONDS, os._exit, 0)
            here.cancel()
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT, *(() if among_workers else _HANG_UP)):
        loop.add_signal_handler(number, end)
    async with AsyncExitStack() as stack:
        try:
            ready = await stack.enter_async_context(gateway)
            starting = False
            await asyncio.sleep(0)  # where it was told in the last step of the start
        except asyncio.CancelledError:
            if here and stop.is_set():
                here.uncancel()
                log.info("stopping before the start was done")
                return
            raise
        announce(ready)
        _settle_memory()
        sys.setswitchinterval(SWITCH_SECONDS)
        stopped = asyncio.create_task(stop.wait(), name="stop")
        done, _ = await asyncio.wait([stopped, *ready.tasks], return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        log.info("stopping", seq=ready.gateway.board.state.seq)
        loop.call_later(STOP_SECONDS, os._exit, HANGING)
    for task in done:
        if task is not stopped:
            log.error("a task ended before its time", task=task.get_name(), exc_info=task.exception())
            raise BeePlaceError(f"the task {task.get_name()} ended before its time")
