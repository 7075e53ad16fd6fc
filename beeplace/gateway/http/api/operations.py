"""A route's part of OpenAPI, written where the route is: the models it reads and answers with, and examples of both."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

import msgspec
from aiohttp import web

from beeplace.people.roles import Role

_REF = "#/components/schemas/{name}"
_SUMMARIES = {
    400: "this is no request, or shows more than one key",
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
_OF_BODIES = (413, 415, 422)

H = TypeVar("H", bound=Callable[[web.Request], Awaitable[web.StreamResponse]])


@dataclass(frozen=True, slots=True)
class Parameter:
    """One of a query, or a header; `schema` is JSON Schema."""

    name: str
    description: str
    schema: dict[str, Any] = field(default_factory=lambda: {"type": "string"})
    place: str = "query"


IDEMPOTENCY_KEY = Parameter(
    "Idempotency-Key",
    "what the client calls this action: repeated within a day under this name, it happens once",
    {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
    "header",
)


@dataclass(frozen=True, slots=True)
class Operation:
    """`examples` are whole bodies by name; `may` are further statuses that it answers with."""

    summary: str
    answers: type[msgspec.Struct]
    answer: object
    reads: type[msgspec.Struct] | None = None
    examples: dict[str, object] = field(default_factory=dict)
    parameters: tuple[Parameter, ...] = ()
    may: tuple[int, ...] = ()
    files: tuple[str, ...] = ()  # media types of a body that is a file


def described(operation: Operation) -> Callable[[H], H]:
    """Gives a route's handler its description; the handler itself stays as it is."""

    def mark(handler: H) -> H:
        setattr(handler, "operation", operation)  # noqa: B010  # a function has no such attribute to a type checker
        return handler

    return mark


def operations(tables: Iterable[web.RouteTableDef]) -> Iterator[tuple[str, str, Operation]]:
    """Method, path and description of every route that has one."""
    for table in tables:
        for route in table:
            if isinstance(route, web.RouteDef) and (found := getattr(route.handler, "operation", None)):
                yield route.method, route.path, found


def paths(tables: Iterable[web.RouteTableDef], roles: dict[str, Role]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The paths of OpenAPI and the schemas that they name."""
    found = list(operations(tables))
    models = list(dict.fromkeys(m for _, _, o in found for m in (o.reads, o.answers) if m is not None))
    references, schemas = msgspec.json.schema_components(models, ref_template=_REF)
    named = dict(zip(models, references, strict=True))
    told: dict[str, Any] = {}
    for method, path, operation in found:
        role = roles[f"{method} {path}"]
        told.setdefault(path, {})[method.lower()] = {"operationId": _id(method, path)} | _told(operation, role, named)
    return told, schemas


def _told(operation: Operation, role: Role, named: dict[type, dict[str, Any]]) -> dict[str, Any]:
    statuses = [*(_OF_KEYS if role is not Role.EVERYONE else ()), *(_OF_BODIES if operation.reads else ())]
    statuses += operation.may
    answers: dict[str, Any] = {"200": _json("done", named[operation.answers], operation.answer)}
    for status in sorted(set(statuses)):
        answers[str(status)] = _json(_SUMMARIES[status], {"$ref": _REF.format(name="Error")}, None)
    told: dict[str, Any] = {
        "summary": operation.summary,
        "tags": ["everyone" if role is Role.EVERYONE else "organiser"],
        "responses": answers,
    }
    if role is not Role.EVERYONE:
        told["security"] = [{"apiKey": []}, {"bearer": []}]
        told["x-role"] = role.word
    if operation.parameters:
        told["parameters"] = [
            {"name": p.name, "in": p.place, "description": p.description, "schema": p.schema}
            for p in operation.parameters
        ]
    if operation.files:
        told["requestBody"] = {"required": True, "content": {kind: {"schema": {}} for kind in operation.files}}
    if operation.reads:
        examples = {name: {"value": value} for name, value in operation.examples.items()}
        content = {"schema": named[operation.reads], "examples": examples}
        told["requestBody"] = {"required": True, "content": {"application/json": content}}
    return told


def _json(description: str, schema: dict[str, Any], example: object) -> dict[str, Any]:
    content = {"schema": schema} | ({} if example is None else {"example": example})
    return {"description": description, "content": {"application/json": content}}


def _id(method: str, path: str) -> str:
    first, *rest = [word for word in path.replace("{", "").replace("}", "").replace("-", "/").split("/") if word]
    words = [method.lower(), *(rest if first == "api" else [first, *rest])]
    return words[0] + "".join(word.capitalize() for word in words[1:])
