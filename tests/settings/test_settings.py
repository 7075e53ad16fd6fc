"""The settings: every field's default and edges, where they come from, and how a wrong one stops the start."""

from __future__ import annotations

import json
import re
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from beeplace.board.palette import THESIS_COLORS, Palette
from beeplace.errors import SettingError
from beeplace.settings.settings import Settings, parse_settings, read_settings
from beeplace.settings.table import FIELDS
from tests.e2e.process import run_beeplace

KEY = "k" * 24
MANY_COLORS = [f"#{n:06x}" for n in range(256)]

DEFAULTS: dict[str, Any] = {
    "host": "0.0.0.0",
    "port": 8000,
    "board_width": 64,
    "board_height": 64,
    "colors": Palette(THESIS_COLORS),
    "initial_color_index": 3,
    "initial_scale": 9,
    "min_scale": 1,
    "max_scale": 40,
    "max_pixels": 3,
    "cooldown": 10,
    "board_refresh_rate": 100,
    "api_key": None,
    "database_url": Path("data/beeplace.db"),
    "allowed_origins": (),
    "embed_origins": (),
    "base_path": "",
    "public_url": "",
    "trusted_proxies": (),
    "polling": True,
    "io_uring": True,
    "deflate": True,
    "event_name": "BeePlace",
    "reports": True,
    "entry": ("open",),
    "entry_hours": 24,
    "wall_code_seconds": 15,
    "ticket_key_file": None,
    "ticket_list": None,
    "ticket_revoked": None,
    "ticket_items": frozenset(),
    "ticket_subevents": frozenset(),
    "event_timezone": None,
    "offline_shell": True,
    "shared_assets": None,
    "socket_events_per_second": 20,
    "sockets_per_identity": 4,
    "handshakes_per_second": 500,
    "archive_folder": None,
    "archive_when_closed": False,
    "archive_film": 30,
    "display_width": 1920,
    "display_height": 1080,
    "display_columns": 1,
    "display_rows": 1,
    "log_level": "info",
    "log_format": "text",
    "history_database_url": None,
    "redis_url": None,
    "crash_at": None,
}

