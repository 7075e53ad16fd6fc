/** Hands an address on: the phone's own sheet, else the clipboard, else the address in words. */

export type Shared = "shared" | "copied" | "shown";

export async function shareAddress(address: string): Promise<Shared> {
  try {
    if (navigator.share) {
      await navigator.share({ title: "BeePlace", url: address });
      return "shared";
    }
    await navigator.clipboard.writeText(address);
    return "copied";
  } catch (error) {
    // Closing the sheet is no failure.
    return error instanceof DOMException && error.name === "AbortError" ? "shared" : "shown";
  }
}
