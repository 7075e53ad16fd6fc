"""Tickets that let in: signed by pretix's own code (see scripts/pretix_tickets.py), and codes of a list."""

from __future__ import annotations

import base64
import json
import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from beeplace.errors import SettingError
from beeplace.people.tickets.check import TicketCheck, TicketRefused
from beeplace.people.tickets.signed import public_keys, verified
from beeplace.settings.settings import parse_settings

GOLDEN: dict[str, Any] = json.loads((Path(__file__).parent / "pretix_sig1.json").read_text())
TICKETS: dict[str, str] = GOLDEN["tickets"]
JUNE_FIRST = datetime(2026, 6, 1, 12, tzinfo=UTC).timestamp()


class Door:
    """Files in a folder, and what is judged by them."""

    def __init__(self, folder: Path, **sources: Any) -> None:
        self.now_seconds, self.folder = 0.0, folder
        self.wall_seconds = JUNE_FIRST
        (folder / "keys").write_text(GOLDEN["pem"])
        self.check = TicketCheck(
            parse_settings({"TICKET_KEY_FILE": str(folder / "keys")} | {k: str(v) for k, v in sources.items()}),
            lambda: self.now_seconds,
            lambda: round(1000 * self.wall_seconds),
        )

    async def says(self, text: str) -> str:
        try:
            return "listed" if (await self.check.judge(text)).listed else "signed"
        except TicketRefused as refused:
            return refused.code

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text)
        return path


async def test_a_ticket_that_pretix_signed_for_the_event_is_one(tmp_path: Path) -> None:
    door = Door(tmp_path)
    assert [await door.says(TICKETS[name]) for name in ("standard", "vip", "large_item", "friday")] == ["signed"] * 4
    assert await door.says(f" {TICKETS['standard']}\n") == "signed"
    assert await door.says(TICKETS["of_another_event"]) == "invalid"
    assert (await door.check.judge(TICKETS["standard"])).name != (await door.check.judge(TICKETS["another"])).name


async def test_what_a_ticket_says_is_read_as_pretix_wrote_it() -> None:
    keys = public_keys(GOLDEN["pem"])
    found = {name: verified(text, keys) for name, text in TICKETS.items()}
    assert {name: says and (says.item, says.subevent) for name, says in found.items()} == {
        "standard": (12, 0), "another": (12, 0), "large_item": (2**40 + 5, 0), "vip": (14, 0), "friday": (12, 301),
        "saturday": (12, 302), "timed": (12, 0), "of_another_event": None,
    }  # fmt: skip


async def test_every_changed_ticket_is_none(tmp_path: Path) -> None:
    door, right = Door(tmp_path), TICKETS["standard"]
    data = bytearray(base64.b64decode(right[::-1]))
    for at in range(len(data)):
        data[at] ^= 1
        assert await door.says(base64.b64encode(bytes(data)).decode()[::-1]) == "invalid", at
        data[at] ^= 1
    for text in (right[1:], right + "A", right[::-1], right.lower(), "", "=", "é" * 40, "A" * 1000, "\0"):
        assert await door.says(text) == "invalid", text


async def test_products_and_dates_that_do_not_let_in_are_refused(tmp_path: Path) -> None:
    door = Door(tmp_path, TICKET_ITEMS=12, TICKET_SUBEVENTS=301)
    told = {name: await door.says(TICKETS[name]) for name in ("vip", "standard", "friday", "saturday")}
    assert told == {"vip": "other", "standard": "other", "friday": "signed", "saturday": "other"}


async def test_a_ticket_is_valid_from_its_first_to_its_last_moment(tmp_path: Path) -> None:
    door = Door(tmp_path)
    said = []
    for hours in (-0.1, 0, 16, 16.1):
        door.wall_seconds = JUNE_FIRST + 3600 * hours
        said.append(await door.says(TICKETS["timed"]))
    assert said == ["early", "signed", "signed", "over"]


