"""What is promised, by which tests it is shown, and which figure of the runs says how well."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Figure = Callable[[list[dict[str, Any]]], str]


def _sum(words: str, *names: str) -> Figure:
    """Totals over all runs, put into the words in their order."""
    return lambda runs: words.format(*(f"{sum(int(run.get(name, 0)) for run in runs):,}" for name in names))


def _redis_alone(runs: list[dict[str, Any]]) -> str:
    """Who was refused for want of the database though only Redis was disturbed."""
    alone = [run for run in runs if run.get("faults") and all(name.startswith("Redis") for name in run["faults"])]
    told = [(run["wishes"], run["refusals"].get("store_unavailable", 0)) for run in alone if "refusals" in run]
    calm = [asked for asked, refused in told if not refused]
    return (
        f"Redis faults alone: nobody refused in {len(calm)} of {len(told)} runs ({sum(calm):,} placements); "
        f"{sum(refused for _, refused in told):,} answers `store_unavailable` in the others, on a starved machine"
    )


def _none(_runs: list[dict[str, Any]]) -> str:
    return ""


PROMISES: tuple[tuple[str, str, tuple[str, ...], Figure], ...] = (
    (
        "G1", "durable: a confirmed pixel survives `kill -9`, lost Redis, a crash of PostgreSQL, a power cut",
        ("tests/chaos/test_chaos.py", "tests/crash/test_crash.py", "tests/board/test_store_postgres_faults.py"),
        _sum("{} confirmed, {} kills, {} power cuts, {} lost", "confirmed", "gateway_kills", "power_cuts", "lost"),
    ),
    (
        "G2", "nothing false: what is not committed is never sent, what is refused is taken back",
        ("tests/chaos/test_chaos.py", "tests/browser/test_feedback.py"),
        _sum("{} pictures and every batch compared with the log", "pictures"),
    ),
    (
        "G3", "exactly once: one effect however often it is sent, on whichever gateway",
        ("tests/chaos/test_chaos.py", "tests/board/test_rules.py", "tests/board/test_store_postgres_answers.py"),
        _sum("{} lost answers settled, {} doubled", "unknown_settled", "doubled"),
    ),
    (
        "G4", "one order, the same in the log, in every gateway, on every screen",
        ("tests/chaos/test_chaos.py", "tests/board/test_machine.py"),
        _sum("{} log entries without a hole", "log_rows"),
    ),
    (
        "G5", "converges: after any break a client equals the server",
        ("tests/chaos/test_chaos.py", "tests/e2e/test_gateways.py", "tests/browser/test_network.py"),
        _sum("{} returns by delta, all screens equal at each run's end", "rejoined_by_delta"),
    ),
    (
        "G6", "no doubt: every batch states its range, a client never applies one that does not touch its own",
        ("tests/wire/range.json", "tests/board/test_machine.py", "tests/crash/test_checker.py"), _none,
    ),
    (
        "G7", "allowance exact, across sockets, gateways, restarts and lost Redis",
        ("tests/chaos/test_chaos.py", "tests/board/test_allowance.py", "tests/board/test_store_postgres_others.py"),
        _sum("{} over the allowance", "over_allowance"),
    ),
    (
        "G9", "bounded: who does not read costs at most 256 kB and 30 s",
        ("tests/chaos/test_chaos.py", "tests/e2e/test_slow_clients.py", "tests/gateway/test_fanout.py"), _none,
    ),
    ("G10", "storms: many may come back at once", ("tests/e2e/test_bounded_memory.py",), _none),
    (
        "G11", "restart: SIGTERM drains, nothing is lost or doubled",
        ("tests/chaos/test_chaos.py", "tests/e2e/test_end.py", "tests/test_workers.py"), _none,
    ),
    (
        "G12", "degradation: without Redis nothing is refused, without the database placing is, with the reason",
        ("tests/chaos/test_chaos.py", "tests/browser/test_degraded.py", "tests/board/test_bus_redis_faults.py"),
        _redis_alone,
    ),
    (
        "G13", "organisers: their actions are entries of the same log, whole or not at all",
        ("tests/board/test_rules_actions.py", "tests/board/test_store.py", "tests/e2e/test_gateways.py"), _none,
    ),
    (
        "G14", "restore: a backup of a running board is the board at its seq",
        ("tests/test_backup.py", "tests/test_verify.py"), _none,
    ),
    ("G15", "clocks: no promise depends on the wall clock", ("tests/board/test_clock.py",), _none),
    ("G16", "any input has one defined answer", ("tests/catalogue/test_frames.py", "tests/fuzz/test_fuzz.py"), _none),
    (
        "G17", "privacy: nothing personal is stored",
        ("tests/gateway/test_identity.py", "tests/e2e/test_who_is_who.py"), _none,
    ),
    ("G18", "original clients work unchanged", ("tests/e2e/test_thesis_client.py",), _none),
)  # fmt: skip

PLANTED = (
    ("an answer before its commit", "lost", "tests/chaos/test_chaos.py"),
    ("SQLite with `synchronous=NORMAL`, under power cuts", "lost", "tests/chaos/test_chaos.py"),
    ("a cooldown that is read first and raised later", "over the allowance", "tests/chaos/test_chaos.py"),
    ("a bus whose gaps nobody repairs", "false, diverged", "tests/chaos/test_chaos.py"),
    ("a fan-out without bound", "unbounded", "tests/chaos/test_chaos.py"),
    ("a commit confirmed that no standby has", "unreplicated", "tests/chaos/test_chaos.py"),
    ("a database that forgets", "lost", "tests/crash/test_crash.py"),
    (
        "rows lost, doubled, moved, changed; answers and pictures that the log has not",
        "each by its name",
        "tests/crash/test_checker.py",
    ),
)
