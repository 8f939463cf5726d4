import { type Accounts, createAccounts, createOpenings, type Faces } from '@feiqian/accounts';
import type { Bank } from '@feiqian/contract';
import {
  type Applications,
  createApplications,
  createAutoRepays,
  createBills,
  createRepayments,
} from '@feiqian/credit';
import {
  createNotices,
  createPushes,
  createPushHttp,
  type Notices,
  type NoticesDeps,
} from '@feiqian/notices';
import { createSpendings } from '@feiqian/payments';
import type { Logger } from '@feiqian/telemetry';
import type { Transfers } from '@feiqian/transfers';
import { cardsMax, type Wallets, type WalletsDeps } from '@feiqian/wallets';
import type { Banks, Base } from './compose.ts';

/** Who else wants to know what banks tell. */
interface Heard {
  applications: Pick<Applications, 'heard'> | null;
}

type Told = Pick<WalletsDeps, 'onBound' | 'onSilenced'>;

/** Messages to people's browsers. The sandbox makes itself a key, and may call a push service on this machine. */
function composePushes(base: Base, logger: Logger) {
  const { config, db, clock, ids, keystore } = base;
  const sandbox = config.mode === 'sandbox';
  const http = createPushHttp(sandbox, clock.now);
  const pushes = createPushes({
    db,
    clock,
    ids,
    seal: keystore.seal,
    open: keystore.open,
    keyedHash: keystore.keyedHash,
    faceOf: facesOf(base.members).ofMember,
    send: http.send,
    key: config.pushKey ?? (sandbox ? 'own' : null),
    contact: config.pushContact ?? 'mailto:sandbox@feiqian.example',
    loopback: sandbox,
    onError: (err) => logger.warn({ err }, 'a push message was not sent'),
  });
  return { pushes, closePushes: http.close };
}

/** Wallets, what banks tell of their people's accounts, and the accounts themselves. */
export function composeAccounts(
  base: Base,
  banks: Banks,
  logger: Logger,
  composeWallets: (told: Told) => Wallets,
) {
  // Each of the three tells the next what it has learnt, and the second asks the last for a consent.
  let accounts: Accounts | null = null;
  const pushing = composePushes(base, logger);
  const { pushes } = pushing;
  const wallets = composeWallets({
    onBound: async (tx, bound) => accounts?.remember(tx, bound),
    onSilenced: pushes.silence,
  });
  const faces = facesOf(base.members);
  const heard: Heard = { applications: null };
  const notices = composeNotices(base, banks, {
    faces,
    consentOf: async (memberId, ref) => (accounts ? accounts.consentOf(memberId, ref) : null),
    async onStored(tx, stored) {
      await heard.applications?.heard(tx, stored);
      await pushes.queue(tx, stored);
    },
  });
  accounts = createAccounts({
    db: base.db,
    clock: base.clock,
    bankApi: banks.bankApi,
    notices,
    faces,
    cardsOf: wallets.cards,
  });
  const openings = composeOpenings(base, banks, wallets, faces);
  return { ...pushing, wallets, notices, accounts, openings, faces, heard };
}

function composeOpenings(base: Base, { bankApi }: Banks, wallets: Wallets, faces: Faces) {
  const { db, clock, keystore, members, tokens, businessDay } = base;
  return createOpenings({
    db,
    clock,
    bankApi,
    wallets,
    panOf: async (tokenId) => (await tokens.withCards(db, [tokenId])).get(tokenId)?.pan.reveal() ?? null,
    issuers: wallets.issuers,
    institutionOf(memberId) {
      const member = members.get(memberId);
      if (!member) throw new Error(`there is no member ${memberId}`);
      return member.institution;
    },
    faces,
    seal: keystore.seal,
    open: keystore.open,
    today: () => businessDay(clock.now()).date,
    cardsMax,
  });
}

/** Credit cards: what is owed on them, and applying for one. */
export function composeCredit(base: Base, { bankApi }: Banks, seen: ReturnType<typeof composeAccounts>) {
  const { db, clock, outbox } = base;
  const { accounts, notices, wallets, faces } = seen;
  const bills = createBills({ accounts, bankApi });
  const applications: Applications = createApplications({
    db,
    clock,
    bankApi,
    notices,
    outbox,
    wallets,
    issuers: wallets.issuers,
    faces,
  });
  seen.heard.applications = applications;
  return { bills, applications };
}

/** Repaying credit cards, by hand and by itself: the money is a transfer's. */
export function composeRepayments(
  base: Base,
  { bankApi }: Banks,
  { wallets }: ReturnType<typeof composeAccounts>,
  { bills }: ReturnType<typeof composeCredit>,
  transfers: Transfers,
) {
  const { db, clock, outbox, businessDay } = base;
  const repayments = createRepayments({ db, clock, bankApi, wallets, bills, transfers });
  const today = () => businessDay(clock.now()).date;
  const autoRepays = createAutoRepays({ db, clock, outbox, wallets, bills, repayments, today });
  return { repayments, autoRepays };
}

/** What people spend by month, and their budgets. */
export function composeSpendings({ db, clock, merchants, config }: Base) {
  const { currency, timeZone } = config;
  return createSpendings({ db, clock, merchants, currency, timeZone });
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
  { faces, ...told }: { faces: Faces } & Pick<NoticesDeps, 'consentOf' | 'onStored'>,
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
    ...told,
  });
}
