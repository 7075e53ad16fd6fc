"""Bodies as models: what does not fit is refused with the place and the rule."""

from __future__ import annotations

import re
from typing import Any, TypeVar

import msgspec
from aiohttp import web

from beeplace.errors import BadRequest
from beeplace.gateway.http.organiser import json_body

S = TypeVar("S", bound=msgspec.Struct)

_PLACE = re.compile(r"(?: - at `\$\.?([^`]*)`)?$")


async def body(request: web.Request, model: type[S]) -> S:
    """The body, which must be JSON and fit the model. Raises BadRequest."""
    return fitted(await json_body(request), model)


def fitted(value: dict[str, Any], model: type[S]) -> S:
    """The same of a value. Raises BadRequest 422."""
    try:
        return msgspec.convert(value, model)
    except msgspec.ValidationError as error:
        raise BadRequest(422, _words(str(error))) from error


def _words(text: str) -> str:
    """What msgspec says, with the place first: `maxPixels: expected `int` >= 1`."""
    found = _PLACE.search(text)
    place = (found[1] or "") if found else ""
    rule = text[: found.start()] if found else text
    rule = rule[:1].lower() + rule[1:]
    return f"{place}: {rule}" if place else rule
