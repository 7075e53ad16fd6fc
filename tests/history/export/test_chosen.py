"""`beeplace export --selection`: what the desk would select, in every form and of every store."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import pytest

from beeplace.cli.export import asked_selection, chosen
from beeplace.errors import BadRequest
from beeplace.history.export.export import FORMS, ExportSummary, export
from tests.closed_store import archive, closed_store
from tests.e2e.process import run_beeplace
from tests.history.export.exports import Rows, rows_of
from tests.log.samples import ANN, BOB, HEIGHT, WIDTH, Session

FIRST = 3  # the entry with which the present epoch begins: a reset


async def exported(session: Session, path: Path, selection: dict[str, Any], form: str = "csv") -> ExportSummary:
    source, asked = archive(session), asked_selection(orjson.dumps(selection).decode())
    return await export(source, path, form, partial(chosen, source, asked))


def seqs(rows: Rows) -> list[int]:
    return [row["seq"] for row in rows]


def expected(rows: Rows, selection: dict[str, Any], identities: dict[int, bytes]) -> list[int]:
    """What a slow reader of the documentation takes out of a whole export."""
    found = []
    for row in rows[FIRST:]:
        name = f"bee-{identities[row['seq']].hex()[:8]}"
        area, since, until = (selection.get(key) for key in ("area", "since", "until"))
        kept = selection.get("from", 0) < row["seq"] <= selection.get("to", 10**9)
        kept &= (since is None or row["time"] >= since) and (until is None or row["time"] <= until)
        kept &= row["kind"] in selection.get("kinds", [row["kind"]])
        kept &= name in selection.get("people", [name]) and name not in selection.get("except", [])
        if area and row["x"] is None:
            kept = False
        elif area:
            kept &= row["x"] < area["x"] + area["width"] and area["x"] < row["x"] + row["width"]
            kept &= row["y"] < area["y"] + area["height"] and area["y"] < row["y"] + row["height"]
        if kept:
            found.append(row["seq"])
    return found


async def test_an_export_has_what_is_selected_and_nothing_else(session: Session, tmp_path: Path) -> None:
    await session.open()
    identities = {entry.seq: entry.identity for entry in await session.log()}
    await session.store.close()
    await export(archive(session), tmp_path / "whole", "csv")
    whole = rows_of(tmp_path / "whole", "csv")
    moment, bob = whole[6]["time"], f"bee-{BOB.hex()[:8]}"
    for selection in (
        {},
        {"from": 4, "to": 7},
        {"since": moment},
        {"until": moment},
        {"kinds": ["placement", "paste"]},
        {"people": [bob]},
        {"except": [f"bee-{ANN.hex()[:8]}"]},
        {"area": {"x": 4, "y": 5, "width": 1, "height": 1}},
        {"area": {"x": 0, "y": 0, "width": WIDTH, "height": HEIGHT}, "kinds": ["fill", "paste"], "from": 5},
    ):
        path = tmp_path / orjson.dumps(selection).hex()[:200]
        done = await exported(session, path, selection)
        rows = rows_of(path, "csv")
        assert done.entries == len(rows)
        assert seqs(rows) == expected(whole, selection, identities), selection
        assert rows == [row for row in whole if row["seq"] in seqs(rows)]


@pytest.mark.parametrize("form", FORMS)
async def test_every_form_takes_a_selection(session: Session, tmp_path: Path, form: str) -> None:
    path = tmp_path / "out"
    await exported(session, path, {"kinds": ["placement"], "from": 5}, form)
    if form in ("reddit", "pxls"):
        assert len(path.read_text().splitlines()) - (form == "reddit") == 1
    else:
        assert [(row["seq"], row["kind"]) for row in rows_of(path, form)] == [(7, "placement")]


@pytest.mark.parametrize(
    ("selection", "said"),
    [
        ("nonsense", "must be JSON"),
        ('{"persons": []}', "there is no field persons"),
        ('{"area": {"x": 0, "y": 0, "width": 4096, "height": 1}}', "must lie on the board"),
        ('{"kinds": ["drawing"]}', "kinds are of:"),
        ('{"since": "yesterday"}', "a moment of RFC 3339"),
    ],
)
async def test_a_selection_that_cannot_be_is_refused(
    session: Session, tmp_path: Path, selection: str, said: str
) -> None:
    source = archive(session)
    with pytest.raises(BadRequest, match=said):
        await export(source, tmp_path / "out.csv", "csv", partial(chosen, source, asked_selection(selection)))
    assert not (tmp_path / "out.csv").exists()


async def test_the_command_takes_it_and_says_what_is_wrong(tmp_path: Path) -> None:
    session = await closed_store(tmp_path / "drawn", "sqlite")
    url = f"sqlite:///{session.folder}/board.db"
    for selection, code, said in (('{"from": 4}', 0, ""), ("[]", 64, "beeplace: --selection: what is sent must be")):
        words = ("export", "--to", "out.csv", "--selection", selection)
        ended = await asyncio.to_thread(run_beeplace, tmp_path, *words, DATABASE_URL=url)
        assert (ended.returncode, ended.stderr[: len(said)]) == (code, said)
    assert seqs(rows_of(tmp_path / "out.csv", "csv")) == [5, 6, 7, 8]