@pytest.mark.parametrize("form", ["text", "csv", "json"])
async def test_revoked_tickets_are_told_as_pretix_tells_them(tmp_path: Path, form: str) -> None:
    secret = TICKETS["standard"]
    rows = [{"id": 1, "secret": secret, "created": "2026-05-01T00:00:00Z"}]
    content = {"text": secret, "csv": f"id;secret\n1;{secret}\n", "json": json.dumps({"count": 1, "results": rows})}
    path = tmp_path / "revoked"
    path.write_text(content[form])
    door = Door(tmp_path, TICKET_REVOKED=path)
    assert [await door.says(TICKETS[name]) for name in ("standard", "another")] == ["revoked", "signed"]
    respelt = next(secret[:at] + other + secret[at + 1 :] for at, other in _other_padding_bits(secret))
    assert base64.b64decode(respelt[::-1]) == base64.b64decode(secret[::-1])  # the same bytes, with idle bits set
    assert await door.says(respelt) == "revoked"


def _other_padding_bits(secret: str) -> list[tuple[int, str]]:
    """Where the last letter before the padding stands, and one that stands for the same bytes."""
    at = len(secret) - len(secret.lstrip("="))
    assert at > 0
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    return [(at, alphabet[alphabet.index(secret[at]) ^ 1])]


async def test_a_list_in_any_usual_form_lets_in(tmp_path: Path) -> None:
    forms = (
        "ABC-DEF 123\r\nsecond1\n\n",
        '\ufeffname,code\nMia,ABC-DEF-123\n"Lee, Al",second1\n',
        "Nr\tBarcode\n1\tabcdef123\n2\tsecond1\n",
    )
    for form in forms:
        (tmp_path / "list").write_text(form, encoding="utf-8")
        door = Door(tmp_path, TICKET_LIST=tmp_path / "list")
        assert door.check.listed == 2
        assert [await door.says(text) for text in ("abc def-123", "SECOND1", "code", "Mia", "secon")] == [
            "listed", "listed", "invalid", "invalid", "invalid",
        ], form  # fmt: skip


async def test_a_file_that_changes_is_read_again_and_a_broken_one_is_not(tmp_path: Path) -> None:
    listed, revoked = tmp_path / "list", tmp_path / "revoked"
    listed.write_text("first1\nsecond1\n")
    revoked.write_text("")
    door = Door(tmp_path, TICKET_LIST=listed, TICKET_REVOKED=revoked)

    def rewrite(path: Path, text: str) -> None:
        path.write_text(text)
        os.utime(path, ns=(time.time_ns(), path.stat().st_mtime_ns + 1))
        door.now_seconds += 2

    rewrite(listed, "first1\nsecond1\nthird12\n")
    rewrite(revoked, "FIRST-1\n")
    assert [await door.says(text) for text in ("first1", "second1", "third12")] == ["revoked", "listed", "listed"]
    rewrite(listed, "a;b\n1;2\n")
    assert await door.says("third12") == "listed"
    listed.unlink()
    door.now_seconds += 2
    assert await door.says("third12") == "listed"


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("TICKET_KEY_FILE", "no key", "TICKET_KEY_FILE: an Ed25519 public key"),
        ("TICKET_LIST", "short\nlong-enough\n", "TICKET_LIST: 1 of its codes"),
        ("TICKET_LIST", "a;b\n1;2\n", "TICKET_LIST: one of the columns"),
        ("TICKET_REVOKED", '{"detail": "no"}', "TICKET_REVOKED: this JSON"),
    ],
)
def test_a_file_that_is_none_stops_the_start(tmp_path: Path, name: str, content: str, words: str) -> None:
    (tmp_path / "file").write_text(content)
    with pytest.raises(SettingError, match=words):
        Door(tmp_path, **{name: tmp_path / "file"})


def test_keys_are_taken_as_pretix_gives_them() -> None:
    [ours] = public_keys(GOLDEN["pem"])
    told = json.dumps({"valid_keys": GOLDEN["valid_keys"]})
    assert [key.public_bytes_raw() for key in public_keys(told)] == [ours.public_bytes_raw()]
    assert len(public_keys(told + GOLDEN["pem"])) == 2
