"""OpenAPI 3.1 from the descriptions of routes: their paths, and the schemas of all models."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import msgspec
from aiohttp import web

from beeplace.gateway.http.api.models import Error
from beeplace.gateway.http.api.operations import Operation, operations
from beeplace.people.roles import Role

_REF = "#/components/schemas/{name}"
_MOVED = {304: "not changed since the ETag that was given"}
_ERRORS = {
    400: "this is no request, no JSON, or shows more than one key",
    401: "no key, or a wrong one",
    403: "this key may not do that; the message says which role it takes",
    404: "there is no such thing",
    408: "the body took too long to come",
    409: "the board has changed meanwhile",
    413: "the body is too large",
    415: "the body is no JSON, or compressed",
    422: "the request makes no sense; the message says what and why",
    429: "too many wrong keys",
    503: "not done, and will not be: too much waits, or the log cannot be written",
    504: "not known yet whether it happened; ask again with the same Idempotency-Key",
}
_OF_KEYS = (400, 401, 403, 429)
_OF_BODIES = (400, 408, 413, 415, 422)


def paths(tables: Iterable[web.RouteTableDef], roles: dict[str, Role]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The paths of OpenAPI and the schemas that they name."""
    found = list(operations(tables))
    models = list(dict.fromkeys(m for _, _, o in found for m in (o.reads, o.answers) if m is not None))
    references, schemas = msgspec.json.schema_components([*models, Error], ref_template=_REF)
    named = dict(zip(models, references, strict=False))
    told: dict[str, Any] = {}
    for method, path, operation in found:
        role = roles[f"{method} {path}"]
        told.setdefault(path, {})[method.lower()] = {"operationId": _id(method, path)} | _told(operation, role, named)
    return told, schemas


def _told(operation: Operation, role: Role, named: dict[Any, dict[str, Any]]) -> dict[str, Any]:
    told: dict[str, Any] = {"summary": operation.summary}
    if operation.about:
        told["description"] = operation.about
    told["tags"] = [operation.tag or ("everyone" if role is Role.EVERYONE else "organiser")]
    if role is Role.EVERYONE:
        told["security"] = []
    else:
        told |= {"security": [{"apiKey": []}, {"bearer": []}], "x-role": role.word}
    if parameters := [
        {"name": p.name, "in": p.place, "required": p.needed, "description": p.description, "schema": p.schema}
        for p in operation.all_parameters()
    ]:
        told["parameters"] = parameters
    if operation.files:
        told["requestBody"] = {"required": True, "content": {kind: {} for kind in operation.files}}
    if operation.reads:
        examples = {name: {"value": value} for name, value in operation.examples.items()}
        content = {"schema": named[operation.reads], "examples": examples}
        told["requestBody"] = {"required": not operation.may_be_empty, "content": {"application/json": content}}
    told["responses"] = {str(status): answer for status, answer in _answers(operation, role, named)}
    return told


def _answers(
    operation: Operation, role: Role, named: dict[Any, dict[str, Any]]
) -> Iterable[tuple[int, dict[str, Any]]]:
    good: dict[str, Any] = {"description": "done"}
    if operation.headers:
        good["headers"] = {
            name: {"description": meaning, "schema": {"type": "string"}} for name, meaning in operation.headers.items()
        }
    if operation.gives:
        good["content"] = {kind: {} for kind in operation.gives}
    if operation.answers:
        good |= _json(named[operation.answers], operation.answer)
    yield operation.status, good
    statuses = {*operation.may, *(_OF_KEYS if role is not Role.EVERYONE else ())}
    if operation.reads or operation.files:
        statuses |= {*_OF_BODIES}
    if operation.path:
        statuses.add(404)
    if not operation.takes_any_query:
        statuses.add(422)
    for status in sorted(statuses):
        if status in _MOVED:
            yield status, {"description": _MOVED[status]}
        else:
            yield status, {"description": _ERRORS[status], **_json({"$ref": _REF.format(name="Error")}, None)}


def _json(schema: dict[str, Any], example: object) -> dict[str, Any]:
    content = {"schema": schema} | ({} if example is None else {"example": example})
    return {"content": {"application/json": content}}


def _id(method: str, path: str) -> str:
    """A name for the operation that programs made from the specification use: `patchSettings`."""
    first, *rest = [word for word in re.split(r"[^A-Za-z0-9]+", path) if word]
    words = [method.lower(), *(rest if first == "api" else [first, *rest])]
    return words[0] + "".join(word.capitalize() for word in words[1:])
