"""What a gateway knows of one connected participant."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Participant:
    """`cookie` is the token its browser sent. `identity` is set by the first join that does not only watch, for good.

    `banned_as` is who was not let in, as long as that may change: somebody who watches instead is told.
    `entered_until_ms` is until when they may draw where not everyone may, or owing work, in board time.
    `owes_work`: they came as newcomers do in a flood, and have not worked for good.
    `original` clients speak the thesis's protocol and know no ranges.
    """

    cookie: str | None = None
    identity: bytes | None = None
    joined: bool = False
    original: bool = False
    bad_joins: int = 0
    banned_as: bytes | None = None
    entered_until_ms: int = 0
    owes_work: bool = False
