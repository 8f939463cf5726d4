import type { PushLanguage, WalletPush } from '@feiqian/contract';
import { fromBase64Url, toBase64Url } from './base64url.ts';
import { api } from './client.ts';
import { keep, kept } from './keep.ts';
import { currentSession } from './session.ts';
import { signed } from './signed.ts';

/** What stands in the way of push messages on this device, or that nothing does. */
export type PushAbility = 'able' | 'install_first' | 'unsupported' | 'denied';
/** Why they could not be switched on. */
export type PushFailure = 'denied' | 'dismissed' | 'no_service';
export interface PushChoices {
  language: PushLanguage;
  amounts: boolean;
}

export class PushError extends Error {
  readonly why: PushFailure;
  constructor(why: PushFailure) {
    super(why);
    this.why = why;
  }
}

const path = '/v1/wallet/push';

/** An iPhone shows messages of apps on the home screen alone. */
const mustInstall = (): boolean =>
  /iPhone|iPad/.test(navigator.userAgent) && !matchMedia('(display-mode: standalone)').matches;

/** Whether this browser can show messages; asks nobody. */
export function pushAbility(): PushAbility {
  const able = 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window;
  if (!able) return mustInstall() ? 'install_first' : 'unsupported';
  return Notification.permission === 'denied' ? 'denied' : 'able';
}

const registered = () => navigator.serviceWorker.getRegistration(import.meta.env.BASE_URL);

async function subscriptionHere(): Promise<PushSubscription | null> {
  if (pushAbility() !== 'able' || Notification.permission !== 'granted') return null;
  return (await (await registered())?.pushManager.getSubscription()) ?? null;
}

/** How the network and this browser stand to messages to this device. */
export async function pushState(signal?: AbortSignal): Promise<WalletPush> {
  const told = await api.get<WalletPush>(path, { signal });
  const here = told.subscription === null ? null : await subscriptionHere();
  return { ...told, subscription: here && told.subscription };
}

async function tell(subscription: PushSubscription, choices: PushChoices): Promise<WalletPush> {
  const { endpoint, keys } = subscription.toJSON();
  const told = await signed.put<WalletPush>(path, { endpoint, keys, ...choices });
  await keep('push', { endpoint: subscription.endpoint, ...choices });
  return told;
}

/** The browser's subscription under the network's key; one under an earlier key gives way. */
async function subscribed(registration: ServiceWorkerRegistration, publicKey: string) {
  const known = await registration.pushManager.getSubscription();
  const key = known?.options.applicationServerKey;
  if (known && key && toBase64Url(new Uint8Array(key)) === publicKey) return known;
  await known?.unsubscribe();
  try {
    return await registration.pushManager.subscribe({
      userVisibleOnly: true,
      applicationServerKey: fromBase64Url(publicKey),
    });
  } catch {
    throw new PushError('no_service');
  }
}

/** Switches messages on, after the person's tap: asks for permission, subscribes and tells the network. */
export async function switchPushOn(publicKey: string, choices: PushChoices): Promise<WalletPush> {
  const permission = await Notification.requestPermission();
  if (permission !== 'granted') throw new PushError(permission === 'denied' ? 'denied' : 'dismissed');
  const registration = await registered();
  if (!registration) throw new PushError('no_service');
  const subscription = await subscribed(registration, publicKey);
  try {
    return await tell(subscription, choices);
  } catch (error) {
    if ((await kept('push'))?.endpoint !== subscription.endpoint) await subscription.unsubscribe();
    throw error;
  }
}

/** Switches them off: at the network, then in the browser. */
export async function switchPushOff(): Promise<WalletPush> {
  const told = await signed.delete<WalletPush>(path);
  await keep('push', null);
  await (await subscriptionHere())?.unsubscribe();
  return told;
}

/** Tells the network when the browser gave another address meanwhile, or the app speaks another language. */
export async function keepPushUp(language: PushLanguage): Promise<void> {
  const last = await kept('push');
  if (!last || currentSession()?.device.state !== 'active') return;
  const here = await subscriptionHere();
  if (!here || (here.endpoint === last.endpoint && last.language === language)) return;
  await tell(here, { language, amounts: last.amounts });
}
