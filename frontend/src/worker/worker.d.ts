/** What the service worker uses of its global scope; TypeScript's own description of it excludes the document's. */
interface ExtendableEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}

/** Chromium's static routing; elsewhere absent. */
interface InstallEvent extends ExtendableEvent {
  addRoutes?(
    routes: readonly {
      readonly condition: { readonly urlPattern: { readonly pathname: string } };
      readonly source: "network" | { readonly cacheName: string };
    }[],
  ): Promise<void>;
}

interface FetchEvent extends ExtendableEvent {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}

interface WorkerNotificationEvent extends ExtendableEvent {
  readonly notification: Notification;
}

interface ServiceWorkerGlobalScope {
  readonly registration: { unregister(): Promise<boolean> };
  readonly location: Location;
  readonly clients: {
    claim(): Promise<void>;
    openWindow(path: string): Promise<unknown>;
    matchAll(options: { type: "window" }): Promise<readonly { focus(): Promise<unknown> }[]>;
  };
  skipWaiting(): Promise<void>;
  addEventListener(type: "install", listener: (event: InstallEvent) => void): void;
  addEventListener(type: "activate", listener: (event: ExtendableEvent) => void): void;
  addEventListener(type: "fetch", listener: (event: FetchEvent) => void): void;
  addEventListener(type: "notificationclick", listener: (event: WorkerNotificationEvent) => void): void;
}
