"""The board that a client keeps, and the rule by which it follows batches: no I/O.

A client at (epoch, seq) ignores a batch of (from, to] with `to <= seq`, applies one with `from <= seq`, and asks for
what it lacks otherwise. `tests/wire/range.json` and `batch.json` have the vectors.
"""

from __future__ import annotations

import base64
from typing import Any, Literal

Verdict = Literal["apply", "ignore", "sync"]


class Canvas:
    """Pixels of one board at (epoch, seq); it outlives the connections of its client. `seq` is -1 before a join."""

    def __init__(self) -> None:
        self.pixels = bytearray()
        self.width = 0
        self.epoch, self.seq = "", -1

    def wanted(self) -> dict[str, Any]:
        """What a join says of the board that is here already."""
        return {"epoch": self.epoch, "seq": self.seq} if self.seq >= 0 else {}

    def begin(self, state: dict[str, Any]) -> None:
        """Takes the initial state of a join in: a board in any form, a delta for this one, or neither."""
        self.width, self.epoch, self.seq = state["width"], state["epoch"], state["seq"]
        if len(self.pixels) != (size := self.width * state["height"]):
            self.pixels = bytearray(size)
        if "delta" in state:
            self.paint(state["delta"]["pixels"])
        elif isinstance(state.get("board"), str):
            self.pixels[:] = base64.b64decode(state["board"])
        elif "board" in state:
            self.pixels[:] = bytes(state["board"])

    def catch_up(self, answer: dict[str, Any]) -> None:
        """Takes the answer to a sync in: what was missed, or the whole board."""
        if "initialState" in answer:
            self.begin(answer["initialState"])
        else:
            assert answer["from"] <= self.seq, "an answer that leaves a gap"
            self.paint(answer["pixels"])
            self.epoch, self.seq = answer["epoch"], answer["to"]  # in the term in which the log goes on

    def hear(self, pixels: str, covered: str) -> Verdict:
        """Follows a batch; says what the rule asked for."""
        epoch, first, last = covered.split(":")
        if epoch != self.epoch or int(first) > self.seq:
            return "sync"
        if int(last) <= self.seq:
            return "ignore"
        self.paint(pixels)
        self.seq = int(last)
        return "apply"

    def empty(self, position: str) -> None:
        """The board was reset: `epoch:seq` of the new one, which a join may have brought before.

        Who reads late is told `epoch:0`, and then of everything since.
        """
        epoch, seq = position.split(":")
        if epoch != self.epoch:
            self.pixels[:] = bytes(len(self.pixels))
            self.epoch, self.seq = epoch, int(seq)

    def paint(self, text: str) -> None:
        """Sets the pixels of `x,y,color,...`. Raises ValueError where it is malformed."""
        numbers = list(map(int, text.split(","))) if text else []
        for x, y, color in zip(numbers[::3], numbers[1::3], numbers[2::3], strict=True):
            self.pixels[y * self.width + x] = color
