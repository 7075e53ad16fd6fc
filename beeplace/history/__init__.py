"""The log as a product, read only: backup, verify, statistics, the log as text, an earlier board."""
