import { expect, test } from "vitest";
import { pbkdf2 } from "../../../src/model/entrance/pbkdf2";
import { asChallenge, type Challenge, type Derive, solve } from "../../../src/model/entrance/work";

const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
const hexOf = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const derive: Derive = async (...given) => pbkdf2(...given);

async function platform(password: Uint8Array, salt: Uint8Array, iterations: number): Promise<string> {
  const [key, salted] = [new Uint8Array(password), new Uint8Array(salt)];
  const imported = await crypto.subtle.importKey("raw", key, "PBKDF2", false, ["deriveBits"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt: salted, iterations };
  return hexOf(new Uint8Array(await crypto.subtle.deriveBits(how, imported, 256)));
}

test.each([
  [20, 16, 1],
  [20, 16, 500],
  [64, 51, 3],
  [1, 1, 2],
])(
  "a key of %i bytes with a salt of %i is what the platform derives",
  async (length, saltLength, iterations) => {
    const [password, salt] = [random(length), random(saltLength)];
    expect(hexOf(pbkdf2(password, salt, iterations))).toBe(await platform(password, salt, iterations));
  },
);

async function challengeOf(counter: number, tries: number): Promise<Challenge> {
  const [nonce, salt] = [random(16), random(16)];
  const keyPrefix = (await platform(Uint8Array.of(...nonce, 0, 0, 0, counter), salt, 2)).slice(0, 32);
  const texts = { nonce: hexOf(nonce), salt: hexOf(salt) };
  return { parameters: { ...texts, cost: 2, keyPrefix, data: { tries } }, signature: "00" };
}

test("the number that the challenge was made from is found, and each try before it is told", async () => {
  const told: number[] = [];
  const solution = await solve(await challengeOf(5, 9), derive, (count) => told.push(count));
  expect([solution?.counter, told]).toEqual([5, [1, 2, 3, 4, 5]]);
});

test("a challenge without a solution ends", async () => {
  expect(await solve(await challengeOf(9, 9), derive, () => {})).toBeNull();
});

test.each([
  null,
  {},
  { parameters: {} },
  { parameters: { data: { tries: -1 } } },
  { ...challengeOf(1, 1), signature: 1 },
])("%j is no challenge", (value) => {
  expect(asChallenge(value)).toBeNull();
});

test("a challenge is taken whole, with what only the server reads", async () => {
  const whole = { ...(await challengeOf(1, 1)), other: true };
  expect(asChallenge({ ...whole, signature: 1 })).toBeNull();
  expect(asChallenge(whole)).toBe(whole);
});