GOOD: list[tuple[str, str, str, Any]] = [
    ("HOST", "::1", "host", "::1"),
    ("PORT", "0", "port", 0),
    ("PORT", "65535", "port", 65535),
    ("BOARD_SIZE", "8", "board_width", 8),
    ("BOARD_SIZE", "4096", "board_height", 4096),
    ("BOARD_WIDTH", "4096", "board_width", 4096),
    ("BOARD_HEIGHT", "8", "board_height", 8),
    ("COLORS", '["#000000","#FfFfFf"]', "colors", Palette(("#000000", "#FfFfFf"))),
    ("COLORS", json.dumps(MANY_COLORS), "colors", Palette(tuple(MANY_COLORS))),
    ("INITIAL_COLOR_INDEX", "0", "initial_color_index", 0),
    ("INITIAL_COLOR_INDEX", "15", "initial_color_index", 15),
    ("INITIAL_SCALE", "1.5", "initial_scale", 1.5),
    ("MIN_SCALE", "0.25", "min_scale", 0.25),
    ("MAX_SCALE", "100", "max_scale", 100),
    ("MAX_PIXELS", "1", "max_pixels", 1),
    ("MAX_PIXELS", "1000", "max_pixels", 1000),
    ("COOLDOWN", "0", "cooldown", 0),
    ("COOLDOWN", "86400", "cooldown", 86400),
    ("BOARD_REFRESH_RATE", "20", "board_refresh_rate", 20),
    ("BOARD_REFRESH_RATE", "5000", "board_refresh_rate", 5000),
    ("API_KEY", KEY, "api_key", KEY),
    ("API_KEY", "~" * 512, "api_key", "~" * 512),
    ("DATABASE_URL", "sqlite:////var/lib/x.db", "database_url", Path("/var/lib/x.db")),
    ("DATABASE_URL", "postgresql://bee:secret@db:5432/bee", "database_url", "postgresql://bee:secret@db:5432/bee"),
    ("DATABASE_URL", "postgres:///bee?host=/run/postgresql", "database_url", "postgres:///bee?host=/run/postgresql"),
    ("HISTORY_DATABASE_URL", "postgresql://standby/place", "history_database_url", "postgresql://standby/place"),
    ("REDIS_URL", "rediss://:secret@cache.example:6380/2", "redis_url", "rediss://:secret@cache.example:6380/2"),
    ("REDIS_URL", "unix:///run/redis.sock?db=1", "redis_url", "unix:///run/redis.sock?db=1"),
    ("EMBED_ORIGINS", "https://a.example:8443", "embed_origins", ("https://a.example:8443",)),
    ("BASE_PATH", "/events/place_2.0/", "base_path", "/events/place_2.0"),
    ("PUBLIC_URL", "https://place.example.org:8443/", "public_url", "https://place.example.org:8443"),
    ("ALLOWED_ORIGINS", "https://a.example, http://b:8080", "allowed_origins", ("https://a.example", "http://b:8080")),
    ("TRUSTED_PROXIES", "10.0.0.0/8,::1", "trusted_proxies", (ip_network("10.0.0.0/8"), ip_network("::1"))),
    ("POLLING", "off", "polling", False),
    ("POLLING", "ON", "polling", True),
    ("IO_URING", "off", "io_uring", False),
    ("DEFLATE", "off", "deflate", False),
    ("REPORTS", "off", "reports", False),
    ("ENTRY", " Code ", "entry", ("code",)),
    ("ENTRY_HOURS", "1", "entry_hours", 1),
    ("WALL_CODE_SECONDS", "300", "wall_code_seconds", 300),
    ("TICKET_KEY_FILE", __file__, "ticket_key_file", Path(__file__)),
    ("TICKET_LIST", __file__, "ticket_list", Path(__file__)),
    ("TICKET_REVOKED", __file__, "ticket_revoked", Path(__file__)),
    ("TICKET_ITEMS", "12, 14", "ticket_items", frozenset((12, 14))),
    ("TICKET_SUBEVENTS", "301", "ticket_subevents", frozenset((301,))),
    ("EVENT_NAME", " Sommerfest 2026 ", "event_name", "Sommerfest 2026"),
    ("EVENT_NAME", "x" * 60, "event_name", "x" * 60),
    ("EVENT_TIMEZONE", "Europe/Zurich", "event_timezone", "Europe/Zurich"),
    ("OFFLINE_SHELL", "off", "offline_shell", False),
    ("SHARED_ASSETS", "/no/such/folder", "shared_assets", Path("/no/such/folder")),
    ("ARCHIVE_FOLDER", "/no/such/folder", "archive_folder", Path("/no/such/folder")),
    ("ARCHIVE_WHEN_CLOSED", "OFF", "archive_when_closed", False),
    ("ARCHIVE_FILM", "0", "archive_film", 0),
    ("ARCHIVE_FILM", "3600", "archive_film", 3600),
    ("SOCKET_EVENTS_PER_SECOND", "1", "socket_events_per_second", 1),
    ("SOCKET_EVENTS_PER_SECOND", "10000", "socket_events_per_second", 10_000),
    ("SOCKETS_PER_IDENTITY", "1", "sockets_per_identity", 1),
    ("HANDSHAKES_PER_SECOND", "1", "handshakes_per_second", 1),
    ("DISPLAY_WIDTH", "1", "display_width", 1),
    ("DISPLAY_HEIGHT", "1", "display_height", 1),
    ("DISPLAY_COLUMNS", "100", "display_columns", 100),
    ("DISPLAY_ROWS", "100", "display_rows", 100),
    ("LOG_LEVEL", "WARNING", "log_level", "warning"),
    ("LOG_FORMAT", "json", "log_format", "json"),
    ("CRASH_AT", "committed:3", "crash_at", ("committed", 3)),
]

