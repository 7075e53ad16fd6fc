"""Bad settings, row by row (`environment.json`), each given to a server of its own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from beeplace.errors import SettingError
from beeplace.settings.settings import parse_settings
from beeplace.settings.table import FIELDS
from tests.catalogue.rows import Row, expanded, inputs
from tests.conftest import StartServer
from tests.e2e.process import run_beeplace

SECRETS = {field.variable for field in FIELDS if field.secret}
BAD = [p for p in inputs("environment", "environments") if p.values[0]["exit"]]
BAD_FIRST = [p for p in BAD if str(p.id).endswith("-0")]  # the rest need no process of their own
GOOD = [p for p in inputs("environment", "environments") if not p.values[0]["exit"]]


def given(environment: dict[str, str], folder: Path) -> dict[str, str]:
    return {name: expanded(value.replace("$HERE", str(folder))) for name, value in environment.items()}


@pytest.mark.parametrize(("row", "environment"), BAD)
def test_a_wrong_setting_is_refused_with_one_line(tmp_path: Path, row: Row, environment: dict[str, str]) -> None:
    ((name, value),) = given(environment, tmp_path).items()
    with pytest.raises(SettingError) as refused:
        parse_settings({name: value})
    assert re.fullmatch(rf"{name}: must be [^\n]+", str(refused.value))
    assert name not in SECRETS or "what was given is not shown" in str(refused.value)


@pytest.mark.parametrize(("row", "environment"), BAD_FIRST)
def test_a_wrong_setting_stops_the_start(tmp_path: Path, row: Row, environment: dict[str, str]) -> None:
    wrong = given(environment, tmp_path)
    ended = run_beeplace(tmp_path, **wrong)
    assert (ended.returncode, ended.stdout) == (row["exit"], "")
    assert re.fullmatch(rf"beeplace: {next(iter(wrong))}: must be [^\n]+\n", ended.stderr), ended.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("row", "environment"), GOOD)
def test_an_odd_setting_starts_all_the_same(
    start_server: StartServer, tmp_path: Path, row: Row, environment: dict[str, str]
) -> None:
    server = start_server(**given(environment, tmp_path))
    assert server.stop() == 0
    log = server.log.read_text()
    assert "Traceback" not in log
    assert row.get("warns", "") in log
