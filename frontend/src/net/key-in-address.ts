/** The organiser's key that a QR code brings, `/admin#key=...`: read, and taken out of the address and its history at
 * once. What stands behind the # is never sent to a server. */

const KEY = /^#key=([\x21-\x7e]{1,512})$/;

export function takeKeyFromAddress(): string | null {
  const key = KEY.exec(location.hash)?.[1] ?? null;
  if (location.hash.startsWith("#key="))
    history.replaceState(history.state, "", location.pathname + location.search);
  return key;
}
