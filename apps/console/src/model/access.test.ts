import { describe, expect, it } from 'vitest';
import { may, placesOf } from './access.ts';

describe('what a role sees', () => {
  it('is everything for the operator', () => {
    expect(placesOf('operator')).toEqual([
      'today',
      'payments',
      'members',
      'merchants',
      'books',
      'people',
      'developers',
      'settings',
    ]);
  });

  it('has no other banks in it for a merchant and no merchants for a bank', () => {
    expect(placesOf('merchant')).not.toContain('members');
    expect(placesOf('bank')).not.toContain('merchants');
    expect(placesOf('bank')).not.toContain('developers');
  });

  it('has the network’s books in it for the network’s own people alone', () => {
    expect(placesOf('read_only')).toContain('books');
    expect(placesOf('bank')).not.toContain('books');
    expect(placesOf('merchant')).not.toContain('books');
  });

  it('has people and nothing of payments in it for whoever answers the telephone', () => {
    expect(placesOf('call_centre')).toEqual(['people', 'settings']);
  });

  it('offers a read-only person nothing to do', () => {
    expect(
      (['act_on_links', 'create_merchant', 'review_merchant', 'create_staff', 'manage_keys'] as const).filter(
        (act) => may('read_only', act),
      ),
    ).toEqual([]);
  });
});
