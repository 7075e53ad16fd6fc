"""What supervisors and operators ask: alive, ready, and the figures."""

from __future__ import annotations

from aiohttp import web

from beeplace import __version__
from beeplace.gateway.gateway import GATEWAY
from beeplace.gateway.http.errors import answer

routes = web.RouteTableDef()


@routes.get("/health")
async def health(_: web.Request) -> web.Response:
    """The process is alive."""
    return answer({"status": "ok", "version": __version__})


@routes.get("/ready")
async def ready(request: web.Request) -> web.Response:
    """The log can be written and the gateway is not draining; 503 with the reason otherwise.

    `degraded` says what works less well meanwhile.
    """
    gateway = request.app[GATEWAY]
    if gateway.events.draining:
        return answer({"statusCode": 503, "message": "draining"}, 503)
    if failing := gateway.commits.failing or gateway.replica.failing:
        return answer({"statusCode": 503, "message": f"saving is paused: {failing}"}, 503)
    state = gateway.board.state
    ready = {"status": "ready", "epoch": state.name, "seq": state.seq}
    degraded = gateway.degraded()
    return answer({**ready, "degraded": degraded} if degraded else ready)


@routes.get("/metrics")
async def metrics(request: web.Request) -> web.Response:
    """Prometheus text."""
    text = request.app[GATEWAY].metrics.text()
    return web.Response(body=text, headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})
