"""The settings: read once at start from the environment or a `.env` file, each checked against its rule.

Only this module reads the environment. `FIELDS` is the table that README and `.env.example` repeat.
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

from beeplace.board.palette import THESIS_COLORS, Palette
from beeplace.board.pixel import LARGEST_SIDE, SMALLEST_SIDE
from beeplace.errors import SettingError
from beeplace.setting_types import (
    Network,
    Parse,
    api_key,
    api_key_file,
    database,
    host,
    integer,
    networks,
    on_off,
    one_of,
    origins,
    palette,
    positive,
)


@dataclass(frozen=True, slots=True)
class Field:
    """One setting: its variable, the default as it would be written, its rule in words, and what it means."""

    variable: str
    default: str
    rule: str
    meaning: str
    parse: Parse
    secret: bool = False
    empty: Any = None

    @property
    def name(self) -> str:
        """The attribute of `Settings` that has its value."""
        return self.variable.lower()


_SIDE = f"an integer from {SMALLEST_SIDE} to {LARGEST_SIDE}"
_side = integer(SMALLEST_SIDE, LARGEST_SIDE)
_pixels = integer(1, 100_000)

FIELDS = (
    Field("HOST", "0.0.0.0", "an address or host name", "address to listen on", host),
    Field(
        "PORT",
        "8000",
        "an integer from 0 to 65535",
        "port to listen on; 0 takes any free one and prints it",
        integer(0, 65535),
    ),
    Field("BOARD_SIZE", "64", _SIDE, "width and height of a square board, in pixels", _side),
    Field("BOARD_WIDTH", "", _SIDE, "width of a rectangular board, in pixels; BOARD_SIZE if empty", _side),
    Field("BOARD_HEIGHT", "", _SIDE, "height of a rectangular board, in pixels; BOARD_SIZE if empty", _side),
    Field(
        "COLORS",
        orjson.dumps(THESIS_COLORS).decode(),
        "a JSON array of 2 to 256 distinct #RRGGBB",
        "the palette",
        palette,
    ),
    Field("INITIAL_COLOR_INDEX", "3", "an index of COLORS", "colour selected at first", integer(0, 255)),
    Field(
        "INITIAL_SCALE",
        "9",
        "a number above 0",
        "zoom of the drawing page at first, screen pixels for each pixel",
        positive,
    ),
    Field("MIN_SCALE", "1", "a number above 0", "smallest zoom of the drawing page", positive),
    Field("MAX_SCALE", "40", "a number above 0", "largest zoom of the drawing page", positive),
    Field(
        "MAX_PIXELS", "3", "an integer from 1 to 1000", "pixels one identity may place in a window", integer(1, 1000)
    ),
    Field(
        "COOLDOWN",
        "10",
        "an integer from 0 to 86400",
        "length of that window in seconds, opened by its first pixel; 0: no limit",
        integer(0, 86400),
    ),
    Field(
        "BOARD_REFRESH_RATE", "100", "an integer from 20 to 5000", "milliseconds between two batches", integer(20, 5000)
    ),
    Field(
        "API_KEY",
        "",
        "24 to 512 printable characters",
        "organiser's key; without one a random key is printed at start",
        api_key,
        secret=True,
    ),
    Field(
        "API_KEY_FILE",
        "",
        "a file only its owner can read, with a key of 24 to 512 printable characters",
        "file with the organiser's key, instead of API_KEY",
        api_key_file,
        secret=True,
    ),
    Field(
        "DATABASE_URL",
        "sqlite:///data/beeplace.db",
        "sqlite:///path",
        "where the log lives; the path is relative to the working directory",
        database,
    ),
    Field(
        "ALLOWED_ORIGINS",
        "",
        "a list of origins such as https://place.example.org",
        "sites whose pages may open sockets, separated by commas; the same site if empty",
        origins,
        empty=(),
    ),
    Field(
        "TRUSTED_PROXIES",
        "",
        "a list of networks such as 10.0.0.0/8",
        "proxies whose X-Forwarded headers are believed, separated by commas",
        networks,
        empty=(),
    ),
    Field("POLLING", "on", "on or off", "whether clients may use HTTP long-polling, as original ones do first", on_off),
    Field(
        "SOCKET_EVENTS_PER_SECOND",
        "20",
        "an integer from 1 to 10000",
        "events one socket may send; more closes it with 4429",
        integer(1, 10_000),
    ),
    Field(
        "SOCKETS_PER_IDENTITY",
        "4",
        "an integer from 1 to 1000000",
        "open sockets of one identity",
        integer(1, 1_000_000),
    ),
    Field(
        "HANDSHAKES_PER_SECOND",
        "500",
        "an integer from 1 to 1000000",
        "new sockets taken; the rest hear when to come back",
        integer(1, 1_000_000),
    ),
    Field(
        "DISPLAY_WIDTH",
        "1920",
        "an integer from 1 to 100000",
        "first width of a screen on the wall page, in screen pixels",
        _pixels,
    ),
    Field(
        "DISPLAY_HEIGHT",
        "1080",
        "an integer from 1 to 100000",
        "first height of a screen on the wall page, in screen pixels",
        _pixels,
    ),
    Field("DISPLAY_COLUMNS", "1", "an integer from 1 to 100", "first number of screens side by side", integer(1, 100)),
    Field(
        "DISPLAY_ROWS", "1", "an integer from 1 to 100", "first number of screens on top of each other", integer(1, 100)
    ),
    Field(
        "LOG_LEVEL",
        "info",
        "debug, info, warning or error",
        "the least serious lines to log",
        one_of("debug", "info", "warning", "error"),
    ),
    Field("LOG_FORMAT", "text", "text or json", "how log lines look", one_of("text", "json")),
)


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
    database_url: Path
    allowed_origins: tuple[str, ...]
    trusted_proxies: tuple[Network, ...]
    polling: bool
    socket_events_per_second: int
    sockets_per_identity: int
    handshakes_per_second: int
    display_width: int
    display_height: int
    display_columns: int
    display_rows: int
    log_level: str
    log_format: str


def read_settings(arguments: Mapping[str, str] | None = None, folder: Path | None = None) -> Settings:
    """The settings of this process: command line over environment over `.env` over defaults.

    Raises SettingError with one line: variable, rule, and what was given, unless it is secret.
    """
    try:
        dotenv = {k: v for k, v in dotenv_values((folder or Path.cwd()) / ".env").items() if v is not None}
    except UnicodeDecodeError as error:
        raise SettingError(".env: must be text in UTF-8") from error
    return parse_settings({**dotenv, **os.environ, **(arguments or {})})


def parse_settings(given: Mapping[str, str]) -> Settings:
    """Checks every field, and then what only holds between fields. Raises SettingError."""
    _refuse_unknown(given)
    values: dict[str, Any] = {field.name: _value(field, given) for field in FIELDS}
    size, key_file = values.pop("board_size"), values.pop("api_key_file")
    values["board_width"] = values["board_width"] or size
    values["board_height"] = values["board_height"] or size
    if values["api_key"] and key_file:
        raise SettingError("API_KEY and API_KEY_FILE: give one of them")
    values["api_key"] = values["api_key"] or key_file
    settings = Settings(**values)
    _check_together(settings)
    return settings


def _value(field: Field, given: Mapping[str, str]) -> Any:
    text = given.get(field.variable, field.default)
    if text == "" and field.default == "" and not (field.secret and field.variable in given):
        return field.empty  # but a secret that is given and empty is a mistake
    try:
        return field.parse(text)
    except (ValueError, OSError, orjson.JSONDecodeError) as error:
        shown = "a secret" if field.secret else repr(text[:80])
        raise SettingError(f"{field.variable}: must be {field.rule}, not {shown}") from error


def _check_together(settings: Settings) -> None:
    if settings.initial_color_index >= len(settings.colors):
        raise SettingError(
            f"INITIAL_COLOR_INDEX: must be an index of COLORS (0 to {len(settings.colors) - 1}), "
            f"not {settings.initial_color_index}"
        )
    if not settings.min_scale <= settings.initial_scale <= settings.max_scale:
        raise SettingError(
            f"INITIAL_SCALE: must lie between MIN_SCALE ({settings.min_scale:g}) and MAX_SCALE "
            f"({settings.max_scale:g}), not {settings.initial_scale:g}"
        )


def _refuse_unknown(given: Mapping[str, str]) -> None:
    """A variable that begins with BEEPLACE_ is none of ours: say so, since a typo would go unnoticed."""
    for variable in sorted(v for v in given if v.startswith("BEEPLACE_")):
        near = get_close_matches(variable.removeprefix("BEEPLACE_"), [field.variable for field in FIELDS], 1)
        hint = f"; did you mean {near[0]}?" if near else ""
        logging.getLogger("beeplace").warning("unknown setting %s%s", variable, hint)
