import { type Accounts, createAccounts, type Faces } from '@feiqian/accounts';
import type { Bank } from '@feiqian/contract';
import { createNotices, type Notices } from '@feiqian/notices';
import type { Wallets, WalletsDeps } from '@feiqian/wallets';
import type { Banks, Base } from './compose.ts';

type OnBound = NonNullable<WalletsDeps['onBound']>;

/** Wallets, what banks tell of their people's accounts, and the accounts themselves. */
export function composeAccounts(base: Base, banks: Banks, composeWallets: (onBound: OnBound) => Wallets) {
  // Each of the three tells the next what it has learnt, and the second asks the last for a consent.
  let accounts: Accounts | null = null;
  const wallets = composeWallets(async (tx, bound) => accounts?.remember(tx, [bound]));
  const faces = facesOf(base.members);
  const notices = composeNotices(base, banks, faces, async (memberId, ref) =>
    accounts ? accounts.consentOf(memberId, ref) : null,
  );
  accounts = createAccounts({
    db: base.db,
    clock: base.clock,
    bankApi: banks.bankApi,
    notices,
    faces,
    cardsOf: wallets.cards,
  });
  return { wallets, notices, accounts };
}

/** The banks as wallets show them. */
function facesOf(members: Base['members']): Faces {
  const face = (m: { code: string; name: string; nameEn: string; colour: string }): Bank => ({
    id: m.code,
    name: m.name,
    name_en: m.nameEn,
    colour: m.colour,
  });
  return {
    ofMember(memberId) {
      const member = members.get(memberId);
      if (!member) throw new Error(`there is no member ${memberId}`);
      return face(member);
    },
    ofInstitution(institution) {
      const member = members.list().find((m) => m.institution === institution);
      return member ? face(member) : null;
    },
  };
}

function composeNotices(
  { db, clock, ids, outbox, members }: Base,
  { bankApi }: Banks,
  faces: Faces,
  consentOf: (memberId: string, ref: string) => Promise<string | null>,
): Notices {
  return createNotices({
    db,
    clock,
    ids,
    outbox,
    bankApi,
    async sourceOf(code) {
      const member = members.byCode(code);
      const secret = member?.status === 'active' && (await members.openSecret(member.id, 'notice_secret'));
      return member && secret ? { memberId: member.id, secret: secret.bytes } : null;
    },
    faceOf: faces.ofMember,
    consentOf,
  });
}
