/** Requests under a name: sent again where the answer is lost, and still each happens once. */

const AGAIN_MS = 1000;
const TRIES = 3;

/** The last answer, where each is lost. */
export async function sendNamed<T>(
  send: (name: string) => Promise<T>,
  isLost: (answer: T) => boolean,
): Promise<T> {
  const name = newName();
  for (let tries = 1; ; tries++) {
    const answer = await send(name);
    if (!isLost(answer) || tries >= TRIES) return answer;
    await new Promise((done) => setTimeout(done, AGAIN_MS));
  }
}

/** `crypto.randomUUID` is not there on a page without TLS, as at a rehearsal in the local network. */
const newName = (): string =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
