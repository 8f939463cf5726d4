import type { Verification } from '@feiqian/contract';
import { useSyncExternalStore } from 'react';

/** A verification that the person is asked for now. */
export interface Asking {
  verification: Verification;
  /** Ends the asking: true when everything was passed. */
  settle: (satisfied: boolean) => void;
}

let asking: Asking | null = null;
/** Screens that show the asking themselves; the frame shows it when there is none. */
let hosts = 0;
const listeners = new Set<() => void>();

function change(next: Asking | null): void {
  asking = next;
  for (const listener of listeners) listener();
}
const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** Asks the person; gives whether it was passed. One at a time: a second asking ends the first. */
export function ask(verification: Verification): Promise<boolean> {
  asking?.settle(false);
  return new Promise((resolve) => {
    change({
      verification,
      settle: (satisfied) => {
        change(null);
        resolve(satisfied);
      },
    });
  });
}

export const useAsking = (): Asking | null => useSyncExternalStore(subscribe, () => asking);

/** True when nothing on screen shows the asking by itself. */
export const useUnhosted = (): boolean =>
  useSyncExternalStore(subscribe, () => asking !== null && hosts === 0);

/** A screen takes the asking upon itself until the returned function is called. */
export function host(): () => void {
  hosts += 1;
  change(asking);
  return () => {
    hosts -= 1;
    change(asking);
  };
}
