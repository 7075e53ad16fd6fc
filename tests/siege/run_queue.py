"""How long threads have waited for a processor, as the kernel counts it: what the machine took and no program did."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

OURS = Path("/proc/self")


def waited_ns(task: Path) -> int:
    """A thread, in its life."""
    with suppress(OSError):  # it may have ended
        return int((task / "schedstat").read_text().split()[1])
    return 0


def loop_waits(pid: int) -> int:
    """The server's first thread, which runs its loop, and this process."""
    return waited_ns(Path(f"/proc/{pid}")) + waited_ns(OURS)


def waits(pid: int) -> dict[str, int]:
    """This process and each thread of the server; `loop` is the server's first."""
    threads = {"self": waited_ns(OURS), "loop": waited_ns(Path(f"/proc/{pid}"))}
    with suppress(OSError):
        threads |= {task.name: waited_ns(task) for task in Path(f"/proc/{pid}/task").iterdir()}
        threads.pop(str(pid), None)
    return threads


def machine_ns(pid: int, before: dict[str, int]) -> int:
    """What the machine took since, at least: of that thread which waited most, since others may have waited with it."""
    return max(waited - before.get(name, 0) for name, waited in waits(pid).items())
