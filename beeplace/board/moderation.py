"""What organisers have in force to keep order, as state of the board: equal on all gateways at the same seq."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import orjson


@dataclass(frozen=True, slots=True)
class ApprovedPicture:
    """Which entry of the log has the picture; armed walls also show it when they cannot reach the server."""

    seq: int
    armed: bool = True

    def told(self) -> dict[str, Any]:
        """For stores and clients."""
        return {"seq": self.seq, "armed": self.armed}


@dataclass(frozen=True, slots=True)
class Moderation:
    """See the module's docstring. Invariant: one that has nothing in force equals `Moderation()`.

    `restricts` says whether anything of it can refuse a placement: all that a placement asks while nothing does.
    """

    panic: bool = False
    safe_picture: ApprovedPicture | None = None
    restricts: bool = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "restricts", self.panic)

    def told(self) -> dict[str, Any]:
        """What clients are told, under the names of the interface."""
        return {"panic": self.panic, "safePicture": self.safe_picture and self.safe_picture.told()}

    @lru_cache(maxsize=8)  # noqa: B019  # never changes, and few are in use
    def text(self) -> str | None:
        """As JSON, for stores; None where nothing is in force."""
        return None if self == NOTHING_IN_FORCE else orjson.dumps(self.told()).decode()

    @staticmethod
    @lru_cache(maxsize=8)
    def read(text: str | None) -> Moderation:
        """From `text`. Raises ValueError, TypeError or LookupError for what is none."""
        if text is None:
            return NOTHING_IN_FORCE
        told = orjson.loads(text)
        picture = told["safePicture"]
        return Moderation(
            panic=_truth(told["panic"]),
            safe_picture=picture and ApprovedPicture(_seq(picture["seq"]), _truth(picture["armed"])),
        )


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError("true or false")
    return value


def _seq(value: Any) -> int:
    if type(value) is not int or not 0 < value < 2**63:
        raise ValueError("no seq")
    return value


NOTHING_IN_FORCE = Moderation()
