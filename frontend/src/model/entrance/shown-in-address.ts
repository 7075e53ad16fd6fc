/** What the address of a page has for somebody to come in by. */

/** The code in `#code=KWTRPB`, to which a wall's QR code leads; null for another address. */
export const codeIn = (hash: string): string | null => /^#code=([a-z]{6})$/i.exec(hash)?.[1] ?? null;

const TICKET = /^#ticket=(.{1,3000})$/;

/** The ticket in `#ticket=...`, to which a ticket's own link leads; null for another address. */
export function ticketIn(hash: string): string | null {
  const written = TICKET.exec(hash)?.[1];
  if (!written) return null;
  try {
    return decodeURIComponent(written);
  } catch {
    return written;
  }
}
