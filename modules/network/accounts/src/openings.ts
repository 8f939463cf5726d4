import type { Clock } from '@feiqian/clock';
import {
  type AccountClassTables,
  type BankMessageList,
  bankVerificationMsMax,
  type Opening,
  type StartOpening,
} from '@feiqian/contract';
import type { Db } from '@feiqian/db';
import { ProblemError, type RequestKey } from '@feiqian/http';
import { fromUuid } from '@feiqian/ids';
import type { BankApi } from '@feiqian/links';
import type { BankFace, BoundCard, Wallets } from '@feiqian/wallets';
import type { Faces } from './account.ts';
import { answered, type Owner } from './accounts.ts';
import { breachOf, ruleOn, tablesOf } from './classRule.ts';
import { openingView, type StoredOpening } from './opening.ts';
import * as store from './store/openings.ts';
import { whoIs } from './whoIs.ts';

export interface OpeningsDeps {
  db: Db;
  clock: Clock;
  bankApi: Pick<BankApi, 'ask'>;
  wallets: Pick<Wallets, 'cards' | 'bindNew' | 'mobileOf' | 'identityOf'>;
  /** The number of a card, for the bank that is to verify by it. */
  panOf: (tokenId: string) => Promise<string | null>;
  issuers: () => BankFace[];
  /** How a member is named in field 102 and at other banks. */
  institutionOf: (memberId: string) => string;
  faces: Faces;
  seal: (purpose: string, plain: Uint8Array, context: string) => Uint8Array;
  open: (purpose: string, sealed: Uint8Array, context: string) => Uint8Array;
  /** The day of the rules, in the network's zone. */
  today: () => string;
  cardsMax: number;
}

const sealPurpose = 'opening';
interface Identity {
  name: string;
  identity_number: string;
  mobile: string;
}

export type Openings = ReturnType<typeof createOpenings>;

