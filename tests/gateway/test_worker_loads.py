"""Which worker newcomers are left to, by numbers that all workers of a machine share."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from beeplace.gateway.connection.listener import Listener
from beeplace.gateway.worker_loads import VALID_SECONDS, WorkerLoads
from tests.waiting import until


@dataclass
class Crowd:
    """Workers of one machine, with their clients and the time."""

    folder: Path
    clients: list[int]
    now: float = 1.0
    workers: list[WorkerLoads] = field(default_factory=list)

    def __post_init__(self) -> None:
        for place in range(len(self.clients)):
            self.workers.append(self.worker(place))

    def worker(self, place: int) -> WorkerLoads:
        """One at that place."""
        worker = WorkerLoads(self.folder, place + 1, lambda: self.clients[place], lambda: self.now)
        worker.tell()
        return worker

    def ahead(self) -> list[bool]:
        """Which of them leave newcomers to others."""
        return [worker.ahead() for worker in self.workers]


def test_who_has_notably_more_leaves_newcomers_to_the_others(tmp_path: Path) -> None:
    assert Crowd(tmp_path, [1_000, 970, 950]).ahead() == [True, False, False]


def test_a_crowd_of_few_is_even_enough(tmp_path: Path) -> None:
    crowd = Crowd(tmp_path, [2, 0])
    assert crowd.ahead() == [False, False]
    crowd.clients[0] = 3
    assert crowd.ahead() == [True, False]


def test_a_new_worker_gets_all_newcomers_until_it_has_as_many(tmp_path: Path) -> None:
    crowd = Crowd(tmp_path, [500, 500, 500])
    crowd.clients[1] = 0
    crowd.workers[1] = crowd.worker(1)
    assert crowd.ahead() == [True, False, True]
    crowd.clients[1] = 490
    crowd.workers[1].tell()
    assert crowd.ahead() == [False, False, False]


def test_nobody_waits_for_a_worker_that_is_not_heard_of(tmp_path: Path) -> None:
    crowd = Crowd(tmp_path, [500, 0])
    crowd.now += VALID_SECONDS + 0.1
    assert crowd.workers[0].ahead() is False


def test_nobody_waits_for_a_worker_that_takes_no_more(tmp_path: Path) -> None:
    crowd = Crowd(tmp_path, [500, 0, 400])
    crowd.workers[1].leave()
    assert crowd.ahead()[0] is True, "the third has fewer"
    crowd.workers[1].leave()
    crowd.workers[2].leave()
    assert crowd.workers[0].ahead() is False


async def test_a_listener_that_is_ahead_takes_who_is_taken_by_nobody_else() -> None:
    taken: list[asyncio.Protocol] = []

    class Guest(asyncio.Protocol):
        def connection_made(self, _: asyncio.BaseTransport) -> None:
            taken.append(self)

    door = Listener(Guest)
    door.yields = lambda: True
    _, port = await door.open("127.0.0.1", 0)
    guests = [(await asyncio.open_connection("127.0.0.1", port))[1] for _ in range(5)]
    await until(lambda: len(taken) == 5)
    door.close()
    for guest in guests:
        guest.close()


@pytest.mark.parametrize("number", [1, 64])
def test_each_place_has_its_number(tmp_path: Path, number: int) -> None:
    places = [WorkerLoads(tmp_path, place + 1, lambda: 0, lambda: 1.0) for place in range(number)]
    for place in places:
        place.tell()
    busy = WorkerLoads(tmp_path, number, lambda: 100, lambda: 1.0)
    assert busy.ahead() is (number > 1)
