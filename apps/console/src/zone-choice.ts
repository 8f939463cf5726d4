import { cityZone, readPreference, writePreference } from '@feiqian/ui';
import { useSyncExternalStore } from 'react';

/** Whose clock the console shows: this device's, the network's, or UTC. */
export const zoneChoices = ['device', 'network', 'utc'] as const;
export type ZoneChoice = (typeof zoneChoices)[number];

const listeners = new Set<() => void>();

function chosen(): ZoneChoice {
  const kept = readPreference('zone');
  return zoneChoices.find((one) => one === kept) ?? 'device';
}

/** The IANA name of the zone a choice stands for. */
export function zoneOf(choice: ZoneChoice): string {
  if (choice === 'utc') return 'UTC';
  return choice === 'network' ? cityZone : Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** Keeps a choice on this device; every time on screen changes with it. */
export function chooseZone(choice: ZoneChoice): void {
  writePreference('zone', choice === 'device' ? null : choice);
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The choice on this device. */
export function useZoneChoice(): ZoneChoice {
  return useSyncExternalStore(subscribe, chosen);
}

/** The zone in which this person reads times. */
export function useZone(): string {
  return zoneOf(useZoneChoice());
}
