import { ProblemError } from '@feiqian/http';
import { type Identity, isIdentityNumber, maskName, maskNumber, plainName } from './realName.ts';
import * as cards from './store/freezes.ts';
import * as store from './store/identity.ts';
import type { WalletsDeps } from './wallets.ts';

/** Checks that may fail in a day, for one person and for one document. */
export const identityTriesMax = 5;
const dayMs = 86_400_000;
const sealPurpose = 'identity';

/** What is shown of a real name. */
export interface RealNameView {
  name: string;
  number: string;
  memberId: string;
  checkedAtMs: number;
}

/** Is somebody who he or she says to be? Name, document and the account's own mobile number agree at a bank. */
export function createRealNames(deps: WalletsDeps, mobileOf: (userId: string) => Promise<string>) {
  const { db, clock } = deps;
  const today = () => Math.floor(clock.now() / dayMs);
  const subjectOf = (text: string) => deps.keyedHash('identity try', text);

  /** Banks that know the person come first: whoever need not hear of a document does not. */
  async function banksFor(userId: string): Promise<string[]> {
    const known = (await cards.consentsOf(db, userId)).map((c) => c.memberId);
    return [...new Set([...known, ...deps.issuers().map((i) => i.memberId)])];
  }

  /** The bank at which all three agree; null when none does. Throws `bank_unavailable` when that cannot be said. */
  async function agreeing(userId: string, { name, number }: Identity): Promise<string | null> {
    const identity = { name, identityNumber: number, mobile: await mobileOf(userId) };
    let silent = 0;
    for (const memberId of await banksFor(userId)) {
      const answer = await deps.banks.checkIdentity(memberId, identity);
      if (answer.ok && answer.match) return memberId;
      if (!answer.ok) silent += 1;
    }
    if (silent > 0) throw new ProblemError('bank_unavailable', undefined, { retryAfterSeconds: 5 });
    return null;
  }

  /**
   * Checks who a person is and remembers it. Throws `identity_refused` whatever it is that does not agree, and
   * `too_many_attempts` after five that failed on a day: a try is counted before it is checked.
   */
  async function checkIdentity(userId: string, given: Identity): Promise<void> {
    const identity = { name: plainName(given.name), number: given.number };
    const subjects = [subjectOf(`person ${userId}`), subjectOf(`document ${identity.number}`)];
    const day = today();
    const counts: number[] = [];
    for (const subject of subjects) counts.push(await store.countIdentityTry(db, subject, day));
    if (counts.some((n) => n > identityTriesMax)) {
      const retryAfterSeconds = Math.ceil(((day + 1) * dayMs - clock.now()) / 1000);
      throw new ProblemError('too_many_attempts', undefined, { retryAfterSeconds });
    }
    const forgive = async () => {
      for (const subject of subjects) await store.forgiveIdentityTry(db, subject, day);
    };
    const memberId = await confirmed(userId, identity).catch(async (error) => {
      // A bank that does not answer is no wrong try.
      await forgive();
      throw error;
    });
    if (memberId === null) throw new ProblemError('identity_refused');
    await remember(userId, identity, memberId);
    await forgive();
  }

  async function confirmed(userId: string, identity: Identity): Promise<string | null> {
    if (!isIdentityNumber(identity.number)) return null;
    // Whoever was somebody once stays that person: nobody's account becomes somebody else's.
    const before = await store.realNameOf(db, userId);
    if (before && !Buffer.from(before.numberHash).equals(Buffer.from(hashOf(identity.number)))) return null;
    return agreeing(userId, identity);
  }

  const hashOf = (number: string) => deps.keyedHash('identity document', number);

  async function remember(userId: string, { name, number }: Identity, memberId: string): Promise<void> {
    await store.putRealName(db, {
      userId,
      memberId,
      nameSealed: deps.seal(sealPurpose, Buffer.from(name), userId),
      nameMasked: maskName(name),
      numberSealed: deps.seal(sealPurpose, Buffer.from(number), userId),
      numberHash: hashOf(number),
      numberMasked: maskNumber(number),
      checkedAtMs: clock.now(),
    });
  }

  return {
    checkIdentity,
    /** What is shown of it: masked. */
    async realName(userId: string): Promise<RealNameView | null> {
      const r = await store.realNameOf(db, userId);
      if (!r) return null;
      return { name: r.nameMasked, number: r.numberMasked, memberId: r.memberId, checkedAtMs: r.checkedAtMs };
    },
    hasRealName: async (userId: string) => (await store.realNameOf(db, userId)) !== undefined,
    /** The three factors themselves, for a bank that opens an account or a card; null before the check. */
    async identityOf(userId: string): Promise<(Identity & { mobile: string }) | null> {
      const r = await store.realNameOf(db, userId);
      if (!r) return null;
      const opened = (sealed: Uint8Array) => Buffer.from(deps.open(sealPurpose, sealed, userId)).toString();
      return { name: opened(r.nameSealed), number: opened(r.numberSealed), mobile: await mobileOf(userId) };
    },
    forgetIdentityTries: () => store.forgetIdentityTries(db, today() - 1),
  };
}
