/** A request that is given up after a while. */

/** As `fetch`; rejects when the whole answer's head is not there in time. `AbortSignal.timeout` is younger than our floor. */
export async function fetchWithin(
  limitMs: number,
  address: string,
  options: RequestInit = {},
): Promise<Response> {
  const controller = new AbortController();
  // Left to run: it also ends an answer whose head came, and whose body does not.
  setTimeout(() => controller.abort(), limitMs);
  return fetch(address, { ...options, signal: controller.signal });
}
