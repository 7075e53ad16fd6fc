"""The command line: `beeplace`, `beeplace serve`, `beeplace doctor` and others; `python -m beeplace` is the same."""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import secrets
import signal
import sys
from collections.abc import Callable, Coroutine, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from beeplace import __version__
from beeplace.cli.board_parser import ABOUT, add_board_arguments
from beeplace.cli.rehearse_parser import ABOUT as REHEARSE
from beeplace.cli.rehearse_parser import add_arguments as add_rehearse_arguments
from beeplace.errors import BeePlaceError, SettingError, StoreLocked
from beeplace.terminal import CONFIGURATION, FORBIDDEN, TEMPORARY, UNAVAILABLE, USAGE, fail, say

if TYPE_CHECKING:
    from beeplace.settings.settings import Settings

MAX_WORKERS = 64
_SETTINGS = "All settings come from the environment or from .env."
_SERVE = f"""Runs the server until SIGTERM, SIGHUP or Ctrl-C. {_SETTINGS}

With --workers N, N equal gateways of this machine take connections from one port. They share the board through
DATABASE_URL=postgresql://... (PostgreSQL), and tell each other of changes through REDIS_URL where there is one. A
worker that dies is started again; SIGHUP restarts one after the other while the rest serve."""
_DOCTOR = f"""Looks at this machine, its settings, its database and its Redis, measures how long storing takes, and says
what to do about what it finds. It changes nothing in the database. With --url it looks at a site from outside
instead. {_SETTINGS} The exit code is 1 when something would fail."""
_BACKUP = f"""Writes the board, its whole log and all that a new database needs into one new file, as of one moment,
while gateways run. The file holds the secrets of identities: only its owner can read it. {_SETTINGS}"""
_RESTORE = f"""Fills an empty database with a backup, also of the other kind of database. The board is then as it was
when the backup was made, in an epoch of its own. No gateway may run on that database meanwhile. {_SETTINGS}"""
_VERIFY = f"""Plays the log and compares: its entries with each other, the stored board, a running gateway, and Redis.
It changes nothing and holds up nobody. {_SETTINGS} The exit code is 1 when something is wrong."""

_EXPORT = f"""Writes the log for other tools, one entry a row, as of one moment, while gateways run. People have
names in it that lead to nobody, and it holds no secrets. The file has its name once it is whole; a command that was
stopped begins anew. {_SETTINGS}"""

_ARCHIVE = f"""Writes what remains of the event into a new folder, as of one moment, while gateways run: the replay,
pictures of the board, a film, the heat map, the figures, every entry as Parquet, and the record of what organisers did.
index.html in it opens from a disk and from any web server, without BeePlace. The folder has its name once it is whole;
a command that was stopped begins anew. {_SETTINGS}"""

_FILM = f"""Makes a film of the log as of now, while gateways run: MP4 (60 frames a second), or WebP, GIF or APNG
(25), by the file's name. Pixels are squares of whole dots where there is room. The file has its name once it is whole.
{_SETTINGS}"""

_IMPORT = f"""Makes a new board, in an empty database, of the log of another canvas: every pixel with its moment, and
what moderators painted. The file may be packed (gzip, zstd) and in any order. Rows that say nothing that can be
imported are named and counted. The database is filled whole or stays as it was. People get pseudonyms of the new board.
An export of BeePlace (Parquet, CSV or lines of JSON) gives the same log, of which an export is the same file again.
{_SETTINGS}"""

_FORGET = f"""Destroys the event's key: nobody can find out any more whose device drew a pixel, or whom an export of
before names; each person is somebody else from then on, also on gateways that run, within two seconds. Pixels,
replay, exports and backups stay, and so does what organisers did, with their names. It cannot be undone. {_SETTINGS}"""

