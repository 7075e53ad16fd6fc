"""The specification is valid, and says of the application the whole truth."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiohttp import web
from openapi_spec_validator import OpenAPIV31SpecValidator

from beeplace import __version__, app
from beeplace.app import ROUTES
from beeplace.gateway.http.api.operations import operations
from beeplace.gateway.http.openapi import specification
from beeplace.gateway.http.pages import Pages, folder
from beeplace.settings.settings import parse_settings
from tests.clients.http import get
from tests.servers import API_KEY, ServerProcess

METHODS = {"get", "post", "put", "delete", "patch"}


@pytest.fixture
async def routes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[set[tuple[str, str]]]:
    """Method and path of every route of the application, without pages, their files and Socket.IO."""
    settings = parse_settings({"HOST": "127.0.0.1", "PORT": "0", "DATABASE_URL": f"sqlite:///{tmp_path}/x.db"})
    applications: list[web.Application] = []

    def build(*parts: Any) -> web.Application:
        applications.append(original(*parts))
        return applications[0]

    original = app._application
    monkeypatch.setattr(app, "_application", build)
    async with app.running(settings, API_KEY):
        (application,) = applications
        yield {
            (route.method.lower(), route.resource.canonical)
            for route in application.router.routes()
            if route.resource and route.method != "HEAD" and is_interface(route.resource.canonical)
        }


def is_interface(path: str) -> bool:
    return path not in Pages(folder()).paths and not path.startswith("/socket.io") and path != "/openapi.json"


def test_the_specification_is_valid() -> None:
    assert specification(ROUTES)["openapi"].startswith("3.1")
    assert list(OpenAPIV31SpecValidator(specification(ROUTES)).iter_errors()) == []


async def test_every_route_is_in_the_specification_and_no_other(routes: set[tuple[str, str]]) -> None:
    told = {(m, path) for path, item in specification(ROUTES)["paths"].items() for m in item if m in METHODS}
    assert told == routes


def test_every_example_fits_its_model() -> None:
    found = list(operations(ROUTES))
    assert len(found) > 5
    for _, path, operation in found:
        told = [(operation.reads, example) for example in operation.examples.values()]
        told += [(operation.answers, operation.answer)] if operation.answer else []
        for model, example in told:
            fitting = msgspec.to_builtins(msgspec.convert(example, model))
            assert fitting == {**fitting, **example}, path


async def test_the_specification_is_served(server: ServerProcess) -> None:
    status, body, _ = await get(server.url, "/openapi.json")
    assert (status, json.loads(body)["info"]["version"]) == (200, __version__)


def test_every_operation_names_its_answers() -> None:
    for item in specification(ROUTES)["paths"].values():
        for method, operation in item.items():
            if method in METHODS:
                assert operation["summary"]
                assert operation["responses"].keys() & {"101", "200", "302"}
