"""The figures of `/metrics` that are read where they are, when they are asked for; called by `app.py`."""

from __future__ import annotations

import asyncio

from beeplace.gateway.connection.session import Session
from beeplace.gateway.fanout.subscribers import Subscribers
from beeplace.gateway.metrics import Metrics
from beeplace.gateway.socketio_server import SocketServer
from beeplace.log.bus import Bus
from beeplace.log.commit_loop import CommitLoop
from beeplace.log.reads import Reads
from beeplace.log.replica import Replica
from beeplace.people.presence import Presence


def watch_crowd(metrics: Metrics, sockets: SocketServer, people: Presence[Session], fanout: Subscribers) -> None:
    """Who is connected, and how far each has read."""
    metrics.watch("clients", "Open sockets", lambda: len(sockets.engine.sessions))
    metrics.watch("faults", "Faults of our own handlers", lambda: sockets.engine.faults.count)
    metrics.watch("tasks", "Tasks of the event loop", lambda: len(asyncio.all_tasks()))
    metrics.watch("people", "Distinct people", lambda: len(people))
    metrics.watch("slow_clients", "Clients that are behind", lambda: len(fanout.behind))
    metrics.watch("io_uring", "1 where batches go through io_uring", lambda: fanout.through_ring)
    metrics.watch("io_uring_failures", "Times that io_uring failed and was given up", lambda: fanout.ring_failures)


def watch_log(metrics: Metrics, commits: CommitLoop, reads: Reads, replica: Replica, bus: Bus) -> None:
    """What waits for the log, and how this gateway follows it."""
    metrics.watch("waiting_placements", "Placements that wait for their commit", lambda: commits.waiting)
    metrics.watch("waiting_reads", "Questions about the past that wait for their answer", lambda: reads.waiting)
    metrics.watch("seq", "The last committed change", lambda: replica.board.state.seq)
    metrics.watch("repairs", "Times that others' changes were read from the log", lambda: replica.repairs)
    metrics.watch("reloads", "Times that the log was another history, and was read anew", lambda: replica.reloads)
    paused = lambda: bool(commits.failing or replica.failing)  # noqa: E731
    metrics.watch("saving_paused", "1 while placements cannot be saved, see /ready", paused)
    metrics.watch("bus_failing", "1 while other gateways cannot be told", lambda: bool(bus.failing))
