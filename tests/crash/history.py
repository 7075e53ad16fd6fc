"""What the people of a crash run saw: their wishes, the answers, and every picture and batch that was shown.

Each wish is for a combination of position and colour that nobody wishes for again, so a row of the log tells
which wish it comes from, without asking the server.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, TextIO

from tests.clients.canvas import Canvas

Answer = dict[str, Any]
Triple = tuple[int, int, int]  # x, y, color

SETTLED = {"cooldown", "out_of_board", "bad_color", "read_only", "epoch", "duplicate", "banned", "protected"}
DENIED = {"store_unavailable", "busy", "restarting", "not_joined"}  # it has not happened; asking again may help


def wall_ms() -> float:
    return time.time_ns() / 1e6


def clock_difference_ms() -> float:
    """Wall clock less boot clock: constant, unless somebody sets the wall clock."""
    return (time.time_ns() - time.clock_gettime_ns(time.CLOCK_BOOTTIME)) / 1e6


@dataclass(slots=True)
class Wish:
    """One placement that a person asks for, under one request id, as often as it takes to hear an answer."""

    person: int
    rid: str
    pixel: Triple
    sent_ms: float = 0.0  # first asked
    asked_ms: float = 0.0  # last asked
    told_ms: float = 0.0  # first answered
    first_ns: int = 0  # the same two moments by a clock that nobody sets
    told_ns: int = 0
    denied_ms: float = 0.0  # last told that it had not happened, while no attempt before was without an answer
    unanswered: int = 0  # attempts that ended without one
    attempts: int = 0
    abandoned: bool = False
    answers: list[Answer] = field(default_factory=list)

    @property
    def settled(self) -> bool:
        """True once it is known whether it happened."""
        return bool(self.answers)

    @property
    def confirmed(self) -> bool:
        return bool(self.answers) and self.answers[0].get("ok") is True

    def ask(self) -> None:
        """It is on its way, once more perhaps."""
        self.attempts += 1
        self.unanswered += 1
        self.asked_ms = wall_ms()
        self.sent_ms = self.sent_ms or self.asked_ms
        self.first_ns = self.first_ns or time.monotonic_ns()

    def hear(self, answer: Answer) -> None:
        """Takes an answer in; one that says "try again" settles nothing."""
        if answer.get("ok") or answer.get("code") in SETTLED:
            self.unanswered -= 1
            if not self.answers:
                self.told_ms, self.told_ns = wall_ms(), time.monotonic_ns()
            self.answers.append(answer)
        elif answer.get("code") in DENIED:
            self.unanswered -= 1
            if not (self.unanswered or self.answers):
                self.denied_ms = wall_ms()


@dataclass(slots=True)
class Picture:
    """The whole board as somebody saw it, and which (epoch, seq) it was said to be."""

    who: str
    epoch: str
    seq: int
    pixels: bytes


@dataclass(slots=True)
class History:
    """Everything that a run's checker judges. `batches` and `pictures` are dropped once they were found right."""

    most: int
    cooldown_ms: int
    width: int
    height: int
    wishes: list[Wish] = field(default_factory=list)
    batches: set[str] = field(default_factory=set)
    pictures: list[Picture] = field(default_factory=list)
    actions: list[tuple[int, int]] = field(default_factory=list)  # kind and seq, as organisers were told
    codes: Counter[str] = field(default_factory=Counter)  # of all refusals, final or not
    rejoined: int = 0
    differences_ms: list[float] = field(default_factory=lambda: [clock_difference_ms()])
    file: TextIO | None = None  # gets a line for all that happens

    @property
    def tolerance_ms(self) -> float:
        """Rounding of two clocks, and what the wall clock was moved during the run."""
        return 5 + max(self.differences_ms) - min(self.differences_ms)

    def note(self, what: str, wish: Wish, **more: Any) -> None:
        """Writes down what happened, and when."""
        if what == "refused":
            self.codes[more.get("code", "")] += 1
        if self.file:
            line = {"ns": time.monotonic_ns(), "what": what, "person": wish.person, "rid": wish.rid, **more}
            self.file.write(json.dumps(line) + "\n")


class Screen(Canvas):
    """What a screen shows, through all breaks of its connection; all that it paints is judged."""

    def __init__(self, who: str, history: History) -> None:
        super().__init__()
        self.who, self.history = who, history

    def begin(self, state: dict[str, Any]) -> None:
        """Takes a join in, and counts those that brought what was missed."""
        self.history.rejoined += "delta" in state
        super().begin(state)

    def paint(self, text: str) -> None:
        """Keeps it for the checker."""
        self.history.batches.add(text)
        super().paint(text)

    def picture(self) -> None:
        """Hands what is shown now to the checker."""
        if self.seq >= 0:
            self.history.pictures.append(Picture(self.who, self.epoch, self.seq, bytes(self.pixels)))
