"""What is asked for an archive folder, and what is told of each, as models."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from beeplace.gateway.http.api.models import Reason
from beeplace.history.film.plan import MAX_SECONDS
from beeplace.history.folder.registry import ArchiveRecord

_Name = Annotated[
    str,
    Meta(
        pattern="^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
        description="of the folder, in ARCHIVE_FOLDER; the moment and some letters if not given",
    ),
]


class ArchiveAsked(Struct, rename="camel", forbid_unknown_fields=True):
    """All of it may be left out."""

    name: _Name | UnsetType = UNSET
    film_seconds: (
        Annotated[float, Meta(ge=0, le=MAX_SECONDS, description="of its film, 0 for none; ARCHIVE_FILM if not given")]
        | UnsetType
    ) = UNSET
    reason: Reason = ""


class ArchiveShown(Struct, rename="camel"):
    """An archive folder that was asked for."""

    name: Annotated[str, Meta(description="of the folder, in ARCHIVE_FOLDER")]
    state: Annotated[
        Literal["running", "done", "failed", "stopped"],
        Meta(description="stopped: it or its gateway was ended before it was whole; nothing is left of it then"),
    ]
    by: Annotated[str | None, Meta(description="the name of the key that asked; null: the drawing was closed")]
    at: Annotated[str, Meta(description="when it was asked for")]
    seq: Annotated[int, Meta(ge=0, description="the board's when it was asked for; once it is done, its last entry")]
    step: Annotated[str, Meta(description="what is being made: export, archive or film; empty before the first")]
    share: Annotated[float, Meta(ge=0, le=1, description="how much of this step is done")]
    error: Annotated[str | None, Meta(description="why it failed")]


class ArchiveBegun(ArchiveShown, rename="camel", kw_only=True):
    """The same as an answer; asked for again under its Idempotency-Key, how far it is."""

    status_code: int
    message: str


class ArchiveList(Struct):
    """The last ones of all gateways that share ARCHIVE_FOLDER, the last one first."""

    possible: Annotated[bool, Meta(description="whether there is an ARCHIVE_FOLDER")]
    archives: list[ArchiveShown]


SHOWN: dict[str, Any] = {
    "name": "2026-06-01-230412-1f2e3d", "state": "running", "by": "Mia", "at": "2026-06-01T23:04:12.000Z",
    "seq": 5_000_123, "step": "film", "share": 0.42, "error": None,
}  # fmt: skip


def shown(record: ArchiveRecord) -> dict[str, Any]:
    """What is told of a record."""
    return {name: getattr(record, name) for name in ArchiveShown.__struct_fields__}
