import type { Tx } from '@feiqian/db';
import { ProblemError } from '@feiqian/http';
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
    return Promise.all(
      chosen.map(async ({ bankCode, ref }) => {
        const bank = discovery.banks.find((b) => b.memberCode === bankCode);
        const card = bank?.cards.find((c) => c.ref === ref);
        if (!bank || !card || bank.consentId === null) {
          return { memberCode: bankCode, ref, status: 'refused' as const, card: null };
        }
        const outcome = await bindOne(owner, bank, bank.consentId, card);
        return { memberCode: bankCode, ref, ...outcome };
      }),
    );
  }

  async function bindOne(
    owner: Owner,
    bank: BankDiscovery,
    consentId: string,
    card: BankDiscovery['cards'][number],
  ): Promise<{ status: BindStatus; card: BoundCard | null }> {
    const provisioned = await banks.provision(bank.memberId, consentId, card.ref);
    if (!provisioned.ok) return { status: provisioned.code, card: null };
    // A bank can only give out its own cards.
    if (deps.issuerOf(provisioned.pan) !== bank.memberId || !provisioned.pan.endsWith(card.last4)) {
      return { status: 'refused', card: null };
    }
    return db.transaction((tx) => storeBound(tx, owner, bank, consentId, card, provisioned));
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
    return card ? bindOne(owner, bank, bank.consentId, card) : { status: 'refused', card: null };
  }

  async function storeBound(
    tx: Tx,
    owner: Owner,
    bank: BankDiscovery,
    consentId: string,
    card: BankDiscovery['cards'][number],
    data: { pan: string; expiry: string },
  ): Promise<{ status: BindStatus; card: BoundCard | null }> {
    // The device may have been removed while the bank was asked: nothing may live on it any more.
    if (!(await store.lockDevice(tx, owner.deviceId))) throw new ProblemError('unauthenticated');
    const held = await store.cardsOf(tx, owner.deviceId);
    const same = held.find((c) => c.memberId === bank.memberId && c.bankRef === card.ref);
    if (same) return { status: 'already_bound', card: same };
    const slot = freeSlot(held.map((c) => c.slot));
    if (slot === null) return { status: 'limit_reached', card: null };
    const token = await tokens.provision(tx, {
      pan: data.pan,
      expiry: data.expiry,
      ...owner,
      issuerId: bank.memberId,
      kind: card.kind,
    });
    if (token === null) return { status: 'refused', card: null };
    const bound: BoundCard = {
      id: token.id,
      ...owner,
      memberId: bank.memberId,
      kind: card.kind,
      product: card.product,
      productEn: card.productEn,
      last4: token.last4,
      slot,
      isDefault: held.length === 0,
      consentId,
      bankRef: card.ref,
      boundAtMs: clock.now(),
    };
    await store.insertCard(tx, bound);
    if (card.accountRef !== undefined) {
      const { userId } = owner;
      await deps.onBound?.(tx, { userId, memberId: bank.memberId, consentId, ref: card.accountRef });
    }
    return { status: 'bound', card: bound };
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
