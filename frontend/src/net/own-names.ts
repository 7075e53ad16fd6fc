/** Asks the server what exports call the person who has this token. */
import { fetchWithin } from "./deadline";

const TIMEOUT_MS = 8000;

export interface OwnNames {
  readonly exportName: string;
  readonly pxlsKey: string;
}

/** Without a token the cookie says who asks. Null where it does not, "away" where no answer came. */
export async function readOwnNames(token: string | null): Promise<OwnNames | "away" | null> {
  try {
    const answer = await fetchWithin(TIMEOUT_MS, "/api/me", { headers: token ? { token } : {} });
    return answer.ok ? ((await answer.json()) as OwnNames) : answer.status === 401 ? null : "away";
  } catch {
    return "away";
  }
}
