"""A forged backup, whose checksums all fit: refused whatever it says, with little memory, and nothing is restored."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import io
import os
import struct
import subprocess
import tarfile
import tracemalloc
import zlib
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import orjson
import pytest

from beeplace.errors import BackupDamaged
from beeplace.history.backup import backup, restore
from beeplace.history.backup_file import MAGIC
from beeplace.log.postgres.archive import PostgresArchive
from beeplace.log.sqlite.archive import SqliteArchive
from tests.closed_store import archive, closed_store
from tests.e2e.process import begin_beeplace, pipe_beeplace, run_beeplace
from tests.postgres import schema_url, shared

FRAME = struct.Struct("<cII")
Frames = list[tuple[bytes, Any]]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A good backup, from which others are forged."""
    folder = tmp_path_factory.mktemp("template")

    async def made() -> bytes:
        await backup(archive(await closed_store(folder / "drawn")), folder / "backup")
        return (folder / "backup").read_bytes()

    return asyncio.run(made())


def frames(data: bytes) -> Frames:
    """What is in a backup: JSON is parsed, placements are bytes; without the end."""
    content, at, found = gzip.decompress(data), len(MAGIC), []
    while at < len(content):
        kind, length, _ = FRAME.unpack_from(content, at)
        payload = content[at + FRAME.size : at + FRAME.size + length]
        found.append((kind, payload if kind == b"P" else orjson.loads(payload)))
        at += FRAME.size + length
    return found[:-1]


def forged(parts: Frames, entries: int | None = None) -> bytes:
    """A backup in which every checksum is right."""
    content = bytearray(MAGIC)
    for kind, told in parts:
        payload = told if isinstance(told, bytes) else orjson.dumps(told)
        content += FRAME.pack(kind, len(payload), zlib.crc32(payload)) + payload
    count = entries if entries is not None else parts[0][1]["state"]["seq"]
    end = orjson.dumps({"entries": count, "sha256": hashlib.sha256(content).hexdigest()})
    content += FRAME.pack(b"E", len(end), zlib.crc32(end)) + end
    return gzip.compress(bytes(content), 1)


