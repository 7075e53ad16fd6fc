/** A thread that works for its page: takes a challenge, tells its progress from 0 to 1, and at last the solution. */
import { pbkdf2 } from "../model/entrance/pbkdf2";
import { type Challenge, type Derive, solve } from "../model/entrance/work";

const PROGRESS_MS = 100;
const SHA_256 = { name: "PBKDF2", hash: "SHA-256" };

/** Browsers have WebCrypto in pages over TLS and in those of the same machine alone. */
const derive: Derive = crypto.subtle
  ? async (password, salt, iterations) => {
      const key = await crypto.subtle.importKey("raw", new Uint8Array(password), "PBKDF2", false, [
        "deriveBits",
      ]);
      const bits = crypto.subtle.deriveBits({ ...SHA_256, salt: new Uint8Array(salt), iterations }, key, 256);
      return new Uint8Array(await bits);
    }
  : async (password, salt, iterations) => pbkdf2(password, salt, iterations);

addEventListener("message", async ({ data }: MessageEvent<Challenge>) => {
  let told = performance.now();
  const solution = await solve(data, derive, (count) => {
    if (performance.now() - told < PROGRESS_MS) return;
    told = performance.now();
    postMessage(count / data.parameters.data.tries);
  });
  postMessage(solution);
});
