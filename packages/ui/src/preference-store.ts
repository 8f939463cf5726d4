/** What a person chose for this device. Kept in localStorage; nothing else of the apps is. */
export type PreferenceName = 'language' | 'theme' | 'elder' | 'sound' | 'speech' | 'zone';

const prefix = 'feiqian.';

/** The kept value, or null when there is none or storage is closed to us (private mode). */
export function readPreference(name: PreferenceName): string | null {
  try {
    return globalThis.localStorage?.getItem(prefix + name) ?? null;
  } catch {
    return null;
  }
}

/** Keeps a value; null forgets it. Silent where storage is closed: a preference is never worth an error. */
export function writePreference(name: PreferenceName, value: string | null): void {
  try {
    if (value === null) globalThis.localStorage?.removeItem(prefix + name);
    else globalThis.localStorage?.setItem(prefix + name, value);
  } catch {
    // Private mode: the choice lasts as long as the page.
  }
}
