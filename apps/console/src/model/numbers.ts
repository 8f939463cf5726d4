/** A count with thousands separated; the same in both languages. */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

/** A share as percent with one digit, `—` for none: 0.9634 is `96.3%`. Never rounded up to a false 100%. */
export function formatShare(share: number | null): string {
  if (share === null) return '—';
  const tenths = share < 1 ? Math.min(999, Math.round(share * 1000)) : 1000;
  return tenths === 1000 ? '100%' : `${(tenths / 10).toFixed(1)}%`;
}

/** A duration in ms as a person reads it: `8 ms`, `1.24 s`; `—` for none. */
export function formatMs(ms: number | null): string {
  if (ms === null) return '—';
  if (ms < 10) return `${Number(ms.toFixed(1))} ms`;
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(2)} s`;
}

/** A rate with as many digits as it is worth: `0`, `0.4`, `12.3`, `180`. */
export function formatRate(rate: number): string {
  if (rate === 0) return '0';
  if (rate < 0.1) return rate.toFixed(2);
  return rate < 100 ? rate.toFixed(1) : formatCount(Math.round(rate));
}

/** The end of an identifier, which is the random part: `pay_0193…4e5f`. */
export function shortId(id: string): string {
  const [prefix, rest] = id.split('_');
  return rest === undefined || rest.length <= 8 ? id : `${prefix}_…${rest.slice(-6)}`;
}
