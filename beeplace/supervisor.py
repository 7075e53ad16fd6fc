"""Several gateways of one machine behind one port: a parent that holds the port open and keeps its workers running.

Each worker is a gateway like any other, started as a program of its own, and accepts from the parent's sockets.
Parent and worker share a link, a pair of sockets: down it come the listening sockets, the organiser's key and where to
find the other workers, up it the word that the worker listens. When all are to stop, or the parent is gone, however it
went, the worker hears of it by the link and drains.
"""

from __future__ import annotations

import asyncio
import os
import random
import secrets
import signal
import socket
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson
import structlog

from beeplace.errors import BeePlaceError
from beeplace.terminal import CONFIGURATION, FORBIDDEN, HANGING, TEMPORARY, UNAVAILABLE

STOP_SECONDS = 9.0  # a worker ends itself after 8
READY_SECONDS = 60.0  # for a new worker in a rolling restart; a worker that starts may wait for a migration
QUICK_SECONDS = 5.0  # who dies sooner than that, or before it listens, died at once
MAX_QUICK = 5  # deaths at once, one after the other
BACK_SECONDS = (0.1, 5.0)  # the first wait before a worker is started again, and the longest
LACKING_SECONDS = 1.0  # between two tries when none can be started
PASSING = (UNAVAILABLE, TEMPORARY)  # a database that is away
FINAL = (*PASSING, FORBIDDEN, CONFIGURATION)  # what a first start ends with for good
_READY, _END = b"ready\n", b"end\n"
_NAME_BYTES = 3
_MAX_SOCKETS = 32

log = structlog.get_logger("beeplace.supervisor")


# What the worker does


@dataclass(frozen=True, slots=True)
class WorkerAssignment:
    """What a worker is given by its parent: its number, the organiser's key, the name that no other worker has, the
    folder where they find each other, and the sockets to accept from."""

    number: int
    api_key: str
    name: str
    folder: Path
    sockets: list[socket.socket]
    link: socket.socket

    def ready(self) -> None:
        """Tells the parent that this worker listens."""
        self.link.sendall(_READY)

    def follow(self, be_last: Callable[[], None]) -> None:
        """From now on this process drains when all are to stop, or its parent is gone; `be_last` is called before."""
        threading.Thread(target=_until_end, args=(self.link, be_last), name="parent", daemon=True).start()


def take_post(descriptor: int) -> WorkerAssignment:
    """The worker's end of the link, by its number, and what the parent has sent through it."""
    link = socket.socket(fileno=descriptor)
    told, descriptors, _, _ = socket.recv_fds(link, 4096, _MAX_SOCKETS)
    if not told:
        raise BeePlaceError("the parent is gone")
    fields = orjson.loads(told)
    sockets = [socket.socket(fileno=one) for one in descriptors]
    return WorkerAssignment(fields["number"], fields["key"], fields["name"], Path(fields["folder"]), sockets, link)


def _until_end(link: socket.socket, be_last: Callable[[], None]) -> None:
    with suppress(OSError):
        link.recv(len(_END))
    be_last()
    os.kill(os.getpid(), signal.SIGTERM)


# What the parent does


class GatewayProcess:
    """One worker process. `ready` and `ended` are awaited by whoever looks after it."""

    def __init__(self, process: asyncio.subprocess.Process, link: socket.socket) -> None:
        self.process, self._link = process, link
        self.began = time.monotonic()
        self.ready = asyncio.create_task(self._until_ready(), name="ready")
        self.ended = asyncio.create_task(self._until_ended(), name="ended")

    @property
    def serves(self) -> bool:
        """Whether it listens."""
        return self.ready.done() and self.ready.result() and not self.ended.done()

    async def _until_ready(self) -> bool:
        """True once it listens, False when it ends before."""
        try:
            return bool(await asyncio.get_running_loop().sock_recv(self._link, len(_READY)))
        except OSError:
            return False

    async def _until_ended(self) -> int:
        code = await self.process.wait()
        await self.ready
        self._link.close()
        return code if code >= 0 else 128 - code

    async def dismiss(self, *, last: bool = False) -> int:
        """Ends it, by SIGKILL when it hangs; its exit code. One of the last hears that no other is left."""
        if last and self.serves:
            with suppress(OSError):  # it is gone already, or never takes anything
                self._link.send(_END)
        else:
            self._send(signal.SIGTERM)
        try:
            code = await asyncio.wait_for(asyncio.shield(self.ended), STOP_SECONDS)
        except TimeoutError:
            log.error("a worker hangs and is killed", pid=self.process.pid)
            self._send(signal.SIGKILL)
            await self.ended
            return HANGING
        return 0 if code == 128 + signal.SIGTERM else code  # it was told before it could listen to signals

    def _send(self, number: int) -> None:
        with suppress(ProcessLookupError):  # it is gone already
            self.process.send_signal(number)


