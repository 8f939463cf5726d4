import type { Clock } from '@feiqian/clock';
import type { CheckTransferPayee } from '@feiqian/contract';
import type { Db, Sql, Tx } from '@feiqian/db';
import { ProblemError } from '@feiqian/http';
import { type Ids, toUuid } from '@feiqian/ids';
import type { BankApi } from '@feiqian/links';
import type { Tokens, TokenWithCard } from '@feiqian/tokens';
import type { BankName } from './deps.ts';
import * as store from './store/payees.ts';
import type { Payee } from './transfer.ts';

export interface PayeesDeps {
  db: Db;
  clock: Clock;
  ids: Ids;
  tokens: Pick<Tokens, 'withCards' | 'vault'>;
  keyedHash: (purpose: string, text: string) => Uint8Array;
  bankApi: Pick<BankApi, 'ask'>;
  /** The issuer of a card number, or null. */
  memberOf: (number: string) => string | null;
  bankOf: (memberId: string) => BankName | undefined;
  personOfMobile: (mobile: string) => Promise<string | null>;
  shownNames: (sql: Sql, userIds: readonly string[]) => Promise<ReadonlyMap<string, string>>;
}

/** Who looks, and from where. */
export interface Looker {
  userId: string;
  deviceId: string;
  address: string;
}

/** Looks in one hour: of one person, of one device, from one address, at one number. */
export const looksMax = { person: 40, device: 40, address: 200, number: 20 } as const;
const hourMs = 3600_000;
/** How long a checked payee is good for. */
export const payeeMs = 10 * 60_000;
/** A look takes at least so long, whatever is found: what takes longer tells nothing of who is there. */
const lookMsMin = 250;
const forgetMax = 5_000;

/** Whom a look has found, before it is stored for the payer. */
type Found = Omit<store.CheckedPayee, 'id' | 'payerId' | 'expiresAtMs'>;

export type Payees = ReturnType<typeof createPayees>;

