"""What `docs/event-night.md` and `docs/deployment.md` tell people to type exists, and so does what they link to."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from beeplace.__main__ import _parser
from tests.deployment.compose import services
from tests.project import tree

NIGHT = "docs/event-night.md"
PAGES = (NIGHT, "docs/deployment.md")
# Verb of `docker compose`: the options that the pages use with it.
VERBS = {
    "build": set[str](),
    "exec": set[str](),
    "logs": {"--since", "--tail"},
    "ps": set[str](),
    "restart": set[str](),
    "run": {"--rm", "--no-deps"},
    "stats": {"--no-stream"},
    "stop": set[str](),
    "up": {"--build", "--detach", "--no-deps", "--wait"},
}
WITH_VALUE = {"--since", "--tail"}
OF_THE_MACHINE = {"cat deployment/secrets/api_key", "df -h"}
OF_DOCKER = {"docker image prune --force", "docker builder prune --force"}


def commands(page: str) -> list[str]:
    """Every line of the code blocks."""
    blocks = re.findall(r"^```\n(.*?)^```", tree.text(page), re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


@pytest.mark.parametrize("command", sorted(set(commands(NIGHT))))
def test_a_command_of_the_night_exists(command: str) -> None:
    words = shlex.split(command)
    if words[:2] == ["docker", "compose"]:
        check_compose(words[2], words[3:])
    elif command not in OF_THE_MACHINE | OF_DOCKER:
        assert words == ["deployment/prepare.sh"]
        assert (tree.ROOT / words[0]).is_file()


def check_compose(verb: str, words: list[str]) -> None:
    """A verb, options that it has, services that exist, and for exec and run a command that the image has."""
    while words and words[0].startswith("--"):
        assert words[0] in VERBS[verb]
        words = words[2:] if words[0] in WITH_VALUE else words[1:]
    if verb not in ("exec", "run"):
        assert set(words) <= set(services())
        return
    assert words[0] in services()
    program, *arguments = words[1:]
    if program == "beeplace":
        assert _parser().parse_args(arguments).command
    else:
        assert program == "ask"
        assert arguments in (["/ready"], ["/metrics"])


def test_backups_go_where_compose_has_a_place_for_them() -> None:
    assert all("/backups/" in command for command in commands(NIGHT) if " backup " in command or " restore " in command)
    for name in ("gateway1", "gateway2"):
        assert "./deployment/backups:/backups" in services()[name]["volumes"]


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_links_to_is_there(page: str) -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", tree.text(page))
    assert links
    assert [link for link in links if not (tree.ROOT / Path(page).parent / link).exists()] == []


def test_the_page_for_the_night_is_short() -> None:
    assert len(tree.text(NIGHT).split()) < 1000
