"""The first page of an archive folder: the figures of the evening and the way to all that is there, in plain HTML."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import Any, Final

from beeplace.board.palette import Palette

_BARS: Final = 400  # of the chart, at most: more would be thinner than a dot
_CHART_HEIGHT: Final = 120
_STYLE: Final = """
:root { color-scheme: dark; }
body { margin: 0; background: #0d0f13; color: #e8eaf0;
  font: 16px/1.5 system-ui, sans-serif; }
main { margin: 0 auto; max-width: 960px; padding: 16px; }
h1, h2 { line-height: 1.2; }
a { color: #8ab4ff; }
img { max-width: 100%; height: auto; image-rendering: pixelated; display: block; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; padding: 0; }
.figures li { list-style: none; background: #181b22; border-radius: 8px; padding: 12px; }
.figures b { display: block; font-size: 24px; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: 4px 12px 4px 0; vertical-align: top; }
td.number, th.number { text-align: right; }
svg { width: 100%; height: auto; background: #181b22; }
.swatch { display: inline-block; width: 1em; height: 1em; vertical-align: -0.15em; border: 1px solid #888; }
"""


@dataclass(frozen=True, slots=True)
class PageFile:
    """A file of the folder as the page names it."""

    name: str
    what: str
    size: int


@dataclass(frozen=True, slots=True)
class Overview:
    """What the page says. `figures` are those of `/api/statistics`, with all minutes; moments are ms since 1970."""

    event: str
    seq: int
    figures: Mapping[str, Any]
    palette: Palette
    actions: Sequence[Mapping[str, Any]]
    files: Sequence[PageFile]


def page(overview: Overview) -> str:
    """The page as HTML."""
    figures, event = overview.figures, escape(overview.event)
    parts = [
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{event}</title>',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{event}</h1>",
        f"<p>{time_drawn(figures)}</p>",
        '<p><a href="replay.html">Play the evening</a></p>',
        '<a href="picture-print.png"><img src="picture-screen.png" alt="The board at the end"></a>',
        _figures(overview),
        f"<h2>Placements by minute</h2>\n{_chart(figures['perMinute'])}",
        '<h2>Where most was placed</h2>\n<img src="heatmap.png" alt="Heat map of the placements">',
        _colors(figures["colors"], overview.palette),
        _pixels("Most contested pixels", figures["contested"], "placements", "Placements"),
        _pixels("Longest standing pixels", figures["longest"], "at", "Since"),
        _actions(overview.actions),
        _files(overview.files),
        "</main>\n</body>\n</html>\n",
    ]
    return "\n".join(parts)


def time_drawn(figures: Mapping[str, Any]) -> str:
    """When the first and the last pixel were placed."""
    when = " – ".join(_when(end["at"]) for name in ("first", "last") if (end := figures[name]))
    return f"{when} (UTC)" if when else "Nobody drew."


def _figures(overview: Overview) -> str:
    figures = overview.figures
    busiest = max(figures["perMinute"], key=lambda minute: minute["placements"], default=None)
    shown = [
        (f"{figures['placements']:,}", "placements"),
        (f"{figures['people']:,}", "people"),
        (f"{100 * figures['newcomers']:.1f} %", "by newcomers, in their first ten minutes"),
        (f"{overview.seq:,}", "entries in the log"),
    ]
    if busiest:
        shown.append((f"{busiest['placements']:,}", f"in the busiest minute, {_when(busiest['at'])}"))
    items = "".join(f"<li><b>{number}</b> {escape(what)}</li>" for number, what in shown)
    ends = "".join(
        f"<p>{word} pixel: {_place(end)}, {_swatch(overview.palette, end['color'])}, {_when(end['at'])}</p>"
        for word, end in (("First", figures["first"]), ("Last", figures["last"])) if end
    )  # fmt: skip
    return f'<ul class="figures">{items}</ul>\n{ends}'


def _chart(minutes: Sequence[Mapping[str, int]]) -> str:
    """Bars of equal time, each as high as what was placed in it."""
    if not minutes:
        return "<p>None.</p>"
    begin, end = minutes[0]["at"], minutes[-1]["at"] + 60_000
    step = max(60_000, -(-(end - begin) // (_BARS * 60_000)) * 60_000)
    bars: dict[int, int] = {}
    for minute in minutes:
        number = (minute["at"] - begin) // step
        bars[number] = bars.get(number, 0) + minute["placements"]
    most, across = max(bars.values()), (end - begin + step - 1) // step
    highs = {number: _CHART_HEIGHT * count / most for number, count in sorted(bars.items())}
    drawn = "".join(
        f'<rect x="{number}" y="{_CHART_HEIGHT - high:.1f}" width="0.9" height="{high:.1f}"/>'
        for number, high in highs.items()
    )
    label = f"{_when(begin)} to {_when(end)}, at most {most:,} in {step // 60_000} min"
    return (
        f'<svg viewBox="0 0 {across} {_CHART_HEIGHT}" preserveAspectRatio="none" height="{_CHART_HEIGHT}" role="img" '
        f'aria-label="{label}" fill="#8ab4ff">{drawn}</svg>\n<p>{label}</p>'
    )


def _colors(counts: Sequence[int], palette: Palette) -> str:
    used = sorted(((count, index) for index, count in enumerate(counts) if count), reverse=True)
    return _table("Colours", ("Colour", "Placements"), [(_swatch(palette, i), f"{count:,}") for count, i in used])


def _pixels(title: str, pixels: Sequence[Mapping[str, int]], field: str, head: str) -> str:
    rows = [(_place(one), _when(one[field]) if field == "at" else f"{one[field]:,}") for one in pixels]
    return _table(title, ("Pixel", head), rows)


def _actions(actions: Sequence[Mapping[str, Any]]) -> str:
    rows = [
        (str(one["action"]), str(one["at"]), escape(one["kind"]), escape(one["by"] or ""), escape(one["reason"]))
        for one in actions
    ]
    return _table("What organisers did", ("Entry", "When", "What", "Key", "Reason"), rows)


def _files(files: Iterable[PageFile]) -> str:
    rows = [
        (f'<a href="{escape(one.name)}">{escape(one.name)}</a>', escape(one.what), f"{one.size:,}") for one in files
    ]
    return _table("Files", ("File", "What it is", "Bytes"), rows)


def _table(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Cells are HTML."""
    if not rows:
        return f"<h2>{title}</h2>\n<p>None.</p>"
    head = "".join(f"<th>{one}</th>" for one in heads)
    body = "\n".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<h2>{title}</h2>\n<div class="wide"><table><tr>{head}</tr>\n{body}</table></div>'


def _place(pixel: Mapping[str, int]) -> str:
    return f"{pixel['x']}, {pixel['y']}"


def _swatch(palette: Palette, index: int) -> str:
    """A colour of another palette than the last has its number alone."""
    if index >= len(palette):
        return f"colour {index}"
    return f'<span class="swatch" style="background:{palette[index]}"></span> {palette[index]}'


def _when(at_ms: int) -> str:
    try:
        return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M")
    except (ValueError, OverflowError):  # of a clock that was wrong by more than a calendar has
        return str(at_ms)
