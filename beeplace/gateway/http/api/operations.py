"""A route's part of OpenAPI, written where the route is: the models it reads and answers with, and examples of both.

A route is held to it: a parameter that its description does not have is refused, since a filter that is misspelt and
passed over would answer another question than was asked.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

import msgspec
from aiohttp import web

from beeplace.errors import BadRequest
from beeplace.gateway.http.api.models import DONE, ActionDone
from beeplace.models import described_fields

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One of a query, a path, or a header; `schema` is JSON Schema."""

    name: str
    description: str
    schema: dict[str, Any] = field(default_factory=lambda: {"type": "string"})
    place: str = "query"
    needed: bool = False


IDEMPOTENCY_KEY = Parameter(
    "Idempotency-Key",
    "what the client calls this action: repeated within a day under this name, it happens once",
    {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
    "header",
)
IF_NONE_MATCH = Parameter("If-None-Match", "an ETag that was given: 304 while it is the same", place="header")


@dataclass(frozen=True, slots=True)
class Operation:
    """`examples` are whole bodies by name; `may` are further statuses that it answers with."""

    summary: str
    answers: Any = None  # a model, or a union of some; None where the answer is a file
    answer: dict[str, Any] | None = None  # an example
    reads: Any = None  # the body: a model, or a union of some
    examples: dict[str, dict[str, Any]] = field(default_factory=dict)
    query: type[msgspec.Struct] | None = None
    path: type[msgspec.Struct] | None = None
    parameters: tuple[Parameter, ...] = ()  # headers, and what has no model
    may: tuple[int, ...] = ()
    files: tuple[str, ...] = ()  # media types of a body that is a file
    gives: tuple[str, ...] = ()  # media types of an answer that is a file
    headers: dict[str, str] = field(default_factory=dict)  # of a good answer, each with its meaning
    status: int = 200  # of a good answer
    about: str = ""  # what a summary has no room for
    tag: str = ""  # where it stands in the list; by its role if not given
    may_be_empty: bool = False  # the body may be left out
    takes_any_query: bool = False  # of supervisors, and of whoever passes it on

    def all_parameters(self) -> Iterator[Parameter]:
        """Those of the models and the others."""
        for place, model in (("path", self.path), ("query", self.query)):
            if model is None:
                continue
            needed = {one.encode_name for one in msgspec.structs.fields(model) if one.required}
            for name, schema in described_fields(model).items():
                rest = {key: value for key, value in schema.items() if key != "description"}
                yield Parameter(name, schema.get("description", ""), rest, place, place == "path" or name in needed)
        yield from self.parameters


def acts(summary: str, message: str, **more: Any) -> Operation:
    """That of a route whose answer is the entry that it made in the log, with this `message` in the example."""
    return Operation(
        summary,
        answers=ActionDone,
        answer={**DONE, "message": message},
        parameters=(IDEMPOTENCY_KEY,),
        **{"may": (503, 504), **more},
    )


def described(operation: Operation) -> Callable[[Handler], Handler]:
    """Gives a route's handler its description, and holds requests to the parameters it has. Raises BadRequest 422."""
    known = {one.name for one in operation.all_parameters() if one.place == "query"}

    def mark(handler: Handler) -> Handler:
        @wraps(handler)
        async def held(request: web.Request) -> web.StreamResponse:
            if not request.query_string or operation.takes_any_query:
                return await handler(request)
            if unknown := sorted(request.query.keys() - known):
                raise BadRequest(422, f"there is no parameter {unknown[0][:60]}")
            return await handler(request)

        setattr(held, "operation", operation)  # noqa: B010  # a function has no such attribute to a type checker
        return held

    return mark


def operations(tables: Iterable[web.RouteTableDef]) -> Iterator[tuple[str, str, Operation]]:
    """Method, path and description of every route that has one."""
    for table in tables:
        for route in table:
            if isinstance(route, web.RouteDef) and (found := getattr(route.handler, "operation", None)):
                yield route.method, route.path, found
