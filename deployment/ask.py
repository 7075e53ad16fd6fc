#!/usr/bin/env python3
"""Asks the gateway in this container for a path and prints the answer: `ask /ready`, `ask /metrics`.

The exit code is 0 if the answer is a good one. The image's HEALTHCHECK and `docker compose exec` call it.
"""

import os
import sys
import urllib.error
import urllib.request

SECONDS = 4.0


def main() -> int:
    """Asks once."""
    if len(sys.argv) != 2 or not sys.argv[1].startswith("/"):
        sys.stderr.write("usage: ask /path\n")
        return 64
    url = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}{sys.argv[1]}"
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=SECONDS) as answer:
            print(answer.read().decode(errors="replace"))
    except urllib.error.HTTPError as error:
        print(error.read().decode(errors="replace"))
        return 1
    except OSError as error:
        sys.stderr.write(f"no answer from {url}: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
