"""One synthetic person: comes in, draws by the allowance or watches, leaves and returns, as people do."""

from __future__ import annotations

import asyncio
from base64 import urlsafe_b64encode
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from random import choice, randbytes, randrange, uniform
from time import monotonic
from typing import Any, NoReturn

import orjson

from beeplace.board.terms import parted
from beeplace.rehearsal.address import RehearsedSite
from beeplace.rehearsal.batches import PlacedPixel, ReceivedBatches
from beeplace.rehearsal.client_socket import ClientSocket, HandshakeRefused, SharedChunks
from beeplace.rehearsal.figures import RehearsalFigures

ANSWER_SECONDS = 20.0
GROUP = 1_000  # people whose drawing is taken back by one rewind
AT_ONCE = 200  # on their way: this process could not attend to more
_AGAIN_SECONDS = 1.0, 5.0  # before the next try of somebody who was not let in, or was cut
_THINKING_SECONDS = 0.3, 1.5  # between two pixels
_CLOSED_SECONDS = 2.0, 5.0  # before the next pixel of somebody who may not draw
_AWAY_SECONDS = 1.0, 4.0


class Habit(Enum):
    """What somebody does who is in."""

    DRAWS = "places pixels as the allowance lets them"
    WATCHES = "only looks"
    RETURNS = "draws, leaves without a word once the allowance is spent, and comes back"


HABITS = (Habit.DRAWS,) * 7 + (Habit.WATCHES,) * 2 + (Habit.RETURNS,)


@dataclass(slots=True)
class CrowdState:
    """What all people of a crowd share. `closing` says that nobody places any more."""

    where: RehearsedSite
    figures: RehearsalFigures
    batches: ReceivedBatches
    people: int
    shared: SharedChunks = field(default_factory=SharedChunks)
    gate: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    asked: int = 0  # placements that wait for their answers
    closing: bool = False
    refresh_ms: int = 0
    tried: Callable[[], None] = lambda: None  # somebody was let in for the first time, or was not


