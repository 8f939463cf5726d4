import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { filterCount, filterQuery, parseSearch, readFilters, stringifySearch } from './filters.ts';

describe('filters in the address', () => {
  it('keep a reference of digits as words', () => {
    expect(readFilters(parseSearch('?q=004217'))).toEqual({ q: '004217' });
  });

  it('drop what they do not understand', () => {
    expect(
      readFilters({ state: 'paid', entry: 'nfc', merchant_id: 'mer_1', from: 'yesterday', q: '  ', x: '1' }),
    ).toEqual({});
  });

  it('bring instants to one form, so that equal filters are one request', () => {
    const filters = readFilters({ from: '2026-11-22T08:00:00+08:00' });
    expect(filterQuery(filters)).toBe('?from=2026-11-22T00%3A00%3A00.000Z');
  });

  it('never pass words beyond the limit of the search', () => {
    expect(readFilters({ q: 'x'.repeat(101) })).toEqual({});
  });

  it('count filters without the search words', () => {
    expect(filterCount({ q: 'a', state: 'captured', bank: 'yunzhou' })).toBe(2);
  });

  it('survive the way to the address and back', () => {
    const word = fc.string({ minLength: 1, maxLength: 40 }).filter((s) => s.trim() === s && s !== '');
    fc.assert(
      fc.property(word, word, (q, bank) => {
        const filters = readFilters({ q, bank: bank.slice(0, 32).trim(), state: 'declined' });
        expect(readFilters(parseSearch(stringifySearch({ ...filters })))).toEqual(filters);
      }),
    );
  });
});
