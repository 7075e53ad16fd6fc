#!/usr/bin/env bash
# zlib 1.2.13 (Python 3.11 of Debian 12): on lists of numbers, Z_HUFFMAN_ONLY is about 9 % smaller than level 9.
#
# "Huffman only" reads like a fast and poor choice, and level 9 like the smallest result. In lists of numbers separated by
# commas the repeats that zlib finds are three or four digits long; writing such a match (length, distance) costs more bits
# than the digits themselves, which are worth about 3.4 bits each, and zlib does not compare the two. Without matches
# each byte has its Huffman code alone. Z_FILTERED, which ignores matches under six bytes, gains most of it too.
#
# Seen, for lists of pixel numbers and colours ("40511,7,1290,15,..."):
#   100 pixels: huffman only is smaller than level 9, filtered is smaller than level 9
#   400 pixels: huffman only is smaller than level 9, filtered is smaller than level 9
set -euo pipefail
seen=$(python3 - <<'PYTHON'
import random
import zlib

chance = random.Random(1)


def text(pixels: int) -> bytes:
    return ",".join(f"{chance.randrange(65536)},{chance.randrange(16)}" for _ in range(pixels)).encode()


def size(texts: list[bytes], level: int, strategy: int) -> int:
    total = 0
    for one in texts:
        squeeze = zlib.compressobj(level, zlib.DEFLATED, -15, 9, strategy)
        total += len(squeeze.compress(one) + squeeze.flush())
    return total


for pixels in (100, 400):
    texts = [text(pixels) for _ in range(200)]
    best = size(texts, 9, zlib.Z_DEFAULT_STRATEGY)
    words = []
    for name, strategy in (("huffman only", zlib.Z_HUFFMAN_ONLY), ("filtered", zlib.Z_FILTERED)):
        smaller = size(texts, 9, strategy) < 0.95 * best
        words.append(f"{name} is {'smaller' if smaller else 'not smaller'} than level 9")
    print(f"{pixels} pixels: {', '.join(words)}")
PYTHON
)
echo "$seen"
[ "$seen" = "100 pixels: huffman only is smaller than level 9, filtered is smaller than level 9
400 pixels: huffman only is smaller than level 9, filtered is smaller than level 9" ]
