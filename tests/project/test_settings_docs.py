"""Every setting is told where people look for it: the README's table and `.env.example`."""

import io
import re

import pytest
from dotenv import dotenv_values

from beeplace.settings.table import FIELDS, Field
from tests.project import tree

CONTRACT = [
    "HOST",
    "PORT",
    "BOARD_SIZE",
    "BOARD_WIDTH",
    "BOARD_HEIGHT",
    "COLORS",
    "INITIAL_COLOR_INDEX",
    "INITIAL_SCALE",
    "MIN_SCALE",
    "MAX_SCALE",
    "MAX_PIXELS",
    "COOLDOWN",
    "BOARD_REFRESH_RATE",
    "API_KEY",
    "API_KEY_FILE",
    "DATABASE_URL",
    "REDIS_URL",
    "ALLOWED_ORIGINS",
    "TRUSTED_PROXIES",
    "SOCKET_EVENTS_PER_SECOND",
    "SOCKETS_PER_IDENTITY",
    "HANDSHAKES_PER_SECOND",
    "DISPLAY_WIDTH",
    "DISPLAY_HEIGHT",
    "DISPLAY_COLUMNS",
    "DISPLAY_ROWS",
    "LOG_LEVEL",
    "LOG_FORMAT",
]
VARIABLES = [field.variable for field in FIELDS]
DEFAULTS_IN_WORDS = {
    "BOARD_WIDTH": "= `BOARD_SIZE`",
    "BOARD_HEIGHT": "= `BOARD_SIZE`",
    "COLORS": "the thesis's 16",
}


def rows() -> dict[str, list[str]]:
    """README's table of settings: the cells after the variable's."""
    lines = re.findall(r"^\| `([A-Z][A-Z_]+)` \|(.*)\|$", tree.text("README.md"), re.MULTILINE)
    return {variable: [cell.strip() for cell in cells.split("|")] for variable, cells in lines}


@pytest.mark.parametrize("variable", CONTRACT)
def test_the_contracts_settings_exist(variable: str) -> None:
    assert variable in VARIABLES


def test_the_readme_lists_every_setting_and_no_other() -> None:
    assert list(rows()) == VARIABLES


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.variable)
def test_the_readme_says_what_the_program_does(field: Field) -> None:
    default, rule, meaning = rows()[field.variable]
    assert default == DEFAULTS_IN_WORDS.get(field.variable, f"`{field.default}`" if field.default else "none")
    assert (rule, meaning) == (field.rule, field.meaning)


def test_the_example_with_every_line_in_force_is_the_default() -> None:
    """A line `# NAME=value` is a setting out of force; every other comment begins with `# ` and a word."""
    in_force = re.sub(r"^# (?=[A-Z][A-Z_]+=)", "", tree.text(".env.example"), flags=re.MULTILINE)
    assert dotenv_values(stream=io.StringIO(in_force)) == {field.variable: field.default for field in FIELDS}


def test_the_example_sets_nothing_as_it_is() -> None:
    assert dotenv_values(stream=io.StringIO(tree.text(".env.example"))) == {}
