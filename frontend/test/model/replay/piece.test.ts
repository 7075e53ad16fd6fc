/** Pieces as the server writes them, against the vectors that its tests read too. */
import { expect, test } from "vitest";
import vectors from "../../../../tests/wire/pieces.json";
import { decodePiece } from "../../../src/model/replay/piece";

const bytesOf = (hex: string) => Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));

test.each(vectors)("$name", ({ piece, lines }) => {
  const read = decodePiece(bytesOf(piece));
  expect(read?.count).toBe(lines.length);
  let latest = Number.NEGATIVE_INFINITY;
  lines.forEach(([seq, atMs, text], index) => {
    latest = Math.max(latest, Number(atMs));
    expect([Number(read?.first) + index, read?.times[index]]).toEqual([seq, latest]);
    const other = read?.others.get(index);
    if (other) expect(String(text).startsWith(`${other.kind.mark},`)).toBe(true);
    else expect(`${read?.xs[index]},${read?.ys[index]},${read?.colors[index]}`).toBe(text);
  });
});

test("what is no piece is refused", () => {
  const [first] = vectors;
  const good = bytesOf(first?.piece ?? "");
  expect(decodePiece(good)).not.toBeNull();
  for (let length = 0; length < good.length; length++)
    expect(decodePiece(good.subarray(0, length))).toBeNull();
  expect(decodePiece(Uint8Array.of(...good, 0))).toBeNull();
  expect(decodePiece(Uint8Array.from(good, (byte, index) => (index === 0 ? byte + 1 : byte)))).toBeNull();
});
