import type { SignIn, WalletMe, WalletSession } from '@feiqian/contract';
import { useSyncExternalStore } from 'react';
import { fromBase64Url } from './base64url.ts';
import { api, nonces, queryClient } from './client.ts';
import { forgetAll, type Kept, keep, kept } from './keep.ts';
import { isSetBack, isWrong, type KnownTime, learned } from './network-time.ts';

type Session = Kept['session'];

let session: Session | null = null;
let time: KnownTime = { skewMs: 0, seenMs: 0 };
const listeners = new Set<() => void>();

function change(next: Session | null): void {
  session = next;
  for (const listener of listeners) listener();
}

/** What was heard lately is written down no more often than this. */
const keepEveryMs = 60_000;
let written = time;

function learnTime(serverTime: string, exact = true): void {
  const serverMs = Date.parse(serverTime);
  if (Number.isNaN(serverMs)) return;
  time = learned(time, { serverMs, deviceMs: Date.now(), exact });
  if (time.skewMs === written.skewMs && Math.abs(time.seenMs - written.seenMs) < keepEveryMs) return;
  written = time;
  void keep('time', time);
}

/** Takes the network's time from any answer's header, so that a clock that is changed meanwhile is noticed. */
export const hearTime = (date: string): void => learnTime(date, false);

/** What is wrong with this phone's clock: set back since the network was last heard, or merely wrong and corrected. */
export function clockTrouble(): 'set_back' | 'wrong' | null {
  if (isSetBack(time, Date.now())) return 'set_back';
  return isWrong(time) ? 'wrong' : null;
}

/** Asks the network what time it is; the clock may be wrong. */
export async function askTime(): Promise<void> {
  learnTime((await api.get<WalletMe>('/v1/wallet/me')).server_time);
}

/** The network's time as this phone best knows it, ms since 1970. */
export function networkNow(): number {
  return Date.now() + time.skewMs;
}

/** The session of this phone, or null when nobody is signed in. */
export function currentSession(): Session | null {
  return session;
}

export function useSession(): Session | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => session,
  );
}

/** Wakes up with what the phone has kept; then asks the network, if there is one, who we are. */
export async function startSession(): Promise<void> {
  const [known, knownTime, cards, payments] = await Promise.all([
    kept('session'),
    kept('time'),
    kept('cards'),
    kept('payments'),
  ]);
  session = known ?? null;
  time = knownTime ?? time;
  if (!known) return;
  if (cards) queryClient.setQueryData(['cards'], cards, { updatedAt: 1 });
  if (payments) queryClient.setQueryData(['recent'], payments, { updatedAt: 1 });
  void askTime().catch(() => undefined);
}

/** In the order to look: Android also says Linux, Edge also says Chrome, Chrome also says Safari. */
const systems = ['iPhone', 'iPad', 'Android', 'Windows', 'Mac OS X', 'Linux'];
const browsers = ['MicroMessenger', 'Edg', 'Firefox', 'Chrome', 'Safari'];
const knownAs: Record<string, string> = { MicroMessenger: 'WeChat', Edg: 'Edge', 'Mac OS X': 'Mac' };

/** A name by which a person knows this device in the list of devices. */
export function deviceName(agent: string = navigator.userAgent): string {
  const system = systems.find((one) => agent.includes(one)) ?? 'Web';
  const browser = browsers.find((one) => agent.includes(one));
  return [system, browser]
    .filter((one) => one !== undefined)
    .map((one) => knownAs[one] ?? one)
    .join(' · ');
}

/** Opens a session on this device and keeps the pay code key, which is handed out this once. */
export async function signIn(mobile: string, code: string): Promise<void> {
  const { enrol } = await import('./device-key.ts');
  const { deviceKey, finish } = await enrol(mobile, code);
  const body: SignIn = { mobile, code, device_name: deviceName(), device_key: deviceKey };
  const made = await api.post<WalletSession>('/v1/wallet/sessions', body);
  await forgetAll();
  nonces.length = 0;
  await keep('deviceKey', await finish(made.request_key));
  queryClient.clear();
  const { handle, secret } = made.pay_code_key;
  const next = {
    user: made.user,
    device: made.device,
    payCodeKey: { handle, secret: fromBase64Url(secret) },
  };
  await keep('session', next);
  learnTime(made.server_time);
  change(next);
}

/** Takes over that this phone was let in. */
export async function letIn({ user, device, server_time }: WalletMe): Promise<void> {
  if (!session) return;
  const next = { ...session, user, device };
  await keep('session', next);
  learnTime(server_time);
  change(next);
}

/** How the waiting of this phone has ended, when its session is over; null when it did not wait. */
export function waitingEnd(): 'refused' | 'expired' | null {
  if (session?.device.state !== 'pending') return null;
  const until = Date.parse(session.device.waits?.expires_at ?? '');
  return networkNow() < until ? 'refused' : 'expired';
}

/** Forgets this phone's session without asking the network: it is already over there. */
export async function dropSession(): Promise<void> {
  if (!session) return;
  change(null);
  queryClient.clear();
  await forgetAll();
}

/** Ends the session here and at the network, with its pay code key. */
export async function signOut(): Promise<void> {
  await api.delete('/v1/wallet/sessions/current');
  await dropSession();
}
