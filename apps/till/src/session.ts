import type { TillMe } from '@feiqian/contract';
import { createContext, useContext } from 'react';
import { network, whenSessionEnds } from './api.ts';
import { forgetEverything, keepMe, keepStore, keptMe, keptStore } from './kept.ts';
import { createStore } from './store.ts';

export interface Session {
  readonly state: 'in' | 'out';
  readonly me: TillMe | null;
  /** The network ended it, not the person. */
  readonly ended: boolean;
}

const first = keptMe();
export const session = createStore<Session>({ state: first ? 'in' : 'out', me: first, ended: false });

whenSessionEnds(() => {
  keepMe(null);
  session.set((now) => ({ state: 'out', me: null, ended: now.state === 'in' }));
});

/** Asks the network whether this till is still signed in. Without an answer it opens as it was left: sales are kept. */
export async function startSession(): Promise<void> {
  if (first === null) return;
  try {
    const me = await network.me();
    keepMe(me);
    session.set({ state: 'in', me, ended: false });
  } catch {
    // A 401 has ended the session already (see above); anything else is no reason to lock the till.
  }
}

/** Signs in; what an earlier person's session kept on the device is gone first. Throws an `ApiError`. */
export async function signIn(staffNumber: string, pin: string): Promise<void> {
  const { me } = await network.signIn(staffNumber, pin, deviceName());
  if (keptStore() !== me.store.id) await forgetEverything();
  keepStore(me.store.id);
  keepMe(me);
  session.set({ state: 'in', me, ended: false });
}

/** Ends the session. `keep`: another person of the same store takes over, with the sales under way. */
export async function signOut(keep = false): Promise<void> {
  await network.signOut().catch(() => undefined);
  if (!keep) await forgetEverything();
  session.set({ state: 'out', me: null, ended: false });
}

/** What the list of devices calls this one: the system, never a serial number. */
function deviceName(): string {
  const system = /Android|iPhone|iPad|Windows|Mac OS|Linux/.exec(navigator.userAgent)?.[0] ?? 'Browser';
  return `${system} till`;
}

export const MeContext = createContext<TillMe | null>(null);

/** Who is signed in; only below the guard of the root. */
export function useMe(): TillMe {
  const me = useContext(MeContext);
  if (me === null) throw new Error('useMe is for screens behind the sign-in.');
  return me;
}

/** Merchant and store as one name; a store that bears the merchant's name stands alone. */
export function shopName({ merchant, store }: Pick<TillMe, 'merchant' | 'store'>): string {
  return store.name.startsWith(merchant.name) ? store.name : `${merchant.name} ${store.name}`;
}
