"""The people of a crash run: each keeps its token, places at random, and asks again after every break."""

from __future__ import annotations

import asyncio
import base64
import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from tests.clients.http import LOST
from tests.clients.phone import Phone
from tests.crash.history import Answer, History, Screen, Triple, Wish

ABANDONED = 0.03  # of the wishes without an answer: a phone that never comes back
OPEN_SECONDS = 10.0
ANSWER_SECONDS = 10.0
MAX_OPEN = 4  # a person who waits for so many answers asks for nothing new
LONGEST_WAIT_SECONDS = 1.0  # less than the servers ask for, so that something is always under way
REPEATED = 0.02  # of the answered wishes are asked once more


@dataclass
class World:
    """What all people share. `urls` are the gateways that there are now; `asked` and `heard` are called at each
    placement and each answer. Where it is `doubling`, a person asks for everything on two connections at once."""

    history: History
    http: aiohttp.ClientSession
    random: random.Random
    pause_seconds: float
    asked: Callable[[], None]
    heard: Callable[[], None]
    urls: list[str] = field(default_factory=list)
    ending: bool = False
    doubling: bool = False

    def __post_init__(self) -> None:
        side = range(self.history.width * self.history.height * 15)
        self._numbers = iter(self.random.sample(side, len(side)))
        self.changed = asyncio.Event()  # there is a server again
        self.stirred = asyncio.Event()  # somebody heard something

    def pixel(self) -> Triple:
        """A position and colour that nobody has wished for; colour 0 is what an empty board shows."""
        offset, color = divmod(next(self._numbers), 15)
        return offset % self.history.width, offset // self.history.width, color + 1

    async def server(self, index: int) -> str:
        """A gateway to connect to, once there is one: the connections of one person go to different ones."""
        while not self.urls:
            self.changed.clear()
            await self.changed.wait()
        return self.urls[(self.random.randrange(len(self.urls)) if index == 0 else index) % len(self.urls)]


class Person:
    """One identity with `sockets` connections. With a `canvas` it is a screen too."""

    def __init__(self, number: int, world: World, sockets: int, canvas: Screen | None = None) -> None:
        self.number, self.world, self.canvas = number, world, canvas
        self.sockets: list[Phone | None] = [None] * sockets
        self.token: str | None = None
        self.named = asyncio.Event()
        self.open: list[Wish] = []  # asked, and not answered yet
        self.told: list[Wish] = []
        self.asking: set[asyncio.Task[None]] = set()

    async def live(self) -> None:
        """Connects and places until the owner cancels it."""
        async with asyncio.TaskGroup() as tasks:
            for index in range(len(self.sockets)):
                tasks.create_task(self.stay_connected(index))
            tasks.create_task(self.place())

    async def stay_connected(self, index: int) -> None:
        while True:
            url = await self.world.server(index)
            if index and not self.token:  # the first connection brings the name for all
                await self.named.wait()
            with suppress(*LOST):
                await self.session(index, url)
            self.sockets[index] = None
            await asyncio.sleep(self.world.random.uniform(0.01, 0.1))

    async def session(self, index: int, url: str) -> None:
        """One connection, from joining to its end."""
        canvas = self.canvas if index == 0 else None
        phone = Phone(url, canvas=canvas)
        phone.answer_seconds = ANSWER_SECONDS
        phone.on_gap = phone.cut  # the next join brings the delta
        try:
            async with asyncio.timeout(OPEN_SECONDS):
                await phone.open()
            board = {} if canvas else {"board": "none"}
            token = {"token": self.token} if self.token else {}
            answer = await phone.resume(**board, **token)
            if "initialState" not in answer:
                return
            self.token = answer["initialState"].get("token", self.token)
            self.named.set()
            phone.follow(self.event)
            self.sockets[index] = phone
            self.ask_again(phone)
            self.world.stirred.set()
            await phone.closed()
        finally:
            await phone.close()
            if canvas:
                canvas.picture()

    def event(self, name: str, given: list[Any]) -> None:
        self.world.stirred.set()
        if name == "u":
            self.world.history.batches.add(given[0])

    def ask_again(self, socket: Phone) -> None:
        """After a break: all that was asked and not answered, and now and then something that was."""
        for wish in self.open:
            self.start(wish, socket)
        if self.told and self.world.random.random() < REPEATED * 10:
            self.start(self.world.random.choice(self.told), socket)

    def start(self, wish: Wish, socket: Phone) -> None:
        task = asyncio.create_task(self.ask(wish, socket))
        self.asking.add(task)
        task.add_done_callback(self.answered)

    def answered(self, task: asyncio.Task[None]) -> None:
        self.asking.discard(task)
        self.world.stirred.set()

    async def place(self) -> None:
        """New wishes at random moments, on all connections at once."""
        while True:
            await asyncio.sleep(self.world.random.expovariate(1 / self.world.pause_seconds))
            sockets = [socket for socket in self.sockets if socket]
            if not sockets or self.world.ending or len(self.open) >= MAX_OPEN * len(self.sockets):
                continue
            if self.world.doubling:
                self.wish(*self.world.random.sample(sockets, min(2, len(sockets))))
            else:
                for socket in sockets:
                    self.wish(socket)

    def wish(self, *sockets: Phone) -> None:
        """One new placement, asked for on each of the connections."""
        rid = base64.urlsafe_b64encode(self.world.random.randbytes(16)).decode()[:22]
        wish = Wish(self.number, rid, self.world.pixel())
        self.world.history.wishes.append(wish)
        self.open.append(wish)
        for socket in sockets:
            self.start(wish, socket)

    async def ask(self, wish: Wish, socket: Phone) -> None:
        """Asks once; a break leaves the wish open for the next connection, or for ever."""
        history, (x, y, color) = self.world.history, wish.pixel
        wish.ask()
        self.world.asked()
        history.note("invoke", wish, pixel=wish.pixel)
        try:
            answer = await socket.call("pixelFromPlayer", {"x": x, "y": y, "color": color, "rid": wish.rid})
        except LOST as error:
            history.note("unknown", wish)
            if isinstance(error, TimeoutError):
                socket.cut()  # who hears nothing connects anew
            if wish in self.open and not wish.answers and self.world.random.random() < ABANDONED:
                wish.abandoned = True
                self.open.remove(wish)
            return
        history.note("ok" if answer.get("ok") else "refused", wish, **_told(answer))
        wish.hear(answer)
        self.world.heard()
        if wish.settled and wish in self.open:
            self.open.remove(wish)
            self.told.append(wish)
        elif not wish.settled:
            wait = min(LONGEST_WAIT_SECONDS, answer.get("retryIn", 0) / 1000)
            await asyncio.sleep(max(0.1, wait * self.world.random.uniform(0.5, 1)))
            if socket.is_open and not wish.settled:
                self.start(wish, socket)


def _told(answer: Answer) -> Answer:
    return {name: answer[name] for name in ("seq", "code") if name in answer}
