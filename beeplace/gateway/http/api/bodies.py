"""What a request brings as models: body, query and path. What does not fit is refused with the place and the rule."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import cache
from typing import Any, TypeVar

import msgspec
from aiohttp import web

from beeplace.errors import BadRequest
from beeplace.gateway.http.organiser import json_body
from beeplace.models import described_fields, fitted

S = TypeVar("S", bound=msgspec.Struct)

_INTEGER = re.compile(r"0|[1-9][0-9]{0,14}", re.ASCII)


async def body(request: web.Request, model: type[S]) -> S:
    """The body, which must be JSON and fit the model. Raises BadRequest."""
    return fitted(await json_body(request), model)


async def optional_body(request: web.Request, model: type[S]) -> S:
    """The same; no body is an empty object. Raises BadRequest."""
    return fitted(await json_body(request) if request.body_exists else {}, model)


def query(request: web.Request, model: type[S]) -> S:
    """The query, whose values are texts. A list takes each value that is given; all else is given once.

    Raises BadRequest 422.
    """
    if not request.query_string:
        return fitted({}, model)
    fields = _fields(model)
    given: dict[str, str | list[str]] = {}
    for name in request.query:
        values = request.query.getall(name)
        if name in fields and fields[name].get("type") == "array":
            given[name] = values
        else:
            given[name] = _value(name, values, fields.get(name, {}), 422)
    return fitted(given, model, texts=True)


def path(request: web.Request, model: type[S]) -> S:
    """The parts of the path that have names. Raises BadRequest 404: there is nothing with such a name."""
    fields = _fields(model)
    given = {name: _value(name, [value], fields[name], 404) for name, value in request.match_info.items()}
    return fitted(given, model, 404, texts=True)


def _value(name: str, values: Sequence[str], schema: dict[str, Any], status: int) -> str:
    """One value, in the only form that its type has in an address: msgspec takes `1e1` for ten. Raises BadRequest."""
    if len(values) > 1:
        raise BadRequest(status, f"{name[:60]} is given once")
    if schema.get("type") == "integer":
        least, most = schema.get("minimum", 0), schema.get("maximum", 10**15 - 1)
        if not (_INTEGER.fullmatch(values[0]) and least <= int(values[0]) <= most):
            raise BadRequest(status, f"{name} must be one integer from {least} to {most}")
    if schema.get("type") == "number" and not _is_number(values[0]):
        raise BadRequest(status, f"{name} must be a number")
    if schema.get("type") == "boolean" and values[0] not in ("true", "false"):
        raise BadRequest(status, f"{name} must be true or false")
    if "enum" in schema and values[0] not in schema["enum"]:
        raise BadRequest(status, f"{name} must be one of: {', '.join(map(str, schema['enum']))}")
    return values[0]


def _is_number(text: str) -> bool:
    try:
        return text.isascii() and math.isfinite(float(text))
    except ValueError:
        return False


@cache
def _fields(model: type[msgspec.Struct]) -> dict[str, dict[str, Any]]:
    return described_fields(model)
