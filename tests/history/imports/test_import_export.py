"""`beeplace import --as beeplace`: an export becomes the same log again, of which an export is the same file."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest

from beeplace.board.allowance import Limits
from beeplace.board.changes import KINDS, Change
from beeplace.board.changes.adjust import Adjust
from beeplace.board.changes.clear import Clear
from beeplace.board.changes.moderation.announce import Announce
from beeplace.board.changes.moderation.ban import Ban
from beeplace.board.changes.moderation.ban_and_rewind import BanAndRewind
from beeplace.board.changes.moderation.enforce import Span
from beeplace.board.changes.moderation.panic import Panic
from beeplace.board.changes.moderation.safe_picture import PNG, SafePicture
from beeplace.board.changes.moderation.zone import Zone
from beeplace.board.changes.paste import Paste
from beeplace.board.changes.recolor import Recolor
from beeplace.board.changes.resize import Resize, Size
from beeplace.board.changes.rewind import Rewind
from beeplace.board.changes.undo import Undone
from beeplace.board.entries import Entry
from beeplace.board.geometry import Area
from beeplace.board.palette import Palette
from beeplace.board.rules import Action
from beeplace.errors import ImportRefused
from beeplace.history.export.export import export
from beeplace.history.imports.import_export import import_export
from beeplace.history.verify.check import Check
from beeplace.log.archive import Archive
from tests.closed_store import archive, closed_store
from tests.e2e.process import run_beeplace
from tests.log.samples import BOB, HEIGHT, NO_LIMIT, ORGANISER, PALETTE, STORES, WIDTH, Session, placement, read_only

FORMS = ("parquet", "csv", "ndjson")
MORE = Palette((*PALETTE.colors, "#123456"))
AREA = Area(2, 3, 3, 2)


@pytest.fixture(params=sorted(STORES))
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Archive:
    """An empty database of either kind."""
    folder = tmp_path / "new"
    folder.mkdir()
    return archive(Session(folder, STORES[request.param]))


def paste() -> Paste:
    found = Paste.over(AREA, bytes((1, 1, 3, 3, 0, 2)), bytes((1, 1, 1, 1, 0, 1)))
    assert found
    return found


def rewind() -> Rewind:
    return Rewind(paste(), 1, (), {"people": ["bee-1f2e3d4c"]}, zlib.compress(bytes(8 * paste().size)))


async def everything(folder: Path) -> Session:
    """A closed store with an entry of every kind there is, but for one that came out of a backup."""
    session = await closed_store(folder)
    await session.open()
    await session.act(read_only(closed=False))
    ban = Ban(Span(), ("bee-1f2e3d4c",), "a flood")
    for number, change in enumerate((
        paste(), Adjust((("cooldown", 0),)), rewind(), Undone(paste(), 0, (), 7), Clear(AREA), ban,
        Zone(Span(), AREA, limits=Limits(1, 10_000)), Announce(Span(), (("en", "last orders"),)), Panic(begun=True),
        Panic(begun=False), SafePicture(PNG + b"x"), Recolor(MORE, by_organiser=True),
        Resize.to(Size(12, 10), Size(WIDTH, HEIGHT)), Resize.to(Size(8, 11), Size(12, 10)),
        Resize.to(Size(9, 11), Size(8, 11), bytes(n % 5 for n in range(11))), BanAndRewind.of(ban, rewind()),
    )):  # fmt: skip
        await session.act(action(change, f"e{number}"))
        size = session.board.state
        await session.place(placement(number % size.width, number % size.height, number % 4, by=BOB))
    await session.store.close()
    return session


def action(change: Change, epoch: str) -> Action:
    before = bytes(sum(area.width * area.height for area in change.replaces()))
    return Action(change, ORGANISER, epoch=epoch if change.BEGINS_EPOCH else None, before=before)


async def written(session_archive: Archive, folder: Path, form: str) -> Path:
    path = folder / f"{len([*folder.iterdir()])}.{form}"
    await export(session_archive, path, form)
    return path


@pytest.mark.parametrize("form", FORMS)
async def test_an_export_of_what_was_imported_is_the_same_file(store: Archive, tmp_path: Path, form: str) -> None:
    session = await everything(tmp_path / "drawn")
    assert {entry.change.NUMBER for entry in await _log(session)} >= {*KINDS} - {6}
    first = await written(archive(session), tmp_path, form)
    await import_export(store, first, settings=NO_LIMIT, colors=MORE)
    again = await written(store, tmp_path, form)
    assert again.read_bytes() == first.read_bytes()
    check = Check(store, [])
    await check.run()
    assert [line for one in check.checks for line in one.lines() if one.word == "wrong"] == []


async def _log(session: Session) -> list[Entry]:
    await session.open()
    found = await session.log()
    await session.store.close()
    return found


async def test_the_board_is_that_of_before_and_people_have_new_names_inside(store: Archive, tmp_path: Path) -> None:
    session = await everything(tmp_path / "drawn")
    done = await import_export(
        store, await written(archive(session), tmp_path, "parquet"), settings=NO_LIMIT, colors=PALETTE
    )
    async with archive(session).moment() as moment:
        secret = moment.head.secrets["identities"]
    await session.open()
    state, pixels = session.board.state, bytes(session.board.pixels)
    await session.store.close()
    assert (done.state.epoch, done.state.seq) == (state.epoch, state.seq)
    assert (done.state.width, done.state.height, done.state.palette) == (state.width, state.height, state.palette)
    async with store.moment() as moment:
        assert b"".join([block.pixels async for block in moment.blocks()])[: len(pixels)] == pixels
        assert moment.head.secrets["identities"] != secret


def lines(*changed: tuple[int, str, object]) -> bytes:
    """Two entries, with some fields changed."""
    whole: list[dict[str, object]] = [
        {
            "seq": seq, "epoch": "e", "time": "2026-06-01T20:00:00.000Z", "kind": "placement", "x": 1, "y": 2,
            "width": 1, "height": 1, "color": 1, "hex": "#E50000", "person": f"bee-{seq:032x}", "action": None,
            "change": None,
        } for seq in (1, 2)
    ]  # fmt: skip
    for row, name, value in changed:
        whole[row][name] = value
    return b"".join(orjson.dumps(row) + b"\n" for row in whole)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no export|no entries"),
        (b"a,b\n1,2\n", "its columns are not"),
        (lines((1, "seq", 3)), "row 2 is entry 3: only a whole export"),
        (lines((0, "person", "bob")), "entry 1 names nobody"),
        (lines((0, "person", "bee-1f2e3d4c")), "entry 1 names nobody"),
        (lines((0, "x", -1)), "entry 1 is no placement on its board"),
        (lines((0, "x", 5000)), "5001 x"),
        (lines((0, "time", "yesterday")), "row 1 is none of an export"),
        (lines((0, "seq", None)), "row 1 is none of an export"),
        (lines((1, "hex", "#000000")), "entry 2 is not as an export tells it"),
        (lines((1, "change", "f,1,2,1,1,1,0")), "entry 2 is not as an export tells it"),
        (lines((1, "change", "p,1,2,9999,9999,1,0"), (1, "kind", "paste")), "entry 2 is not as an export tells it"),
        (lines((1, "change", "p,1,2,1,1,99999999*1,0"), (1, "kind", "paste")), "more pixels than its area"),
        (lines()[:-20], "cannot be read after row 1"),
        (b"PAR1" + b"x" * 100, "cannot be read|no export"),
        (gzip.compress(lines())[:-10], "cannot be read"),
    ],
)  # fmt: skip
async def test_what_is_no_export_is_refused_and_leaves_nothing(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "file").write_bytes(content)
    (tmp_path / "new").mkdir()
    with pytest.raises(ImportRefused, match=words):
        await import_export(archive(Session(tmp_path / "new")), tmp_path / "file", settings=NO_LIMIT, colors=PALETTE)
    assert {path.suffix for path in (tmp_path / "new").iterdir()} <= {".lock"}


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_the_command_reads_a_file_and_says_what_came_of_it(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    (tmp_path / "file").write_bytes(pack(lines()))
    ended = run_beeplace(tmp_path, "import", "file", "--as", "beeplace", DATABASE_URL="sqlite:///new.db", BOARD_SIZE=8)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout == "Imported 2 entries on 8 x 8 pixels, as of e:2.\n"
