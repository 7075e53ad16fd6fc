"""Who shows wrong keys waits for the answer, each time longer; who shows the right one never does, from any address.

Guessing 256 bits is hopeless anyhow: this is for keys that people chose.
"""

from __future__ import annotations

from collections import OrderedDict

from beeplace.gateway.connection.origins import network
from beeplace.people.network_names import NetworkNames

FREE = 20  # wrong keys of an address before it waits: people mistype, and a whole venue can have one address
SECONDS_EACH = 1.0  # that a wrong key costs beyond these
MAX_SECONDS = 30.0  # of waiting; who has as much before him is refused at once
MAX_ADDRESSES = 4_096


class WrongKeys:
    """Counts wrong keys by address, or by the network of an IPv6 address, as a bucket that empties with time.

    An address whose bucket is empty is forgotten."""

    def __init__(self) -> None:
        self._names = NetworkNames()
        self._settled: OrderedDict[bytes, float] = OrderedDict()  # when the address owes nothing any more

    def delay(self, address: str, now: float) -> float | None:
        """Seconds that the answer to one more wrong key has to wait; None where it is not to be waited for."""
        name = self._names.of(network(address))
        settled = max(self._settled.pop(name, now), now)
        owed = settled - now - FREE * SECONDS_EACH
        if owed >= MAX_SECONDS:
            self._settled[name] = settled
            return None
        self._settled[name] = settled + SECONDS_EACH
        if len(self._settled) > MAX_ADDRESSES:
            self._settled.popitem(last=False)
        return max(0.0, owed)

    def step(self, now: float) -> None:
        """Forgets who owes nothing any more; called a few times a second."""
        while self._settled and next(iter(self._settled.values())) <= now:
            self._settled.popitem(last=False)
