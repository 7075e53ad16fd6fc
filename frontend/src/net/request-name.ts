/** Names a request, so that it happens once however often it is sent. */

/** `crypto.randomUUID` is not there on a page without TLS, as at a rehearsal in the local network. */
export const newRequestName = (): string =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
