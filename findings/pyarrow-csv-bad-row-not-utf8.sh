#!/usr/bin/env bash
# PyArrow 26.0.1: `invalid_row_handler` of its CSV reader is not asked about a bad row whose bytes are no UTF-8.
#
# A handler that says "skip" is how a log of millions of rows is read although a few of them are cut. It works until a cut
# row holds a byte that is no UTF-8, as a cut row easily does: making the handler's argument fails inside of the reader,
# the UnicodeDecodeError is only printed ("Exception ignored in"), the handler is never called, and the whole file is
# refused with "Expected 2 columns, got 1". A good row with the same bytes is no such trouble for columns read as binary.
# ReadOptions(encoding="latin-1") makes every byte a character, and the handler is asked again.
#
# Seen:
#   a bad row of ASCII: asked, rows [1, 3]
#   a bad row with 0xff: not asked, ArrowInvalid
#   the same read as latin-1: asked, rows [1, 3]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pyarrow==26.0.1 2>/dev/null
cat >"$folder/look.py" <<'PYTHON'
import io

import pyarrow
from pyarrow import csv


def read(name: str, text: bytes, **options: str) -> None:
    asked = []

    def handler(row: csv.InvalidRow) -> str:
        asked.append(row)
        return "skip"

    try:
        table = csv.read_csv(
            io.BytesIO(text),
            read_options=csv.ReadOptions(**options),
            parse_options=csv.ParseOptions(invalid_row_handler=handler),
        )
        result = f"rows {table.column('a').to_pylist()}"
    except pyarrow.ArrowInvalid as error:
        result = type(error).__name__
    print(f"{name}: {'asked' if asked else 'not asked'}, {result}")


read("a bad row of ASCII", b"a,b\n1,2\ncut\n3,4\n")
read("a bad row with 0xff", b"a,b\n1,2\ncut\xff\n3,4\n")
read("the same read as latin-1", b"a,b\n1,2\ncut\xff\n3,4\n", encoding="latin-1")
PYTHON
seen=$("$folder/venv/bin/python" "$folder/look.py" 2>/dev/null)
echo "$seen"
[ "$seen" = $'a bad row of ASCII: asked, rows [1, 3]\na bad row with 0xff: not asked, ArrowInvalid\nthe same read as latin-1: asked, rows [1, 3]' ]
