import { useEffect, useState } from 'react';

/** Draws the component again each second and gives the device's time, ms since 1970. */
export function useSeconds(running = true): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!running) return;
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [running]);
  return now;
}
