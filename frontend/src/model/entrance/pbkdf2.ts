/** PBKDF2 with SHA-256 (RFC 8018, FIPS 180-4), for pages that have no WebCrypto, as those without TLS. */

const BLOCK = 16; // words
const ROUNDS = 64;

/** The first 32 bits behind the point of roots of the first primes: square roots begin a hash, cubic roots are added. */
function roots(count: number, power: number): Int32Array {
  const found = new Int32Array(count);
  for (let candidate = 2, at = 0; at < count; candidate++) {
    let isPrime = true;
    for (let divisor = 2; divisor * divisor <= candidate; divisor++)
      if (candidate % divisor === 0) isPrime = false;
    if (isPrime) found[at++] = (candidate ** power % 1) * 2 ** 32;
  }
  return found;
}

const START = roots(8, 1 / 2);
const ADDED = roots(ROUNDS, 1 / 3);
const schedule = new Int32Array(ROUNDS);

/** One block into a state, `to` may be `from`. The indices are in range: `?? 0` is for the type alone. */
function compress(from: Int32Array, block: Int32Array, to: Int32Array): void {
  const w = schedule;
  w.set(block);
  for (let i = BLOCK; i < ROUNDS; i++) {
    const x = w[i - 15] ?? 0;
    const y = w[i - 2] ?? 0;
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    w[i] = ((w[i - 16] ?? 0) + s0 + (w[i - 7] ?? 0) + s1) | 0;
  }
  let a = from[0] ?? 0;
  let b = from[1] ?? 0;
  let c = from[2] ?? 0;
  let d = from[3] ?? 0;
  let e = from[4] ?? 0;
  let f = from[5] ?? 0;
  let g = from[6] ?? 0;
  let h = from[7] ?? 0;
  for (let i = 0; i < ROUNDS; i++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + (ADDED[i] ?? 0) + (w[i] ?? 0)) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  to[0] = (from[0] ?? 0) + a;
  to[1] = (from[1] ?? 0) + b;
  to[2] = (from[2] ?? 0) + c;
  to[3] = (from[3] ?? 0) + d;
  to[4] = (from[4] ?? 0) + e;
  to[5] = (from[5] ?? 0) + f;
  to[6] = (from[6] ?? 0) + g;
  to[7] = (from[7] ?? 0) + h;
}

/** The last block of a message that one block of 64 bytes came before. */
function lastBlock(bytes: Uint8Array): Int32Array {
  const padded = new DataView(new ArrayBuffer(4 * BLOCK));
  bytes.forEach((byte, at) => {
    padded.setUint8(at, byte);
  });
  padded.setUint8(bytes.length, 0x80);
  padded.setUint32(60, 8 * (64 + bytes.length));
  return Int32Array.from({ length: BLOCK }, (_, word) => padded.getInt32(4 * word));
}

function keyed(key: Uint8Array, mask: number): Int32Array {
  const bytes = new Uint8Array(64).fill(mask);
  key.forEach((byte, at) => {
    bytes[at] = byte ^ mask;
  });
  const view = new DataView(bytes.buffer);
  const block = Int32Array.from({ length: BLOCK }, (_, word) => view.getInt32(4 * word));
  const state = new Int32Array(8);
  compress(START, block, state);
  return state;
}

/** 32 bytes; the password has at most 64, the salt at most 51: each is one block, as those of challenges are. */
export function pbkdf2(password: Uint8Array, salt: Uint8Array, iterations: number): Uint8Array {
  const inner = keyed(password, 0x36);
  const outer = keyed(password, 0x5c);
  let block = lastBlock(Uint8Array.of(...salt, 0, 0, 0, 1));
  const state = new Int32Array(8);
  const sum = new Int32Array(8);
  const link = lastBlock(new Uint8Array(32));
  for (let round = 0; round < iterations; round++) {
    compress(inner, block, state);
    link.set(state);
    compress(outer, link, state);
    link.set(state);
    block = link;
    for (let word = 0; word < 8; word++) sum[word] = (sum[word] ?? 0) ^ (state[word] ?? 0);
  }
  const key = new DataView(new ArrayBuffer(32));
  sum.forEach((word, at) => {
    key.setInt32(4 * at, word);
  });
  return new Uint8Array(key.buffer);
}
