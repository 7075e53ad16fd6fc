/** A screen's pass, `/display#pass=...`: read, and taken out of the address at once. What stands behind the # is never
 * sent to a server. */

const PASS = /^#pass=([\w.-]{1,512})$/;

export function takePassFromAddress(): string | null {
  const screenPass = PASS.exec(location.hash)?.[1] ?? null;
  if (screenPass) history.replaceState(history.state, "", location.pathname + location.search);
  return screenPass;
}