# Those of the catalogue (tests/catalogue/cases/environment.json) are not repeated here.
BAD = [
    ("EMBED_ORIGINS", "https://a.example/"),
    ("BASE_PATH", "place"),
    ("PUBLIC_URL", "place.example.org"),
    ("HOST", "no host"),
    ("HOST", ""),
    ("INITIAL_SCALE", "0"),
    ("INITIAL_SCALE", "0.9"),
    ("INITIAL_SCALE", "-1"),
    ("INITIAL_SCALE", "NaN"),
    ("INITIAL_SCALE", "inf"),
    ("INITIAL_SCALE", "1e1"),
    ("MIN_SCALE", "0.0"),
    ("MAX_SCALE", "wide"),
    ("POLLING", "1"),
    ("POLLING", "true"),
    ("IO_URING", "auto"),
    ("DEFLATE", "yes"),
    ("REPORTS", "maybe"),
    ("ENTRY", "closed"),
    ("ENTRY", "open,code"),
    ("ENTRY", "code,code"),
    ("ENTRY_HOURS", "0"),
    ("WALL_CODE_SECONDS", "4"),
    ("ENTRY", "ticket"),  # with nothing that says what one is
    ("TICKET_KEY_FILE", "/no/such/file"),
    ("TICKET_LIST", "/tmp"),
    ("TICKET_REVOKED", "/no/such/file"),
    ("TICKET_ITEMS", "12;14"),
    ("TICKET_SUBEVENTS", "-1"),
    ("EVENT_NAME", " "),
    ("EVENT_NAME", "x" * 61),
    ("EVENT_TIMEZONE", "Zurich"),
    ("OFFLINE_SHELL", "no"),
    ("SHARED_ASSETS", "/etc/passwd"),
    ("ARCHIVE_FOLDER", "/etc/passwd"),
    ("ARCHIVE_WHEN_CLOSED", "yes"),
    ("ARCHIVE_WHEN_CLOSED", "on"),  # with no folder to put it into
    ("ARCHIVE_FILM", "3601"),
    ("SOCKET_EVENTS_PER_SECOND", "0"),
    ("SOCKET_EVENTS_PER_SECOND", "10001"),
    ("SOCKETS_PER_IDENTITY", "0"),
    ("HANDSHAKES_PER_SECOND", "0"),
    ("DISPLAY_WIDTH", "0"),
    ("DISPLAY_HEIGHT", "-5"),
    ("DISPLAY_COLUMNS", "0"),
    ("DISPLAY_COLUMNS", "101"),
    ("DISPLAY_ROWS", "1.5"),
    ("CRASH_AT", "nowhere:1"),
    ("CRASH_AT", "committed"),
    ("CRASH_AT", "committed:0"),
]


@pytest.mark.parametrize("name", list(DEFAULTS))
def test_a_setting_has_its_default(name: str) -> None:
    assert getattr(parse_settings({}), name) == DEFAULTS[name]


def test_every_attribute_has_a_known_default() -> None:
    assert set(Settings.__slots__) == set(DEFAULTS)


def test_every_field_has_good_and_bad_values_in_a_test() -> None:
    catalogue = json.loads((Path(__file__).parents[1] / "catalogue" / "cases" / "environment.json").read_text())["rows"]
    bad = {name for row in catalogue if row.get("exit") for given in row["environments"] for name in given}
    variables = {field.variable for field in FIELDS} - {"API_KEY_FILE"}  # has its own tests below
    assert variables - {variable for variable, *_ in GOOD} == set()
    assert variables - {variable for variable, _ in BAD} - bad == set()


@pytest.mark.parametrize(("variable", "text", "name", "value"), GOOD)
def test_a_value_at_the_edge_is_taken(variable: str, text: str, name: str, value: object) -> None:
    settings = parse_settings({"INITIAL_COLOR_INDEX": "0", variable: text})  # the one that every palette has
    assert getattr(settings, name) == value


