"""The log as text for walls: pure, one line for each entry, a seq implied by the line before.

    @seq,at_ms,epoch    where the next line begins: its seq, the wall clock and epoch to count from
    x,y,color,ms        a placement, `ms` after the entry before (less than 0 where the clock was set back)
    f,x,y,w,h,color,ms  an organiser gave an area one colour
    p,x,y,w,h,runs,ms   the pixels of an area got colours of their own, row by row: runs separated by ";", each `n*c`,
                        `n` pixels of colour `c`, or `n*-`, pixels that stay; without `n*` where it is one pixel
    r,ms,epoch          an organiser emptied the board: every pixel has colour 0, a new epoch begins
    s,w,h,w,h,runs,ms,epoch
                        the board got another size, from the first to the second, and a new epoch begins: pixels keep
                        their places, and what is new gets the colours of the runs, which are those of the smallest
                        rectangle that holds it, with `-` for pixels that stay; no runs: colour 0
    -,ms                an entry that changes no pixel

A reader takes a line whose letter it does not know by its form: six numbers as `f`, one as `-`.
Who placed is not in it. Golden vectors: `tests/wire/log.json`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from beeplace.board.entries import Entry


def encode_log(entries: Sequence[Entry], name: Callable[[str], str] = str) -> str:
    """The lines of consecutive entries, each with its line break; "" for none. `name` is told of an epoch."""
    if not entries:
        return ""
    at_ms, epoch = entries[0].at_ms, name(entries[0].epoch)
    lines = [f"@{entries[0].seq},{at_ms},{epoch}"]
    for entry in entries:
        lines.append(entry.change.line(entry.at_ms - at_ms, name(entry.epoch)))
        at_ms = entry.at_ms
    return "\n".join(lines) + "\n"