def columns(number: int, people: int, width: int) -> range:
    """Where somebody draws. Invariant: no two groups draw on the same pixel, so that what each drew is taken back by
    itself: a rewind cannot name all people of a large crowd."""
    group, groups = number // GROUP, -(-people // GROUP)
    return range(width * group // groups, width * (group + 1) // groups)


class Person:
    """`fingerprint` is who it is on the site, `number` who it is in the figures."""

    def __init__(self, number: int, fingerprint: str, around: CrowdState) -> None:
        self._number, self._fingerprint, self._around = number, fingerprint, around
        self._figures, self._batches = around.figures, around.batches
        self._habit = HABITS[number % len(HABITS)]
        self._socket: ClientSocket
        self._inside = self._syncing = False
        self._epoch, self._seq = "", 0
        self._state: dict[str, Any] = {}
        self._colors: list[int] = []
        self._asked: dict[int, asyncio.Future[Any]] = {}
        self._then: dict[int, Callable[[dict[str, Any]], None]] = {}  # called with an answer before what comes behind
        self._count = 0
        self._over = asyncio.Event()  # the connection has ended

    async def live(self) -> NoReturn:
        """Until it is cancelled."""
        first = True
        try:
            while True:
                async with self._around.gate:
                    pause = await self._come()
                if first:
                    self._around.tried()
                    first = False
                if self._inside:
                    await self._stay()
                    pause = uniform(*(_AGAIN_SECONDS if self._over.is_set() else _AWAY_SECONDS))
                    self._leave()
                await asyncio.sleep(pause)
        finally:
            self._leave()

    # coming and going

    async def _come(self) -> float:
        """Opens a socket and joins; the seconds to wait where that is refused."""
        began = monotonic()
        self._over.clear()
        self._socket = ClientSocket(self._figures, self._around.shared, self._heard, self._ended)
        try:
            await self._socket.open(self._around.where)
            await self._answered(self._asked.setdefault(0, asyncio.get_running_loop().create_future()))
            answer = await self._ask("join", {"fingerprint": self._fingerprint, **self._known()}, self._begin)
        except HandshakeRefused as refused:
            return self._refused(f"status {refused.status}", refused.retry_seconds)
        except TimeoutError:
            return self._refused("no answer in time")
        except OSError as error:
            return self._refused(error.strerror or str(error) or type(error).__name__)
        if "initialState" not in answer:
            return self._refused(str(answer.get("code")), answer.get("retryIn", 0) / 1000)
        self._figures.join.add(monotonic() - began)
        return 0.0

    def _known(self) -> dict[str, Any]:
        """What a page that had the board before says of it."""
        return {"epoch": self._epoch, "seq": self._seq} if self._epoch else {"board": "b64"}

    def _refused(self, reason: str, retry_seconds: float = 0.0) -> float:
        self._figures.refused[reason] += 1
        self._leave()
        return retry_seconds + uniform(*_AGAIN_SECONDS)

    def _begin(self, answer: dict[str, Any]) -> None:
        """The answer to a join: the batches behind it begin where it ends, so that it is taken in before them."""
        state = answer.get("initialState")
        if state is None:
            return
        if self._number in self._figures.joined:
            self._figures.returned += 1
        self._figures.joined.add(self._number)
        self._figures.inside += 1
        self._inside = True
        self._state = {name: value for name, value in state.items() if name != "board"}
        disabled = set(state.get("disabledColors", ()))
        self._colors = [color for color in range(len(state["colors"])) if color not in disabled]
        self._epoch, self._seq = state["epoch"], state["delta"]["to"] if "delta" in state else state["seq"]
        self._batches.begin(parted(self._epoch)[0])
        self._around.refresh_ms = state["refreshRate"]

    def _leave(self) -> None:
        if self._inside:
            self._inside = False
            self._figures.inside -= 1
        for future in self._asked.values():
            future.cancel()
        self._asked.clear()
        self._then.clear()
        self._syncing = False
        if socket := getattr(self, "_socket", None):
            socket.cut()

    def _ended(self, reason: str) -> None:
        """The connection is no more; where nobody had left, it was lost."""
        if self._inside:
            self._figures.lost[reason] += 1
        for future in self._asked.values():
            if not future.done():
                future.set_exception(ConnectionResetError(reason))
        self._over.set()

    # drawing

    async def _stay(self) -> None:
        """Until the connection ends, or it is time to leave."""
        while not (self._over.is_set() or self._around.closing or self._habit is Habit.WATCHES):
            if self._state.get("remainingPixels", 1) < 1:
                if self._habit is Habit.RETURNS:
                    return
                await self._pause(self._state.get("retryIn", 0) / 1000)
                if self._over.is_set() or self._around.closing:
                    break
            await self._place()
            await self._pause(uniform(*_THINKING_SECONDS))
        await self._over.wait()

    async def _pause(self, seconds: float) -> None:
        """Less where the connection ends."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._over.wait(), seconds)

    async def _place(self) -> None:
        x = choice(columns(self._number, self._around.people, self._state["width"]))
        y, color = randrange(self._state["height"]), choice(self._colors)
        pixel, began = (str(x), str(y), str(color)), monotonic()
        if not self._batches.place(pixel, began):
            return
        rid = urlsafe_b64encode(randbytes(16))[:22].decode()
        self._around.asked += 1
        self._figures.drew.add(self._number)
        try:
            asked = {"x": x, "y": y, "color": color, "rid": rid, "epoch": self._epoch}
            answer = await self._ask("pixelFromPlayer", asked)
        except OSError:  # the connection has ended, or nothing came in time
            self._figures.unanswered += 1
            self._batches.rejected(pixel)
            return
        finally:
            self._around.asked -= 1
        await self._decided(pixel, answer, monotonic() - began)

    async def _decided(self, pixel: PlacedPixel, answer: dict[str, Any], seconds: float) -> None:
        if answer.get("ok"):
            self._figures.placed += 1
            self._figures.answer.add(seconds)
            self._batches.confirmed(pixel, answer["seq"])
            self._state["remainingPixels"], self._state["retryIn"] = answer["remainingPixels"], answer["retryIn"]
            return
        code, retry_ms = str(answer.get("code")), answer.get("retryIn", 0)
        self._figures.rejected[code] += 1
        self._batches.rejected(pixel)
        await self._pause(retry_ms / 1000 if code == "cooldown" and retry_ms else uniform(*_CLOSED_SECONDS))

    # saying and hearing

    async def _ask(
        self, event: str, payload: dict[str, Any], then: Callable[[dict[str, Any]], None] | None = None
    ) -> dict[str, Any]:
        """An event's answer. Raises TimeoutError, or another OSError where the connection ends."""
        number = self._send(event, payload)
        if then:
            self._then[number] = then
        future = self._asked[number] = asyncio.get_running_loop().create_future()
        answer: dict[str, Any] = await self._answered(future)
        return answer

    def _send(self, event: str, payload: dict[str, Any]) -> int:
        self._count += 1
        self._socket.send(f"42{self._count}{orjson.dumps([event, payload]).decode()}")
        return self._count

    async def _answered(self, future: asyncio.Future[Any]) -> Any:
        if self._over.is_set():
            raise ConnectionResetError("the connection has ended")
        return await asyncio.wait_for(future, ANSWER_SECONDS)

    def _heard(self, text: str) -> None:
        if text.startswith('42["u"'):
            self._batch(text)
        elif text.startswith("43"):
            number, _, arguments = text[2:].partition("[")
            self._settle(int(number), orjson.loads("[" + arguments)[0])
        elif text == "2":
            self._socket.send("3")
        elif text.startswith("0{"):
            self._socket.send("40")
        elif text.startswith("40"):
            self._settle(0, {})
        elif text.startswith("42["):
            self._event(*orjson.loads(text[2:]))

    def _settle(self, number: int, answer: dict[str, Any]) -> None:
        if then := self._then.pop(number, None):
            then(answer)
        future = self._asked.pop(number, None)
        if future is not None and not future.done():
            future.set_result(answer)

    def _event(self, name: str, *arguments: Any) -> None:
        if name == "settings":
            self._state.update(arguments[0])
        elif name == "resetBoard" and len(arguments) > 1:
            self._epoch, _, seq = arguments[1].rpartition(":")
            self._seq = int(seq)

    def _batch(self, text: str) -> None:
        batch = self._batches.read(text)
        self._batches.seen(batch, monotonic())
        if batch.epoch != self._epoch or batch.after > self._seq:
            self._sync()
        elif batch.to > self._seq:
            self._seq = batch.to

    def _sync(self) -> None:
        """Asks for what was missed, once at a time, as a page does."""
        if self._inside and not self._syncing:
            self._syncing = True
            self._figures.missed += 1
            self._then[self._send("sync", {"epoch": self._epoch, "seq": self._seq})] = self._synced

    def _synced(self, answer: dict[str, Any]) -> None:
        self._syncing = False
        if "code" in answer:
            return
        if state := answer.get("initialState"):
            self._epoch, self._seq = state["epoch"], state["seq"]
        else:
            self._epoch, self._seq = answer["epoch"], answer["to"]
