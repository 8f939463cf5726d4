import { minorDigits, readPreference, useLanguage } from '@feiqian/ui';
import { useEffect, useRef } from 'react';
import { playTune } from '../device/sound.ts';
import { speak } from '../device/speech.ts';
import { sentenceOf, tuneOf } from '../model/announce.ts';
import { isFinal, type Sale } from '../model/sale.ts';
import { useSales } from './live-sales.ts';

/** One result: a sale may have several, when a declined card is followed by a good one. */
function resultOf(sale: Sale): string {
  return `${sale.id} ${sale.phase} ${sale.payment?.updated_at ?? ''}`;
}

/** Sounds and speaks each result once, at the moment it becomes known, whatever is on the screen. */
export function Announcer() {
  const all = useSales();
  const language = useLanguage();
  const said = useRef<Set<string> | null>(null);
  // What had ended before this page was opened is old news.
  said.current ??= new Set(all.filter(isFinal).map(resultOf));

  useEffect(() => {
    const known = said.current ?? new Set();
    for (const sale of all) {
      const result = resultOf(sale);
      // A code refused again is news again, though the payment has not changed.
      if (!isFinal(sale)) known.delete(`${sale.id} refused ${sale.payment?.updated_at ?? ''}`);
      if (!isFinal(sale) || known.has(result)) continue;
      known.add(result);
      const tune = tuneOf(sale.phase);
      const amount = { minor: sale.amount, currency: sale.currency, exponent: minorDigits(sale.currency) };
      const sentence = sentenceOf(sale.phase, amount, language);
      if (tune !== null && readPreference('sound') !== 'off') playTune(tune);
      if (sentence !== null && readPreference('speech') !== 'off') speak(sentence, language);
    }
  }, [all, language]);
  return null;
}
