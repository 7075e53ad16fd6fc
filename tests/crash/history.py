"""What the people of a crash run saw: their wishes, the answers, and every picture and batch that was shown.

Each wish is for a combination of position and colour that nobody wishes for again, so a row of the log tells
which wish it comes from, without asking the server.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

Answer = dict[str, Any]
Triple = tuple[int, int, int]  # x, y, color

SETTLED = {"cooldown", "out_of_board", "bad_color", "read_only", "epoch", "duplicate", "banned", "protected"}


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

    def hear(self, answer: Answer) -> None:
        """Takes an answer in; one that says "try again" settles nothing."""
        if answer.get("ok") or answer.get("code") in SETTLED:
            if not self.answers:
                self.told_ms = wall_ms()
            self.answers.append(answer)


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
    rejoined: int = 0
    differences_ms: list[float] = field(default_factory=lambda: [clock_difference_ms()])

    @property
    def tolerance_ms(self) -> float:
        """Rounding of two clocks, and what the wall clock was moved during the run."""
        return 5 + max(self.differences_ms) - min(self.differences_ms)
