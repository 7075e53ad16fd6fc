"""What a gateway knows of one connected participant."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Participant:
    """`cookie` is the token its browser sent. `identity` is set by the first join that does not only watch, for good.

    `original` clients speak the thesis's protocol and know no ranges.
    """

    cookie: str | None = None
    identity: bytes | None = None
    joined: bool = False
    original: bool = False
    bad_joins: int = 0
