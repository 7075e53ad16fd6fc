"""What organisers have in force is state in the log: after a restart, in a backup, and in verify's eyes."""

from __future__ import annotations

from pathlib import Path

import pytest

from beeplace.board.changes.moderation.ban import Ban
from beeplace.board.changes.moderation.enforce import Span
from beeplace.board.changes.moderation.panic import Panic
from beeplace.board.changes.moderation.safe_picture import PNG, SafePicture
from beeplace.board.in_force import BanState, End
from beeplace.board.moderation import ApprovedPicture, Moderation
from beeplace.board.rules import Action
from beeplace.history.backup import backup, restore
from beeplace.history.verify.check import Check, Checked
from beeplace.log.archive import Archive
from tests.closed_store import archive
from tests.log.samples import BOB, ORGANISER, STORES, Session, placement
from tests.log.stores import change, of

KINDS = pytest.mark.parametrize("kind", sorted(STORES))
PANIC = Action(Panic(begun=True), ORGANISER)
BAN = Action(Ban(Span(End(10**9, 4 * 10**12)), (f"bee-{BOB[:4].hex()}",), "a flood"), ORGANISER)
APPROVED = Action(SafePicture(PNG + b"any\n", armed=False), ORGANISER)


async def session(folder: Path, kind: str) -> Session:
    """A closed store in which panic is on, a picture is safe and Bob is banned."""
    folder.mkdir(parents=True, exist_ok=True)
    found = Session(folder, STORES[kind])
    await found.open()
    await found.act(APPROVED)
    await found.place(placement())
    await found.act(BAN)
    await found.act(PANIC)
    await found.store.close()
    return found


async def checked(archive: Archive) -> dict[str, Checked]:
    check = Check(archive, ())
    await check.run()
    return {one.name: one for one in check.checks}


IN_FORCE = Moderation(
    panic=True,
    safe_picture=ApprovedPicture(1, armed=False),
    bans=(BanState(3, End(10**9, 4 * 10**12), (f"bee-{BOB[:4].hex()}",), "a flood"),),
)


@KINDS
async def test_it_is_there_after_a_restart(tmp_path: Path, kind: str) -> None:
    found = await session(tmp_path, kind)
    await found.open()
    assert found.board.state.moderation == IN_FORCE
    assert (await found.store.state()).moderation == IN_FORCE
    [answer] = await found.place(placement(2, 2))
    assert answer.code == "read_only"
    await found.act(Action(Panic(begun=False), ORGANISER))
    await found.restart()
    [answer] = await found.place(placement(2, 2))
    assert (answer.code, found.board.state.moderation.panic) == (None, False)
    [answer] = await found.place(placement(2, 2, by=BOB))
    assert answer.code == "banned"
    await found.store.close()


@pytest.mark.parametrize("into", sorted(STORES))
@KINDS
async def test_a_backup_has_it(tmp_path: Path, kind: str, into: str) -> None:
    found = await session(tmp_path / "first", kind)
    await backup(archive(found), tmp_path / "saved")
    other = Session(tmp_path / "second", STORES[into])
    await restore(archive(other), tmp_path / "saved")
    assert {one.word for one in (await checked(archive(other))).values()} == {"ok"}
    await other.open()
    assert other.board.state.moderation == IN_FORCE
    [entry, *_] = await other.log()
    assert entry.change == APPROVED.change
    await other.store.close()


@KINDS
async def test_verify_says_where_the_board_has_other_than_the_log(tmp_path: Path, kind: str) -> None:
    found = await session(tmp_path, kind)
    assert {one.word for one in (await checked(archive(found))).values()} == {"ok"}
    spoil(found, "UPDATE {}moderation SET told = NULL")
    told = (await checked(archive(found)))["stored board"]
    assert list(told.details) == ["what the board has in force is not what the log says: bans, panic, safePicture"]


@KINDS
async def test_verify_says_where_somebody_drew_against_it(tmp_path: Path, kind: str) -> None:
    found = await session(tmp_path, kind)
    spoil(found, "UPDATE {}log SET kind = 14, color = 1, x = NULL, y = NULL, hex = NULL WHERE seq = 1")
    assert list((await checked(archive(found)))["log"].details) == ["entry 2: somebody drew while panic was on"]


@KINDS
async def test_verify_says_who_drew_though_he_was_banned(tmp_path: Path, kind: str) -> None:
    found = Session(tmp_path, STORES[kind])
    await found.open()
    await found.act(BAN)
    await found.place(placement(by=BOB[:4] + bytes(12)), placement())  # nobody may be both
    await found.store.close()
    assert {one.word for one in (await checked(archive(found))).values()} == {"ok"}
    spoil(found, f"UPDATE {{}}log SET identity = {blob(found, BOB)} WHERE seq = 2")
    name = BOB[:4].hex()
    assert list((await checked(archive(found)))["log"].details) == [
        f"entry 2: bee-{name} drew, and was banned by entry 1"
    ]


def blob(session: Session, value: bytes) -> str:
    return f"x'{value.hex()}'" if session.make is STORES["sqlite"] else rf"'\x{value.hex()}'"


def spoil(session: Session, sql: str) -> None:
    """Changes a closed store from beside."""
    if session.make is STORES["sqlite"]:
        change(session.folder / "board.db", sql.format(""))
    else:
        of(session, sql.replace("{}", "{0}."))