/** Class II and III accounts at any bank, opened on five factors that a bank of a Class I account confirms. */
export function createOpenings(deps: OpeningsDeps) {
  const { db, clock, bankApi, faces, wallets } = deps;
  const view = (o: StoredOpening) => openingView(o, faces);

  /** A card on this device that is of a Class I account. */
  async function classOneCard(cards: readonly BoundCard[], cardId: string): Promise<BoundCard> {
    const card = cards.find((c) => c.id === cardId);
    if (!card) throw new ProblemError('card_unknown');
    const query = { consent_id: card.consentId };
    const found = answered(await bankApi.ask(card.memberId, 'listCards', { query }));
    const kind = found.data.find((c) => c.ref === card.bankRef)?.account_kind;
    if (kind !== 'class_1') throw new ProblemError('class_1_needed');
    return card;
  }

  /** The network's own rules, before any bank is asked: the class, how many there are, a place for the card. */
  async function precheck(asked: StartOpening, memberId: string, cards: readonly BoundCard[]): Promise<void> {
    const rule = ruleOn(await store.classRules(db), asked.class, deps.today());
    const there = cards.find((c) => c.memberId === memberId);
    const query = { consent_id: there?.consentId };
    const answer = there && (await bankApi.ask(memberId, 'listAccounts', { query }));
    const held = answer?.ok ? answer.value.data.filter((a) => a.kind === asked.class).length : 0;
    const breach = breachOf(rule, held);
    if (breach === 'class_not_permitted') throw new ProblemError(breach);
    if (breach !== null) throw new ProblemError('limit_exceeded', undefined, { members: { limit: breach } });
    if (cards.length >= deps.cardsMax) throw new ProblemError('wallet_full');
  }

  /** Begins: the bank of the Class I account sends a code to its customer's phone, if all agrees. */
  async function start(owner: Owner, asked: StartOpening, key: RequestKey): Promise<Opening> {
    const bank = deps.issuers().find((f) => f.code === asked.bank_id);
    if (!bank) throw new ProblemError('bank_unknown');
    const cards = await wallets.cards(owner.deviceId);
    const cardId = asked.card_id;
    const card = await classOneCard(cards, cardId);
    await precheck(asked, bank.memberId, cards);
    const number = await deps.panOf(card.id);
    if (number === null) throw new ProblemError('card_unknown');
    const { name, identity_number } = await whoIs(wallets, owner, asked);
    const identity: Identity = { name, identity_number, mobile: await wallets.mobileOf(owner.userId) };
    const answer = await bankApi.ask(card.memberId, 'startVerification', {
      body: { ...identity, class_1_number: number },
    });
    if (!answer.ok && answer.code === 'too_many_requests') throw new ProblemError('too_many_attempts');
    const { id: verificationId, expires_at } = answered(answer);
    const id = key.id;
    const opening: StoredOpening = {
      id,
      ...owner,
      memberId: bank.memberId,
      class: asked.class,
      viaMemberId: card.memberId,
      tokenId: card.id,
      viaLast4: card.last4,
      identity: deps.seal(sealPurpose, Buffer.from(JSON.stringify(identity)), id),
      verificationId,
      state: 'code_sent',
      verifiedAt: null,
      expiresAtMs: Date.parse(expires_at),
      accountRef: null,
      cardId: null,
    };
    await store.insertOpening(db, opening, clock.now());
    return view(opening);
  }

  async function own(owner: Owner, id: string): Promise<StoredOpening> {
    const found = await store.openingById(db, id);
    if (found?.userId !== owner.userId || found.deviceId !== owner.deviceId)
      throw new ProblemError('not_found');
    return found;
  }

  /** Confirms the code, opens the account, binds its card. May be repeated at every point: one opening, one account. */
  async function confirm(owner: Owner, id: string, code: string): Promise<Opening> {
    const opening = await own(owner, id);
    if (opening.state === 'opened') return view(opening);
    if (opening.state === 'refused' || opening.expiresAtMs <= clock.now())
      throw new ProblemError('opening_over');
    const verified = opening.state === 'verified' ? opening : await verify(opening, code);
    return view(await openAt(owner, verified));
  }

  async function verify(opening: StoredOpening, code: string): Promise<StoredOpening> {
    const params = { id: opening.verificationId };
    const asked = await bankApi.ask(opening.viaMemberId, 'confirmVerification', { params, body: { code } });
    const { match, confirmed_at } = answered(asked);
    if (!match || confirmed_at === null) throw new ProblemError('verification_failed');
    const expiresAtMs = Date.parse(confirmed_at) + bankVerificationMsMax;
    const next: StoredOpening = { ...opening, state: 'verified', verifiedAt: confirmed_at, expiresAtMs };
    await store.moveOpening(db, next, ['code_sent']);
    return next;
  }

  async function openAt(owner: Owner, o: StoredOpening): Promise<StoredOpening> {
    const number = await deps.panOf(o.tokenId);
    if (number === null || o.identity === null || o.verifiedAt === null)
      throw new ProblemError('opening_over');
    const sealed = deps.open(sealPurpose, o.identity, o.id);
    const identity = JSON.parse(Buffer.from(sealed).toString()) as Identity;
    const answer = await bankApi.ask(o.memberId, 'openAccount', {
      key: fromUuid(o.id, 'opn'),
      body: {
        class: o.class,
        currency: 'CNY',
        identity,
        class_1: {
          institution: deps.institutionOf(o.viaMemberId),
          number,
          verification_id: o.verificationId,
          verified_at: o.verifiedAt,
        },
      },
    });
    if (!answer.ok) return refuse(o, answer);
    const { ref, card_refs } = answer.value;
    const bound = await wallets.bindNew(owner, o.memberId, card_refs[0] ?? '');
    const next: StoredOpening = {
      ...o,
      state: 'opened',
      identity: null,
      accountRef: ref,
      cardId: bound.card?.id ?? null,
    };
    await store.moveOpening(db, next, ['verified']);
    return next;
  }

  /** The bank has refused: said with its limit. What may be tried again stays verified. */
  async function refuse(
    o: StoredOpening,
    answer: Exclude<Awaited<ReturnType<BankApi['ask']>>, { ok: true }>,
  ): Promise<never> {
    const { code, limit } = answer;
    if (code === 'limit_exceeded' || code === 'class_not_permitted' || code === 'verification_required') {
      await store.moveOpening(db, { ...o, state: 'refused' }, ['verified']);
      if (code === 'verification_required') throw new ProblemError('identity_mismatch');
      throw new ProblemError(code, undefined, limit === undefined ? {} : { members: { limit } });
    }
    throw new ProblemError('bank_unavailable', undefined, { retryAfterSeconds: 5 });
  }

  return {
    start,
    confirm,
    tables: async (): Promise<AccountClassTables> => tablesOf(await store.classRules(db), deps.today()),
    expire: () => store.expireOpenings(db, clock.now()),
    /** What the banks of a sandbox have sent to the person's phone, newest first. */
    async messages(owner: Owner): Promise<BankMessageList> {
      const mobile = await wallets.mobileOf(owner.userId);
      const inboxes = await Promise.all(
        deps.issuers().map(async ({ memberId }) => {
          const answer = await bankApi.ask(memberId, 'inbox', { query: { mobile } });
          const bank = faces.ofMember(memberId);
          return answer.ok ? answer.value.data.map(({ text, at }) => ({ bank, text, at })) : [];
        }),
      );
      return { data: inboxes.flat().sort((a, b) => b.at.localeCompare(a.at)) };
    },
  };
}
