import type { Tx } from '@feiqian/db';
import { ProblemError } from '@feiqian/http';
import type { Token } from '@feiqian/tokens';
import { type BankDiscovery, type BoundCard, freeSlot } from './card.ts';
import * as store from './store.ts';
import type { WalletsDeps } from './wallets.ts';

/** Who binds: the person and the device. */
export interface Owner {
  userId: string;
  deviceId: string;
}

export interface Discovery {
  id: string;
  expiresAtMs: number;
  banks: BankDiscovery[];
  /** `member ref` of cards that this device holds already. */
  bound: Set<string>;
}

export type BindStatus = 'bound' | 'already_bound' | 'unavailable' | 'refused' | 'limit_reached';
export interface BindOutcome {
  memberCode: string;
  ref: string;
  status: BindStatus;
  card: BoundCard | null;
}

type Bound = Pick<BindOutcome, 'status' | 'card'>;
type DiscoveredCard = BankDiscovery['cards'][number];

/** A card as its bank has just given it out. */
interface Fetched {
  memberId: string;
  consentId: string;
  card: DiscoveredCard;
  pan: string;
  expiry: string;
}

/** How long a list of cards may be used, in ms. */
const discoveryMs = 10 * 60_000;

/** Finding a person's cards at the banks and binding them. No network call is made inside a transaction. */
export function createBinding(deps: WalletsDeps, mobileOf: (userId: string) => Promise<string>) {
  const { db, clock, ids, tokens, banks } = deps;

  async function ask(mobile: string, memberId: string, memberCode: string): Promise<BankDiscovery> {
    const none = (status: 'no_customer' | 'unavailable'): BankDiscovery => ({
      memberId,
      memberCode,
      status,
      consentId: null,
      cards: [],
    });
    const consent = await banks.consent(memberId, { mobile });
    if (!consent.ok) return none(consent.code);
    const list = await banks.cards(memberId, consent.consentId);
    if (!list.ok) return none('unavailable');
    const cards = list.cards.filter((c) => c.active).map(({ active: _, ...card }) => card);
    return { memberId, memberCode, status: 'ok', consentId: consent.consentId, cards };
  }

  /** One consent, all chosen banks at once; a bank that does not answer does not fail the others. */
  async function discover(owner: Owner, bankCodes: readonly string[]): Promise<Discovery> {
    const faces = bankCodes.map((code) => deps.issuers().find((f) => f.code === code));
    if (faces.some((f) => f === undefined)) throw new ProblemError('bank_unknown');
    const mobile = await mobileOf(owner.userId);
    const answers = await Promise.all(faces.map((f) => (f ? ask(mobile, f.memberId, f.code) : null)));
    const found: BankDiscovery[] = answers.filter((a) => a !== null);
    const discovery = { id: ids.uuid(), expiresAtMs: clock.now() + discoveryMs, banks: found };
    await store.insertDiscovery(db, { ...discovery, ...owner });
    const bound = new Set((await store.cardsOf(db, owner.deviceId)).map((c) => `${c.memberId} ${c.bankRef}`));
    return { ...discovery, bound };
  }

  /** Binds up to ten cards in one go; each has its own outcome. */
  async function bind(
    owner: Owner,
    discoveryId: string,
    chosen: readonly { bankCode: string; ref: string }[],
  ): Promise<BindOutcome[]> {
    const discovery = await store.discoveryOf(db, discoveryId, owner.deviceId);
    if (!discovery) throw new ProblemError('not_found');
    if (discovery.expiresAtMs <= clock.now()) throw new ProblemError('discovery_expired');
    const asked = await Promise.all(
      chosen.map(async ({ bankCode, ref }) => {
        const bank = discovery.banks.find((b) => b.memberCode === bankCode);
        const card = bank?.cards.find((c) => c.ref === ref);
        const found = bank && card ? await fetchCard(bank, card) : ('refused' as const);
        return { memberCode: bankCode, ref, found };
      }),
    );
    const fetched = asked.flatMap((a) => (typeof a.found === 'string' ? [] : [a.found]));
    const bound = await storeBound(owner, fetched);
    return asked.map(({ memberCode, ref, found }) => {
      if (typeof found === 'string') return { memberCode, ref, status: found, card: null };
      return { memberCode, ref, ...(bound.get(found) as Bound) };
    });
  }

  /** Asks the bank for a card that is to be bound. */
  async function fetchCard(
    bank: BankDiscovery,
    card: DiscoveredCard,
  ): Promise<Fetched | 'refused' | 'unavailable'> {
    const { memberId, consentId } = bank;
    if (consentId === null) return 'refused';
    const answer = await banks.provision(memberId, consentId, card.ref);
    if (!answer.ok) return answer.code;
    // A bank can only give out its own cards.
    const own = deps.issuerOf(answer.pan) === memberId && answer.pan.endsWith(card.last4);
    return own ? { memberId, consentId, card, pan: answer.pan, expiry: answer.expiry } : 'refused';
  }

  /** Binds one card of which the bank has just told, such as that of an account that was opened. */
  async function bindNew(
    owner: Owner,
    memberId: string,
    ref: string,
  ): Promise<{ status: BindStatus; card: BoundCard | null }> {
    const face = deps.issuers().find((f) => f.memberId === memberId);
    if (!face) return { status: 'refused', card: null };
    const bank = await ask(await mobileOf(owner.userId), memberId, face.code);
    if (bank.consentId === null) {
      return { status: bank.status === 'no_customer' ? 'refused' : 'unavailable', card: null };
    }
    const card = bank.cards.find((c) => c.ref === ref);
    const found = card ? await fetchCard(bank, card) : 'refused';
    if (typeof found === 'string') return { status: found, card: null };
    return (await storeBound(owner, [found])).get(found) as Bound;
  }

  /**
   * Stores cards that banks gave out, all of them in one commit. Rows that other devices of the person lock as well come
   * in one order: card numbers by member and reference, then the accounts.
   */
  async function storeBound(owner: Owner, fetched: readonly Fetched[]): Promise<Map<Fetched, Bound>> {
    if (fetched.length === 0) return new Map();
    return db.transaction(async (tx) => {
      // The device may have been removed while the bank was asked: nothing may live on it any more.
      if (!(await store.lockDevice(tx, owner.deviceId))) throw new ProblemError('unauthenticated');
      const held = await store.cardsOf(tx, owner.deviceId);
      const out = new Map<Fetched, Bound>();
      const taken = held.map((c) => c.slot);
      const slots = new Map<Fetched, number>();
      for (const one of fetched) {
        const same = held.find((c) => c.memberId === one.memberId && c.bankRef === one.card.ref);
        const slot = freeSlot(taken);
        if (same) out.set(one, { status: 'already_bound', card: same });
        else if (slot === null) out.set(one, { status: 'limit_reached', card: null });
        else {
          slots.set(one, slot);
          taken.push(slot);
        }
      }
      const provisioned = await provisionAll(tx, owner, [...slots.keys()]);
      let first = held.length === 0;
      for (const [one, slot] of slots) {
        const token = provisioned.get(one) ?? null;
        if (token === null) {
          out.set(one, { status: 'refused', card: null });
          continue;
        }
        const bound = { ...boundCard(owner, one, token), slot, isDefault: first };
        first = false;
        await store.insertCard(tx, bound);
        out.set(one, { status: 'bound', card: bound });
      }
      await tellBound(tx, owner, fetched, out);
      return out;
    });
  }

  async function provisionAll(tx: Tx, owner: Owner, fetched: readonly Fetched[]) {
    const order = (f: Fetched) => `${f.memberId} ${f.card.ref}`;
    const made = new Map<Fetched, Token | null>();
    for (const one of [...fetched].sort((a, b) => (order(a) < order(b) ? -1 : 1))) {
      const { pan, expiry, memberId: issuerId, card } = one;
      made.set(one, await tokens.provision(tx, { pan, expiry, ...owner, issuerId, kind: card.kind }));
    }
    return made;
  }

  const boundCard = (
    owner: Owner,
    { memberId, consentId, card }: Fetched,
    token: Token,
  ): Omit<BoundCard, 'slot' | 'isDefault'> => ({
    id: token.id,
    ...owner,
    memberId,
    kind: card.kind,
    product: card.product,
    productEn: card.productEn,
    last4: token.last4,
    consentId,
    bankRef: card.ref,
    boundAtMs: clock.now(),
  });

  /** Tells of the accounts behind what was bound. */
  async function tellBound(
    tx: Tx,
    { userId }: Owner,
    fetched: readonly Fetched[],
    out: ReadonlyMap<Fetched, Bound>,
  ): Promise<void> {
    const accounts = new Map<string, Parameters<NonNullable<WalletsDeps['onBound']>>[1][number]>();
    for (const one of fetched) {
      const { memberId, consentId, card } = one;
      if (card.accountRef !== undefined && out.get(one)?.status === 'bound')
        accounts.set(`${memberId} ${card.accountRef}`, { userId, memberId, consentId, ref: card.accountRef });
    }
    if (accounts.size > 0) await deps.onBound?.(tx, [...accounts.values()]);
  }

  /** Unbinds a card: its token is dead with this commit. */
  async function unbind(tx: Tx, owner: Owner, cardId: string): Promise<void> {
    await store.lockDevice(tx, owner.deviceId);
    const held = await store.cardsOf(tx, owner.deviceId);
    const card = held.find((c) => c.id === cardId);
    if (!card) throw new ProblemError('not_found');
    await store.unbindCard(tx, owner.deviceId, cardId, clock.now());
    await tokens.remove(tx, cardId);
    if (card.isDefault) await store.setDefault(tx, owner.deviceId, null);
  }

  async function makeDefault(tx: Tx, owner: Owner, cardId: string): Promise<void> {
    await store.lockDevice(tx, owner.deviceId);
    if (!(await store.cardsOf(tx, owner.deviceId)).some((c) => c.id === cardId))
      throw new ProblemError('not_found');
    await store.setDefault(tx, owner.deviceId, cardId);
  }

  async function balance(owner: Owner, cardId: string) {
    const card = (await store.cardsOf(db, owner.deviceId)).find((c) => c.id === cardId);
    if (!card) throw new ProblemError('not_found');
    const answer = await banks.balance(card.memberId, card.consentId, card.bankRef);
    if (!answer.ok) throw new ProblemError('bank_unavailable', undefined, { retryAfterSeconds: 5 });
    return { card, ...answer };
  }

  return {
    discover,
    bind,
    bindNew,
    unbind,
    makeDefault,
    balance,
    cards: (deviceId: string) => store.cardsOf(db, deviceId),
  };
}
