"""Who may have many sockets is let in without a look at each of them."""

from __future__ import annotations

from typing import cast

from beeplace.gateway.connection.session import Session
from beeplace.gateway.surplus_sockets import SurplusSockets
from beeplace.people.presence import Presence


class LookedAt:
    """Counts how often somebody asks whether it is closed."""

    looks = 0

    @property
    def closed(self) -> bool:
        """It never is."""
        self.looks += 1
        return False


def test_below_the_limit_no_socket_is_looked_at() -> None:
    people, socket = Presence[Session](), LookedAt()
    surplus = SurplusSockets(people, lambda: 1_000_000, lambda: 0.0)
    for _ in range(3):
        people.come(b"somebody", cast("Session", socket))
    assert surplus.admits(b"somebody")
    assert not socket.looks
