/** Whether what is seen is live, for everything that shows it. */

/**
 * `connecting` only until the first join or the first failure; `resting` while newer pages of the same person have taken
 * this one's place, until somebody uses it again.
 */
export type LinkState = "connecting" | "live" | "reconnecting" | "resting";
