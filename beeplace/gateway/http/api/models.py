"""Models that several routes share."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta, Struct

NO_NUL = "^[^\\u0000]*$"  # which PostgreSQL cannot keep

Reason = Annotated[
    str,
    Meta(
        max_length=500,
        pattern=NO_NUL,
        description="why, for the record",
        examples=["a logo on the wall"],
    ),
]


class ActionDone(Struct, rename="camel"):
    """An action that is an entry of the log: its number, and the epoch that it is in."""

    status_code: int
    message: str
    seq: int
    epoch: str


DONE: dict[str, Any] = {"statusCode": 200, "message": "Done", "seq": 1744, "epoch": "5d2f0b1c9e8a7f63-a1b2c3d4"}


class Why(Struct, forbid_unknown_fields=True):
    """Why something is done."""

    reason: Reason = ""


class Error(Struct, rename="camel"):
    """What every error answers: its status again, and what is wrong, in words."""

    status_code: int
    message: str
