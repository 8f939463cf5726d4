import { instant } from '@feiqian/clock';
import type { Device, WalletMe } from '@feiqian/contract';
import { fromUuid } from '@feiqian/ids';
import type { Admission } from './admission.ts';
import type { Person, WalletDevice } from './card.ts';

/** A device as its person sees it; `current` is the one that asks. */
export function deviceView(d: WalletDevice, current: string, waits: Admission | null): Device {
  return {
    id: fromUuid(d.id, 'dev'),
    name: d.name,
    state: d.state,
    created_at: instant(d.createdAtMs),
    last_used_at: instant(d.lastUsedAtMs),
    current: d.id === current,
    waits: waits && { number: waits.number, expires_at: instant(waits.expiresAtMs) },
  };
}

/** A person to a device; one that is not let in is told no more than it brought. */
export const userView = (p: Person, d: WalletDevice): WalletMe['user'] => ({
  id: fromUuid(p.id, 'usr'),
  mobile: p.mobileMasked,
  name: d.state === 'pending' ? null : p.name,
});

export const meView = (
  { person, device, admission }: { person: Person; device: WalletDevice; admission: Admission | null },
  nowMs: number,
): WalletMe => ({
  user: userView(person, device),
  device: deviceView(device, device.id, admission),
  server_time: instant(nowMs),
});
