"""What every session of ours is set to, so that no default of a role, a database or an address counts."""

from __future__ import annotations

PLAIN = {
    "client_min_messages": "notice",  # a warning says that a commit was not replicated
    "synchronous_commit": "on",
    "default_transaction_isolation": "read committed",  # what is read behind the board's lock must be the newest
    "default_transaction_read_only": "off",
    "default_transaction_deferrable": "off",
    "lock_timeout": "0",
    "statement_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
    "standard_conforming_strings": "on",
    "bytea_output": "hex",
    "DateStyle": "ISO, MDY",
    "IntervalStyle": "postgres",
    "TimeZone": "UTC",
    "row_security": "on",
    "jit": "off",
}
NEWER = {"idle_session_timeout": "0", "transaction_timeout": "0", "client_connection_check_interval": "0"}
LIMITS = {
    "application_name": "beeplace",
    "lock_timeout": "1000",
    "statement_timeout": "2000",
    "idle_in_transaction_session_timeout": "2000",
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "2",
    "tcp_keepalives_count": "3",
}
FOR_SESSIONS = frozenset(  # nothing to one transaction, whose values are exchanged in binary form
    ("application_name", "default_transaction_isolation", "default_transaction_read_only", "bytea_output", "DateStyle",
     "default_transaction_deferrable", "IntervalStyle", "TimeZone", "standard_conforming_strings",
     "tcp_keepalives_idle", "tcp_keepalives_interval", "tcp_keepalives_count", "search_path")
)  # fmt: skip
OVERRULED = frozenset(name.lower() for name in (*PLAIN, *NEWER, *LIMITS))  # may stand in an address all the same
