"""Reports in a store of either kind: written once, decided once, kept by a backup, judged by verify."""

from __future__ import annotations

import asyncio
import threading
import zlib
from functools import partial
from pathlib import Path

import pytest

from beeplace.board.changes.moderation.ban import Ban
from beeplace.board.changes.moderation.enforce import Span
from beeplace.board.geometry import Area
from beeplace.board.rules import Action
from beeplace.desk.reports import queue as queues
from beeplace.desk.reports import recent_authors, rules
from beeplace.desk.reports.queue import ReportQueue
from beeplace.desk.reports.recent_authors import RecentAuthors
from beeplace.errors import BadRequest, Busy
from beeplace.history.backup import backup, restore
from beeplace.history.verify.check import Check
from beeplace.log.reads import Reads
from beeplace.log.reports.report import ReportFilter, ReportQuestion
from beeplace.log.sqlite.store import SqliteStore
from beeplace.people.identities import pseudonym
from tests.closed_store import archive
from tests.log.samples import ANN, BOB, ORGANISER, STORES, Session, placement, reset, rid
from tests.log.stores import change, of

AREA = Area(1, 1, 4, 3)
ALL = ReportFilter(100, open=None)


def queue(session: Session) -> ReportQueue:
    return ReportQueue(session.store, session.board, Reads(session.store))


async def reported(session: Session) -> None:
    """Three reports: one decided, one claimed, one of an epoch that is over; and a mute."""
    reports = queue(session)
    await reports.file(ANN, AREA, "hate", rid(1))
    await session.place(placement(2, 2, 3, by=BOB))
    await reports.file(ANN, AREA, "nudity", rid(2))
    await session.act(reset(before=bytes(72)))
    await session.place(placement(1, 1, 2, by=BOB))
    await reports.file(BOB, Area(0, 0, 2, 2), "other", rid(3))
    await reports.decide(rules.Decided(1, ORGANISER, "dismissed", None, rid(9)))
    await reports.claim(3, ORGANISER)
    await reports.mute(3, ORGANISER, 4_000_000_000_000)


async def test_reports_are_numbered_and_keep_the_picture_of_their_moment(session: Session) -> None:
    await reported(session)
    found = [await session.store.report(number) for number in (1, 2, 3)]
    assert [one and (one.report.seq, one.report.area, one.report.reason, one.first_seq) for one in found] == [
        (0, AREA, "hate", 1), (1, AREA, "nudity", 1), (3, Area(0, 0, 2, 2), "other", 2),
    ]  # fmt: skip
    assert [one and zlib.decompress(one.packed) for one in found] == [
        bytes(12), bytes((*[0] * 5, 3, *[0] * 6)), bytes((0, 0, 0, 2))
    ]  # fmt: skip
    assert [one.number for one in await session.store.reports(ReportFilter(100), 5)] == [3]
    assert [one.number for one in await session.store.reports(ReportFilter(100, open=False), 5)] == [2, 1]
    assert [one.number for one in await session.store.reports(ReportFilter(3, open=None), 1)] == [2]
    assert await session.store.report(4) is None
    await session.restart()
    assert [await session.store.report(number) for number in (1, 2, 3)] == found


async def test_of_two_moderators_at_once_one_gets_a_report(session: Session) -> None:
    await queue(session).file(ANN, AREA, "hate", rid(1))
    claims = [queue(session).claim(1, who) for who in (ANN, BOB)]
    outcomes = await asyncio.gather(*claims, return_exceptions=True)
    assert [type(one) for one in outcomes if one] == [BadRequest]
    [report] = await session.store.reports(ALL, 5)
    assert report.claimed_by in (ANN, BOB)
    assert report.claimed_until_ms == session.store.now_ms() + rules.CLAIM_MS


async def test_a_flood_of_newcomers_keeps_nobody_who_draws_from_reporting(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "MAX_OPEN_OF_ANYBODY", 2)
    reports, newcomers = queue(session), [bytes((number,)) * 16 for number in range(3)]
    await session.place(placement(2, 2, 3, by=BOB))
    for number in range(2):
        await reports.file(newcomers[number], AREA, "hate", rid(number))
    for _ in range(2):
        with pytest.raises(Busy):
            await reports.file(newcomers[2], AREA, "hate", rid(2))
    await reports.file(BOB, AREA, "hate", rid(3))
    with pytest.raises(Busy):
        await reports.file(ANN, AREA, "hate", rid(4))
    await session.place(placement(1, 1, 2, by=ANN))
    await reports.file(ANN, AREA, "hate", rid(4))
    await reports.file(newcomers[0], AREA, "hate", rid(0))  # confirmed before: it is so again
    assert len(await session.store.reports(ALL, 9)) == 4
    board = Area(0, 0, session.board.state.width, session.board.state.height)
    assert await reports.decide(rules.Decided(1, ORGANISER, "dismissed", None, rid(9), area=board)) == [1, 2, 3, 4]
    await reports.file(newcomers[2], AREA, "hate", rid(2))


