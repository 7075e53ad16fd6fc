"""What a board should be, as simple as it can be said: a dict, a list and counters; shares no rule with beeplace."""

from __future__ import annotations

from dataclasses import dataclass, field

WIDTH, HEIGHT, COLORS = 64, 33, 4  # two blocks of 1,024 pixels and a bit
TEN_MINUTES_MS = 600_000

Place = tuple[int, int]
DecodedPlacement = tuple[bytes, int, int, int, bytes | None, str | None]  # identity, x, y, color, rid, epoch
Told = tuple[str | None, int | None, int, int]  # code, seq, remaining, retry_in_ms


@dataclass
class Model:
    """The whole truth about one board. `pictures` has how it looked at each seq of this epoch."""

    epoch: str
    most: int
    cooldown_ms: int
    seq: int = 0
    read_only: bool = False
    pixels: dict[Place, int] = field(default_factory=dict)
    pictures: dict[int, bytes] = field(default_factory=lambda: {0: bytes(WIDTH * HEIGHT)})
    first_answers: dict[tuple[bytes, bytes], tuple[Place, int, int, Told]] = field(default_factory=dict)
    taken: list[tuple[bytes, int]] = field(default_factory=list)  # who placed, and when

    def picture(self) -> bytes:
        board = bytearray(WIDTH * HEIGHT)
        for (x, y), color in self.pixels.items():
            board[y * WIDTH + x] = color
        return bytes(board)

    def change(self, pixels: dict[Place, int]) -> None:
        self.pixels |= pixels
        self.seq += 1
        self.pictures[self.seq] = self.picture()

    def begin(self, epoch: str) -> None:
        """A new numbering; the pictures before belong to the old one."""
        self.epoch = epoch
        self.seq += 1
        self.pictures = {self.seq: self.picture()}

    def window(self, identity: bytes, now_ms: int) -> tuple[int, int]:
        """How many pixels the open window has, and when it ends; counted anew from all that was placed."""
        used, ends_ms = 0, -1
        for who, at_ms in self.taken:
            if who == identity:
                used, ends_ms = (1, at_ms + self.cooldown_ms) if at_ms >= ends_ms else (used + 1, ends_ms)
        return (used, ends_ms) if now_ms < ends_ms else (0, now_ms)

    def left(self, identity: bytes, now_ms: int) -> tuple[int, int]:
        if not self.cooldown_ms:
            return self.most, 0
        used, ends_ms = self.window(identity, now_ms)
        return self.most - used, ends_ms - now_ms

    def place(self, wish: DecodedPlacement, now_ms: int) -> Told:
        """The right answer to one placement, whose effect is taken in."""
        identity, x, y, color, rid, _ = wish
        if rid and (first := self.first_answers.get((identity, rid))) and now_ms < first[2] + TEN_MINUTES_MS:
            same = first[:2] == ((x, y), color)
            return first[3] if same else ("duplicate", *first[3][1:])
        code = self.objection(wish, now_ms)
        if code is None:
            self.taken.append((identity, now_ms))
            self.change({(x, y): color})
        told = (code, None if code else self.seq, *self.left(identity, now_ms))
        if rid:
            self.first_answers[identity, rid] = ((x, y), color, now_ms, told)
        return told

    def objection(self, wish: DecodedPlacement, now_ms: int) -> str | None:
        identity, x, y, color, _, epoch = wish
        if epoch not in (None, self.epoch):
            return "epoch"
        if x not in range(WIDTH) or y not in range(HEIGHT):
            return "out_of_board"
        if color not in range(COLORS):
            return "bad_color"
        if self.read_only:
            return "read_only"
        return None if self.left(identity, now_ms)[0] else "cooldown"


@dataclass
class Screen:
    """A client: what it shows, and as of which (epoch, seq). It follows the rule of `tests/wire/range.json`."""

    epoch: str
    seq: int
    pixels: bytearray
    missed: bool = False  # a batch was lost on the way, so a gap is to be expected

    def hear(self, epoch: str, from_seq: int, to_seq: int, changed: dict[int, int]) -> str:
        """A batch; answers what it did: "apply", "ignore" or "sync"."""
        if epoch != self.epoch or from_seq > self.seq:
            return "sync"
        if to_seq <= self.seq:
            return "ignore"
        for offset, color in changed.items():
            self.pixels[offset] = color
        self.seq = to_seq
        return "apply"
