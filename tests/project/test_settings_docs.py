"""Every setting is told where people look for it: the README's table and `.env.example`."""

import re

import pytest

from beeplace.settings import FIELDS
from tests.project import tree

# REDIS_URL is not among them yet: without the Redis bus it would promise what nothing does.
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


def readme_variables() -> list[str]:
    """The variables in the first column of README's tables; one row may hold several."""
    first_cells = re.findall(r"^\| *(`[A-Z][^|]*)\|", tree.text("README.md"), re.MULTILINE)
    return [variable for cell in first_cells for variable in re.findall(r"`([A-Z][A-Z_]+)`", cell)]


def example_variables() -> list[str]:
    return re.findall(r"^#? ?([A-Z][A-Z_]+)=", tree.text(".env.example"), re.MULTILINE)


@pytest.mark.parametrize("variable", CONTRACT)
def test_the_contracts_settings_exist(variable: str) -> None:
    assert variable in VARIABLES


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.variable)
def test_a_setting_has_a_meaning(field: object) -> None:
    assert str(getattr(field, "meaning", "")).strip()


def test_the_readme_lists_every_setting_and_no_other() -> None:
    assert sorted(readme_variables()) == sorted(VARIABLES)


def test_the_example_lists_every_setting_once_and_no_other() -> None:
    assert sorted(example_variables()) == sorted(VARIABLES)