@pytest.mark.parametrize(("variable", "text"), BAD)
def test_a_wrong_value_names_its_variable_and_itself(variable: str, text: str) -> None:
    with pytest.raises(SettingError, match=f"^{variable}: must .*{text}") as refused:
        parse_settings({variable: text})
    assert "\n" not in str(refused.value)


def test_a_colour_selected_at_first_must_be_of_the_palette() -> None:
    with pytest.raises(SettingError, match=r"^INITIAL_COLOR_INDEX: .*0 to 1.* not 3"):
        parse_settings({"COLORS": '["#000000","#ffffff"]'})


def test_a_rectangle_may_be_given_by_one_side_and_the_size() -> None:
    settings = parse_settings({"BOARD_SIZE": "100", "BOARD_WIDTH": "50"})
    assert (settings.board_width, settings.board_height) == (50, 100)


def test_a_smallest_scale_above_the_largest_names_the_pair() -> None:
    with pytest.raises(SettingError, match=r"^MIN_SCALE and MAX_SCALE: .*10 and 2$"):
        parse_settings({"MIN_SCALE": "10", "MAX_SCALE": "2"})


@pytest.mark.parametrize("scales", [{"MIN_SCALE": "10"}, {"MAX_SCALE": "8"}])
def test_the_first_scale_lies_between_the_others(scales: dict[str, str]) -> None:
    with pytest.raises(SettingError, match=r"^INITIAL_SCALE: must lie between"):
        parse_settings(scales)


def test_a_long_wrong_value_is_cut() -> None:
    with pytest.raises(SettingError) as refused:
        parse_settings({"PORT": 10_000 * "9"})
    assert len(str(refused.value)) < 200


# where values come from


def test_a_file_in_the_working_directory_is_read(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("COOLDOWN=77\n# a comment\nMAX_PIXELS='5'\n")
    settings = read_settings(folder=tmp_path)
    assert (settings.cooldown, settings.max_pixels) == (77, 5)


def test_the_environment_counts_more_than_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("COOLDOWN=77\nMAX_PIXELS=5\n")
    monkeypatch.setenv("COOLDOWN", "78")
    settings = read_settings(folder=tmp_path)
    assert (settings.cooldown, settings.max_pixels) == (78, 5)


def test_an_argument_counts_more_than_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "1000")
    assert read_settings({"PORT": "2000"}, tmp_path).port == 2000


def test_no_folder_above_is_searched(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("COOLDOWN=77\n")
    (tmp_path / "below").mkdir()
    assert read_settings(folder=tmp_path / "below").cooldown == 10


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"COOLDOWN=\xff\n")
    ended = run_beeplace(tmp_path)
    assert (ended.returncode, ended.stderr) == (78, "beeplace: .env: must be text in UTF-8\n")


def test_a_wrong_value_in_the_file_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("COOLDOWN=soon\n")
    ended = run_beeplace(tmp_path)
    assert (ended.returncode, ended.stderr.count("\n")) == (78, 1)
    assert ended.stderr.startswith("beeplace: COOLDOWN: ")


# names that are nearly ours


@pytest.mark.parametrize(
    ("variable", "near"),
    [("BEEPLACE_COLDOWN", "COOLDOWN"), ("BEEPLACE_PORT", "PORT"), ("BEEPLACE_MAXPIXELS", "MAX_PIXELS")],
)
def test_an_unknown_name_warns_with_the_nearest(variable: str, near: str, caplog: pytest.LogCaptureFixture) -> None:
    parse_settings({variable: "1"})
    assert caplog.messages == [f"unknown setting {variable}; did you mean {near}?"]


def test_an_unknown_name_that_is_near_to_none_warns(caplog: pytest.LogCaptureFixture) -> None:
    parse_settings({"BEEPLACE_XYZZY": "1"})
    assert caplog.messages == ["unknown setting BEEPLACE_XYZZY"]


def test_other_programs_names_do_not_warn(caplog: pytest.LogCaptureFixture) -> None:
    parse_settings({"COLDOWN": "1", "HOME": "/"})
    assert caplog.messages == []


