import { minorDigits, readPreference, useLanguage } from '@feiqian/ui';
import { useEffect, useRef } from 'react';
import { playTune } from '../device/sound.ts';
import { speak } from '../device/speech.ts';
import { sentenceOf, tuneOf } from '../model/announce.ts';
import { isFinal } from '../model/sale.ts';
import { useSales } from './live-sales.ts';

/** Sounds and speaks each result once, at the moment it becomes known, whatever is on the screen. */
export function Announcer() {
  const all = useSales();
  const language = useLanguage();
  const said = useRef<Set<string> | null>(null);
  // What had ended before this page was opened is old news.
  said.current ??= new Set(all.filter(isFinal).map((sale) => sale.id));

  useEffect(() => {
    for (const sale of all) {
      if (said.current?.has(sale.id)) {
        // A refused code may be followed by a good one on the same sale.
        if (!isFinal(sale)) said.current.delete(sale.id);
        continue;
      }
      if (!isFinal(sale)) continue;
      said.current?.add(sale.id);
      const tune = tuneOf(sale.phase);
      const amount = { minor: sale.amount, currency: sale.currency, exponent: minorDigits(sale.currency) };
      const sentence = sentenceOf(sale.phase, amount, language);
      if (tune !== null && readPreference('sound') !== 'off') playTune(tune);
      if (sentence !== null && readPreference('speech') !== 'off') speak(sentence, language);
    }
  }, [all, language]);
  return null;
}
