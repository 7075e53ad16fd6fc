"""The results as Markdown tables, beside the thesis's; `run.py report` writes them into docs/load-tests.md."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from loadtests.figures import Configuration, Figures

BEGIN, END = "<!-- results: written by `loadtests/run.py report` -->", "<!-- end of results -->"


@dataclass(frozen=True, slots=True)
class ThesisFigures:
    """What the thesis reports for its final version: the median of ten runs, or None where it gives no figure."""

    duration_seconds: float | None
    users: float
    pixels: float


THESIS = {
    Configuration("breakpoint", 64, 100): ThesisFigures(29.3, 1341.5, 3087),
    Configuration("breakpoint", 256, 100): ThesisFigures(29.2, 1249.5, 2921),
    Configuration("breakpoint", 64, 400): ThesisFigures(None, 1737, 4047),
}

QUIET_SHARE = 0.1

Column = tuple[str, Callable[[Figures], str]]


def number(value: float | None, digits: int = 0) -> str:
    """With a comma for thousands; a dash for what was not measured."""
    return "–" if value is None else f"{value:,.{digits}f}"


def thesis(value: Callable[[ThesisFigures], float | None], digits: int = 0, unit: str = "") -> Callable[[Figures], str]:
    """A column of the thesis's figures for the same configuration."""

    def cell(figures: Figures) -> str:
        known = THESIS.get(figures.configuration)
        shown = value(known) if known else None
        return number(shown, digits).removesuffix(".0") + (unit if shown is not None else "")

    return cell


BESIDE_THE_THESIS: Sequence[Column] = (
    ("Board", lambda f: f"{f.board_size} x {f.board_size}"),
    ("Refresh", lambda f: f"{f.refresh_rate_ms} ms"),
    ("Duration", lambda f: f"{f.duration_seconds:.1f} s"),
    ("Duration, thesis", thesis(lambda t: t.duration_seconds, 1, " s")),
    ("Users", lambda f: number(f.users)),
    ("Users, thesis", thesis(lambda t: t.users, 1)),
    ("Pixels", lambda f: number(f.pixels)),
    ("Pixels, thesis", thesis(lambda t: t.pixels)),
    ("Ended by", lambda f: ", ".join(f.crossed) or "time"),
)
WHAT_IT_LACKED: Sequence[Column] = (
    ("Board", lambda f: f"{f.board_size} x {f.board_size}"),
    ("Refresh", lambda f: f"{f.refresh_rate_ms} ms"),
    ("Users at once", lambda f: number(f.users_at_once)),
    ("Errors", lambda f: number(f.errors)),
    ("Connecting p95", lambda f: f"{number(f.connecting_p95_ms)} ms"),
    ("Placement to frame p50 / p95 / p99", lambda f: f"{latency(f)} ms"),
    ("Pixels seen", lambda f: number(f.pixels_seen)),
    ("Bytes per client", lambda f: number(f.bytes_per_client)),
    ("Server CPU", lambda f: f"{number(f.server_cpu_seconds, 1)} s"),
    ("Server peak memory", lambda f: f"{number(f.server_peak_mb)} MB"),
    ("k6 CPU", lambda f: f"{number(f.k6_cpu_seconds, 1)} s"),
    ("Server's loop late", lambda f: f"{number(f.server_lag_ms)} ms"),
    ("Other programs", lambda f: percent(f.other_cpu_share)),
    ("Measured", lambda f: f.measured_at),
)


def latency(figures: Figures) -> str:
    """The three percentiles."""
    return " / ".join(map(number, (figures.frame_p50_ms, figures.frame_p95_ms, figures.frame_p99_ms)))


def percent(share: float | None) -> str:
    """Of all cores."""
    return "–" if share is None else f"{share:.0%}"


def remark(results: Sequence[Figures]) -> str:
    """A warning where somebody else used the machine too."""
    if all((figures.other_cpu_share or 0) <= QUIET_SHARE for figures in results):
        return ""
    return (
        "**The machine was not quiet**: other programs used a good part of it (last column but one), so that these\n"
        "figures are too low and say little about the server.\n\n"
    )


def table(columns: Sequence[Column], results: Sequence[Figures]) -> str:
    """A Markdown table, one line for each result."""
    rows = [[name for name, _ in columns], ["---"] * len(columns)]
    rows += [[cell(figures) for _, cell in columns] for figures in results]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def sheet(figures: Figures) -> str:
    """One result, upright, for the terminal."""
    columns = [*BESIDE_THE_THESIS, *WHAT_IT_LACKED[2:]]
    if figures.configuration not in THESIS:
        columns = [(name, cell) for name, cell in columns if not name.endswith("thesis")]
    width = max(len(name) for name, _ in columns)
    lines = [f"  {name:<{width}}  {cell(figures)}" for name, cell in columns]
    return "\n".join([f"{figures.configuration.name}: {'passed' if figures.passed else 'FAILED'}", *lines])


def insert(document: str, results: Sequence[Figures]) -> str:
    """The document with both tables between its two marks. Raises ValueError where it lacks them."""
    head, begin, rest = document.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the document lacks {BEGIN} or {END}")
    known = list(THESIS)
    ours = [figures for figures in results if figures.configuration in known]
    ours.sort(key=lambda figures: known.index(figures.configuration))
    tables = f"\n\n{remark(ours)}{table(BESIDE_THE_THESIS, ours)}\n\n{table(WHAT_IT_LACKED, ours)}\n\n"
    return head + begin + tables + end + tail
