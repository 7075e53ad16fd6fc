"""Who drew in a selection, asked by organisers while people go on drawing."""

from __future__ import annotations

import asyncio
import sys
from types import FrameType, SimpleNamespace
from typing import cast

from beeplace.desk.selection import AskedSelection
from beeplace.gateway.gateway import Gateway
from beeplace.gateway.http.actions.selections import drawn_by
from beeplace.gateway.http.api.action_models import SelectionAuthors
from tests.desk.office import Office
from tests.log.samples import HEIGHT, WIDTH, placement

PEOPLE = 600


async def test_the_loop_does_nothing_for_each_person(office: Office) -> None:
    gateway = cast(Gateway, SimpleNamespace(desk=office.take_back, reads=office.take_back._reads))
    calls, task = 0, asyncio.current_task()

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call") and asyncio.current_task() is task  # others have their own work

    async def asked() -> tuple[SelectionAuthors, int]:
        nonlocal calls
        calls = 0
        sys.setprofile(count)  # of this thread, which is the loop's
        try:
            return await drawn_by(gateway, AskedSelection()), calls
        finally:
            sys.setprofile(None)

    await office.draw(0, 0, 1, b"a" * 16)
    await asked()  # loads what it needs
    told, few = await asked()
    assert len(told.people) == 1
    people = [n.to_bytes(4, "big") * 4 for n in range(1, PEOPLE)]
    await office.session.place(*(placement(n % WIDTH, n % HEIGHT, by=by) for n, by in enumerate(people)))
    told, many = await asked()
    assert len(told.people) == PEOPLE
    assert many < few + PEOPLE // 2
