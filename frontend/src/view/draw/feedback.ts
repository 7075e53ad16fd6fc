/** What a person feels and hears: short vibrations, a tone, and a notice from the system when the page is not in view. */
import type { Preferences } from "../../model/preferences";

const PATTERNS = { chosen: 8, placed: 20, refused: [30, 60, 30], back: [20, 40, 20] } as const;

export class Feedback {
  #audio: AudioContext | null = null;

  constructor(readonly wanted: () => Preferences) {}

  vibrate(what: keyof typeof PATTERNS): void {
    const pattern = PATTERNS[what];
    if (this.wanted().vibration) navigator.vibrate?.(typeof pattern === "number" ? pattern : [...pattern]);
  }

  /** Everything may be placed again. */
  announceReturn(words: string): void {
    this.vibrate("back");
    if (this.wanted().sound) this.#tone();
    if (this.wanted().notify && document.hidden) void notify(words);
  }

  /** Browsers let a page sound only from within a click; this one is kept for later. */
  prepareSound(): void {
    if (!this.wanted().sound || this.#audio) return;
    this.#audio = new AudioContext();
    void this.#audio.suspend();
  }

  #tone(): void {
    this.prepareSound();
    const audio = this.#audio;
    if (!audio) return;
    const tone = new OscillatorNode(audio, { frequency: 660 });
    const volume = new GainNode(audio, { gain: 0.12 });
    tone.connect(volume).connect(audio.destination);
    volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + 0.35);
    // Suspended again afterwards: an open audio device costs battery.
    tone.onended = () => void audio.suspend();
    void audio.resume();
    tone.start();
    tone.stop(audio.currentTime + 0.35);
  }
}

/** False when the person or the browser does not want it. */
export async function mayNotify(): Promise<boolean> {
  if (!("Notification" in window)) return false;
  return (await Notification.requestPermission()) === "granted";
}

async function notify(words: string): Promise<void> {
  if (!("Notification" in window) || Notification.permission !== "granted") return;
  // Phones allow notices from the service worker only.
  const worker = await navigator.serviceWorker?.getRegistration();
  if (worker)
    await worker.showNotification("BeePlace", { body: words, tag: "back", icon: "./icons/192.png" });
  else new Notification("BeePlace", { body: words, tag: "back" });
}
