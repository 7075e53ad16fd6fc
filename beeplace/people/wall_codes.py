"""Wall codes: six letters that a wall shows for some seconds, by which whoever stands before it comes in.

A code follows from a secret of the board, the board time, the wall and the round. So every gateway can judge every
code, a wall can be given some of them ahead and show them without asking, and no code is stored.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from typing import Final, NamedTuple

from beeplace.board.state import LiveSettings
from beeplace.people.screen_passes import ScreenPasses

ALPHABET: Final = "BCDFGHJKLMNPQRSTVWXZ"  # makes no words, and has nothing that looks like something else
LETTERS: Final = 6
WALLS: Final = 16  # that are told apart; the first is the desk's own picture of a code
AHEAD: Final = 6  # codes that are given out beside the present one
EARLY_MS: Final = 2_000  # before its time, in which a code is taken: other gateways may be ahead


class ShownCode(NamedTuple):
    """A code and when it is to be on the wall, in milliseconds from now; the first is there already."""

    code: str
    starts_in_ms: int
    ends_in_ms: int


class KnownCode(NamedTuple):
    """Which wall showed a code, in which step of time, and in which round."""

    wall: int
    step: int
    round: int = 0


class WallCodes:
    """`secret` and `now_ms`, board time, are the same on all gateways; `settings` are the live ones.

    `passes` say which screens may ask for codes.
    """

    def __init__(self, secret: bytes, now_ms: Callable[[], int], settings: Callable[[], LiveSettings]) -> None:
        self.secret, self.now_ms, self.settings = secret, now_ms, settings
        self.passes = ScreenPasses(secret, now_ms)
        self._known: dict[str, KnownCode] = {}
        self._known_for: tuple[range, int, int] | None = None

    def ahead(self, wall: int) -> list[ShownCode]:
        """The present code of a wall and the next ones."""
        settings, now_ms = self.settings(), self.now_ms()
        length_ms = settings.wall_code_seconds * 1000
        step = now_ms // length_ms
        return [
            ShownCode(
                self._code(wall, at, settings), max(0, at * length_ms - now_ms), (at + 1) * length_ms - now_ms
            )
            for at in range(step, step + 1 + AHEAD)
        ]  # fmt: skip

    def find(self, text: str) -> KnownCode | None:
        """Where the code stands that somebody gives, as a person writes it; None where it is none, or over.

        Taken are the code that is on the wall and the one before it.
        """
        settings, now_ms = self.settings(), self.now_ms()
        length_ms = settings.wall_code_seconds * 1000
        steps = range(now_ms // length_ms - 1, (now_ms + EARLY_MS) // length_ms + 1)
        key = (steps, settings.wall_code_seconds, settings.wall_code_round)
        if key != self._known_for:
            self._known_for = key
            self._known = {
                self._code(wall, step, settings): KnownCode(wall, step, settings.wall_code_round)
                for wall in range(WALLS)
                for step in steps
            }
        return self._known.get("".join(filter(str.isalpha, text)).upper())

    def remaining_ms(self) -> int:
        """Until the next code is on the walls."""
        length_ms = self.settings().wall_code_seconds * 1000
        return length_ms - self.now_ms() % length_ms

    def _code(self, wall: int, step: int, settings: LiveSettings) -> str:
        told = f"{settings.wall_code_round}.{settings.wall_code_seconds}.{wall}.{step}".encode()
        number = int.from_bytes(hmac.digest(self.secret, told, hashlib.sha256)[:8])
        letters = ""
        for _ in range(LETTERS):
            number, letter = divmod(number, len(ALPHABET))
            letters += ALPHABET[letter]
        return letters
