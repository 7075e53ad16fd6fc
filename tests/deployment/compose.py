"""`docker-compose.yml` and the Dockerfile as data, for the tests beside this file."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML

from tests.project import tree

FILE = "docker-compose.yml"


def compose() -> dict[str, Any]:
    """The whole file, with its anchors and merges resolved."""
    loaded: dict[str, Any] = YAML(typ="safe", pure=True).load(tree.text(FILE))
    return loaded


def services() -> dict[str, dict[str, Any]]:
    """Its services by name."""
    found: dict[str, dict[str, Any]] = compose()["services"]
    return found


@dataclass(frozen=True, slots=True)
class Instruction:
    """One line of a Dockerfile, continued lines joined."""

    stage: str
    verb: str
    rest: str


def dockerfile() -> list[Instruction]:
    """What `deployment/Dockerfile` says; a stage without a name is called `runtime`."""
    text = re.sub(r"^#.*\n", "", tree.text("deployment/Dockerfile"), flags=re.MULTILINE)
    stage, found = "", []
    for line in text.replace("\\\n", " ").splitlines():
        verb, _, rest = line.strip().partition(" ")
        if verb == "FROM":
            _, _, stage = rest.partition(" AS ")
        if verb:
            found.append(Instruction(stage or "runtime", verb, rest.strip()))
    return found


def exec_form(verb: str) -> list[str]:
    """The command of CMD or HEALTHCHECK, which has to be in exec form."""
    rest = next(line.rest for line in dockerfile() if line.verb == verb)
    command: list[str] = json.loads(rest[rest.index("[") :])
    return command
