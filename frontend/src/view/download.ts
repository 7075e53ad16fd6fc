/** Hands a file to the browser's downloads. */

/** Some browsers read the file only after the click has been handled. */
const KEPT_MS = 10_000;

export function download(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), KEPT_MS);
}
