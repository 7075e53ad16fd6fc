"""The settings: read once at start from the environment or a `.env` file, each checked against its rule.

Only this module reads the environment.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import orjson
from dotenv import dotenv_values

from beeplace.board.palette import Palette
from beeplace.board.state import NAME, LiveSettings
from beeplace.errors import SettingError
from beeplace.settings.parsers import Cause, Network
from beeplace.settings.table import FIELDS, Field
from beeplace.settings.time_zone import own_time_zone

_OURS = "BEEPLACE_"  # begins no name of ours, and many a guess
# Of deployment/.env.example and of Docker Compose, which read the same file.
_OF_COMPOSE = frozenset(
    ("SITE_ADDRESS", "HTTP_PORT", "HTTPS_PORT", "GATEWAY_USER", "FRONT_SUBNET", "COMPOSE_PROJECT_NAME", "COMPOSE_FILE",
     "COMPOSE_PROFILES", "TZ")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Settings:
    """The checked settings; each attribute is the variable of `FIELDS` in lower case."""

    host: str
    port: int
    board_width: int
    board_height: int
    colors: Palette
    initial_color_index: int
    initial_scale: float
    min_scale: float
    max_scale: float
    max_pixels: int
    cooldown: int
    board_refresh_rate: int
    api_key: str | None
    database_url: Path | str  # a file of SQLite, or the address of a PostgreSQL server
    history_database_url: str | None
    redis_url: str | None
    allowed_origins: tuple[str, ...]
    embed_origins: tuple[str, ...]
    base_path: str
    public_url: str
    trusted_proxies: tuple[Network, ...]
    polling: bool
    io_uring: bool
    deflate: bool
    socket_events_per_second: int
    sockets_per_identity: int
    handshakes_per_second: int
    event_name: str
    reports: bool
    entry: tuple[str, ...]
    entry_hours: int
    wall_code_seconds: int
    ticket_key_file: Path | None
    ticket_list: Path | None
    ticket_revoked: Path | None
    ticket_items: frozenset[int]
    ticket_subevents: frozenset[int]
    event_timezone: str | None
    offline_shell: bool
    shared_assets: Path | None
    archive_folder: Path | None
    archive_when_closed: bool
    archive_film: int
    display_width: int
    display_height: int
    display_columns: int
    display_rows: int
    log_level: str
    log_format: str
    crash_at: tuple[str, int] | None

    @property
    def time_zone(self) -> str:
        """The event's, which is the server's where no other is set."""
        return self.event_timezone or own_time_zone(os.environ.get("TZ", ""))

    @property
    def live(self) -> LiveSettings:
        """The first values of what is state of the board."""
        return LiveSettings(
            max_pixels=self.max_pixels,
            cooldown_seconds=self.cooldown,
            refresh_rate_ms=self.board_refresh_rate,
            sockets_per_identity=self.sockets_per_identity,
            events_per_second=self.socket_events_per_second,
            event_name="" if self.event_name == NAME else self.event_name,
            initial_color=self.initial_color_index,
            initial_scale=self.initial_scale,
            min_scale=self.min_scale,
            max_scale=self.max_scale,
            reports=self.reports,
            entry=self.entry,
            entry_hours=self.entry_hours,
            wall_code_seconds=self.wall_code_seconds,
        )


def read_settings(arguments: Mapping[str, str] | None = None, folder: Path | None = None) -> Settings:
    """The settings of this process: command line over environment over `.env` over defaults.

    Raises SettingError with one line: variable, rule, and what was given, unless it is secret.
    """
    try:
        lines = dotenv_values((folder or Path.cwd()) / ".env")
    except UnicodeDecodeError as error:
        raise SettingError(".env: must be text in UTF-8") from error
    dotenv = {name: value for name, value in lines.items() if value is not None}
    for name in sorted(lines.keys() - dotenv.keys()):
        logging.getLogger("beeplace").warning("%s in .env has no value and is left out: write %s=...", name, name)
    _name_unknown([name for name in dotenv if not name.startswith(_OURS)], " in .env")
    return parse_settings({**dotenv, **os.environ, **(arguments or {})})


def parse_settings(given: Mapping[str, str]) -> Settings:
    """Checks every field, and then what only holds between fields. Raises SettingError."""
    _name_unknown([name for name in given if name.startswith(_OURS)])
    values: dict[str, Any] = {field.name: _value(field, given) for field in FIELDS}
    size, key_file = values.pop("board_size"), values.pop("api_key_file")
    values["board_width"] = values["board_width"] or size
    values["board_height"] = values["board_height"] or size
    if values["api_key"] and key_file:
        raise SettingError("API_KEY and API_KEY_FILE: give one of them")
    values["api_key"] = values["api_key"] or key_file
    settings = Settings(**values)
    _check_together(settings)
    _check_entry(settings)
    _check_addresses(settings)
    if settings.archive_when_closed and settings.archive_folder is None:
        raise SettingError("ARCHIVE_WHEN_CLOSED: must be off where ARCHIVE_FOLDER does not say where, not 'on'")
    return settings


def _value(field: Field, given: Mapping[str, str]) -> Any:
    text = given.get(field.variable, field.default)
    if text == "" and field.default == "" and not (field.secret and field.variable in given):
        return field.empty  # but a secret that is given and empty is a mistake
    try:
        return field.parse(text)
    except (ValueError, OSError, orjson.JSONDecodeError) as error:
        shown = "; what was given is not shown" if field.secret else f", not {text[:80]!r}"
        cause = f": {error}" if isinstance(error, Cause) else ""
        raise SettingError(f"{field.variable}: must be {field.rule}{shown}{cause}") from error


def _check_together(settings: Settings) -> None:
    if settings.initial_color_index >= len(settings.colors):
        raise SettingError(
            f"INITIAL_COLOR_INDEX: must be an index of COLORS (0 to {len(settings.colors) - 1}), "
            f"not {settings.initial_color_index}"
        )
    if settings.min_scale > settings.max_scale:
        raise SettingError(
            f"MIN_SCALE and MAX_SCALE: the first must not be above the second, not {settings.min_scale:g} and "
            f"{settings.max_scale:g}"
        )
    if not settings.min_scale <= settings.initial_scale <= settings.max_scale:
        raise SettingError(
            f"INITIAL_SCALE: must lie between MIN_SCALE ({settings.min_scale:g}) and MAX_SCALE "
            f"({settings.max_scale:g}), not {settings.initial_scale:g}"
        )


def _check_entry(settings: Settings) -> None:
    if "ticket" in settings.entry and not (settings.ticket_key_file or settings.ticket_list):
        raise SettingError(
            "ENTRY: must be without ticket where neither TICKET_KEY_FILE nor TICKET_LIST says what one is, "
            f"not {','.join(settings.entry)!r}"
        )


def _check_addresses(settings: Settings) -> None:
    path = settings.public_url.partition("://")[2].partition("/")[2]
    if settings.public_url and f"/{path}".rstrip("/") != settings.base_path:
        raise SettingError(
            f"PUBLIC_URL: must end with BASE_PATH ({settings.base_path or 'none'}), not {settings.public_url!r}"
        )


def _name_unknown(variables: list[str], where: str = "") -> None:
    """Says which names are none of ours, since a typo would go unnoticed: all in `.env` but those of the containers
    beside us, and in the environment, which is full of others' names, those that begin as if they were."""
    known = {field.variable for field in FIELDS}
    for variable in sorted(set(variables) - known - _OF_COMPOSE):
        near = get_close_matches(variable.upper().removeprefix(_OURS), known, 1)
        hint = f"; did you mean {near[0]}?" if near else ""
        logging.getLogger("beeplace").warning("unknown setting %s%s%s", variable, where, hint)
