"""What taking back should come to, as simple as it can be said: for each pixel the list of what happened to it.

Shares nothing with beeplace: pixels are keys of dicts, and everything is looked for one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

Place = tuple[int, int]


@dataclass
class Happened:
    """One entry: who, what kind, the colour it gave to each pixel. `back` has, for what a rewind or an undo gave back,
    the seq on which the pixel's path goes on: that change itself, or the last one before."""

    seq: int
    kind: str
    who: bytes
    colors: dict[Place, int]
    back: dict[Place, int] | None = None


@dataclass
class Asked:
    """A selection: what is None is no filter."""

    area: set[Place]
    after: int
    to: int
    people: set[bytes] | None = None
    others: set[bytes] | None = None
    kinds: set[str] | None = None

    def takes(self, one: Happened) -> bool:
        return (
            self.after < one.seq <= self.to
            and (self.people is None or one.who in self.people)
            and (self.others is None or one.who not in self.others)
            and (self.kinds is None or one.kind in self.kinds)
        )


@dataclass
class TakeBackModel:
    """One board. `empty` is the seq at which it was last emptied."""

    empty: int = 0
    log: list[Happened] = field(default_factory=list)  # of this epoch
    pixels: dict[Place, list[Happened]] = field(default_factory=dict)

    def happen(self, one: Happened) -> None:
        self.log.append(one)
        for place in one.colors:
            self.pixels.setdefault(place, []).append(one)

    def begin(self, seq: int) -> None:
        self.empty, self.log, self.pixels = seq, [], {}

    def color(self, place: Place) -> int:
        changes = self.pixels.get(place)
        return changes[-1].colors[place] if changes else 0

    def path(self, place: Place) -> Iterable[Happened]:
        """All that happened to a pixel, newest first, as it is: the caller jumps."""
        return reversed(self.pixels.get(place, []))

    def look(self, place: Place, takes: Callable[[Happened], bool]) -> tuple[Happened | None, bool, bool]:
        """The pixel's source; whether it is given back; whether a selected change is on its path at all."""
        source: Happened | None = None
        settled = given_back = met = False
        below = float("inf")
        for one in self.path(place):
            if one.seq >= below:
                continue
            if takes(one):
                met = True
                given_back |= not settled
            elif one.back is not None:
                below = one.back[place]
            elif not settled:
                source, settled = one, True
        return source, given_back, met

    def shows(self, place: Place, target: Happened) -> bool:
        """Whether a pixel is what an entry made of it: since then, or again."""
        below = float("inf")
        for one in self.path(place):
            if one.seq < below:
                if one is target or one.back is None:
                    return one is target
                below = one.back[place]
        return False

    def rewound(self, asked: Asked) -> tuple[dict[Place, int], dict[Place, int], int]:
        """What a rewind makes: the colours, where each pixel's path goes on, and how many pixels stay."""
        colors, back, left = {}, {}, 0
        for place in asked.area & self.pixels.keys():
            source, given_back, met = self.look(place, asked.takes)
            color = source.colors[place] if source else 0
            if given_back and color != self.color(place):
                colors[place] = color
                back[place] = source.seq + 1 if source else 0
            elif met and not given_back:
                left += 1
        return colors, back, left

    def undone(self, seq: int) -> tuple[dict[Place, int], dict[Place, int], int]:
        """What an undo of an entry of this epoch makes."""
        [target] = [one for one in self.log if one.seq == seq]
        colors, back = {}, {}
        for place in target.colors:
            if self.shows(place, target):
                changes = self.pixels[place]
                number = changes.index(target)
                colors[place] = changes[number - 1].colors[place] if number else 0
                back[place] = seq
        return colors, back, len(target.colors) - len(colors)

    def authors(self, asked: Asked) -> dict[bytes, tuple[int, int, int]]:
        """How many pixels each person placed in a selection, the first and the last."""
        found: dict[bytes, tuple[int, int, int]] = {}
        for one in self.log:
            if one.kind == "placement" and asked.takes(one) and asked.area & one.colors.keys():
                count, first, _ = found.get(one.who, (0, one.seq, one.seq))
                found[one.who] = (count + 1, first, one.seq)
        return found