async def test_who_has_drawn_is_known_of_the_newest_part_of_the_log_alone(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recent_authors, "LOOK_BACK", 3)
    authors, people = (
        RecentAuthors(session.board, Reads(session.store)),
        [bytes((number,)) * 16 for number in range(12)],
    )
    assert not await authors.has(people[0])
    for number, somebody in enumerate(people):
        await session.place(placement(number % 8, number // 8, 1, by=somebody))
        assert await authors.has(somebody)
        assert authors.known <= 2 * recent_authors.LOOK_BACK
    assert not await RecentAuthors(session.board, Reads(session.store)).has(people[0])


async def test_a_mute_dismisses_what_that_person_reported(session: Session) -> None:
    reports = queue(session)
    for number, who in enumerate((ANN, BOB, ANN)):
        await reports.file(who, AREA, "hate", rid(number))
    dismissal = rules.Decided(1, ORGANISER, "dismissed", None, rid(9))
    for _ in range(2):  # asked for again it is the same
        assert await reports.mute(1, ORGANISER, 4_000_000_000_000, dismissal) == [1, 3]
    assert [one.number for one in await session.store.reports(ReportFilter(100), 9)] == [2]
    assert [mute.reporter for mute in await session.store.mutes()] == [ANN]


async def test_a_ban_answers_what_is_known_in_a_moment(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    reports = queue(session)
    await session.place(placement(2, 2, 3, by=BOB))
    for number in range(3):
        await reports.file(ANN, AREA, "hate", rid(number))
    await session.act(Action(Ban(Span(), (pseudonym(BOB),)), ORGANISER))
    asked = rules.Decided(1, ORGANISER, "acted", 2, rid(9))
    monkeypatch.setattr(queues, "ABOUT_SECONDS", 0.0)
    assert (await reports.with_about(asked)).about == frozenset()
    await reports.evidence(2)
    assert (await reports.with_about(asked)).about >= {2}  # what was made meanwhile is known, too
    monkeypatch.setattr(queues, "ABOUT_SECONDS", 60.0)
    assert (await reports.with_about(asked)).about == {1, 2, 3}


async def test_a_look_waits_for_a_busy_database_so_long_and_no_longer(tmp_path: Path) -> None:
    session, held = Session(tmp_path, STORES["sqlite"]), threading.Event()
    await session.open()
    assert isinstance(session.store, SqliteStore)
    reports, other = queue(session), queue(session)
    await reports.file(ANN, AREA, "hate", rid(1))
    known = reports.state
    busy = asyncio.create_task(session.store._ask(lambda _: held.wait(60)))
    try:
        change = asyncio.create_task(other.file(BOB, AREA, "hate", rid(2)))
        for _ in range(3):
            assert not await reports.look(0.01)
        assert reports.state == known
        assert not busy.done()
    finally:
        held.set()
    await asyncio.gather(busy, change)
    await reports.look()
    assert reports.state.open == 2
    await session.store.close()


async def test_what_a_rule_refuses_leaves_nothing_behind(session: Session) -> None:
    before = await session.store.queue_state()
    with pytest.raises(BadRequest):
        await session.store.change_reports(ReportQuestion(7), partial(rules.claimed, ORGANISER))
    assert await session.store.queue_state() == before
    assert (await session.place(placement()))[0].seq == 1


@pytest.mark.parametrize("kinds", [("sqlite", "postgres"), ("postgres", "sqlite")], ids="-to-".join)
async def test_a_backup_has_all_reports_and_mutes(tmp_path: Path, kinds: tuple[str, str]) -> None:
    one, other = (Session(tmp_path / kind, STORES[kind]) for kind in kinds)
    await one.open()
    await reported(one)
    expected = [await one.store.report(number) for number in (1, 2, 3)], await one.store.mutes()
    assert len(expected[1]) == 1
    await one.store.close()
    other.ticks = one.ticks
    await backup(archive(one), tmp_path / "file")
    await restore(archive(other), tmp_path / "file")
    check = Check(archive(other), ())
    await check.run()
    assert [(c.word, c.told) for c in check.checks if c.name == "reports"] == [
        ("ok", "the pictures of 3 reports are what the log says")
    ]
    await other.open()
    assert ([await other.store.report(number) for number in (1, 2, 3)], await other.store.mutes()) == expected
    await queue(other).file(ANN, AREA, "hate", rid(4))
    assert [report.number for report in await other.store.reports(ALL, 1)] == [4]
    await other.store.close()


async def test_verify_finds_a_picture_that_the_log_does_not_know(session: Session) -> None:
    await reported(session)
    await session.store.close()
    wrong = zlib.compress(bytes((1,)) * 12).hex()
    if session.make is STORES["sqlite"]:
        change(session.folder / "board.db", f"UPDATE report SET picture = x'{wrong}' WHERE number = 2")
    else:
        of(session, f"UPDATE {{}}.report SET picture = '\\x{wrong}' WHERE number = 2 RETURNING 1")
    check = Check(archive(session), ())
    await check.run()
    [found] = [one for one in check.checks if one.name == "reports"]
    assert (found.word, list(found.details)) == ("wrong", ["report 2: its picture is not what the log says"])
    await session.open()
