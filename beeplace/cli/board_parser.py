"""The arguments of `beeplace board`: the desk from a shell."""

from __future__ import annotations

import argparse
from collections.abc import Callable

ABOUT = """The desk from a shell, over the HTTP interface of a running gateway. The key comes from API_KEY or
API_KEY_FILE; any organiser's key will do, as far as its role goes. A request that may have happened is asked for again
under the same name, so that it happens once. The exit code is 0 where it was done, 65 where the request makes no sense,
69 and 75 where the server is away or cannot save, 77 where the key may not do it."""

_SELECTION = "What is selected; nothing given is everything of this epoch. People are called as `authors` shows them."
_OF_AREAS = {"fill": "fill an area with a colour", "clear": "make an area as it was before anybody drew"}
_SWITCHES = {"read-only": "close or open the drawing", "panic": "stop it, with the safe picture on walls"}


def add_board_arguments(board: argparse.ArgumentParser, parser: type[argparse.ArgumentParser]) -> None:
    """Adds the verbs, each with a parser of that type."""
    verbs = board.add_subparsers(dest="verb", parser_class=parser, metavar="verb", required=True)

    def verb(name: str, about: str, *, acts: bool = True, description: str | None = None) -> argparse.ArgumentParser:
        added = verbs.add_parser(name, help=about, description=description or about, allow_abbrev=False)
        added.add_argument("--url", help="the gateway; this machine's, at PORT, if not given")
        added.add_argument("--json", action="store_true", help="the server's answer as it is")
        if acts:
            added.add_argument("--reason", default="", metavar="TEXT", help="why, for the record")
        return added

    verb("state", "people, placements, refusals, and how the parts are", acts=False)
    verb("reset", "empty the board")
    for name, about in (
        ("fill", "fill an area with a colour"),
        ("clear", "make an area as it was before anybody drew"),
    ):
        added = verb(name, about)
        added.add_argument("area", type=_area, metavar="X,Y,WIDTH,HEIGHT", help="the first corner, and the sides")
        if name == "fill":
            added.add_argument("color", metavar="COLOR", help="an index or #RRGGBB of the palette")
    _add_selection(
        verb("rewind", "give each selected pixel its last colour that is not selected", description=_SELECTION)
    )
    _add_selection(verb("preview", "what a rewind would change", acts=False, description=_SELECTION))
    _add_selection(verb("authors", "who drew in a selection", acts=False, description=_SELECTION))
    undo = verb("undo", "take an action back, as far as what it made is still so")
    undo.add_argument("seq", type=_number, metavar="SEQ", help="the action's number, as `actions` shows it")
    for name, about in (
        ("read-only", "close or open the drawing"),
        ("panic", "stop it, with the safe picture on walls"),
    ):
        verb(name, about).add_argument("state", choices=("on", "off"))
    _add_order(verb)
    settings = verb("settings", "show live settings, or change some")
    settings.add_argument(
        "values", nargs="*", metavar="NAME=VALUE", help='such as cooldown=30, disabledColors="[5, 6]"'
    )
    settings.add_argument("--dry-run", action="store_true", help="change nothing; say what it would lead to")
    actions = verb("actions", "what organisers did, newest first", acts=False)
    actions.add_argument("--limit", type=_number, default=20, metavar="N", help="so many, 20 if not given")
    actions.add_argument("--by", metavar="NAME", help="of one key alone")
    actions.add_argument("--kind", metavar="KIND", help="of one kind alone")
    actions.add_argument("--since", metavar="WHEN", help="from a moment on, as 2026-06-01T22:00:00Z")
    actions.add_argument("--until", metavar="WHEN", help="up to a moment")
    actions.add_argument("--area", metavar="X,Y,WIDTH,HEIGHT", help="only what touches it")
    actions.add_argument("--undone", choices=("true", "false"), help="only those that are taken back, or the others")
    actions.add_argument("--before", type=_number, metavar="SEQ", help="`next` of the page before")
    _add_reports(verb)


def _add_reports(verb: Callable[..., argparse.ArgumentParser]) -> None:
    reports = verb("reports", "what people report, newest first", acts=False)
    reports.add_argument("--state", choices=("open", "closed", "all"), default="open", help="open ones, if not given")
    reports.add_argument("--limit", type=_number, default=20, metavar="N", help="so many, 20 if not given")
    report = verb("report", "look at a report, work on it, decide it", acts=False)
    report.add_argument("number", type=_number, metavar="NUMBER", help="as `reports` shows it")
    report.add_argument(
        "what",
        choices=("evidence", "claim", "release", "dismiss", "acted", "mute"),
        help="acted takes --action; mute, of whoever made it, takes --until",
    )
    report.add_argument("--action", type=_number, metavar="SEQ", help="the number of what was done about it")
    report.add_argument("--until", metavar="WHEN", help="a moment, as 2026-06-01T22:00:00Z")


def _add_order(verb: Callable[..., argparse.ArgumentParser]) -> None:
    """The verbs that keep order."""
    ban = verb("ban", "keep people from drawing; they read the reason")
    ban.add_argument("people", nargs="+", metavar="PERSON", help="as `authors` shows them, such as bee-1f2e3d4c")
    ban.add_argument("--until", metavar="WHEN", help="as 2026-06-01T22:00:00Z; without it until somebody ends it")
    ban.add_argument("--rewind", action="store_true", help="take back what they drew, in the same step")
    unban = verb("unban", "end each ban that somebody is in, for all who are in it")
    unban.add_argument("person", metavar="PERSON", help="as in `actions --kind ban`")
    zone = verb("zone", "give an area rules of its own; without any it is closed")
    zone.add_argument("area", type=_area, metavar="X,Y,WIDTH,HEIGHT", help="the first corner, and the sides")
    zone.add_argument("--max-pixels", type=_number, metavar="N", help="placements in each window; with --cooldown")
    zone.add_argument("--cooldown", type=_number, metavar="SECONDS", help="that window, counted apart from the board's")
    zone.add_argument("--colors", action="append", metavar="COLOR", help="the only ones there; more than once")
    zone.add_argument("--until", metavar="WHEN", help="when it ends; without it, by `undo`")
    announce = verb("announce", "put words on phones and walls")
    announce.add_argument("text", nargs="+", metavar="[LANGUAGE=]TEXT", help='such as "Hello", or en=Hello de=Hallo')
    announce.add_argument("--until", metavar="WHEN", help="when they go; without it, by `undo`")
    verb("safe-picture", "make the board as it is now what walls show while panic is on")


def _add_selection(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--area", type=_area, metavar="X,Y,WIDTH,HEIGHT", help="only there")
    parser.add_argument("--from", type=_number, metavar="SEQ", help="after this change")
    parser.add_argument("--to", type=_number, metavar="SEQ", help="up to this change")
    parser.add_argument("--since", metavar="WHEN", help="from a moment on, as 2026-06-01T22:00:00Z")
    parser.add_argument("--until", metavar="WHEN", help="up to a moment")
    parser.add_argument("--people", action="append", metavar="PERSON", help="only theirs; more than once if wanted")
    parser.add_argument("--except", action="append", metavar="PERSON", help="not theirs")
    parser.add_argument("--kinds", action="append", metavar="KIND", help="only changes of this kind, such as placement")


def _area(text: str) -> dict[str, int]:
    numbers = text.split(",")
    if len(numbers) != 4:
        raise argparse.ArgumentTypeError(f"must be four numbers with commas, not {text[:40]!r}")
    return dict(zip(("x", "y", "width", "height"), map(_number, numbers), strict=True))


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise argparse.ArgumentTypeError(f"must be a number, not {text[:20]!r}")
    return int(text)
