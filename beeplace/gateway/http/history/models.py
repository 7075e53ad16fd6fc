"""The index of the evening's pieces, as models."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta, Struct

Seq = Annotated[int, Meta(ge=0)]
Millis = Annotated[int, Meta(description="milliseconds since 1970, UTC")]
Address = Annotated[str, Meta(description="relative to the index's own")]


class PiecePath(Struct):
    """What the index calls it."""

    name: Annotated[str, Meta(pattern="^(0|[1-9][0-9]{0,8})-[0-9a-f]{16}$", description="as the index gives it")]


class OwnNames(Struct, rename="camel"):
    """What a person is called: by pages and organisers, and in exports."""

    person: Annotated[str, Meta(description="as pages and organisers see it")]
    export_name: Annotated[str, Meta(description="in `person` of an export; nobody else is told")]
    pxls_key: Annotated[str, Meta(description="finds the own rows of a log in Pxls's form, and no others")]


OWN_NAMES: dict[str, Any] = {
    "person": "bee-1f2e3d4c",
    "exportName": "bee-0f6c3a4be19d4c58a7d20911c2f3e4d5",
    "pxlsKey": "5b1e7b0a52c44f0f8a3a9d6f27c1e8b4",
}


class PieceShown(Struct):
    """The entries with seqs in (after, to]."""

    url: Address
    after: Seq
    to: Seq
    at: Millis
    until: Millis
    bytes: int


class CheckpointShown(Struct):
    """The board after the entry `seq`."""

    url: Address
    seq: Seq
    bytes: int


class EpochShown(Struct, rename={"begin": "from"}):
    """A numbering of the board, whose first entry is `from`."""

    name: str
    begin: Seq
    at: Millis
    width: int
    height: int
    colors: list[str]


class MomentShown(Struct):
    """An organiser's action that everybody could see."""

    seq: Seq
    at: Millis
    kind: str


class HistoryIndex(Struct):
    """What there is of the evening."""

    format: int
    seq: Annotated[int, Meta(description="how far the pieces go; /api/log has the rest")]
    pieces: list[PieceShown]
    checkpoints: list[CheckpointShown]
    epochs: list[EpochShown]
    moments: list[MomentShown]


INDEX: dict[str, Any] = {
    "format": 1, "seq": 131_072,
    "pieces": [
        {"url": "pieces/0-5d2f0b1c9e8a7f63", "after": 0, "to": 65_536, "at": 1780257600000, "until": 1780258500000,
         "bytes": 221_904},
        {"url": "pieces/1-a1b2c3d4e5f60718", "after": 65_536, "to": 131_072, "at": 1780258500020,
         "until": 1780259400000, "bytes": 224_118},
    ],
    "checkpoints": [{"url": "checkpoints/1-a1b2c3d4e5f60718", "seq": 65_536, "bytes": 30_441}],
    "epochs": [
        {"name": "5d2f0b1c9e8a7f63", "from": 1, "at": 1780257600000, "width": 64, "height": 64,
         "colors": ["#FFFFFF", "#E50000"]},
    ],
    "moments": [{"seq": 1743, "at": 1780257900000, "kind": "fill"}],
}  # fmt: skip
