"""An undo: what an action made, and still is so, went back to what it was before that action."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from beeplace.board import changes
from beeplace.board.changes.change import Change, Record
from beeplace.board.changes.restoration import Restoration, head_end, read_head, read_payload


@dataclass(frozen=True, slots=True)
class Undone(Restoration):
    """`target` is the seq of the action that it takes back; an undo is an action too."""

    NUMBER: ClassVar[int] = 10
    NAME: ClassVar[str] = "undo"

    target: int

    def record(self) -> Record:
        return self._record({"target": self.target, "kind": self.shown.record().kind})

    @classmethod
    def read(cls, record: Record) -> Undone:
        """`changes` is the registry, which has this kind, too: it is asked once all are there."""
        found = read_payload(record.payload)
        target, kind = found.head.get("target"), found.head.get("kind")
        if type(target) is not int or type(kind) is not int or kind == cls.NUMBER or len(found.parts) != 1:
            raise ValueError("an undo has a target, and a change that is no undo")
        shown = changes.read(record._replace(kind=kind, payload=found.parts[0]))
        return cls(shown, found.left, found.told, target)

    @classmethod
    def read_state(cls, record: Record) -> Change:
        head, at = read_head(record.payload)
        kind, payload = head.get("kind"), record.payload
        if type(kind) is not int or kind == cls.NUMBER or payload is None:
            raise ValueError("an undo has a change that is no undo")
        return changes.read_state(record._replace(kind=kind, payload=payload[at:] or None))

    @classmethod
    def state_end(cls, payload: bytes) -> int:
        """With the head of what it put in force again, a ban with a rewind say."""
        end = head_end(payload)
        return end + head_end(payload[end : end + 5])
