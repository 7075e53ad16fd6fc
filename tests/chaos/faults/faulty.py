"""Serves with a fault that is planted on purpose, so that the rig can show that it finds it.

`python -m tests.chaos.faults.faulty NAME` is `python -m beeplace` with one part replaced from outside; "power-trace"
and "power-normal" also write down what goes to the disk, see `power.py`.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from beeplace.__main__ import main
from beeplace.board.rules import Answer, Decision, Facts, PlacementRequest, decide
from beeplace.board.terms import Terms
from beeplace.gateway.connection.session import SharedMessage
from beeplace.gateway.fanout.subscribers import Subscribers
from beeplace.log.board_clock import BoardClock
from beeplace.log.commit_loop import CommitLoop
from beeplace.log.committed import Committed
from beeplace.log.postgres import shared_clock
from beeplace.log.postgres import store as postgres_store
from beeplace.log.postgres.outcome import Outcome
from beeplace.log.postgres.store import PostgresStore
from beeplace.log.redis.codec import Seal
from beeplace.log.replica import Replica
from beeplace.log.sqlite import database_file
from beeplace.log.sqlite.database_file import DatabaseFile
from beeplace.log.store import Decide, FactsNeeded
from tests.chaos import power

Taken = list[tuple[PlacementRequest, Callable[[Answer], None]]]


def plant(owner: Any, name: str, fault: Any) -> None:
    """Puts the fault where the right part was."""
    setattr(owner, name, fault)


def answer_before_commit() -> None:
    """People are told of what is not in the log yet."""
    commit: Any = CommitLoop._commit_placements

    async def hasty(self: Any, taken: Taken) -> None:
        board = self._board
        facts = Facts(board.state, self.now_ms(), 0, board.allowances)
        for (_, reply), answer in zip(taken, decide([p for p, _ in taken], facts).answers, strict=True):
            reply(answer)
        await commit(self, [(placement, lambda _: None) for placement, _ in taken])

    plant(CommitLoop, "_commit_placements", hasty)


def cooldown_apart() -> None:
    """The allowance is read first and raised later, as with GET and SET: two gateways may do so at once."""
    commit: Any = PostgresStore.commit

    async def apart(self: Any, question: FactsNeeded, decide: Decide) -> Decision:
        before = await self.windows()
        await asyncio.sleep(0.005)
        known = {identity: before[identity] for identity in question.identities if identity in before}
        decision: Decision = await commit(self, question, lambda facts: decide(replace(facts, allowances=known)))
        return decision

    plant(PostgresStore, "commit", apart)


def no_gap_repair() -> None:
    """Whatever the bus brings is believed to follow, and nobody looks into the log."""

    def take(self: Any, news: Committed) -> bool:
        fresh = news.after(self.board.state.seq)
        for piece in fresh.by_epoch():
            self.board.apply(piece.entries, piece.state)
            for follower in self._followers:
                follower(piece.entries, piece.state)
        return True

    async def never(self: Any, *_: Any) -> None:
        await asyncio.Event().wait()

    plant(Replica, "take", take)
    plant(Replica, "hear", lambda self, news: take(self, news) if news else None)
    plant(Replica, "run", never)


def unbounded_fan_out() -> None:
    """Everything is written to everyone, whether they read or not."""

    def send(self: Any, shared: SharedMessage, epoch: str, from_seq: int) -> None:
        for socket in self:
            socket.share(shared)

    plant(Subscribers, "send", send)


def confirm_unreplicated() -> None:
    """A commit whose wait for a standby was ended counts as one that a standby has."""

    async def committed(_self: Any, db: Any) -> bool:
        status: str = await db.execute("COMMIT")
        return status == "COMMIT"

    plant(Outcome, "_committed", committed)


def blind_to_its_file() -> None:
    """Nobody looks whether the files of the database are still those that were opened."""
    for name in ("check", "check_written", "check_place"):
        plant(DatabaseFile, name, lambda _: None)


def clock_behind() -> None:
    """A gateway goes on from the board time that was stored last, however long ago, and nobody tells it meanwhile."""

    async def hasty(db: Any, ticks: Callable[[], int], boot: Callable[[], str]) -> BoardClock:
        return BoardClock(await shared_clock._reading(db), ticks, boot)

    async def silent(*_: Any) -> None:
        pass

    plant(postgres_store, "joined_clock", hasty)
    plant(postgres_store, "tell", silent)


def one_bus_for_all() -> None:
    """Whoever has the secret is heard, in whatever term, and what comes is believed to be of this log."""
    sealed: Any = Seal.__init__
    take: Any = Replica.take

    def heard(self: Any, news: Committed | None) -> None:
        if news is None or not take(self, news._replace(state=replace(news.state, term=self.board.state.term))):
            self._missing.set()

    plant(Seal, "__init__", lambda self, secret, name, _=str: sealed(self, secret, name))
    plant(Replica, "hear", heard)


def one_history() -> None:
    """A position is believed to be of this log, whatever term it names."""
    plant(Terms, "hold", lambda _, __, seq, newest: seq <= newest)


def power_trace() -> None:
    """No fault: only the record of what goes to the disk, with a checkpoint more often than usual."""
    plant(database_file, "_PRAGMAS", (*database_file._PRAGMAS, "PRAGMA wal_autocheckpoint = 200"))
    power.record()


def power_normal() -> None:
    """SQLite's `synchronous=NORMAL`, which syncs the WAL only before a checkpoint."""
    pragmas = [pragma.replace("synchronous = FULL", "synchronous = NORMAL") for pragma in database_file._PRAGMAS]
    plant(database_file, "_PRAGMAS", tuple(pragmas))
    power_trace()


FAULTS = {
    "answer-before-commit": answer_before_commit,
    "cooldown-apart": cooldown_apart,
    "no-gap-repair": no_gap_repair,
    "unbounded-fan-out": unbounded_fan_out,
    "confirm-unreplicated": confirm_unreplicated,
    "blind-to-its-file": blind_to_its_file,
    "clock-behind": clock_behind,
    "one-bus-for-all": one_bus_for_all,
    "one-history": one_history,
    "power-trace": power_trace,
    "power-normal": power_normal,
}

if __name__ == "__main__":
    FAULTS[sys.argv.pop(1)]()
    main()
