"""What a gateway knows of one connected participant."""

from __future__ import annotations

from dataclasses import dataclass

from beeplace.people.identities import Identity


@dataclass(slots=True)
class Participant:
    """`cookie` is the token its browser sent. `identity` is set by the first join that does not only watch, for good.

    `banned_as` is who was not let in, as long as that may change: somebody who watches instead is told.
    `entered_until_ms` is until when they may draw where not everyone may, or owing work, in board time.
    `owes_work`: they came as newcomers do in a flood, and have not worked for good.
    `newcomer_since` is when they came, in seconds, as long as they are newcomers who have not drawn; 0 for others.
    `followed` are newcomers whose placements are compared with others', and members of groups (`people/groups.py`).
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
    newcomer_since: float = 0.0
    followed: bool = False

    def adopt(self, identity: Identity, now: float) -> None:
        """Takes over what somebody joins with; what they owe is taken off by a token that says so alone."""
        self.entered_until_ms = max(self.entered_until_ms, identity.entered_until_ms)
        self.owes_work = identity.owes_work or (self.owes_work and identity.fresh)
        if identity.fresh and self.identity is None:
            self.newcomer_since = now
        self.identity = identity.hash

    def left_unused(self, now: float, seconds: float) -> bool:
        """Whether they came so short a time ago, have not drawn, and could have: a look, and no flood."""
        return not self.owes_work and now - self.newcomer_since < seconds and self.newcomer_since > 0
