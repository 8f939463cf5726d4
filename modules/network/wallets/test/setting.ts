import { accessMigrations, createAccess } from '@feiqian/access';
import { manualClock } from '@feiqian/clock';
import { createIds, secureRandom } from '@feiqian/ids';
import { luhnCheckDigit } from '@feiqian/keys';
import { createKeystore, parseKeyRing } from '@feiqian/keystore';
import { testDatabase } from '@feiqian/testkit';
import { createTokens, tokensMigrations } from '@feiqian/tokens';
import { type BankPort, createWallets, walletsMigrations } from '../src/index.ts';

/** A card as a bank of this setting tells it. */
export interface BankCard {
  ref: string;
  pan: string;
  kind: 'debit' | 'credit';
  active: boolean;
}

/** A bank that answers what a test wants. */
export interface FakeBank {
  memberId: string;
  code: string;
  cards: BankCard[];
  mode: 'open' | 'stranger' | 'away';
  /** What it provisions, when it is not the card that was asked for. */
  provisions: string | null;
}

export const code = '246810';

/** Wallets over a database of their own, with three banks that do as they are told. */
export async function setting() {
  const db = await testDatabase([accessMigrations, tokensMigrations, walletsMigrations]);
  const clock = manualClock();
  const ids = createIds(clock.now);
  const keystore = createKeystore(parseKeyRing(`1:${'11'.repeat(32)}`), Buffer.alloc(32, 7), secureRandom);
  const access = createAccess({
    db,
    clock,
    ids,
    seal: keystore.seal,
    open: keystore.open,
    keyedHash: keystore.keyedHash,
    sendCode: async () => undefined,
    fixedCode: code,
  });
  const tokens = createTokens({ db, clock, ids, random: secureRandom, keystore });
  await tokens.vault.open();
  const banks = ['yunzhou', 'yanhu', 'haigang'].map((name, i): FakeBank => {
    const cards = Array.from({ length: 5 }, (_, n) => card(i, n));
    return { memberId: ids.uuid(), code: name, cards, mode: 'open', provisions: null };
  });
  const wallets = createWallets({
    db,
    clock,
    ids,
    access,
    tokens,
    banks: portOf(banks, clock.now),
    issuers: () =>
      banks.map((b) => ({
        memberId: b.memberId,
        code: b.code,
        name: b.code,
        nameEn: b.code,
        colour: '#175cd3',
        ranges: [],
      })),
    issuerOf: (pan) => banks[Number(pan[5])]?.memberId ?? null,
    seal: keystore.seal,
    open: keystore.open,
    keyedHash: keystore.keyedHash,
  });
  return { db, clock, ids, access, tokens, banks, wallets };
}

export type Setting = Awaited<ReturnType<typeof setting>>;

export function card(bank: number, n: number): BankCard {
  const body = `91560${bank}000000${String(n).padStart(3, '0')}`;
  return {
    ref: `ref-${n}`,
    pan: body + luhnCheckDigit(body),
    kind: n % 2 === 0 ? 'debit' : 'credit',
    active: true,
  };
}

function portOf(banks: readonly FakeBank[], now: () => number): BankPort {
  const bankOf = (memberId: string) => banks.find((b) => b.memberId === memberId) as FakeBank;
  return {
    async consent(memberId) {
      const { mode } = bankOf(memberId);
      if (mode === 'open') return { ok: true, consentId: `consent-${memberId}` };
      return { ok: false, code: mode === 'stranger' ? 'no_customer' : 'unavailable' };
    },
    async cards(memberId) {
      const cards = bankOf(memberId).cards.map((c) => ({
        ref: c.ref,
        kind: c.kind,
        product: '卡',
        productEn: 'Card',
        last4: c.pan.slice(-4),
        active: c.active,
      }));
      return { ok: true, cards };
    },
    async provision(memberId, _consent, ref) {
      const bank = bankOf(memberId);
      if (bank.mode === 'away') return { ok: false, code: 'unavailable' };
      const found = bank.cards.find((c) => c.ref === ref);
      if (!found) return { ok: false, code: 'refused' };
      return { ok: true, pan: bank.provisions ?? found.pan, expiry: '3112' };
    },
    async checkIdentity(memberId, { name, identityNumber }) {
      if (bankOf(memberId).mode === 'away') return { ok: false };
      return { ok: true, match: name === '陈晓云' && identityNumber === '999999199101010013' };
    },
    async freeze(memberId) {
      return bankOf(memberId).mode === 'away' ? 'unavailable' : 'done';
    },
    async revoke(memberId) {
      return bankOf(memberId).mode === 'away' ? 'unavailable' : 'done';
    },
    async thaw(memberId) {
      return bankOf(memberId).mode === 'away' ? 'unavailable' : 'done';
    },
    async balance(memberId) {
      if (bankOf(memberId).mode === 'away') return { ok: false, code: 'unavailable' };
      return { ok: true, currency: 'CNY', available: 100n, balance: 100n, creditLimit: null, atMs: now() };
    },
  };
}

/** Signs a person in on a new device. */
export async function signIn(s: Setting, mobile: string) {
  await s.access.codes.request(mobile);
  const signed = await s.wallets.signIn({ mobile, code, name: null, deviceName: 'phone', deviceKey: null });
  s.clock.advance(1_001);
  return { ...signed, owner: { userId: signed.person.id, deviceId: signed.device.id } };
}
