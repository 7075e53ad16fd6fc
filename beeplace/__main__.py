"""The command line: `beeplace`, `beeplace serve`, `python -m beeplace`."""

from __future__ import annotations

import argparse
import asyncio
import os
import secrets
import sys
from typing import NoReturn

from beeplace import __version__
from beeplace.errors import BeePlaceError, SettingError, StoreLocked

# sysexits.h
USAGE, UNAVAILABLE, TEMPORARY, FORBIDDEN, CONFIGURATION = 64, 69, 75, 77, 78


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(USAGE, f"{self.prog}: {message}\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="beeplace", description="A shared pixel canvas for live events.", allow_abbrev=False)
    parser.add_argument("--version", action="version", version=f"beeplace {__version__}")
    commands = parser.add_subparsers(dest="command", parser_class=_Parser, metavar="command")
    serve = commands.add_parser(
        "serve",
        help="run the server (what beeplace alone does)",
        description="Runs the server until SIGTERM or Ctrl-C. All settings come from the environment or from .env.",
        allow_abbrev=False,
    )
    serve.add_argument("--host", help="address to listen on, instead of HOST")
    serve.add_argument("--port", type=int, help="port to listen on, instead of PORT")
    return parser


def main() -> None:
    """Runs a command and exits with its code."""
    given = _parser().parse_args()
    arguments = {k.upper(): str(v) for k in ("host", "port") if (v := getattr(given, k, None)) is not None}
    sys.exit(_serve(arguments))


def _serve(arguments: dict[str, str]) -> int:
    # Imported here, so that --help and --version answer at once.
    from beeplace.app import serve  # noqa: PLC0415
    from beeplace.logs import set_up  # noqa: PLC0415
    from beeplace.settings import read_settings  # noqa: PLC0415

    try:
        settings = read_settings(arguments)
        set_up(settings.log_level, settings.log_format)
        api_key = settings.api_key or secrets.token_urlsafe(24)
        if not settings.api_key:
            _say(f"The organiser's key until exit: {api_key}")
        _run(serve(settings, api_key, lambda address: _say(f"BeePlace listens on {address}")))
    except SettingError as error:
        return _fail(str(error), CONFIGURATION)
    except StoreLocked as error:
        return _fail(str(error), TEMPORARY)
    except PermissionError as error:
        return _fail(f"not permitted: {error.strerror} {error.filename or ''}".strip(), FORBIDDEN)
    except OSError as error:
        return _fail(f"cannot start: {error.strerror or error} {error.filename or ''}".strip(), TEMPORARY)
    except BeePlaceError as error:
        return _fail(str(error), UNAVAILABLE)
    return 0


def _run(work: object) -> None:
    if sys.platform == "win32":
        asyncio.run(work)  # type: ignore[arg-type]  # a coroutine, as below
    else:
        import uvloop  # noqa: PLC0415  # there is none for Windows

        uvloop.run(work)  # type: ignore[arg-type]  # uvloop's own stub wants a wider type


def _say(line: str) -> None:
    sys.stdout.write(line + os.linesep)
    sys.stdout.flush()


def _fail(line: str, code: int) -> int:
    sys.stderr.write(f"beeplace: {line}\n")
    return code


if __name__ == "__main__":
    main()
