"""From which networks the people are who draw here: for newcomers of a flood to be compared with."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection
from typing import Final

from beeplace.gateway.connection.origins import network
from beeplace.gateway.connection.session import Session

MOST: Final = 1000  # who are looked at: a few milliseconds of the loop


class KnownCrowd:
    """`sockets` are those that are open here."""

    def __init__(self, sockets: Callable[[], Collection[Session]]) -> None:
        self._sockets = sockets

    def __call__(self) -> tuple[list[str], float]:
        """The networks of people who owe no work, and how many people each of these stands for."""
        sockets = list(self._sockets())
        some = random.sample(sockets, min(MOST, len(sockets)))
        found = [network(socket.address) for socket in some if _is_known(socket)]
        return found, len(sockets) / max(1, len(some))


def _is_known(socket: Session) -> bool:
    owner = getattr(socket, "owner", None)  # which is not there before the client has connected
    return owner is not None and owner.identity is not None and not owner.owes_work
