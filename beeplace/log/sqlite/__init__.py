"""The embedded store: one file, one process; its SQL stands beside it."""
