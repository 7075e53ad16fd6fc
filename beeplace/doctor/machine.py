"""What `beeplace doctor` looks at of the machine itself: versions, limits, clock and disk."""

from __future__ import annotations

import ctypes
import datetime
import platform
import re
import resource
import shutil
import sys
import time
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from beeplace.findings import Finding, failure, ok, warning
from beeplace.gateway.connection.listener import BACKLOG
from beeplace.gateway.fanout.io_uring import IoUring

_PYTHON = (3, 11)
_FILES = 6_000  # the largest crowd we promise for, and what else is open
_FEW_FILES = 256
_SOMAXCONN = Path("/proc/sys/net/core/somaxconn")
_MOUNTS = Path("/proc/self/mounts")
_EARLIEST = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
_UNSYNCHRONISED = 0x40  # STA_UNSYNC
_LITTLE_BYTES, _TOO_LITTLE_BYTES = 2_000_000_000, 100_000_000
_REMOTE = re.compile(r"nfs4?|cifs|smb\w*|9p|fuse\.(sshfs|s3fs|glusterfs|rclone)|ceph|afs")
_PIN = re.compile(r"([A-Za-z0-9_.-]+)==([^ ;]+)")


def machine() -> list[Finding]:
    """All but the disk."""
    return [python(sys.version_info[:2]), packages(requires("beeplace") or []), files(), backlog(), ring(), *clock()]


def python(release: tuple[int, int]) -> Finding:
    """Whether this Python is new enough."""
    if release < _PYTHON:
        return failure("Python", f"{release[0]}.{release[1]}", "install Python 3.11 or newer")
    return ok("Python", f"{platform.python_version()} on {platform.system()} {platform.release()}")


def packages(pins: list[str]) -> Finding:
    """Whether what is installed is what was tested."""
    pinned = {found[1]: found[2] for pin in pins if (found := _PIN.match(pin)) and "sys_platform" not in pin}
    others = [f"{name} {has}, not {wants}" for name, wants in pinned.items() if (has := _installed(name)) != wants]
    if others:
        return warning("packages", "; ".join(others), "install requirements.txt")
    return ok("packages", f"BeePlace {version('beeplace')}, all {len(pinned)} as they were tested")


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "missing"


def files() -> Finding:
    """How many sockets fit into one gateway."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    told = f"{_number(soft)}, at most {_number(hard)}: each client takes one"
    advice = "set LimitNOFILE=65536 in the unit, or ulimit -n 65536"
    if soft == resource.RLIM_INFINITY or soft >= _FILES:
        return ok("open files", told)
    return (failure if soft < _FEW_FILES else warning)("open files", told, advice)


def _number(limit: int) -> str:
    return "unlimited" if limit == resource.RLIM_INFINITY else f"{limit:,}"


def backlog(setting: Path = _SOMAXCONN) -> Finding:
    """How many may wait for the door at once."""
    if not setting.exists():
        return ok("listen backlog", "not told by this system")
    most = int(setting.read_text())
    if most < BACKLOG:
        return warning("listen backlog", str(most), f"sysctl net.core.somaxconn={BACKLOG}: that many may come at once")
    return ok("listen backlog", str(most))


def ring() -> Finding:
    """Whether a batch goes to hundreds of clients with one system call."""
    try:
        IoUring().close()
    except OSError as error:
        advice = "nothing is lost but a fifth of the speed; let the container's seccomp profile or the kernel allow it"
        return warning("io_uring", error.strerror or str(error), advice)
    return ok("io_uring", "a batch goes to hundreds of clients with one system call")


def clock() -> list[Finding]:
    """Board time relies on the boot clock; people on the wall clock."""
    boot = (
        ok("boot clock", "CLOCK_BOOTTIME")
        if hasattr(time, "CLOCK_BOOTTIME")
        else warning("boot clock", "none", "windows last longer by the time the machine sleeps; run on Linux")
    )
    return [boot, wall_clock(datetime.datetime.now(datetime.UTC), _status())]


def wall_clock(now: datetime.datetime, status: int | None) -> Finding:
    """Whether history would show the right time. `status` is adjtimex's; None where it is not told."""
    told = f"{now:%Y-%m-%d %H:%M} UTC"
    if now < _EARLIEST:
        return failure("wall clock", told, "set the clock: history and the delay of walls would show wrong times")
    if status is not None and status & _UNSYNCHRONISED:
        return warning("wall clock", f"{told}, not synchronised", "start chrony or systemd-timesyncd")
    return ok("wall clock", told if status is None else f"{told}, synchronised")


class _Timex(ctypes.Structure):
    """The beginning of the kernel's struct timex, and more room than the rest needs."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        *((name, ctypes.c_long) for name in ("offset", "freq", "maxerror", "esterror")),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_char * 512),
    )


def _status() -> int | None:
    """The flags of the clock, changing nothing: `modes` is 0."""
    try:
        told = _Timex()
        return int(told.status) if ctypes.CDLL(None).adjtimex(ctypes.byref(told)) >= 0 else None
    except (OSError, AttributeError):
        return None


def disk(folder: Path) -> list[Finding]:
    """The disk below the database's folder, which need not exist yet."""
    folder = next(one for one in (folder.absolute(), *folder.absolute().parents) if one.is_dir())
    mounts = _MOUNTS.read_text() if _MOUNTS.exists() else ""
    return [space(shutil.disk_usage(folder).free), file_system(folder, mounts)]


def space(free: int) -> Finding:
    """Whether the log can grow."""
    told = f"{free / 1e9:,.1f} GB free"
    if free < _TOO_LITTLE_BYTES:
        return failure("disk", told, "make room: saving stops when it is full")
    if free < _LITTLE_BYTES:
        return warning("disk", told, "make room: the log grows with every placement")
    return ok("disk", told)


def file_system(folder: Path, mounts: str) -> Finding:
    """Whether the file system keeps what SQLite gives it. `mounts` as in /proc/self/mounts."""
    kind = ""
    longest = -1
    for line in mounts.splitlines():
        _, point, found = line.split()[:3]
        if folder.is_relative_to(point) and len(point) > longest:
            kind, longest = found, len(point)
    if _REMOTE.fullmatch(kind):
        return failure("file system", kind, "put the database on a local disk: WAL does not work over a network")
    if kind in ("tmpfs", "ramfs"):
        return failure("file system", f"{kind}, which is memory", "put the database on a disk")
    if kind in ("overlay", "aufs"):
        return warning("file system", f"{kind}, a container's own layer", "mount a volume, or the board goes with it")
    return ok("file system", kind or "not told by this system")
