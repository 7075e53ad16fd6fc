"""The routes of archive folders: one is asked for, and how far those are that were."""

from __future__ import annotations

import logging

from aiohttp import web
from msgspec import UNSET

from beeplace.errors import BadRequest, Reused
from beeplace.gateway.http.access.roles import HOLDER
from beeplace.gateway.http.api.bodies import optional_body
from beeplace.gateway.http.api.operations import IDEMPOTENCY_KEY, Operation, described
from beeplace.gateway.http.archives.maker import ArchiveMaker
from beeplace.gateway.http.archives.models import SHOWN, ArchiveAsked, ArchiveBegun, ArchiveList, ArchiveShown, shown
from beeplace.gateway.http.errors import reply
from beeplace.gateway.http.organiser import authorised, idempotency_key
from beeplace.history.folder.registry import ArchiveUnderWay

_MOST = 20
_MESSAGE = "The archive is being made"
_ASK = Operation(
    "Makes an archive folder in another process: what remains of the event, as of one moment",
    about="It has its name in ARCHIVE_FOLDER once it is whole. One is made at a time. `GET /api/archives` says how far "
    "it is, as does the same request under the same Idempotency-Key.",
    reads=ArchiveAsked,
    examples={"a name": {"name": "festival-2026", "filmSeconds": 60}},
    answers=ArchiveBegun,
    answer={"statusCode": 200, "message": _MESSAGE, **SHOWN, "step": "", "share": 0.0},
    parameters=(IDEMPOTENCY_KEY,),
    may_be_empty=True,
    may=(409, 415, 503),
)
_LIST = Operation(
    "Which archive folders were asked for, and how far they are",
    answers=ArchiveList,
    answer={"possible": True, "archives": [SHOWN]},
    may=(503,),
)
ARCHIVES = web.AppKey("archives", ArchiveMaker)

logger = logging.getLogger("beeplace.http")
routes = web.RouteTableDef()


@routes.post("/api/archives")
@described(_ASK)
async def ask(request: web.Request) -> web.Response:
    """Raises BadRequest 409 where none can be made now, 422 for a name that was given before with another request."""
    authorised(request)
    asked, key, holder = await optional_body(request, ArchiveAsked), idempotency_key(request), request[HOLDER]
    archives = request.app[ARCHIVES]
    if not archives.possible:
        raise BadRequest(409, "no archive can be made here: ARCHIVE_FOLDER does not say where")
    name = None if asked.name is UNSET else asked.name
    film_seconds = None if asked.film_seconds is UNSET else asked.film_seconds
    try:
        record = await archives.ask(key, holder.name, name, film_seconds)
    except Reused as error:
        raise BadRequest(422, "this Idempotency-Key was given before, with another request") from error
    except ArchiveUnderWay as error:
        raise BadRequest(409, str(error)) from error
    except FileExistsError as error:
        raise BadRequest(409, f"there is something of the name {error.filename} already") from error
    except OSError as error:
        raise _unwritable(error) from error
    logger.info("an archive was asked for: %s, by the key of %s, %r", record.name, holder.name, asked.reason)
    return reply(ArchiveBegun(status_code=200, message=_MESSAGE, **shown(record)))


@routes.get("/api/archives")
@described(_LIST)
async def archives(request: web.Request) -> web.Response:
    """As all gateways that share the folder have written it down."""
    maker = request.app[ARCHIVES]
    try:
        records = await maker.listed()
    except OSError as error:
        raise _unwritable(error) from error
    return reply(ArchiveList(maker.possible, [ArchiveShown(**shown(record)) for record in records[:_MOST]]))


def _unwritable(error: OSError) -> BadRequest:
    logger.error("ARCHIVE_FOLDER cannot be used: %s", error)
    return BadRequest(503, f"the folder for archives cannot be used: {error.strerror}")
