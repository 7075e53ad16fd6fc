"""What the sieges have shown, as a section of docs/reliability.md.

    python -m tests.siege.report VERSION FOLDER

puts the results of a folder (`--results`) into docs/reliability/siege.json under the name of that version. The page is
written by `python -m tests.chaos.report`.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from tests.siege.run import SCENARIOS

ROOT = Path(__file__).resolve().parent.parent.parent
KEPT = ROOT / "docs" / "reliability" / "siege.json"
Results = list[dict[str, Any]]


def main(version: str, folder: Path) -> None:
    """Replaces what is kept of that version's scenarios by what is in the folder."""
    kept = {_key(result): result for result in results()}
    for file in sorted(folder.glob("*.json")):
        found = {"version": version, **json.loads(file.read_text())}
        kept[_key(found)] = found
    lines = [json.dumps(kept[key]) for key in sorted(kept)]
    KEPT.write_text("[\n" + ",\n".join(lines) + "\n]\n")


def results() -> Results:
    """All that is kept."""
    found: Results = json.loads(KEPT.read_text()) if KEPT.exists() else []
    return found


def _key(result: dict[str, Any]) -> tuple[str, str, int, str]:
    return result["scenario"], result["store"], result["side"], result["version"]


def section(kept: Results) -> list[str]:
    """The lines of the page; none where nothing is kept."""
    if not kept:
        return []
    versions = sorted({result["version"] for result in kept})
    rows: dict[tuple[str, str, int], dict[str, dict[str, Any]]] = {}
    for result in kept:
        rows.setdefault(_key(result)[:3], {})[result["version"]] = result
    lines = [
        "## Crowds", "",
        "`make siege`: one server, a crowd, and one honest person in a process of its own, who places every 200 ms.",
        "Silence is the longest that `/health` took, ack and frame are p99 of the honest person, all without the time",
        "that the two processes waited for a processor; memory is the most that was resident. A run is out of bounds",
        "with a silence over 250 ms (100 where the crowd is small), over 50 in more than one question of a hundred, a",
        "frame over 350, over 512 MB or more growth than the scenario allows, over 4 kB of log a second, or anything",
        "that the honest person was refused or lost.", "",
        f"Figures are those of {' / '.join(f'`{version}`' for version in versions)}; **bold** is out of bounds.",
        "Of the first, the waits of several threads were taken off together, which flatters it. Other programs kept",
        "both processors busy meanwhile (a load of 8 to 17, of up to 40 with PostgreSQL); what was out of bounds at",
        "such a load was run again, at 15 to 18.", "", *_commits(kept), "",
        "| crowd | board | store | silence, ms | ack, ms | frame, ms | memory, MB |", "|---|---:|---|---|---|---|---|",
    ]  # fmt: skip
    lines += [_row(key, [found.get(version) for version in versions]) for key, found in sorted(rows.items())]
    return [*lines, "", *_found(kept, versions)]


def _commits(kept: Results) -> list[str]:
    """Which commits the runs of a version are of."""
    counts = Counter((result["version"], result["store"], result["commit"]) for result in kept)
    named = (f"`{commit}` ({count}, {store})" for (version, store, commit), count in sorted(counts.items())
             if version != commit)  # fmt: skip
    return [f"Runs, by commit: {', '.join(named)}."]


def _row(key: tuple[str, str, int], results: list[dict[str, Any] | None]) -> str:
    name, store, side = key
    figures = (
        " / ".join(_cell(result, figure) for result in results)
        for figure in ("silence_ms", "ack_p99_ms", "frame_p99_ms", "memory_most_mb")
    )
    return "| " + " | ".join((SCENARIOS[name].does, str(side), store, *figures)) + " |"


def _cell(result: dict[str, Any] | None, figure: str) -> str:
    if result is None:
        return "-"
    text = f"{result[figure]:,.0f}"
    return f"**{text}**" if result["breaches"] else text


def _found(kept: Results, versions: list[str]) -> list[str]:
    lines = ["### What was out of bounds", ""]
    for version in versions:
        mine = [result for result in kept if result["version"] == version]
        failed = [result for result in mine if result["breaches"]]
        lines += [f"`{version}`, {len(failed)} of {len(mine)} runs:", ""]
        lines += [f"* {_breaches(result)}" for result in failed] + [""] * bool(failed)
    return lines


def _breaches(result: dict[str, Any]) -> str:
    text = "; ".join(breach[:80] for breach in result["breaches"])
    return f"{result['scenario']}, {result['side']}, {result['store']}: {text}"


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
