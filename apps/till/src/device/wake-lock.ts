import { useEffect } from 'react';

/** True where the screen can be kept on. */
export function canStayAwake(): boolean {
  return typeof navigator !== 'undefined' && 'wakeLock' in navigator;
}

/** Keeps the screen on while the component is there; asks again whenever the page comes back to the front. */
export function useAwakeScreen(): void {
  useEffect(() => {
    if (!canStayAwake()) return;
    let lock: WakeLockSentinel | null = null;
    let gone = false;
    const ask = async () => {
      if (gone || document.visibilityState !== 'visible') return;
      try {
        lock = await navigator.wakeLock.request('screen');
        if (gone) void lock.release();
      } catch {
        // Low battery or a policy: the screen follows the device's own rule.
      }
    };
    void ask();
    document.addEventListener('visibilitychange', ask);
    return () => {
      gone = true;
      document.removeEventListener('visibilitychange', ask);
      void lock?.release();
    };
  }, []);
}
