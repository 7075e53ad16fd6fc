"""The checker finds what it is there to find: each kind of broken promise, planted in a good run."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.crash.checker import REMEMBERED, read, violations
from tests.crash.history import Answer, History, Picture, Wish, wall_ms
from tests.log.samples import ANN, BOB, HEIGHT, LIMITS, WIDTH, Session, placement

WISHES = [(0, ANN, (1, 1, 1)), (0, ANN, (2, 1, 2)), (0, ANN, (3, 1, 3)), (0, ANN, (4, 1, 1)), (1, BOB, (5, 1, 2))]


@pytest.fixture
async def good(tmp_path: Path) -> tuple[Path, History]:
    """A database, and what two people saw of it: four pixels, and one refused for want of allowance."""
    session = Session(tmp_path)
    await session.open()
    history = History(LIMITS.max_pixels, LIMITS.limits.cooldown_ms, WIDTH, HEIGHT)
    for person, identity, pixel in WISHES:
        wish = Wish(person, f"rid of {pixel}", pixel, sent_ms=wall_ms())
        [answer] = await session.place(placement(*pixel, by=identity))
        wish.hear({"ok": False, "code": answer.code} if answer.code else {"ok": True, "seq": answer.seq})
        history.wishes.append(wish)
    history.batches.add("1,1,1,5,1,2")
    state = session.board.state
    history.pictures.append(Picture("a screen", state.epoch, state.seq, bytes(session.board.pixels)))
    history.pictures.append(Picture("a screen", state.epoch, 0, bytes(WIDTH * HEIGHT)))
    await session.store.close()
    return tmp_path / "board.db", history


def kinds(database: Path, history: History) -> set[str]:
    return {violation.split(":")[0] for violation in violations(read(database), history)}


def test_a_good_run_has_no_violations(good: tuple[Path, History]) -> None:
    assert violations(read(good[0]), good[1]) == []


COPY = (
    "INSERT INTO log SELECT {seq}, epoch, kind, x, y, width, height, color, hex, at_ms, identity, action, previous, "
    "payload "
    "FROM log"
)


@pytest.mark.parametrize(
    ("planted", "found"),
    [
        ("DELETE FROM log WHERE seq = 2", {"lost", "hole", "false"}),
        ("DELETE FROM log WHERE seq = 4; UPDATE board SET seq = 3", {"lost", "false"}),
        (COPY.format(seq=5) + " WHERE seq = 2; UPDATE board SET seq = 5", {"doubled", "allowance"}),
        ("UPDATE log SET seq = 6 WHERE seq = 4", {"lost", "hole", "false"}),
        ("UPDATE board SET seq = 9", {"hole"}),
        ("UPDATE log SET color = 3 WHERE seq = 1", {"lost", "invented", "false"}),
        ("UPDATE log SET identity = x'00' WHERE seq = 1", {"identity"}),
        ("UPDATE log SET identity = (SELECT identity FROM log WHERE seq = 1)", {"identity", "allowance"}),
        ("UPDATE log SET at_ms = at_ms - 5000 WHERE seq = 1", {"time"}),
        ("UPDATE log SET at_ms = at_ms + 5000 WHERE seq = 1", {"time"}),
        ("UPDATE log SET x = 4, y = 1, color = 1 WHERE seq = 4", {"both", "lost", "identity", "false"}),
        ("UPDATE epoch SET name = 'another'", {"false"}),
    ],
)
def test_a_broken_log_is_found(good: tuple[Path, History], planted: str, found: set[str]) -> None:
    database, history = good
    with closing(sqlite3.connect(database)) as db, db:
        db.executescript(planted)
    assert found <= kinds(database, history)


def unsaid(history: History) -> None:
    """The one who was refused had not placed enough for that."""
    history.wishes[3].answers[0]["code"] = "cooldown"
    history.most = 4


def second_answer(answer: Answer) -> Callable[[History], None]:
    return lambda history: history.wishes[0].answers.append(answer)


def test_a_refusal_among_too_many_to_be_remembered_may_be_answered_anew(good: tuple[Path, History]) -> None:
    database, history = good
    answers: list[Answer] = [{"ok": False, "code": "epoch"}, {"ok": False, "code": "cooldown"}]
    history.wishes.append(Wish(7, "one", (7, 7, 1), answers=answers))
    assert kinds(database, history) == {"both"}
    history.wishes += [Wish(7, f"{number}", (8, 7, 1), answers=answers[:1]) for number in range(REMEMBERED)]
    assert kinds(database, history) == set()


def saw(seq: int, pixels: bytes) -> Callable[[History], None]:
    return lambda history: history.pictures.append(Picture("a screen", history.pictures[0].epoch, seq, pixels))


@pytest.mark.parametrize(
    ("planted", "found"),
    [
        (unsaid, "charged"),
        (second_answer({"ok": True, "seq": 77}), "both"),
        (second_answer({"ok": False, "code": "cooldown"}), "both"),
        (lambda history: setattr(history.wishes[4], "denied_ms", wall_ms() + 1_000), "both"),
        (lambda history: setattr(history.wishes[0], "first_ns", time.monotonic_ns()), "order"),
        (lambda history: history.actions.append((2, 1)), "lost"),
        (lambda history: history.batches.add("8,7,1"), "false"),
        (lambda history: history.batches.add("8,7,0"), "false"),
        (saw(0, b"\1" + bytes(71)), "false"),
        (saw(4, bytes(72)), "false"),
        (saw(5, bytes(72)), "false"),
    ],
)
def test_what_people_saw_and_the_log_has_not_is_found(
    good: tuple[Path, History], planted: Callable[[History], None], found: str
) -> None:
    database, history = good
    planted(history)
    assert found in kinds(database, history)


@pytest.mark.parametrize(
    ("times", "over"),
    [
        ([0, 0, 0], False),
        ([0, 0, 0, 9_900], True),
        ([0, 0, 0, 10_000], False),
        ([0, 0, 0, 9_998], False),  # two clocks may differ by that much
        ([0, 9_000, 9_500, 10_100, 10_200, 10_300], False),
        ([0, 9_000, 9_500, 10_100, 10_200, 10_300, 20_000], True),
        ([0, 9_999, 9_999, 10_001, 10_001, 10_001], False),
    ],
)
async def test_windows_are_counted_from_their_first_pixel(tmp_path: Path, times: list[int], over: bool) -> None:
    session = Session(tmp_path)
    await session.open()
    for x in range(len(times)):
        await session.place(placement(x, by=bytes([x])))
    await session.store.close()
    with closing(sqlite3.connect(tmp_path / "board.db")) as db, db:
        db.executemany(
            "UPDATE log SET identity = x'AA', at_ms = ? WHERE seq = ?", zip(times, range(1, 10), strict=False)
        )
    history = History(LIMITS.max_pixels, LIMITS.limits.cooldown_ms, WIDTH, HEIGHT)
    assert ("allowance" in kinds(tmp_path / "board.db", history)) == over


def test_a_file_is_read_without_touching_it(good: tuple[Path, History]) -> None:
    database, _ = good
    before = {file.name: file.read_bytes() for file in database.parent.iterdir()}
    read(database)
    assert {file.name: file.read_bytes() for file in database.parent.iterdir()} == before
