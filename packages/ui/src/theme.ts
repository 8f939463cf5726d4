import { useSyncExternalStore } from 'react';
import { readPreference, writePreference } from './preference-store.ts';

export type Theme = 'system' | 'light' | 'dark';

const listeners = new Set<() => void>();

function apply(): void {
  const root = document.documentElement;
  const theme = readPreference('theme');
  if (theme === 'light' || theme === 'dark') root.dataset.theme = theme;
  else delete root.dataset.theme;
  if (readPreference('elder') === 'on') root.dataset.elder = '';
  else delete root.dataset.elder;
  for (const listener of listeners) listener();
}

/** Puts the kept theme and elder mode on <html>; call once before the first render. */
export function applyPreferences(): void {
  apply();
}

/** Chooses light or dark, or follows the system. */
export function setTheme(theme: Theme): void {
  writePreference('theme', theme === 'system' ? null : theme);
  apply();
}

/** Turns the large type and targets on or off; combines with either theme. */
export function setElder(on: boolean): void {
  writePreference('elder', on ? 'on' : null);
  apply();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Theme and elder mode as chosen on this device. */
export function usePreferences(): { theme: Theme; elder: boolean } {
  const kept = useSyncExternalStore(
    subscribe,
    () => `${readPreference('theme') ?? 'system'}|${readPreference('elder')}`,
  );
  const [theme, elder] = kept.split('|');
  return { theme: theme === 'light' || theme === 'dark' ? theme : 'system', elder: elder === 'on' };
}
