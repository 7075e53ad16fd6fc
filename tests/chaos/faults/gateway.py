"""What befalls gateways, and the links of their clients."""

from __future__ import annotations

import asyncio
import resource
import signal
from contextlib import suppress

from tests.chaos.faults.nemesis import Step
from tests.chaos.site import POLL_SECONDS, Site
from tests.waiting import until

DRAIN_SECONDS = 20.0
FEW_FILES = 8  # fewer than a gateway has at its start


async def kill(site: Site, step: Step) -> None:
    """kill -9."""
    site.gateways[step.at].send(signal.SIGKILL)
    await asyncio.sleep(step.seconds)


async def kill_all(site: Site, step: Step) -> None:
    """kill -9 of all at once."""
    for gateway in site.gateways:
        gateway.send(signal.SIGKILL)
    await asyncio.sleep(step.seconds)


async def freeze(site: Site, step: Step) -> None:
    """A gateway that stands still, and goes on as if nothing had been."""
    gateway = site.gateways[step.at]
    gateway.send(signal.SIGSTOP)
    try:
        await asyncio.sleep(step.seconds)
    finally:
        gateway.send(signal.SIGCONT)


async def roll(site: Site, step: Step) -> None:
    """SIGTERM to one after the other, the next once the one before is back."""
    for number in range(len(site.gateways)):
        gateway = site.gateways[(step.at + number) % len(site.gateways)]
        ends = gateway.ends.total()
        gateway.send(signal.SIGTERM)
        with suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_SECONDS):
                await gateway.is_back(ends)


async def drain_without_database(site: Site, step: Step) -> None:
    """SIGTERM to one whose database, if it has a link to one, does not answer: it ends in time all the same."""
    gateway = site.gateways[step.at]
    database, ends = gateway.links.database, gateway.ends.total()
    if database:
        database.silence("up", "down")
    gateway.send(signal.SIGTERM)
    with suppress(TimeoutError):
        await until(lambda: gateway.ends.total() > ends, every=POLL_SECONDS)
    if database:
        database.heal()


async def starve_of_descriptors(site: Site, step: Step) -> None:
    """A gateway may open nothing more, not for clients and not for its own links: what is open goes on."""
    server = site.gateways[step.at].server
    with suppress(ProcessLookupError, FileNotFoundError):
        before = resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE)
        resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (FEW_FILES, before[1]))
        site.gateways[step.at].links.clients.cut()  # many come back at once
        await asyncio.sleep(step.seconds)
        resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, before)


async def cut_clients(site: Site, step: Step) -> None:
    """The connections of the clients behind the proxy are reset; for a while, or only once."""
    link = site.gateways[step.at].links.clients
    if step.chance < 0.5:
        link.cut()
        return
    link.refuse()
    await asyncio.sleep(step.seconds)
    link.heal()


async def lose_clients(site: Site, step: Step) -> None:
    """Half-open: what the phones say, what they hear, or both, goes nowhere."""
    link = site.gateways[step.at].links.clients
    link.silence(*(("up",), ("down",), ("up", "down"))[int(step.chance * 3)])
    await asyncio.sleep(step.seconds)
    link.heal()


async def slow_clients(site: Site, step: Step) -> None:
    """A bad link: 300 ms and 200 more by chance, or some kilobytes a second, or nobody reads."""
    link = site.gateways[step.at].links.clients
    if step.chance < 0.4:
        link.delay(0.3, jitter=0.2)
    elif step.chance < 0.7:
        link.slow(3_000)
    else:
        link.stop_reading("down")
    await asyncio.sleep(step.seconds)
    link.heal()


FAULTS = {
    "gateway killed": kill,
    "all gateways killed": kill_all,
    "gateway frozen": freeze,
    "gateways rolled": roll,
    "gateway drained without database": drain_without_database,
    "gateway without descriptors": starve_of_descriptors,
    "clients cut": cut_clients,
    "clients half-open": lose_clients,
    "clients slow": slow_clients,
}
WEIGHTS = {
    "gateway killed": (4, 1.0),
    "all gateways killed": (1, 1.0),
    "gateway frozen": (2, 4.0),
    "gateways rolled": (1, 0.0),
    "gateway drained without database": (1, 0.0),
    "gateway without descriptors": (2, 3.0),
    "clients cut": (2, 1.0),
    "clients half-open": (1, 2.0),
    "clients slow": (2, 2.0),
}
