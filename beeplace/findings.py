"""What an examination of a machine or a database finds: one line for people, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "warning", "failure"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `advice` says what to do about what is not ok."""

    level: Level
    name: str
    found: str
    advice: str = ""

    def __str__(self) -> str:
        told = f"{self.level:<8} {self.name:<18} {self.found}"
        return f"{told}: {self.advice}" if self.advice else told


def ok(name: str, found: str) -> Finding:
    """All is well."""
    return Finding("ok", name, found)


def warning(name: str, found: str, advice: str) -> Finding:
    """It works; somebody should know."""
    return Finding("warning", name, found, advice)


def failure(name: str, found: str, advice: str) -> Finding:
    """It does not work, or loses what was promised."""
    return Finding("failure", name, found, advice)


@dataclass(frozen=True, slots=True)
class Times:
    """Measured times of one kind of work, in milliseconds."""

    sorted_ms: tuple[float, ...]

    @classmethod
    def of(cls, seconds: Sequence[float]) -> Times:
        """From measured seconds, in any order."""
        return cls(tuple(sorted(one * 1000 for one in seconds)))

    def part(self, share: float) -> float:
        """The time that this share of the work took at most."""
        return self.sorted_ms[min(len(self.sorted_ms) - 1, int(share * len(self.sorted_ms)))]

    def __str__(self) -> str:
        return f"p50 {self.part(0.5):.1f} ms, p99 {self.part(0.99):.1f} ms"


@dataclass(frozen=True, slots=True)
class Examined:
    """What was found about a database, and how long it takes to store; no times where that cannot be measured."""

    findings: tuple[Finding, ...]
    commit: Times | None = None
