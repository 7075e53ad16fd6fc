"""What supervisors and operators ask: alive, ready, and the figures."""

from __future__ import annotations

from typing import Literal

from aiohttp import web
from msgspec import UNSET, Struct, UnsetType

from beeplace import __version__
from beeplace.gateway.gateway import GATEWAY
from beeplace.gateway.http.api.operations import Operation, described
from beeplace.gateway.http.errors import error, reply


class Alive(Struct):
    """The process answers."""

    status: Literal["ok"]
    version: str


class Ready(Struct):
    """Placements can be taken and stored; `degraded` says what works less well meanwhile."""

    status: Literal["ready"]
    epoch: str
    seq: int
    degraded: str | UnsetType = UNSET


_HEALTH = Operation(
    "The process is alive",
    answers=Alive,
    answer={"status": "ok", "version": __version__},
    tag="operations",
    takes_any_query=True,
)
_READY = Operation(
    "The log can be written and the gateway is not draining; 503 with the reason otherwise",
    answers=Ready,
    answer={"status": "ready", "epoch": "5d2f0b1c9e8a7f63-a1b2c3d4", "seq": 1743},
    may=(503,),
    tag="operations",
    takes_any_query=True,
)
_METRICS = Operation("Figures in Prometheus' form", gives=("text/plain",), tag="operations", takes_any_query=True)

routes = web.RouteTableDef()


@routes.get("/health")
@described(_HEALTH)
async def health(_: web.Request) -> web.Response:
    """The process is alive."""
    return reply(Alive("ok", __version__))


@routes.get("/ready")
@described(_READY)
async def ready(request: web.Request) -> web.Response:
    """The log can be written and the gateway is not draining; 503 with the reason otherwise.

    `degraded` says what works less well meanwhile.
    """
    gateway = request.app[GATEWAY]
    if gateway.events.draining:
        return error(503, "draining")
    if failing := gateway.commits.failing or gateway.replica.failing:
        return error(503, f"saving is paused: {failing}")
    state = gateway.board.state
    return reply(Ready("ready", state.name, state.seq, gateway.degraded() or UNSET))


@routes.get("/metrics")
@described(_METRICS)
async def metrics(request: web.Request) -> web.Response:
    """Prometheus text."""
    text = request.app[GATEWAY].metrics.text()
    return web.Response(body=text, headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})
