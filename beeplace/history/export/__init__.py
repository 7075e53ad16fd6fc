"""The log as a file for other tools, one entry a row: Parquet, CSV or lines of JSON."""