def places(told: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where every value in a piece of JSON is."""
    inner = told.items() if isinstance(told, dict) else enumerate(told) if isinstance(told, list) else ()
    return [path, *(place for key, value in inner for place in places(value, (*path, key)))]


def put(told: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    changed = dict(told) if isinstance(told, dict) else list(told)
    changed[path[0]] = put(told[path[0]], path[1:], value)
    return changed


VALUES: list[Any] = [
    None, True, -1, 1.5, 2**31, 2**63 - 1, 2**64 - 1, 1e300, "", "no base64!", "a\0b", "A" * 20_000, [], {}, [[]],
    [None], {"more": 1},
]  # fmt: skip


async def outcome(path: Path, target: Path) -> str:
    """`refused`, and nothing is there; or `restored`. Anything else that is raised is a fault."""
    target.parent.mkdir(exist_ok=True)
    try:
        await restore(SqliteArchive(target), path)
    except BackupDamaged:
        assert [p.name for p in target.parent.iterdir() if p.name != f"{target.name}.lock"] == []
        return "refused"
    for file in target.parent.iterdir():
        file.unlink()
    return "restored"


async def test_the_forger_can_forge_a_good_one(template: bytes, tmp_path: Path) -> None:
    (tmp_path / "backup").write_bytes(forged(frames(template)))
    assert await outcome(tmp_path / "backup", tmp_path / "to" / "board.db") == "restored"


async def test_every_value_may_be_any_other_and_nothing_worse_than_a_refusal_happens(
    template: bytes, tmp_path: Path
) -> None:
    good, found = frames(template), {"refused": 0, "restored": 0}
    for number, (kind, told) in enumerate(good):
        if kind == b"P":
            continue
        for at, path in enumerate(places(told)):
            for value in VALUES[at % 3 :: 3]:
                forgery = [*good[:number], (kind, put(told, path, value)), *good[number + 1 :]]
                entries = good[0][1]["state"]["seq"]
                (tmp_path / "backup").write_bytes(forged(forgery, entries))
                found[await outcome(tmp_path / "backup", tmp_path / "to" / "board.db")] += 1
    assert found["refused"] > 5 * found["restored"]


def named(parts: Frames, kind: bytes) -> int:
    return next(number for number, (one, _) in enumerate(parts) if one == kind)


def without(kind: bytes) -> Callable[[Frames], Frames]:
    def work(parts: Frames) -> Frames:
        number = named(parts, kind)
        return parts[:number] + parts[number + 1 :]

    return work


def placements(**fields: int) -> Callable[[Frames], Frames]:
    """The first placement is at another place."""

    def work(parts: Frames) -> Frames:
        number = named(parts, b"P")
        payload = parts[number][1]
        values = dict(zip(("x", "y", "color", "at_ms"), struct.unpack_from("<HHBQ", payload, 8), strict=True)) | fields
        packed = struct.pack("<HHBQ", *values.values())
        return [*parts[:number], (b"P", payload[:8] + packed + payload[8 + len(packed) :]), *parts[number + 1 :]]

    return work


def bomb(parts: Frames) -> Frames:
    """A picture of an action that would unpack to 128 MB."""
    packed = zlib.compressobj(9)
    data = b"".join([*(packed.compress(bytes(1 << 20)) for _ in range(128)), packed.flush()])
    number = named(parts, b"U")
    seq, reason, _ = parts[number][1]
    return [*parts[:number], (b"U", [seq, reason, b64encode(data).decode()]), *parts[number + 1 :]]


def with_head(**fields: Any) -> Callable[[Frames], Frames]:
    return lambda parts: [(b"H", parts[0][1] | fields), *parts[1:]]


FORGERIES: dict[str, Callable[[Frames], Frames]] = {
    "nothing": lambda parts: parts[:1],
    "head twice": lambda parts: [parts[0], *parts],
    "head last": lambda parts: [*parts[1:], parts[0]],
    "backwards": lambda parts: [parts[0], *parts[:0:-1]],
    "twice": lambda parts: [*parts, *parts[1:]],
    "no picture": without(b"U"),
    "no placement": without(b"P"),
    "no entry": without(b"R"),
    "windows twice": lambda parts: [parts[0], parts[named(parts, b"W")], *parts[1:]],
    "answers twice": lambda parts: [parts[0], parts[named(parts, b"A")], *parts[1:]],
    "windows late": lambda parts: [*parts, parts[named(parts, b"W")]],
    "another kind of frame": lambda parts: [*parts, (b"Z", [])],
    "empty placements": lambda parts: [*parts, (b"P", struct.pack("<Q", 9))],
    "off the board": placements(x=65_535),
    "below the board": placements(y=8),
    "no colour": placements(color=255),
    "the end of time": placements(at_ms=2**64 - 1),
    "a bomb": bomb,
    "deep": lambda parts: [*parts, (b"W", b"[" * 500_000 + b"]" * 500_000)],
    "a later time": with_head(made_at_ms=2**62),
    "no epoch": with_head(epochs=[]),
    "more fields": with_head(more=1),
    "a newer kind": lambda parts: [*parts, (b"R", [9, 77, None, None, None, None, 0, 0, "AA==", None])],
}


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES.keys())
async def test_what_no_board_says_is_refused(
    template: bytes, tmp_path: Path, forge: Callable[[Frames], Frames]
) -> None:
    parts = forge(frames(template))
    head: dict[str, Any] = next((told for kind, told in parts if kind == b"H"), {})
    (tmp_path / "backup").write_bytes(forged(parts, head.get("state", {}).get("seq", 8)))
    assert await outcome(tmp_path / "backup", tmp_path / "to" / "board.db") == "refused"


def claims(length: int) -> bytes:
    return gzip.compress(MAGIC + FRAME.pack(b"U", length, 0) + bytes(1 << 27))


@pytest.mark.parametrize("length", [2**32 - 1, 1 << 27])
async def test_a_claimed_length_fills_no_memory(tmp_path: Path, length: int) -> None:
    """A megabyte of gzip that unpacks to 128 MB."""
    (tmp_path / "backup").write_bytes(claims(length))
    tracemalloc.start()
    try:
        assert await outcome(tmp_path / "backup", tmp_path / "to" / "board.db") == "refused"
        assert tracemalloc.get_traced_memory()[1] < 60_000_000
    finally:
        tracemalloc.stop()


def tar(mode: Literal["w", "w:gz"]) -> bytes:
    """An archive that would write beside where it is unpacked, and has links and a device."""
    kinds = {"../evil": tarfile.REGTYPE, "link": tarfile.SYMTYPE, "same": tarfile.LNKTYPE, "device": tarfile.BLKTYPE}
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:
        for name, kind in kinds.items():
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "../evil"
            archive.addfile(info)
    return out.getvalue()


async def test_what_is_another_kind_of_file_is_refused_and_writes_nothing(tmp_path: Path) -> None:
    given = tmp_path / "given"
    given.mkdir()
    kinds = {"tar": tar("w"), "tar.gz": tar("w:gz"), "json": b'{"../evil": 1}', '"><script>': b"", "sparse": b""}
    for name, data in kinds.items():
        (given / name).write_bytes(data)
    os.truncate(given / "sparse", 10 << 30)
    for path in (*given.iterdir(), Path("/dev/zero"), Path("/dev/null")):
        assert await outcome(path, tmp_path / "to" / "board.db") == "refused", path
    assert {path.name for path in given.iterdir()} == kinds.keys()
    assert not (tmp_path / "evil").exists()


@pytest.mark.parametrize("forge", ["answers twice", "a bomb", "off the board", "backwards"])
async def test_postgresql_is_left_as_it_was(template: bytes, tmp_path: Path, forge: str) -> None:
    (tmp_path / "backup").write_bytes(forged(FORGERIES[forge](frames(template)), 8))
    url = schema_url(str(tmp_path))
    name = url.rsplit("=", 1)[1]
    with pytest.raises(BackupDamaged):
        await restore(PostgresArchive(url), tmp_path / "backup")
    assert shared().sql(f"SELECT relname FROM pg_class WHERE relnamespace = '{name}'::regnamespace") == []


def test_the_command_says_so_in_one_line(template: bytes, tmp_path: Path) -> None:
    for number, data in enumerate(
        (b"", b"\x1f\x8b", template[:-9], forged(placements(x=999)(frames(template))), claims(9))
    ):
        (tmp_path / "backup").write_bytes(data)
        done = run_beeplace(tmp_path, "restore", "backup", DATABASE_URL=f"sqlite:///to/{number}.db")
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (65, "", 1), done.stderr
    assert not list((tmp_path / "to").glob("*.db"))


def test_a_backup_goes_through_a_pipe(tmp_path: Path) -> None:
    """`backup -` and `restore -`, with nothing but the backup on standard output."""
    asyncio.run(closed_store(tmp_path / "drawn"))

    def piped(folder: str, command: str, given: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
        return pipe_beeplace(tmp_path, command, "-", given=given, DATABASE_URL=f"sqlite:///{folder}/board.db")

    made = piped("drawn", "backup")
    assert made.stderr.startswith(b"-: 9 x 8 pixels as of ")
    assert frames(made.stdout)[0][1]["state"]["seq"] == 8
    done = piped("restored", "restore", made.stdout)
    assert done.stdout.startswith(b"Restored 9 x 8 pixels")
    for data in (made.stdout[:-9], b""):
        cut = piped("cut", "restore", data)
        assert (cut.returncode, cut.stdout, cut.stderr.count(b"\n")) == (65, b"", 1)


def test_a_reader_that_has_gone_is_one_line(tmp_path: Path) -> None:
    asyncio.run(closed_store(tmp_path / "drawn"))
    reading, writing = os.pipe()
    os.close(reading)
    with begin_beeplace(tmp_path, "backup", "-", stdout=writing, DATABASE_URL="sqlite:///drawn/board.db") as process:
        os.close(writing)
        assert process.stderr
        said = process.stderr.read()
        assert (process.wait(), said.count(b"\n")) == (74, 1), said
