#!/usr/bin/env bash
# uvloop 0.23.0, Python 3.11: writing to the standard input of a child that has ended raises RuntimeError.
#
# asyncio's own loop takes the same write without a word (the pipe's end is told through `drain` and `wait_closed`), and
# its documentation names BrokenPipeError and ConnectionResetError for what a dead reader does. Code that expects an
# OSError from a helper process that may die, and runs on either loop, lets the RuntimeError through.
#
# Seen:
#   asyncio: no error
#   uvloop: RuntimeError
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check uvloop==0.23.0
cat >"$folder/write.py" <<'PYTHON'
import asyncio
import sys

import uvloop


async def write_to_the_dead() -> str:
    child = await asyncio.create_subprocess_exec("cat", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE)
    child.kill()
    await child.wait()
    await child.stdout.read()
    try:
        for _ in range(3):
            child.stdin.write(b"a line\n")
            await asyncio.sleep(0.05)
    except Exception as error:  # which one is the question
        return type(error).__name__
    return "no error"


for name, factory in (("asyncio", asyncio.new_event_loop), ("uvloop", uvloop.new_event_loop)):
    with asyncio.Runner(loop_factory=factory) as runner:
        print(f"{name}: {runner.run(write_to_the_dead())}")
PYTHON
seen=$("$folder/venv/bin/python" "$folder/write.py")
echo "$seen"
[ "$seen" = $'asyncio: no error\nuvloop: RuntimeError' ]
