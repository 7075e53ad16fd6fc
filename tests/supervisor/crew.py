"""Starts `beeplace serve --workers N` as a process, and looks at the workers that its parent keeps."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from tests.clients.phone import Phone, dial
from tests.servers import ServerProcess

WORKERS = 3
DEADLINE_SECONDS = 60.0
MAX_DIALS = 300


class Crew(ServerProcess):
    """A parent and its workers."""

    command = (sys.executable, "-m", "beeplace", "serve", "--workers", str(WORKERS))

    def workers(self) -> set[int]:
        """The processes that the parent has started and not yet seen end."""
        parent = self.process.pid
        return set(map(int, Path(f"/proc/{parent}/task/{parent}/children").read_text().split()))

    def count(self, line: str) -> int:
        """How often the log says something."""
        return self.log.read_text().count(line)


class Pair(Crew):
    """Two workers."""

    command = (sys.executable, "-m", "beeplace", "serve", "--workers", "2")


def gone(pid: int) -> bool:
    """Whether a process has ended; what its own parent never asked for is not counted."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def owner(phone: Phone, pids: set[int]) -> int | None:
    """The worker that has the other end of a phone's connection: by the kernel's table and the open files."""
    port = phone.socket.transport.get_extra_info("sockname")[1]
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    inodes = {f"socket:[{row[9]}]" for row in rows if row[2].endswith(f":{port:04X}") and row[9] != "0"}
    return next((pid for pid in pids if inodes & open_files(pid)), None)


def open_files(pid: int) -> set[str]:
    """What a process has open, sockets by their inodes."""
    return set(map(_target, Path(f"/proc/{pid}/fd").iterdir()))


def bound() -> dict[str, Path]:
    """Where each bound UNIX socket is, by its inode as in `open_files`; the kernel's table."""
    rows = [line.split() for line in Path("/proc/net/unix").read_text().splitlines()[1:]]
    return {f"socket:[{row[6]}]": Path(row[7]) for row in rows if len(row) > 7}


def folders(pids: set[int]) -> set[Path]:
    """The folders of the sockets that these processes have bound."""
    where = bound()
    return {where[inode].parent for pid in pids for inode in open_files(pid) & set(where)}


def _target(link: Path) -> str:
    try:
        return str(link.readlink())
    except FileNotFoundError:  # closed meanwhile
        return ""


@asynccontextmanager
async def one_on_each(server: Crew) -> AsyncIterator[list[Phone]]:
    """A joined phone on each of the workers."""
    pids = server.workers()
    found: dict[int, Phone] = {}
    async with AsyncExitStack() as stack:
        for number in range(MAX_DIALS):
            phone = await stack.enter_async_context(dial(server.url))
            await phone.join({"fingerprint": f"phone-{number}"})
            if pid := owner(phone, pids):
                found.setdefault(pid, phone)
            if set(found) == pids:
                break
        assert set(found) == pids
        yield list(found.values())


class Keyless(Pair):
    """Two workers without a key of ours; `key` is the one they print."""

    key = ""

    def start(self) -> None:
        """As a `ServerProcess`; the key's line comes after the address."""
        self.environment.pop("API_KEY", None)
        super().start()

    def _listening(self) -> str:
        assert self.process.stdout
        address = super()._listening()
        self.key = self.process.stdout.readline().decode().rpartition(" ")[2].strip()
        return address
