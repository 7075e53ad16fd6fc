"""The table of all settings, which README and `.env.example` repeat: variable, default, rule, meaning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

from beeplace.board.geometry import LARGEST_SIDE, SMALLEST_SIDE
from beeplace.board.palette import THESIS_COLORS
from beeplace.board.setting_rules import OPEN, WAYS
from beeplace.board.state import NAME
from beeplace.log.crash_points import ALL_POINTS, POINTS
from beeplace.settings.parsers import (
    Parse,
    api_key,
    api_key_file,
    base_path,
    crash_point,
    database,
    entry,
    file,
    folder,
    host,
    integer,
    networks,
    numbers,
    on_off,
    one_of,
    origins,
    palette,
    positive,
    public_url,
    redis,
    standby,
    words,
)
from beeplace.settings.time_zone import time_zone


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
    Field(
        "HOST", "0.0.0.0", "an address or host name", "address to listen on; :: is every address of IPv6 and IPv4", host
    ),
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
        "a file that nobody else can read, with a key of 24 to 512 printable characters",
        "file with the organiser's key, instead of API_KEY",
        api_key_file,
        secret=True,
    ),
    Field(
        "DATABASE_URL",
        "sqlite:///data/beeplace.db",
        "sqlite:///path or postgresql://user:password@host/name",
        "where the log lives: a file, its path relative to the working directory, or a server that gateways share",
        database,
        secret=True,
    ),
    Field(
        "HISTORY_DATABASE_URL",
        "",
        "postgresql://user:password@host/name",
        "a standby of DATABASE_URL's server that beeplace export reads instead; it is DATABASE_URL's if empty",
        standby,
        secret=True,
    ),
    Field(
        "REDIS_URL",
        "",
        "redis://, rediss://, unix:// or redis+sentinel://",
        "where the gateways of one board tell each other of changes, its own database; they use the log if empty",
        redis,
        secret=True,
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
        "EMBED_ORIGINS",
        "",
        "a list of origins such as https://festival.example.org",
        "sites whose pages may show /display and /privacy in a frame, separated by commas; only this site if empty",
        origins,
        empty=(),
    ),
    Field(
        "BASE_PATH",
        "",
        "a path such as /place, of letters, digits and . _ ~ -",
        "folder of its host in which a proxy shows the site; the root if empty",
        base_path,
        empty="",
    ),
    Field(
        "PUBLIC_URL",
        "",
        "an address such as https://place.example.org, with BASE_PATH at its end",
        "what QR codes and previews of links begin with; the address that was asked for if empty",
        public_url,
        empty="",
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
    Field("IO_URING", "on", "on or off", "whether batches are sent through io_uring where the system lets us", on_off),
    Field("DEFLATE", "on", "on or off", "whether WebSockets that offer permessage-deflate are sent compressed", on_off),
    Field(
        "SOCKET_EVENTS_PER_SECOND",
        "20",
        "an integer from 1 to 10000",
        "events one socket may send, and up to 5 seconds' worth at once; more closes it with 4429",
        integer(1, 10_000),
    ),
    Field(
        "SOCKETS_PER_IDENTITY",
        "4",
        "an integer from 1 to 1000000",
        "open sockets of one identity; a newer one takes the place of one that is silent, or of the oldest",
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
        "EVENT_NAME",
        NAME,
        "1 to 60 printable characters",
        "what the drawing page and the previews of its links are called",
        words(60),
    ),
    Field("REPORTS", "on", "on or off", "whether people may report what they see to the organisers", on_off),
    Field(
        "ENTRY",
        OPEN,
        f"{OPEN}, or a list of {', '.join(WAYS)}",
        "who may draw: anyone, or who enters the code that the walls show, shows a ticket, or whose device has worked",
        entry,
    ),
    Field(
        "ENTRY_HOURS",
        "24",
        "an integer from 1 to 720",
        "hours for which somebody who has entered may draw",
        integer(1, 720),
    ),
    Field(
        "WALL_CODE_SECONDS",
        "15",
        "an integer from 5 to 300",
        "how long a code is on the walls; the one before it is still taken",
        integer(5, 300),
    ),
    Field(
        "TICKET_KEY_FILE",
        "",
        "a file with public keys (PEM, or valid_keys of pretix's API)",
        "whose signed tickets let in: the event's, as pretix gives it",
        file,
    ),
    Field(
        "TICKET_LIST",
        "",
        "a file with a code in each line, or CSV with a column code, secret, ticket or barcode",
        "codes that let in, each one person",
        file,
    ),
    Field(
        "TICKET_REVOKED",
        "",
        "such a file, or JSON as pretix gives it",
        "tickets and codes that let nobody in any more; read again when it changes, as are those two",
        file,
    ),
    Field(
        "TICKET_ITEMS",
        "",
        "a list of numbers",
        "products of pretix whose signed tickets let in; all if empty",
        numbers,
        empty=frozenset(),
    ),
    Field(
        "TICKET_SUBEVENTS",
        "",
        "a list of numbers",
        "dates of a series in pretix whose signed tickets let in; all if empty",
        numbers,
        empty=frozenset(),
    ),
    Field(
        "EVENT_TIMEZONE",
        "",
        "a zone such as Europe/Zurich",
        "the zone of times on walls; the server's if empty",
        time_zone,
    ),
    Field(
        "OFFLINE_SHELL",
        "on",
        "on or off",
        "whether browsers keep the pages, so that they open without a network; off takes away what was kept",
        on_off,
    ),
    Field(
        "SHARED_ASSETS",
        "",
        "a folder",
        "where gateways of two versions, in the middle of a change, find each other's files",
        folder,
    ),
    Field(
        "ARCHIVE_FOLDER",
        "",
        "a folder",
        "where archive folders are put that are asked for at the desk; none can be if empty",
        folder,
    ),
    Field(
        "ARCHIVE_WHEN_CLOSED",
        "off",
        "on or off",
        "whether an archive folder is made each time the drawing is closed; it needs ARCHIVE_FOLDER",
        on_off,
    ),
    Field(
        "ARCHIVE_FILM",
        "30",
        "an integer from 0 to 3600",
        "seconds of the film in such an archive folder; 0: none",
        integer(0, 3_600),
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
    Field(
        "CRASH_AT",
        "",
        f"one of {', '.join(POINTS)}, perhaps behind action-, a colon and a number",
        "for tests of crashes alone: the process kills itself once it has passed that point so many times",
        crash_point(ALL_POINTS),
    ),
)
