import { useEffect, useState } from 'react';

/** Milliseconds since 1970 by this device. */
export function nowMs(): number {
  return Date.now();
}

/** The time, drawn again every `everyMs`; null stops it. */
export function useNow(everyMs: number | null): number {
  const [now, setNow] = useState(nowMs);
  useEffect(() => {
    if (everyMs === null) return;
    setNow(nowMs());
    const timer = setInterval(() => setNow(nowMs()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