class Supervisor:
    """The parent: starts the workers, starts them again, restarts them one after the other, and ends them."""

    def __init__(self, number: int, arguments: Sequence[str], api_key: str, sockets: list[socket.socket]) -> None:
        self._numbers, self._arguments = range(1, number + 1), arguments
        self._api_key, self._sockets = api_key, sockets
        self._folder = Path()  # where workers find each other, while they run
        self._places: dict[int, GatewayProcess] = {}
        self._changing: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._all: set[GatewayProcess] = set()  # also who leaves, and who is not ready to take a place
        self._one_serves, self._all_serve, self._renew = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._end: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def run(self, announce: Callable[[], None]) -> int:
        """Until SIGTERM, SIGINT, or a worker that cannot run; `announce` is called once all listen."""
        with TemporaryDirectory(prefix="beeplace-", ignore_cleanup_errors=True) as folder:
            self._folder = Path(folder)
            return await self._run(announce)

    async def _run(self, announce: Callable[[], None]) -> int:
        loop = asyncio.get_running_loop()
        for signal_number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(signal_number, self._finish, 0)
        loop.add_signal_handler(signal.SIGHUP, self._renew.set)
        works = [*(self._look_after(number) for number in self._numbers), self._renew_all(), self._welcome(announce)]
        tasks = [asyncio.create_task(work) for work in works]
        for task in tasks:
            task.add_done_callback(self._failed)
        try:
            code = await self._end
            log.info("stopping the workers", workers=len(self._all))
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            codes = await asyncio.gather(*(worker.dismiss(last=True) for worker in self._all))
        return code or max(codes, default=0)

    def _finish(self, code: int) -> None:
        if not self._end.done():
            self._end.set_result(code)

    def _failed(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) and not self._end.done():
            self._end.set_exception(error)

    async def _start(self, number: int) -> GatewayProcess:
        ours, theirs = socket.socketpair()
        name = secrets.token_urlsafe(_NAME_BYTES)  # a new one each time: in a rolling restart two have one number
        try:
            ours.setblocking(False)
            told = orjson.dumps({"number": number, "key": self._api_key, "name": name, "folder": str(self._folder)})
            socket.send_fds(ours, [told], [one.fileno() for one in self._sockets])
            # A session of its own: Ctrl-C reaches the parent alone, which knows how to end the others.
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "beeplace", "serve", "--worker", str(theirs.fileno()), *self._arguments),
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()
        worker = GatewayProcess(process, ours)
        self._all.add(worker)
        worker.ended.add_done_callback(lambda _: self._forget(worker, name))
        worker.ready.add_done_callback(lambda _: self._note_ready())
        return worker

    def _forget(self, worker: GatewayProcess, name: str) -> None:
        self._all.discard(worker)
        (self._folder / name).unlink(missing_ok=True)

    def _note_ready(self) -> None:
        serving = [worker for worker in self._places.values() if worker.serves]
        if serving:
            self._one_serves.set()
        if len(serving) == len(self._numbers):
            self._all_serve.set()

    async def _look_after(self, number: int) -> None:
        """Keeps one place filled. The first one begins alone, so that what is wrong is said once."""
        if number > 1:
            await self._one_serves.wait()
        self._places[number] = await self._start(number)
        quick = 0
        while True:
            worker = self._places[number]
            code = await asyncio.shield(worker.ended)
            if self._places[number] is not worker:
                continue  # a rolling restart gave its place to another
            lived = time.monotonic() - worker.began
            quick = quick + 1 if lived < QUICK_SECONDS or not worker.ready.result() else 0
            log.error("a worker ended", worker=number, pid=worker.process.pid, code=code, seconds=round(lived, 1))
            if self._hopeless(code, quick):
                self._finish(code or 1)
            wait = min(BACK_SECONDS[1], BACK_SECONDS[0] * 2 ** min(quick, 10))
            await asyncio.sleep(random.uniform(wait / 2, wait))
            async with self._changing[number]:
                while self._places[number] is worker:
                    await self._try_to_fill(number)

    async def _try_to_fill(self, number: int) -> None:
        """Without a descriptor or memory left there is no new worker now; the others go on."""
        try:
            self._places[number] = await self._start(number)
        except OSError as error:
            log.error("no new worker could be started", worker=number, why=error.strerror)
            await asyncio.sleep(LACKING_SECONDS)

    def _hopeless(self, code: int, quick: int) -> bool:
        """Whether to try again would end the same way. Once all have served, the others go on meanwhile, and one
        that finds the database away is tried until it is back."""
        if not self._all_serve.is_set():
            return code in FINAL or quick >= MAX_QUICK
        return code not in PASSING and quick >= MAX_QUICK

    async def _welcome(self, announce: Callable[[], None]) -> None:
        await self._all_serve.wait()
        announce()

    async def _renew_all(self) -> None:
        """A rolling restart for every SIGHUP."""
        await self._all_serve.wait()
        while True:
            await self._renew.wait()
            self._renew.clear()
            log.info("rolling restart")
            for number in self._numbers:
                try:
                    renewed = await self._renew_one(number)
                except OSError:
                    renewed = False
                if not renewed:
                    log.error("rolling restart given up: a new worker did not start", worker=number)
                    break
            else:
                log.info("rolling restart done")

    async def _renew_one(self, number: int) -> bool:
        """The new worker comes first: the old one leaves when it listens, and stays when it does not."""
        async with self._changing[number]:
            new = await self._start(number)
            await asyncio.wait({new.ready}, timeout=READY_SECONDS)
            leaving = self._places[number] if new.serves else new
            if new.serves:
                self._places[number] = new
        await leaving.dismiss()
        return leaving is not new
