"""Runs the k6 load tests against a server of its own and prints figures; `make smoke` and `make breakpoint` call it.

The server listens on a free port of 127.0.0.1, keeps its board in a temporary folder, and ends with the test. k6 shares
the machine's cores with it, so the figures are those of both together.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from loadtests.figures import Configuration, Figures, count, crossed, figures_of, read_all
from loadtests.report import THESIS, insert, sheet
from loadtests.usage import raise_file_limit, usage
from tests.servers import API_KEY, ServerProcess

FOLDER = Path(__file__).resolve().parent
K6 = Path(sys.executable).parent / "k6"
DOCUMENT = FOLDER.parent / "docs" / "load-tests.md"
# A breakpoint test: making the users, 5 minutes of arrivals, and the last one's stay.
LONGEST_SECONDS = {"smoke": 90, "breakpoint": 600}
# The thesis asks when the server breaks, not when it begins to defend itself against a thousand visitors a second.
UNLIMITED = {"HANDSHAKES_PER_SECOND": 1_000_000, "SOCKETS_PER_IDENTITY": 1_000_000, "SOCKET_EVENTS_PER_SECOND": 10_000}
THRESHOLDS_CROSSED = 99
# Crossing these is how a breakpoint test ends; any other threshold means that the test itself went wrong.
BREAKS = {"ws_connecting", "dropped_iterations"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs what the command line asks for; 0 where every test passed."""
    given = parser().parse_args(arguments)
    if given.command == "report":
        return report(given.out, given.into)
    if not K6.exists():
        sys.exit("k6 is missing: `make needs` installs it")
    raise_file_limit()
    return max([run(configuration, given.out) for configuration in configurations(given)])


def parser() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(prog="run.py", description=__doc__.partition("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    for name, does in (("smoke", "few users, some seconds"), ("breakpoint", "the thesis's test, until it breaks")):
        command = commands.add_parser(name, help=does, description=does)
        command.add_argument("--board-size", type=int, default=64, metavar="N", help="width and height (64)")
        command.add_argument("--refresh-rate", type=int, default=100, metavar="MS", help="time between batches (100)")
        command.add_argument("--all", action="store_true", help="every configuration of the thesis, one after another")
    command = commands.add_parser("report", help="write the results into docs/load-tests.md")
    command.add_argument("--into", type=Path, default=DOCUMENT, metavar="FILE", help="a document with the two marks")
    for command in commands.choices.values():
        command.add_argument("--out", type=Path, default=FOLDER / "results", metavar="DIR", help="where results lie")
    return parser


def configurations(given: argparse.Namespace) -> list[Configuration]:
    """One, or all that the thesis has figures for."""
    if given.all:
        return [Configuration(given.command, known.board_size, known.refresh_rate_ms) for known in THESIS]
    return [Configuration(given.command, given.board_size, given.refresh_rate)]


def report(results: Path, document: Path) -> int:
    """Writes the tables of all results into the document."""
    document.write_text(insert(document.read_text(), read_all(results)))
    return 0


def run(configuration: Configuration, out: Path) -> int:
    """Runs one test and prints and keeps its figures; 0 where it passed."""
    out.mkdir(parents=True, exist_ok=True)
    with server_for(configuration) as server:
        figures = measure(configuration, server, out)
    figures.write(out)
    print(f"{sheet(figures)}\n  k6 and the server shared {figures.cores} cores. More in {out}", flush=True)
    return 0 if figures.passed else 1


@contextmanager
def server_for(configuration: Configuration) -> Iterator[ServerProcess]:
    """A fresh server; its log is shown where it did not end well."""
    with tempfile.TemporaryDirectory(prefix="beeplace-load-") as folder:
        server = ServerProcess(
            Path(folder),
            BOARD_SIZE=configuration.board_size,
            BOARD_REFRESH_RATE=configuration.refresh_rate_ms,
            **UNLIMITED,
        )
        try:
            yield server
        finally:
            if server.stop() != 0:
                print(server.log.read_text()[-2000:], file=sys.stderr)


def measure(configuration: Configuration, server: ServerProcess, out: Path) -> Figures:
    """One run of k6, and what the server used meanwhile."""
    measured_at = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    before = usage(server.process.pid)
    exit_code = run_k6(configuration, server.url, out, REHEARSAL=rehearsal_token(server.url))
    after = usage(server.process.pid)
    lag = server_lag_ms(server.url)
    summary: dict[str, Any] = json.loads(summary_file(configuration, out).read_text())
    passed = has_passed(configuration.test, exit_code, summary)
    return figures_of(
        configuration,
        summary,
        passed=passed,
        measured_at=measured_at,
        cores=os.cpu_count() or 1,
        before=before,
        after=after,
        server_lag_ms=lag,
    )


def rehearsal_token(url: str) -> str:
    """What the fingerprints of users begin with whom the server's operator has sent for: they are no flood."""
    asked = Request(
        f"{url}/api/rehearsals",
        data=json.dumps({"people": 1}).encode(),
        headers={"apiKey": API_KEY, "content-type": "application/json"},
    )
    with urlopen(asked, timeout=30) as answer:
        return str(json.load(answer)["token"])


def server_lag_ms(url: str) -> float | None:
    """How late the server's loop woke up at worst since its start, as it says itself."""
    with urlopen(f"{url}/metrics", timeout=30) as answer:
        found = re.search(r"^beeplace_loop_lag_most_seconds (\S+)$", answer.read().decode(), re.MULTILINE)
    return float(found[1]) * 1000 if found else None


def has_passed(test: str, exit_code: int, summary: dict[str, Any]) -> bool:
    """A breakpoint test ends well when the server broke as it is meant to, having let in more than it lost."""
    if test == "smoke" or exit_code not in (0, THRESHOLDS_CROSSED):
        return exit_code == 0
    users, errors = (count(summary, name) for name in ("users", "user_errors"))
    return BREAKS.issuperset(crossed(summary)) and users > errors


def summary_file(configuration: Configuration, out: Path) -> Path:
    """Where k6 leaves its numbers."""
    return out / f"{configuration.name}.summary.json"


def run_k6(configuration: Configuration, url: str, out: Path, **environment: str) -> int:
    """Runs a test script against a running server and returns k6's exit code. Raises TimeoutExpired."""
    name, log = configuration.name, out / f"{configuration.name}.log"
    command = [str(K6), "run", "--no-usage-report", f"--log-output=file={log}"]
    command += [] if sys.stdout.isatty() else ["--quiet"]
    for old in (log, summary_file(configuration, out)):
        old.unlink(missing_ok=True)
    process = subprocess.Popen(
        [*command, str(FOLDER / f"{configuration.test}.ts")],
        env={name: value for name, value in os.environ.items() if not name.startswith("K6_")} | {
            "URL": url,
            "SUMMARY": str(summary_file(configuration, out)),
            "REFRESH_RATE": str(configuration.refresh_rate_ms),
            "K6_WEB_DASHBOARD": "true",
            "K6_WEB_DASHBOARD_EXPORT": str(out / f"{name}.html"),
            "K6_WEB_DASHBOARD_PERIOD": "1s",
            "K6_WEB_DASHBOARD_PORT": "-1",
            "GOGC": "300",  # k6's thousands of script engines are a large heap: collect it less often
            **environment,
        },
    )  # fmt: skip
    try:
        return process.wait(LONGEST_SECONDS[configuration.test])
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


if __name__ == "__main__":
    sys.exit(main())
