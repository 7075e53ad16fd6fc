/** Work that the server asks of a newcomer's device: the number is searched that a challenge was made from. */
import { isCount, isFields } from "../fields";

export interface Challenge {
  readonly parameters: {
    readonly nonce: string;
    readonly salt: string;
    readonly cost: number;
    readonly keyPrefix: string;
    /** The most tries that it takes. */
    readonly data: { readonly tries: number };
  };
  readonly signature: string;
}

export interface Solution {
  readonly counter: number;
  readonly derivedKey: string;
}

/** PBKDF2 with SHA-256, 32 bytes. */
export type Derive = (password: Uint8Array, salt: Uint8Array, iterations: number) => Promise<Uint8Array>;

/** What the server gave, whole: it is sent back as it came. */
export function asChallenge(value: unknown): Challenge | null {
  if (!isFields(value) || !isFields(value.parameters) || !isFields(value.parameters.data)) return null;
  const { nonce, salt, cost, keyPrefix, data } = value.parameters;
  const isWhole = [nonce, salt, keyPrefix, value.signature].every((text) => typeof text === "string");
  return isWhole && isCount(cost) && isCount(data.tries) ? (value as unknown as Challenge) : null;
}

const bytesOf = (hex: string): Uint8Array =>
  Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
const hexOf = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** Null where no number does: the challenge is none. `tried` hears of each try. */
export async function solve(
  { parameters }: Challenge,
  derive: Derive,
  tried: (count: number) => void,
): Promise<Solution | null> {
  const nonce = bytesOf(parameters.nonce);
  const salt = bytesOf(parameters.salt);
  const password = new Uint8Array(nonce.length + 4);
  password.set(nonce);
  const view = new DataView(password.buffer);
  for (let counter = 0; counter < parameters.data.tries; counter++) {
    view.setUint32(nonce.length, counter);
    const derivedKey = hexOf(await derive(password, salt, parameters.cost));
    if (derivedKey.startsWith(parameters.keyPrefix)) return { counter, derivedKey };
    tried(counter + 1);
  }
  return null;
}
