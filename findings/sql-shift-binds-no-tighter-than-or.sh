#!/usr/bin/env bash
# SQLite 3.54.1 (APSW 3.54.1.0) and DuckDB 2.0.1: `<<` binds no tighter than `|` and `&`; all are read from the left.
#
# In C, Python, JavaScript and Java `a << 16 | b << 8` packs two fields into a number. In SQL it is ((a << 16) | b) << 8:
# no error, and right for every row in which the later shift is by 0, so a query that packs columns passes a test with the
# last field alone and is wrong as soon as there are three. Each shift needs brackets of its own.
#
# Seen:
#   Python  1 << 4 | 1 << 2 = 20, 6 & 3 << 1 = 6
#   SQLite  1 << 4 | 1 << 2 = 68, 6 & 3 << 1 = 4
#   DuckDB  1 << 4 | 1 << 2 = 68, 6 & 3 << 1 = 4
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check apsw==3.54.1.0 duckdb==2.0.1 2>/dev/null
cat >"$folder/look.py" <<'PYTHON'
import apsw
import duckdb

BOTH = "1 << 4 | 1 << 2", "6 & 3 << 1"
QUERY = f"SELECT {BOTH[0]}, {BOTH[1]}"
ways = {
    "Python": tuple(map(eval, BOTH)),
    "SQLite": next(apsw.Connection(":memory:").execute(QUERY)),
    "DuckDB": duckdb.sql(QUERY).fetchall()[0],
}
for name, results in ways.items():
    print(f"{name}  " + ", ".join(f"{text} = {result}" for text, result in zip(BOTH, results)))
PYTHON
seen=$("$folder/venv/bin/python" "$folder/look.py")
echo "$seen"
[ "$seen" = $'Python  1 << 4 | 1 << 2 = 20, 6 & 3 << 1 = 6\nSQLite  1 << 4 | 1 << 2 = 68, 6 & 3 << 1 = 4\nDuckDB  1 << 4 | 1 << 2 = 68, 6 & 3 << 1 = 4' ]
