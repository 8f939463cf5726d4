import { useSyncExternalStore } from 'react';

/** The browser's offer to install the app; kept until the person takes it from the settings. */
interface InstallOffer extends Event {
  prompt(): Promise<unknown>;
}

let offer: InstallOffer | null = null;
const listeners = new Set<() => void>();

function change(next: InstallOffer | null): void {
  offer = next;
  for (const listener of listeners) listener();
}

/** Starts to listen; call once, early, because the browser offers only once. */
export function listenForInstall(): void {
  window.addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault();
    change(event as InstallOffer);
  });
  window.addEventListener('appinstalled', () => change(null));
}

/** A function that asks the browser to install the app, or null when it cannot or need not. */
export function useInstall(): (() => void) | null {
  const known = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => offer,
  );
  if (!known) return null;
  return () => {
    change(null);
    void known.prompt();
  };
}
