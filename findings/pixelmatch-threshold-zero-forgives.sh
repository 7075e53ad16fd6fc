#!/usr/bin/env bash
# pixelmatch 7.1.0 (Node 20): threshold 0 still forgives changed pixels; a red pixel between black and white is no difference.
#
# `threshold: 0` reads like "every difference counts". It says only how different two colours must be; which pixels count is
# said by `includeAA`, false by default: a changed pixel that looks smoothed in either picture (few equal neighbours, one
# brighter, one darker) is left out of the number. In pixel art any single pixel at an edge looks like that. So two pictures
# can be "0 pixels different" though one is not, and of 1,000 changed pixels of a board about a sixth is not counted.
#
# Seen, 24 x 24 pixels of which the left half is black and the right half white, one pixel changed to red:
#   in the middle of the black: 1 (threshold 0), 1 (threshold 0, includeAA)
#   at the edge, on the black side: 0 (threshold 0), 1 (threshold 0, includeAA)
# and 256 x 256 pixels of 16 colours in blocks of 8 x 8, of which 1,000 are changed:
#   821 (threshold 0), 1000 (threshold 0, includeAA)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix . pixelmatch@7.1.0 >/dev/null
cat > trial.mjs <<'NODE'
import pixelmatch from "pixelmatch";

const BLACK = 0x000000;
const WHITE = 0xffffff;
const RED = 0xff4500;
const COLORS = [
  0x6d001a, 0xbe0039, 0xff4500, 0xffa800, 0xffd635, 0xfff8b8, 0x00a368, 0x00cc78,
  0x7eed56, 0x00756f, 0x009eaa, 0x00ccc0, 0x2450a4, 0x3690ea, 0x51e9f4, 0x493ac1,
];

const rgba = (colors) =>
  Uint8ClampedArray.from(colors.flatMap((color) => [color >> 16, (color >> 8) & 255, color & 255, 255]));

function say(words, side, one, other) {
  const count = (options) => pixelmatch(rgba(one), rgba(other), null, side, side, options);
  const both = [count({ threshold: 0 }), count({ threshold: 0, includeAA: true })];
  console.log(`${words}: ${both[0]} (threshold 0), ${both[1]} (threshold 0, includeAA)`);
}

const halves = Array.from({ length: 24 * 24 }, (_, at) => (at % 24 < 12 ? BLACK : WHITE));
const red = (x, y) => halves.map((color, at) => (at === y * 24 + x ? RED : color));
say("middle", 24, halves, red(6, 6));
say("edge", 24, halves, red(11, 6));

let state = 1;
const below = (end) => {
  state = (state * 1103515245 + 12345) & 0x7fffffff;
  return (state >> 8) % end;
};
const block = (x, y) => ((x >> 3) + (y >> 3) * 7) % 16;
const board = Array.from({ length: 256 * 256 }, (_, at) => block(at % 256, (at / 256) | 0));
const places = new Set();
while (places.size < 1000) places.add(below(256 * 256));
const drawn = board.slice();
for (const at of places) drawn[at] = (drawn[at] + 1 + below(15)) % 16;
say("board", 256, board.map((index) => COLORS[index]), drawn.map((index) => COLORS[index]));
NODE
seen=$(timeout 60 node trial.mjs)
echo "$seen"
[ "$seen" = "middle: 1 (threshold 0), 1 (threshold 0, includeAA)
edge: 0 (threshold 0), 1 (threshold 0, includeAA)
board: 821 (threshold 0), 1000 (threshold 0, includeAA)" ]
