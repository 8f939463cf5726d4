import { useEffect, useRef } from 'react';
import { idleWedge, readKey, readSilence, type Wedge, wedgeGapMsMax } from '../model/wedge.ts';

interface HandScanner {
  /** The text of a complete scan. */
  readonly onText: (text: string) => void;
  /** A key that may begin a scan: the moment to remember what a person had typed so far. */
  readonly onFirst?: () => void;
  readonly enabled?: boolean;
}

/** Fields and dialogs keep their keys: a scan into a field belongs to that field. */
function ownsKeys(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('input, textarea, select, [role="dialog"]') !== null;
}

/** Listens to a hand scanner that types, anywhere on the screen; a person's keys pass through untouched. */
export function useHandScanner(scanner: HandScanner): void {
  const latest = useRef(scanner);
  latest.current = scanner;
  const enabled = scanner.enabled ?? true;

  useEffect(() => {
    if (!enabled) return;
    let wedge: Wedge = idleWedge;
    let silence: ReturnType<typeof setTimeout> | undefined;
    const onKey = (event: KeyboardEvent) => {
      if (ownsKeys(event.target) || event.ctrlKey || event.metaKey || event.altKey || event.isComposing)
        return;
      clearTimeout(silence);
      const read = readKey(wedge, event.key, event.timeStamp);
      wedge = read.wedge;
      if (read.kind === 'first') latest.current.onFirst?.();
      if (read.kind === 'burst' || read.kind === 'scan') {
        event.preventDefault();
        event.stopImmediatePropagation();
      }
      if (read.scanned !== null) latest.current.onText(read.scanned);
      if (read.kind !== 'burst') return;
      silence = setTimeout(() => {
        const text = readSilence(wedge);
        wedge = idleWedge;
        if (text !== null) latest.current.onText(text);
      }, wedgeGapMsMax * 2);
    };
    window.addEventListener('keydown', onKey, { capture: true });
    return () => {
      clearTimeout(silence);
      window.removeEventListener('keydown', onKey, { capture: true });
    };
  }, [enabled]);
}