_KEYS = f"""Keys for organisers, each with a name and a role: a viewer sees what the desk shows, a moderator also draws
and takes back, an operator may do everything. The key of API_KEY is an operator's. Gateways that run know of a change
within a second. {_SETTINGS}"""
_ADD_KEY = (
    """Makes a key and shows it once, with a QR code that opens the desk signed in: what is kept of it is a hash."""
)
_REVOKE_KEY = """Ends a key at once. What was done with it stays, under its name."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(USAGE, f"{self.prog}: {message}\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="beeplace", description="A shared pixel canvas for live events.", allow_abbrev=False)
    parser.add_argument("--version", action="version", version=f"beeplace {__version__}")
    commands = parser.add_subparsers(dest="command", parser_class=_Parser, metavar="command")
    plain: Any = {"allow_abbrev": False, "formatter_class": argparse.RawDescriptionHelpFormatter}
    serve = commands.add_parser("serve", help="run the server (what beeplace alone does)", description=_SERVE, **plain)
    serve.add_argument("--host", help="address to listen on, instead of HOST")
    serve.add_argument("--port", type=int, help="port to listen on, instead of PORT")
    serve.add_argument(
        "--workers", type=_workers, default=1, metavar="N", help="gateways on that port, 1 (default) to 64"
    )
    serve.add_argument("--worker", type=int, help=argparse.SUPPRESS)  # how the parent of workers starts one
    doctor = commands.add_parser("doctor", help="check this machine and its settings", description=_DOCTOR, **plain)
    doctor.add_argument("--url", help="check this site from outside instead, as a browser would: page, sockets, proxy")
    backup = commands.add_parser("backup", help="write the board into a file", description=_BACKUP, **plain)
    backup.add_argument("file", metavar="FILE", type=Path, help="new file to write; - is standard output")
    restore = commands.add_parser("restore", help="read the board from a file", description=_RESTORE, **plain)
    restore.add_argument("file", metavar="FILE", type=Path, help="file that beeplace backup wrote; - is standard input")
    export = commands.add_parser("export", help="write the log for other tools", description=_EXPORT, **plain)
    export.add_argument(
        "--to", required=True, metavar="FILE", help="new file to write; - is standard output; or s3://bucket/key"
    )
    export.add_argument(
        "--as",
        dest="form",
        choices=("parquet", "csv", "ndjson", "reddit", "pxls"),
        help="the form, where the file's name does not say it",
    )
    export.add_argument(
        "--selection", metavar="JSON", help="only what the desk would select by it: area, time, people, kinds"
    )
    folder = commands.add_parser("archive", help="write a folder to keep", description=_ARCHIVE, **plain)
    folder.add_argument("folder", metavar="FOLDER", type=Path, help="new folder to write")
    folder.add_argument("--film", default="30", metavar="SECONDS", help="how long its film lasts, 30; 0 for none")
    folder.add_argument("--followed", action="store_true", help=argparse.SUPPRESS)  # how a gateway starts it
    _add_film(commands.add_parser("film", help="make a film of the log", description=_FILM, **plain))
    imported = commands.add_parser("import", help="make a board of another's log", description=_IMPORT, **plain)
    imported.add_argument("file", metavar="FILE", type=Path, help="file to read; - is standard input")
    imported.add_argument(
        "--as",
        dest="form",
        required=True,
        choices=("beeplace", "reddit-2017", "reddit-2022", "reddit-2023", "pxls"),
        help="the form: an export of BeePlace, the columns of Reddit's files of that year, or the log of Pxls",
    )
    verify = commands.add_parser("verify", help="compare all with the log", description=_VERIFY, **plain)
    verify.add_argument(
        "--url", action="append", default=[], help="a gateway to ask, more than once if wanted; PORT on this machine"
    )
    forget = commands.add_parser("forget", help="destroy the key that leads to people", description=_FORGET, **plain)
    forget.add_argument("--yes", action="store_true", help="do not ask")
    _add_keys(commands.add_parser("keys", help="make, list and revoke organisers' keys", description=_KEYS, **plain))
    board = commands.add_parser("board", help="the desk from a shell", description=ABOUT, **plain)
    add_board_arguments(board, _Parser)
    add_rehearse_arguments(
        commands.add_parser("rehearse", help="send synthetic people to a site", description=REHEARSE, **plain)
    )
    return parser


def _add_film(film: argparse.ArgumentParser) -> None:
    when = "like 2026-06-01T21:30 (local time) or 2026-06-01T19:30Z"
    film.add_argument("--out", required=True, metavar="FILE", type=Path, help="new file: .mp4, .webp, .gif or .apng")
    film.add_argument("--from", metavar="WHEN", help=f"when it begins, {when}; the first entry of the log")
    film.add_argument("--to", metavar="WHEN", help="when it ends; the last entry of the log")
    film.add_argument("--seconds", default="60", metavar="N", help="how long it lasts; 60")
    film.add_argument("--area", metavar="X,Y,WIDTH,HEIGHT", help="part of the board that it shows; all of it")
    film.add_argument(
        "--size",
        metavar="WIDTHxHEIGHT",
        help="its frames in dots, even numbers or the next ones; what fits into 1920x1080",
    )
    film.add_argument("--no-captions", action="store_true", help="without the event's name and the time below")


def _add_keys(keys: argparse.ArgumentParser) -> None:
    plain: Any = {"allow_abbrev": False, "formatter_class": argparse.RawDescriptionHelpFormatter}
    verbs = keys.add_subparsers(dest="verb", parser_class=_Parser, metavar="add|list|revoke", required=True)
    add = verbs.add_parser("add", help="make a key, and show it once", description=_ADD_KEY, **plain)
    add.add_argument("name", metavar="NAME", help="who gets it, as the desk and the log say it")
    add.add_argument("--role", required=True, choices=("viewer", "moderator", "operator"), help="what it may do")
    add.add_argument(
        "--until",
        metavar="WHEN",
        help="when it ends: 12h, 30m, 7d from now, or 2026-06-01T04:00 (local time, or with Z)",
    )
    add.add_argument("--url", help="address of the site for the QR code, instead of this machine's and PORT")
    shown = verbs.add_parser("list", help="names, roles and ends, never the keys", **plain)
    shown.add_argument("--json", action="store_true", help="as JSON, for scripts")
    revoke = verbs.add_parser("revoke", help="end a key at once", description=_REVOKE_KEY, **plain)
    revoke.add_argument("name", metavar="NAME", help="the name of the key")


def _workers(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 4 and 1 <= int(text) <= MAX_WORKERS):
        raise argparse.ArgumentTypeError(f"must be an integer from 1 to {MAX_WORKERS}, not {text[:20]!r}")
    return int(text)


_LEAST_DESCRIPTORS = 32  # for a loop, a database, a listener, and what Python opens to load modules


def main() -> None:
    """Runs a command and exits with its code."""
    given = _parser().parse_args()
    arguments = {k.upper(): str(v) for k in ("host", "port") if (v := getattr(given, k, None)) is not None}
    if given.command == "doctor":
        sys.exit(_guarded(lambda: _doctor(given.url)))
    if given.command == "keys":
        from beeplace.cli import keys as commands  # noqa: PLC0415

        sys.exit(commands.run(given))
    if given.command == "board":
        from beeplace.cli import board  # noqa: PLC0415

        sys.exit(board.run(given))
    if given.command == "rehearse":
        from beeplace.cli import rehearse  # noqa: PLC0415

        sys.exit(rehearse.run(given))
    if given.command == "forget":
        from beeplace.cli import forget  # noqa: PLC0415

        sys.exit(forget.run(given))
    if given.command == "export":
        from beeplace.cli import export  # noqa: PLC0415

        sys.exit(export.run(given))
    if given.command == "archive":
        from beeplace.cli import archive_folder  # noqa: PLC0415

        sys.exit(archive_folder.run(given))
    if given.command == "film":
        from beeplace.cli import film  # noqa: PLC0415

        sys.exit(film.run(given))
    if given.command == "import":
        from beeplace.cli import import_log  # noqa: PLC0415

        sys.exit(import_log.run(given))
    if given.command in ("backup", "restore", "verify"):
        sys.exit(_archive(given))
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # until the server has its own: an end while it loads is no trace
    worker, workers = getattr(given, "worker", None), getattr(given, "workers", 1)
    sys.exit(_guarded(lambda: _serve(arguments, workers=workers, worker=worker)))


def _guarded(command: Callable[[], int]) -> int:
    """Its exit code, or that of the error with which it ended."""
    try:
        return command()
    except SettingError as error:
        return fail(str(error), CONFIGURATION)
    except StoreLocked as error:
        return fail(str(error), TEMPORARY)
    except PermissionError as error:
        return fail(f"not permitted: {error.strerror} {error.filename or ''}".strip(), FORBIDDEN)
    except OSError as error:
        return fail(f"cannot start: {error.strerror or error} {error.filename or ''}".strip(), TEMPORARY)
    except BeePlaceError as error:
        return fail(str(error), UNAVAILABLE)


# What a command needs is imported when it is run, so that --help and --version answer at once.


def _serve(arguments: Mapping[str, str], *, workers: int, worker: int | None) -> int:
    from beeplace.logs import set_up  # noqa: PLC0415
    from beeplace.settings.settings import read_settings  # noqa: PLC0415

    settings = read_settings(arguments)
    set_up(settings.log_level, settings.log_format)
    gc.set_threshold(50_000, 20, 50)  # what is imported stays: to look through it again and again is a sixth of a start
    _check_descriptors()
    if worker is not None:
        return _be_worker(settings, worker)
    if workers > 1:
        return _be_parent(settings, arguments, workers)
    from beeplace.app import serve  # noqa: PLC0415

    api_key, say_so = _api_key(settings)
    _run(serve(settings, api_key, say_so))
    return 0


def _check_descriptors() -> None:
    """Raises OSError where no server can start for want of descriptors: half of one would end in traces."""
    with ExitStack() as stack:
        for _ in range(_LEAST_DESCRIPTORS):
            stack.callback(os.close, os.open(os.devnull, os.O_RDONLY))


def _be_worker(settings: Settings, descriptor: int) -> int:
    import structlog  # noqa: PLC0415

    from beeplace.app import serve  # noqa: PLC0415
    from beeplace.gateway.connection.handoff import Handoff  # noqa: PLC0415
    from beeplace.supervisor import take_post  # noqa: PLC0415

    post = take_post(descriptor)
    handoff = Handoff(post.folder, post.name, post.number)
    post.follow(handoff.be_last)
    structlog.contextvars.bind_contextvars(worker=post.number)
    _run(serve(settings, settings.api_key or post.api_key, lambda _: post.ready(), post.sockets, handoff))
    return 0


def _be_parent(settings: Settings, arguments: Mapping[str, str], number: int) -> int:
    from beeplace import app  # noqa: PLC0415
    from beeplace.gateway.connection import listener  # noqa: PLC0415
    from beeplace.supervisor import Supervisor  # noqa: PLC0415

    if not app.shared(settings):
        raise SettingError(
            "DATABASE_URL: several workers need a PostgreSQL server; a file of SQLite serves one gateway"
        )
    sockets = listener.listen(settings.host, settings.port)
    options = [word for name, value in arguments.items() for word in (f"--{name.lower()}", value)]

    async def parent() -> int:
        api_key, say_so = _api_key(settings)
        workers = Supervisor(number, options, api_key, sockets)
        return await workers.run(lambda: say_so(listener.url(*listener.place(sockets))))

    return asyncio.run(parent())


def _doctor(url: str | None) -> int:
    from beeplace.doctor.report import examine, examine_site  # noqa: PLC0415
    from beeplace.settings.settings import read_settings  # noqa: PLC0415

    return asyncio.run(examine(read_settings(), say) if url is None else examine_site(url, say))


def _archive(given: argparse.Namespace) -> int:
    from beeplace.cli import archive as commands  # noqa: PLC0415
    from beeplace.cli.work import run  # noqa: PLC0415

    if given.command == "verify":
        return run(commands.check(given.url))
    return run(commands.back_up(given.file) if given.command == "backup" else commands.put_back(given.file))


def _api_key(settings: Settings) -> tuple[str, Callable[[str], None]]:
    """The organiser's key, and what says where the server listens, and then that key where nobody else knows it."""
    api_key = settings.api_key or secrets.token_urlsafe(24)

    def listens(address: str) -> None:
        _say_to_phones(settings, int(address.rpartition(":")[2]))
        say(f"BeePlace listens on {address}")
        if not settings.api_key:
            say(f"The organiser's key until exit: {api_key}")

    return api_key, listens


def _say_to_phones(settings: Settings, port: int) -> None:
    """What a phone has to open; with a QR code where somebody looks at a terminal."""
    from beeplace.cli.phone_addresses import phone_urls, qr_lines  # noqa: PLC0415

    urls = phone_urls(settings, port)
    drawn = sys.stdout.isatty() and (sys.stdout.encoding or "").lower().startswith("utf")
    if urls and drawn and settings.log_format != "json":
        say(qr_lines(urls[0]))
    for url in urls:
        say(f"A phone opens {url}")


def _run(work: Coroutine[Any, Any, None]) -> None:
    if sys.platform == "win32":
        asyncio.run(work)
    else:
        import uvloop  # noqa: PLC0415  # there is none for Windows

        uvloop.run(work)


if __name__ == "__main__":
    main()
