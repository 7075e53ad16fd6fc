"""Reads which modules a Python source imports, and which arrows between them are wrong."""

import ast
from collections.abc import Iterator
from pathlib import PurePath

# From the ground up. A room imports from rooms below it and from itself; the modules at the top level have their own
# places among them. Invariant: no module of a lower room knows one of a higher room.
GROUND = (
    "errors",
    "findings",
    "logs",
    "log_limit",
    "progress",
    "terminal",
    "coalesced",
    "origin",
    "outage",
    "models",
    "__init__",
)
ROOMS = (GROUND, ("board",), ("log",), ("settings", "people"), ("history",), ("desk",), ("gateway",),
         ("doctor", "rehearsal", "supervisor"),
         ("lifecycle",), ("app",), ("cli",), ("__main__",))  # fmt: skip
FLOOR = {name: floor for floor, names in enumerate(ROOMS) for name in names}

# The same inside of the gateway.
GATEWAY = (("metrics", "participants", "sliced", "refusal_log", "__init__"), ("wire",),
           ("connection", "initial_state"), ("fanout",),
           ("request_budget", "socketio_server", "bans", "entry_news", "known_crowd", "surplus_sockets", "events",
            "gateway", "site_address", "new_names", "gauges"),
           ("http",), ("desk_socket",))  # fmt: skip
GATEWAY_FLOOR = {name: floor for floor, names in enumerate(GATEWAY) for name in names}

DRIVERS = {"apsw": "sqlite", "asyncpg": "postgres", "redis": "redis"}
TECHNOLOGIES = tuple(DRIVERS.values())
NETWORK = ("aiohttp", "socketio", "engineio")
ENVIRONMENT = ("environ", "environb", "getenv")
# They build the server from its parts, or examine them, so they know the parts by name.
BUILDERS = ("beeplace/app.py", "beeplace/doctor/report.py")


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
    """Why a module may not import that name; None where it may."""
    parts = path.with_suffix("").parts
    if parts[0] != "beeplace":
        return None
    if reason := _wrong_floor(parts, name.split(".")):
        return reason
    if parts[1] in ("board", "log") and inside(name, *NETWORK):
        return "neither the board nor the log knows the network of clients"
    technology = parts[2] if parts[1] == "log" and len(parts) > 3 else None
    for other in TECHNOLOGIES:
        if inside(name, f"beeplace.log.{other}") and technology != other and str(path) not in BUILDERS:
            return "adapters are chosen by the app alone"
    for driver, owner in DRIVERS.items():
        if inside(name, driver) and technology != owner:
            return f"only log/{owner} knows {driver}"
    return None


def _wrong_floor(parts: tuple[str, ...], name: list[str]) -> str | None:
    if name[0] != "beeplace" or len(name) < 2:
        return None
    ours, theirs = FLOOR.get(parts[1]), FLOOR.get(name[1])
    if ours is None:
        return f"{parts[1]} has no place among the rooms"
    if theirs is not None and (theirs > ours or (theirs == ours and parts[1] != name[1] and ours > 0)):
        return f"{parts[1]} lies below {name[1]}, or beside it"
    if parts[1] == name[1] == "gateway" and len(parts) > 2 and len(name) > 2:
        ours, theirs = GATEWAY_FLOOR.get(parts[2]), GATEWAY_FLOOR.get(name[2])
        if ours is None:
            return f"{parts[2]} has no place in the gateway"
        if theirs is not None and theirs > ours:
            return f"{parts[2]} lies below {name[2]} in the gateway"
    return None


def inside(name: str, *packages: str) -> bool:
    return any(name == package or name.startswith(package + ".") for package in packages)


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