/** Whom people pay: looked up by number and name or by code, never listed. */
export function createPayees(deps: PayeesDeps) {
  const { db, clock, ids } = deps;

  /** The card that a person receives with, if it is still bound. */
  async function receivingCard(by: { userId: string } | { code: string }) {
    const row = await store.receivingOf(db, by);
    if (row === null) return null;
    const card = (await deps.tokens.withCards(db, [row.tokenId])).get(row.tokenId);
    if (card === undefined || card.status !== 'active' || card.userId !== row.userId) return null;
    return { row, card };
  }

  /** Refuses who looks too often, before anything is looked at. Known and unknown numbers count alike. */
  async function throttle(who: Looker, number: string): Promise<void> {
    const subject = (kind: string, text: string) => deps.keyedHash('payee look', `${kind} ${text}`);
    const nowMs = clock.now();
    const hour = nowMs - (nowMs % hourMs);
    const counts = await db.transaction((tx) =>
      store.countLooks(
        tx,
        [
          subject('person', who.userId),
          subject('device', who.deviceId),
          subject('address', who.address),
          subject('number', number),
        ],
        hour,
      ),
    );
    const max = [looksMax.person, looksMax.device, looksMax.address, looksMax.number];
    if (counts.some((n, i) => n > (max[i] as number))) {
      const retryAfterSeconds = Math.ceil((hour + hourMs - nowMs) / 1000);
      throw new ProblemError('too_many_requests', undefined, { retryAfterSeconds });
    }
  }

  /** The holder's masked name when the bank says that this is the name; null for anything else. */
  async function nameAt(memberId: string, number: string, name: string) {
    const answer = await deps.bankApi.ask(memberId, 'checkPayee', { body: { number, name } });
    if (!answer.ok) return { reached: answer.code === 'too_many_requests', name: null };
    const { match, masked_name, can_receive } = answer.value;
    return { reached: true, name: match === 'full' && can_receive === true ? masked_name : null };
  }

  const ofCard = (card: TokenWithCard): Pick<Found, 'userId' | 'panId' | 'memberId' | 'last4'> => ({
    userId: card.userId,
    panId: card.panId,
    memberId: card.issuerId,
    last4: card.last4,
  });

  async function byMobile(mobile: string, name: string): Promise<Found | null> {
    const userId = await deps.personOfMobile(mobile);
    const found = userId === null ? null : await receivingCard({ userId });
    if (found === null) return null;
    // A bank that cannot be reached looks like an unknown number: it must not tell that the number is known.
    const held = await nameAt(found.card.issuerId, found.card.pan.reveal(), name);
    return held.name === null ? null : { ...ofCard(found.card), via: 'mobile', name: held.name };
  }

  async function byCard(number: string, name: string): Promise<Found | null> {
    const memberId = deps.memberOf(number);
    if (memberId === null) return null;
    const held = await nameAt(memberId, number, name);
    if (!held.reached) throw new ProblemError('bank_unavailable');
    if (held.name === null) return null;
    const panId = await db.transaction((tx) => deps.tokens.vault.hold(tx, number));
    return { userId: null, via: 'card', panId, memberId, last4: number.slice(-4), name: held.name };
  }

  async function byCode(code: string): Promise<Found | null> {
    const found = await receivingCard({ code: toUuid(code, 'rcv') });
    if (found === null) return null;
    const names = await deps.shownNames(db, [found.row.userId]);
    return { ...ofCard(found.card), via: 'code', name: names.get(found.row.userId) ?? null };
  }

  async function find(asked: CheckTransferPayee): Promise<Found | null> {
    if ('mobile' in asked) return byMobile(asked.mobile, asked.name);
    if ('card_number' in asked) return byCard(asked.card_number, asked.name);
    return byCode(asked.code);
  }

  /** Looks for a payee; null alike for an unknown number, another name, and somebody who receives nothing. */
  async function check(who: Looker, asked: CheckTransferPayee): Promise<store.CheckedPayee | null> {
    const number = 'mobile' in asked ? asked.mobile : 'card_number' in asked ? asked.card_number : asked.code;
    await throttle(who, number);
    const [found] = await Promise.all([find(asked), after(lookMsMin)]);
    if (found === null) return null;
    const payee = { ...found, id: ids.uuid(), payerId: who.userId, expiresAtMs: clock.now() + payeeMs };
    await db.transaction((tx) => store.insertPayee(tx, payee));
    return payee;
  }

  /** A payee that this payer has checked lately. */
  async function chosen(payerId: string, id: string): Promise<Payee> {
    const p = await store.payeeById(db, id);
    if (p === null || p.payerId !== payerId || p.expiresAtMs <= clock.now())
      throw new ProblemError('payee_unknown');
    const { userId, via, panId, memberId, last4, name } = p;
    return { userId, via, panId, memberId, last4, name, kind: null, usable: true };
  }

  /** Chooses the card to receive with: a debit card of this device. */
  async function choose(
    tx: Tx,
    who: { userId: string; deviceId: string },
    tokenId: string,
    newCode: boolean,
  ): Promise<{ row: store.ReceivingRow; card: TokenWithCard }> {
    const card = (await deps.tokens.withCards(tx, [tokenId])).get(tokenId);
    if (card === undefined || card.userId !== who.userId) throw new ProblemError('card_unknown');
    if (card.status !== 'active' || card.deviceId !== who.deviceId || card.kind !== 'debit')
      throw new ProblemError('card_not_usable');
    // Random and not a UUIDv7: a code tells nothing, not even when it was made.
    const code = codeOf(Buffer.from(ids.secret(codeBytes), 'base64url'));
    const row = await store.putReceiving(tx, { userId: who.userId, tokenId, code }, newCode, clock.now());
    return { row, card };
  }

  /** Whoever asked for money, as its payee; null when he or she no longer receives any. */
  async function asker(userId: string): Promise<Payee | null> {
    const found = await receivingCard({ userId });
    if (found === null) return null;
    const names = await deps.shownNames(db, [userId]);
    return {
      ...ofCard(found.card),
      via: 'request',
      name: names.get(userId) ?? null,
      kind: 'debit',
      usable: true,
    };
  }

  return {
    check,
    asker,
    throttle,
    chosen,
    choose,
    receiving: (userId: string) => receivingCard({ userId }),
    bankOf: deps.bankOf,
    /** Forgets what is no longer good for anything. */
    forget: () => store.forget(db, clock.now() - payeeMs, clock.now() - 2 * hourMs, forgetMax),
  };
}

const codeBytes = 16;

function codeOf(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
