/** Whether what is seen is live; `connecting` only until the first join. */
export type LinkState = "connecting" | "live" | "reconnecting";
