"""Reads which modules a Python source imports, and which arrows between them are wrong."""

import ast
import re
from collections.abc import Iterator
from pathlib import PurePath

ADAPTER = re.compile(r"(store|bus)_\w+")
DRIVERS = {"apsw": "store_sqlite", "asyncpg": "store_postgres", "redis": "bus_redis"}
NETWORK = ("aiohttp", "socketio", "engineio")
ENVIRONMENT = ("environ", "environb", "getenv")
# They build the server from its parts, or examine them, so they know the parts by name.
BUILDERS = ("beeplace/app.py", "beeplace/ports.py", "beeplace/doctor.py", "beeplace/__main__.py")


def imported(source: str, path: PurePath) -> Iterator[str]:
    """Full names of all that is imported anywhere in the source: `a.b` and, for `from a import b`, `a` and `a.b`."""
    package = path.parent.parts
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*above, *([node.module] if node.module else [])])
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def wrong_arrows(source: str, path: PurePath) -> set[str]:
    """One sentence for each import that points the wrong way."""
    return {
        f"{path} imports {name}: {reason}"
        for name in imported(source, path)
        if (reason := objection(path, name)) is not None
    }


def objection(path: PurePath, name: str) -> str | None:
    board, gateway = path.is_relative_to("beeplace/board"), path.is_relative_to("beeplace/gateway")
    if board and name.startswith("beeplace.") and not inside(name, "beeplace.board", "beeplace.errors"):
        return "the board knows only itself and the errors"
    if board and inside(name, *NETWORK):
        return "the board knows no network"
    if gateway and inside(name, "beeplace.app", "beeplace.cli", "beeplace.__main__"):
        return "the gateway is built by the app, it does not know it"
    if gateway and inside(name, "beeplace.displays"):
        return "the gateway carries the displays, it does not know them"
    if path.is_relative_to("beeplace/displays") and inside(name, "beeplace.app", "beeplace.cli", "beeplace.__main__"):
        return "the displays are built by the app, they do not know it"
    if names_adapter(name) and not is_adapter(path) and str(path) not in BUILDERS:
        return "adapters are chosen by the app alone"
    for driver, adapter in DRIVERS.items():
        if inside(name, driver) and not path.name.startswith(adapter):
            return f"only {adapter} knows {driver}"
    return None


def inside(name: str, *packages: str) -> bool:
    return any(name == package or name.startswith(package + ".") for package in packages)


def names_adapter(name: str) -> bool:
    return inside(name, "beeplace.board") and any(ADAPTER.fullmatch(part) for part in name.split("."))


def is_adapter(path: PurePath) -> bool:
    """An adapter may be split over several modules; each has a name that begins like its port's."""
    return ADAPTER.fullmatch(path.stem) is not None


def reads_environment(source: str) -> bool:
    tree = list(ast.walk(ast.parse(source)))
    attributes = any(
        isinstance(node, ast.Attribute)
        and node.attr in ENVIRONMENT
        and isinstance(node.value, ast.Name)
        and node.value.id == "os"
        for node in tree
    )
    names = any(
        isinstance(node, ast.ImportFrom)
        and (
            node.module == "dotenv" or (node.module == "os" and any(alias.name in ENVIRONMENT for alias in node.names))
        )
        for node in tree
    )
    return attributes or names
