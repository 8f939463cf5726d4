import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { card, type Setting, setting, signIn } from './setting.ts';

let s: Setting;
beforeAll(async () => {
  s = await setting();
});
afterAll(() => s.db.close());
beforeEach(() => {
  for (const [i, bank] of s.banks.entries()) {
    bank.mode = 'open';
    bank.provisions = null;
    bank.cards = Array.from({ length: 5 }, (_, n) => card(i, n));
  }
});

let people = 0;
const newPerson = () => signIn(s, `1391000${String(people++).padStart(4, '0')}`);
const every = ['yunzhou', 'yanhu', 'haigang'];
type Owner = Awaited<ReturnType<typeof newPerson>>['owner'];

async function bindAt(owner: Owner, bank: string, refs: readonly string[]) {
  const found = await s.wallets.discover(owner, [bank]);
  return s.wallets.bind(
    owner,
    found.id,
    refs.map((ref) => ({ bankCode: bank, ref })),
  );
}
const held = async (owner: Owner) =>
  (await s.wallets.cards(owner.deviceId)).map((c) => `${c.slot}${c.isDefault ? '*' : ''}`).sort();

describe('looking for cards', () => {
  test('asks all banks with one consent; one that is away does not fail the others', async () => {
    const { owner } = await newPerson();
    (s.banks[1] as Setting['banks'][0]).mode = 'away';
    (s.banks[2] as Setting['banks'][0]).mode = 'stranger';
    const found = await s.wallets.discover(owner, every);
    expect(found.banks.map((b) => [b.memberCode, b.status, b.cards.length])).toEqual([
      ['yunzhou', 'ok', 5],
      ['yanhu', 'unavailable', 0],
      ['haigang', 'no_customer', 0],
    ]);
  });

  test('shows active cards alone, and which of them this device holds', async () => {
    const { owner } = await newPerson();
    (s.banks[0]?.cards[4] as { active: boolean }).active = false;
    await bindAt(owner, 'yunzhou', ['ref-1']);
    const found = await s.wallets.discover(owner, ['yunzhou']);
    expect(found.banks[0]?.cards.map((c) => c.ref)).toEqual(['ref-0', 'ref-1', 'ref-2', 'ref-3']);
    expect([...found.bound]).toEqual([`${s.banks[0]?.memberId} ref-1`]);
  });
});

