/** Whether what is seen is live; `connecting` only until the first join or the first failure. */
export type LinkState = "connecting" | "live" | "reconnecting";
