/** A request that is given up after a while. */
import { fromPage } from "../model/site-path";

/** As `fetch`, of a path of the site too; rejects when the whole answer's head is not there in time. `AbortSignal.timeout` is younger than our floor. */
export async function fetchWithin(
  limitMs: number,
  address: string,
  options: RequestInit = {},
): Promise<Response> {
  const controller = new AbortController();
  // Left to run: it also ends an answer whose head came, and whose body does not.
  setTimeout(() => controller.abort(), limitMs);
  return fetch(fromPage(address), { ...options, signal: controller.signal });
}