@pytest.mark.parametrize(
    ("variable", "said"), [("BORD_SIZE", "; did you mean BOARD_SIZE?"), ("MAXPIXELS", "; did you mean MAX_PIXELS?"),
                           ("XYZZY", ""),
                           ("board_size", "; did you mean BOARD_SIZE?"),
                           ("BEEPLACE_COLDOWN", "; did you mean COOLDOWN?")]
)  # fmt: skip
def test_any_unknown_name_in_the_file_warns(
    tmp_path: Path, variable: str, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / ".env").write_text(f"{variable}=1\nCOOLDOWN=5\n")
    assert read_settings(folder=tmp_path).cooldown == 5
    [message] = caplog.messages
    assert message in (f"unknown setting {variable} in .env{said}", f"unknown setting {variable}{said}")


def test_a_line_of_the_file_without_a_value_warns(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / ".env").write_text("COOLDOWN\nMAX_PIXELS=5\n")
    settings = read_settings(folder=tmp_path)
    assert (settings.cooldown, settings.max_pixels) == (10, 5)
    assert caplog.messages == ["COOLDOWN in .env has no value and is left out: write COOLDOWN=..."]


def test_a_file_as_windows_writes_it_is_read(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / ".env").write_bytes(b"\xef\xbb\xbfCOOLDOWN=77\r\nMAX_PIXELS=5\r\n")
    settings = read_settings(folder=tmp_path)
    assert (settings.cooldown, settings.max_pixels, caplog.messages) == (77, 5, [])


def test_the_names_of_the_containers_beside_us_do_not_warn(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    shipped = (Path(__file__).parents[2] / "deployment" / ".env.example").read_text()
    names = re.findall(r"^# ([A-Z_]+)=", shipped, re.MULTILINE)
    assert len(names) > 3
    (tmp_path / ".env").write_text("".join(f"{name}=1\n" for name in names))
    read_settings(folder=tmp_path)
    assert caplog.messages == []


@pytest.mark.parametrize(
    ("url", "cause"),
    [
        ("postgresql://u:a#b@host/db", "%23"),
        ("postgresql://u:a%b@host/db", "%25"),
        ("postgresql://u:100%@host/db", "%25"),
        ("postgresql://u:a/b@host/db", "%2F"),
        ("postgresql://u:a?b@host/db", "%3F"),
        ("redis://:a#b@host/0", "%23"),
        ("redis://:a%b@host/0", "%25"),
        ("redis://:a/b@host/0", "%2F"),
    ],
)
def test_a_password_that_an_address_cannot_hold_is_named_as_the_cause(url: str, cause: str) -> None:
    variable = "REDIS_URL" if url.startswith("redis") else "DATABASE_URL"
    with pytest.raises(SettingError) as refused:
        parse_settings({variable: url})
    assert f"{cause}" in str(refused.value)
    assert url not in str(refused.value)


@pytest.mark.parametrize(
    "url", ["postgresql://u:a%23%25%2Fb@host/db", "postgresql://host/db?passfile=/a@b", "postgresql:///db?host=/a:@b"]
)
def test_an_address_with_odd_characters_in_their_places_is_taken(url: str) -> None:
    assert parse_settings({"DATABASE_URL": url}).database_url == url


@pytest.mark.parametrize("origin", ["https://exämple.org", "https://a:", "https://a:99999", "https://[::z]"])
def test_an_origin_that_no_browser_says_is_refused(origin: str) -> None:
    with pytest.raises(SettingError, match=r"^ALLOWED_ORIGINS: "):
        parse_settings({"ALLOWED_ORIGINS": f"https://a.example,{origin}"})


@pytest.mark.parametrize("origin", ["https://Place.Example.org", "https://place.example.org:443", "http://[::1]:8000"])
def test_an_origin_may_be_written_in_any_way_that_means_it(origin: str) -> None:
    assert parse_settings({"ALLOWED_ORIGINS": origin}).allowed_origins == (origin,)
