import type { TillMe } from '@feiqian/contract';
import { createContext, useContext } from 'react';
import { network, whenSessionEnds } from './api.ts';
import { forgetEverything, keepMe, keptMe } from './kept.ts';
import { createStore } from './store.ts';

export interface Session {
  readonly state: 'starting' | 'in' | 'out';
  readonly me: TillMe | null;
  /** The network ended it, not the person. */
  readonly ended: boolean;
}

const first = keptMe();
export const session = createStore<Session>({ state: first ? 'in' : 'starting', me: first, ended: false });

whenSessionEnds(() => session.set((now) => ({ state: 'out', me: null, ended: now.state === 'in' })));

/** Asks the network who is signed in. Without an answer what was known stays: a till must open without a network. */
export async function startSession(): Promise<void> {
  try {
    const me = await network.me();
    keepMe(me);
    session.set({ state: 'in', me, ended: false });
  } catch {
    session.set((now) => (now.state === 'starting' ? { ...now, state: 'out' } : now));
  }
}

/** Signs in; what an earlier person's session kept on the device is gone first. Throws an `ApiError`. */
export async function signIn(staffNumber: string, pin: string): Promise<void> {
  const { me } = await network.signIn(staffNumber, pin, deviceName());
  const before = keptMe();
  if (before && before.store.id !== me.store.id) await forgetEverything();
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
