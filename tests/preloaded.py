"""Starts BeePlace as a fork of a process that has its modules loaded: a start costs a fifth of the work.

Each test process has one such process, the template. What is forked from it differs from `python -m beeplace` in three
things: nothing is imported anew, all forks of one template hash alike, and their parent is the template. Tests of the
start itself, of several workers and of the shell's limits start `python -m beeplace`.
"""

from __future__ import annotations

import atexit
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from contextlib import ExitStack, suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import IO, Any, Self
from weakref import finalize

from beeplace.settings.table import FIELDS

ROOT = Path(__file__).resolve().parent.parent
MAX_REQUEST = 1 << 20
LOADED = ("uvloop", "beeplace.app", "beeplace.cli.phone_addresses")  # what serving needs
LATE = {"PYTHONPATH", "PYTEST_CURRENT_TEST", *(field.variable for field in FIELDS)}  # what is read after the fork
PIPE = subprocess.PIPE

Stream = int | IO[Any]


class Fork:
    """A forked process, with that part of `subprocess.Popen` that tests use."""

    def __init__(self, template: Template, pid: int, pipes: list[IO[bytes] | None]) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self.stdin, self.stdout, self.stderr = pipes
        self._template = template
        self._one_at_a_time = threading.Lock()  # tests look from threads, and its exit code is given once
        # Nobody but the template takes its exit code, so the number is still its own. Open as long as this object,
        # since another thread may wait for it.
        self._end = os.pidfd_open(pid)
        finalize(self, os.close, self._end)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for pipe in filter(None, (self.stdin, self.stdout, self.stderr)):
            pipe.close()
        self.wait()

    def poll(self) -> int | None:
        """The exit code once it has ended, negative for a signal."""
        self._look(0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Waits for the end, TimeoutExpired after so many seconds; returns the exit code."""
        self._look(timeout)
        if self.returncode is None:
            raise subprocess.TimeoutExpired("beeplace", timeout or 0)
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Does nothing once it has ended."""
        if self.poll() is None:
            with suppress(ProcessLookupError):  # ended meanwhile, and its end was taken
                signal.pidfd_send_signal(self._end, number)

    def terminate(self) -> None:
        """SIGTERM."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL."""
        self.send_signal(signal.SIGKILL)

    def _look(self, seconds: float | None) -> None:
        if self.returncode is not None:
            return
        poll = select.poll()
        poll.register(self._end, select.POLLIN)
        if not poll.poll(None if seconds is None else seconds * 1000):
            return
        with self._one_at_a_time:
            if self.returncode is None:
                self.returncode = os.waitstatus_to_exitcode(self._template.ask({"ended": self.pid}))


class Template:
    """The process that has everything loaded, seen from the tests; it ends with them."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment
        self._one_at_a_time = threading.Lock()
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            command = [sys.executable, "-m", "tests.preloaded", str(theirs.fileno())]
            self._process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, pass_fds=[theirs.fileno()]
            )

    def close(self) -> None:
        """It ends, and what was forked from it goes on."""
        self._socket.close()
        self._process.wait()

    def start(self, command: tuple[str, ...], folder: Path, environment: dict[str, str], files: list[int]) -> int:
        """Forks; `files` become standard input, output and error. Returns the number of the process."""
        mask = os.umask(0)
        os.umask(mask)
        told = {"command": command, "folder": str(folder), "environment": environment, "mask": mask}
        return self.ask(told, files)

    def ask(self, request: dict[str, Any], files: list[int] | None = None) -> int:
        """The template's answer to one request."""
        with self._one_at_a_time:
            socket.send_fds(self._socket, [json.dumps(request).encode()], files or [])
            return int(self._socket.recv(64))


@cache
def _template() -> Template:
    template = Template(_read_early(dict(os.environ)))
    atexit.register(template.close)
    return template


def _read_early(environment: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name not in LATE}


def can_start(environment: dict[str, str]) -> bool:
    """Whether a fork has all that this environment asks for: settings are read after it, the rest may be before."""
    paths = environment.get("PYTHONPATH", "").split(os.pathsep)
    changes_python = any(path and Path(path, "sitecustomize.py").exists() for path in paths)
    return hasattr(os, "pidfd_open") and not changes_python and _read_early(environment) == _template().environment


def start(
    folder: Path,
    environment: dict[str, str],
    *arguments: str,
    module: str = "beeplace",
    stdin: Stream = subprocess.DEVNULL,
    stdout: Stream = PIPE,
    stderr: Stream = PIPE,
) -> Fork:
    """`python -m MODULE ARGUMENTS` in that folder; the streams are as for `subprocess.Popen`."""
    with ExitStack() as theirs:
        files, pipes = zip(*map(_both_ends, (stdin, stdout, stderr), (theirs,) * 3, ("wb", "rb", "rb")), strict=True)
        pid = _template().start((module, *arguments), folder, environment, list(files))
    return Fork(_template(), pid, list(pipes))


def _both_ends(stream: Stream, theirs: ExitStack, mode: str) -> tuple[int, IO[bytes] | None]:
    """What the fork gets, to be closed here with `theirs`, and the other end of a pipe."""
    if not isinstance(stream, int):
        return stream.fileno(), None
    if stream == subprocess.DEVNULL:
        nowhere = os.open(os.devnull, os.O_RDWR)
        theirs.callback(os.close, nowhere)
        return nowhere, None
    if stream != PIPE:
        return stream, None
    read, write = os.pipe()
    their, our = (read, write) if mode == "wb" else (write, read)
    theirs.callback(os.close, their)
    return their, os.fdopen(our, mode)


def run_in_bytes(
    folder: Path, environment: dict[str, str], seconds: float, *arguments: str, given: bytes | None = None
) -> subprocess.CompletedProcess[bytes]:
    """What became of `beeplace ARGUMENTS`, which ends by itself; `given` comes through a pipe."""
    with tempfile.TemporaryFile() as stdout, tempfile.TemporaryFile() as stderr:
        stdin = subprocess.DEVNULL if given is None else PIPE
        with start(folder, environment, *arguments, stdin=stdin, stdout=stdout, stderr=stderr) as process:
            try:
                if process.stdin:
                    with suppress(BrokenPipeError), process.stdin as pipe:  # it may end before it has read everything
                        pipe.write(given or b"")
                code = process.wait(seconds)
            finally:
                process.kill()
        for file in (stdout, stderr):
            file.seek(0)
        return subprocess.CompletedProcess(["beeplace", *arguments], code, stdout.read(), stderr.read())


def run(folder: Path, environment: dict[str, str], seconds: float, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The same, with what it says as text."""
    done = run_in_bytes(folder, environment, seconds, *arguments)
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def _serve(requests: socket.socket) -> dict[str, Any]:
    """Answers requests until one is to be carried out: it returns in a fork, and never in the template."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the tests
    while True:
        told, files, _, _ = socket.recv_fds(requests, MAX_REQUEST, 3)
        if not told:
            os._exit(0)
        request: dict[str, Any] = json.loads(told)
        if "ended" in request:
            _, status = os.waitpid(request["ended"], 0)
            requests.send(str(status).encode())
            continue
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGINT, signal.default_int_handler)
            for number, file in enumerate(files):
                os.dup2(file, number)
        for file in files:
            os.close(file)
        if pid == 0:
            requests.close()
            return request
        requests.send(str(pid).encode())


if __name__ == "__main__":
    for name in LOADED:
        import_module(name)

    order = _serve(socket.socket(fileno=int(sys.argv[1])))
    os.environ.clear()
    os.environ.update(order["environment"])
    os.umask(order["mask"])
    os.chdir(order["folder"])
    sys.path[:1] = [order["folder"], *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    sys.argv = order["command"]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