describe('binding', () => {
  test('gives each card of ten a slot of its own, however they arrive, and refuses the eleventh', async () => {
    const { owner } = await newPerson();
    const lists = await Promise.all(every.map((b) => s.wallets.discover(owner, [b])));
    const outcomes = (
      await Promise.all(
        lists.map((found, i) =>
          s.wallets.bind(
            owner,
            found.id,
            Array.from({ length: 5 }, (_, n) => ({ bankCode: every[i] as string, ref: `ref-${n}` })),
          ),
        ),
      )
    ).flat();
    expect(outcomes.filter((o) => o.status === 'bound')).toHaveLength(10);
    expect(outcomes.filter((o) => o.status === 'limit_reached')).toHaveLength(5);
    expect(await held(owner)).toEqual(['0*', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
  });

  test('the same card again finds the one that is bound', async () => {
    const { owner } = await newPerson();
    const [first] = await bindAt(owner, 'yunzhou', ['ref-0']);
    const again = await Promise.all(Array.from({ length: 4 }, () => bindAt(owner, 'yunzhou', ['ref-0'])));
    for (const [o] of again)
      expect(o).toMatchObject({ status: 'already_bound', card: { id: first?.card?.id } });
    expect(await held(owner)).toEqual(['0*']);
  });

  test('takes from a bank no card of another bank, and no other card than was chosen', async () => {
    const { owner } = await newPerson();
    const bank = s.banks[0] as Setting['banks'][0];
    bank.provisions = card(1, 0).pan;
    expect((await bindAt(owner, 'yunzhou', ['ref-0']))[0]?.status).toBe('refused');
    bank.provisions = card(0, 3).pan;
    expect((await bindAt(owner, 'yunzhou', ['ref-0']))[0]?.status).toBe('refused');
    expect(await held(owner)).toEqual([]);
  });

  test('of cards that were not in the list, or of a bank that is away, binds the others', async () => {
    const { owner } = await newPerson();
    const found = await s.wallets.discover(owner, ['yunzhou', 'yanhu']);
    (s.banks[1] as Setting['banks'][0]).mode = 'away';
    const chosen = [
      { bankCode: 'yunzhou', ref: 'ref-0' },
      { bankCode: 'yunzhou', ref: 'ref-9' },
      { bankCode: 'haigang', ref: 'ref-0' },
      { bankCode: 'yanhu', ref: 'ref-0' },
    ];
    const outcomes = await s.wallets.bind(owner, found.id, chosen);
    expect(outcomes.map((o) => o.status)).toEqual(['bound', 'refused', 'refused', 'unavailable']);
  });

  test('from a list that is too old, or another device’s, binds nothing', async () => {
    const [a, b] = [await newPerson(), await newPerson()];
    const found = await s.wallets.discover(a.owner, ['yunzhou']);
    const bind = (owner: Owner) => s.wallets.bind(owner, found.id, [{ bankCode: 'yunzhou', ref: 'ref-0' }]);
    await expect(bind(b.owner)).rejects.toMatchObject({ code: 'not_found' });
    s.clock.advance(10 * 60_000);
    await expect(bind(a.owner)).rejects.toMatchObject({ code: 'discovery_expired' });
  });
});

describe('unbinding', () => {
  test('kills the token, frees the slot, and the lowest card left becomes the default', async () => {
    const { owner } = await newPerson();
    const bound = await bindAt(owner, 'yunzhou', ['ref-0', 'ref-1', 'ref-2']);
    const first = (await s.wallets.cards(owner.deviceId)).find((c) => c.isDefault);
    await s.db.transaction((tx) => s.wallets.unbind(tx, owner, first?.id ?? ''));
    expect((await s.tokens.withCards(s.db, [first?.id ?? ''])).get(first?.id ?? '')?.status).toBe('deleted');
    expect(await held(owner)).toEqual(['1*', '2']);
    const ref = bound.find((o) => o.card?.id === first?.id)?.ref ?? '';
    expect((await bindAt(owner, 'yunzhou', [ref]))[0]).toMatchObject({ status: 'bound', card: { slot: 0 } });
    expect(await held(owner)).toEqual(['0', '1*', '2']);
  });

  test('a card of another device is not found', async () => {
    const [a, b] = [await newPerson(), await newPerson()];
    const [one] = await bindAt(a.owner, 'yunzhou', ['ref-0']);
    const id = one?.card?.id ?? '';
    await expect(s.db.transaction((tx) => s.wallets.unbind(tx, b.owner, id))).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(s.db.transaction((tx) => s.wallets.makeDefault(tx, b.owner, id))).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(s.wallets.balance(b.owner, id)).rejects.toMatchObject({ code: 'not_found' });
  });

  test('the default can be chosen, and there is one at any time', async () => {
    const { owner } = await newPerson();
    await bindAt(owner, 'yunzhou', ['ref-0', 'ref-1', 'ref-2']);
    const cards = await s.wallets.cards(owner.deviceId);
    await Promise.all(cards.map((c) => s.db.transaction((tx) => s.wallets.makeDefault(tx, owner, c.id))));
    expect((await s.wallets.cards(owner.deviceId)).filter((c) => c.isDefault)).toHaveLength(1);
  });
});

describe('a person', () => {
  test('is the same on every device, with cards of its own on each', async () => {
    const mobile = '13920000001';
    const [phone, tablet] = [await signIn(s, mobile), await signIn(s, mobile)];
    expect(tablet.person.id).toBe(phone.person.id);
    await bindAt(phone.owner, 'yunzhou', ['ref-0']);
    expect(await held(tablet.owner)).toEqual([]);
    expect((await s.wallets.devices(phone.person.id)).map((d) => d.id)).toEqual([
      phone.device.id,
      tablet.device.id,
    ]);
  });

  test('is kept without its mobile number in the clear', async () => {
    const mobile = '13920000002';
    await signIn(s, mobile);
    const { rows } = await s.db.query<{ text: string }>('select p::text as text from wallets.person p');
    expect(rows.filter((r) => r.text.includes(mobile))).toEqual([]);
    expect(rows.some((r) => r.text.includes('139****0002'))).toBe(true);
  });

  test('whose device is removed has no session and no card there any more', async () => {
    const { owner, secret } = await newPerson();
    const [one] = await bindAt(owner, 'yunzhou', ['ref-0']);
    await s.db.transaction((tx) => s.wallets.removeDevice(tx, owner.userId, owner.deviceId));
    expect(await s.access.identify(secret)).toBeNull();
    expect(await held(owner)).toEqual([]);
    const id = one?.card?.id ?? '';
    expect((await s.tokens.withCards(s.db, [id])).get(id)?.status).toBe('deleted');
    await expect(
      s.db.transaction((tx) => s.wallets.removeDevice(tx, owner.userId, owner.deviceId)),
    ).rejects.toMatchObject({ code: 'not_found' });
  });
});
