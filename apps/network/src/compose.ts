import { accessMigrations, createAccess, createInbox, type SendCode } from '@feiqian/access';
import { accountsMigrations } from '@feiqian/accounts';
import { businessDay, type Clock, systemClock } from '@feiqian/clock';
import { consoleMigrations } from '@feiqian/console';
import { creditMigrations } from '@feiqian/credit';
import type { Db, Migrations, Tx } from '@feiqian/db';
import { idempotencyMigrations } from '@feiqian/idempotency';
import { createIds, fromUuid, type RandomBytes, secureRandom, uuidOf } from '@feiqian/ids';
import { createKeystore, type Keystore, parseKeyRing } from '@feiqian/keystore';
import { createLedger } from '@feiqian/ledger';
import {
  type BankHttp,
  type BankHttpTarget,
  claimReferences,
  createBankApi,
  createForwarder,
  createLateAnswerLog,
  createLinks,
  type Dial,
  linksMigrations,
} from '@feiqian/links';
import { createMembers, membersMigrations } from '@feiqian/members';
import { createMerchants, merchantsMigrations } from '@feiqian/merchants';
import { currencyOf } from '@feiqian/money';
import { noticesMigrations } from '@feiqian/notices';
import { createOutbox, outboxMigrations } from '@feiqian/outbox';
import {
  createPayments,
  dynamicCode,
  ownersOfReferences,
  type Payment,
  payable,
  paymentsMigrations,
} from '@feiqian/payments';
import type { Logger } from '@feiqian/telemetry';
import { createTokens, tokensMigrations } from '@feiqian/tokens';
import { isTransferForward, ownersOfTransferReferences, transfersMigrations } from '@feiqian/transfers';
import { createVerification, type Verification, verificationMigrations } from '@feiqian/verification';
import { createWallets, type Wallets, type WalletsDeps, walletsMigrations } from '@feiqian/wallets';
import { bankPort } from './bankPort.ts';
import { composeAccounts, composeCredit, composeRepayments, composeSpendings } from './composeAccounts.ts';
import { composeAudits } from './composeAudits.ts';
import { composeTransfers } from './composeTransfers.ts';
import type { Config } from './config.ts';

/** The network's own ledger. */
export const networkLedger = createLedger('ledger');

/** Every migration of the network, in the order in which modules may build on each other. */
export const networkMigrations: readonly Migrations[] = [
  idempotencyMigrations,
  outboxMigrations,
  networkLedger.migrations,
  accessMigrations,
  membersMigrations,
  merchantsMigrations,
  tokensMigrations,
  linksMigrations,
  walletsMigrations,
  verificationMigrations,
  noticesMigrations,
  accountsMigrations,
  paymentsMigrations,
  transfersMigrations,
  creditMigrations,
  consoleMigrations,
];

/** Kinds of ledger account (the ledger's `code`). */
const accountKinds = { position: 1, payable: 2 } as const;

export interface ComposeDeps {
  config: Config;
  db: Db;
  /** Connections of its own for the hot path; without it those of everybody. */
  hotDb?: Db;
  clock: Clock;
  logger: Logger;
  /** What carries one-time codes; without it they are kept in the sandbox's inbox. */
  sendCode?: SendCode;
  fixedCode: string | null;
  /** The machine's random bytes unless something else is handed in (a simulation's). */
  random?: RandomBytes;
  /** TCP and TLS unless something else is handed in. */
  dial?: Dial;
  /** How a bank's HTTP interface is called: HTTP and TLS unless something else is handed in. */
  openBankHttp?: (target: BankHttpTarget) => BankHttp;
  /** Made of the configured keys unless it is handed in. */
  keystore?: Keystore;
}

export type Network = Awaited<ReturnType<typeof compose>>;

const ledgerOf = (currency: string): number => Number(currencyOf(currency).numeric);

/** Puts the network together, in the order of the module map. This is the only wiring. */
export async function compose(deps: ComposeDeps) {
  const base = await composeBase(deps);
  const banks = await composeBanks(deps, base);
  // Verification asks wallets who somebody is, wallets ask it what a second device needs.
  const asking: { verification: Verification | null } = { verification: null };
  const letsInFreely = () => (asking.verification?.freeFor(anyone, 'add_device') ?? -1n) >= 0n;
  const seen = composeAccounts(base, banks, deps.logger, (told) =>
    composeWallets(base, banks, { ...told, letsInFreely }),
  );
  const { wallets } = seen;
  const verification = await composeVerification(base, wallets);
  asking.verification = verification;
  const credit = composeCredit(base, banks, seen);
  const paying = composePayments(deps, base, banks, wallets, verification);
  return {
    ...base,
    ...banks,
    ...seen,
    ...credit,
    verification,
    ...paying,
    ...composeRepayments(base, banks, seen, credit, paying.transfers),
    spendings: composeSpendings(base),
    audits: composeAudits(deps),
  };
}

/** Who may call, members, merchants and the vault. */
async function composeBase(deps: ComposeDeps) {
  const { config, db, clock, logger, random = secureRandom } = deps;
  const ids = createIds(clock.now, random);
  const holder = ids.uuid();
  const keystore = deps.keystore ?? openKeystore(config, random);
  const outbox = createOutbox({ db, clock, ids, onError: (e) => logger.error(e, 'the event relay failed') });
  const ledger = networkLedger;

  const { seal, open, keyedHash } = keystore;
  const inbox = createInbox({ db, clock, ids, seal, open, keyedHash });
  const access = createAccess({
    db,
    clock,
    ids,
    seal: keystore.seal,
    open: keystore.open,
    keyedHash: keystore.keyedHash,
    sendCode: deps.sendCode ?? inbox.send,
    fixedCode: deps.fixedCode,
  });

  const members = createMembers({
    db,
    clock,
    ids,
    sealer: keystore,
    async openAccount(tx, { accountId, memberId, currency }) {
      const account = {
        id: accountId,
        ledger: ledgerOf(currency),
        code: accountKinds.position,
        userData128: memberId,
      };
      await ledger.createAccounts(tx, [account], clock.now());
    },
  });
  await members.reload();

  const merchants = createMerchants({
    db,
    clock,
    ids,
    access,
    seal: keystore.seal,
    async openPayable(tx: Tx, merchantId: string, currency: string, nowMs: number) {
      const id = ids.uuid();
      const account = { id, ledger: ledgerOf(currency), code: accountKinds.payable, userData128: merchantId };
      await ledger.createAccounts(tx, [account], nowMs);
      return id;
    },
  });

  const tokens = createTokens({ db, clock, ids, random, keystore });
  await tokens.vault.open();
  const businessDayOf = (atMs: number) => businessDay(atMs, config.timeZone);
  return {
    config,
    db,
    clock,
    ids,
    random,
    holder,
    keystore,
    outbox,
    ledger,
    access,
    inbox,
    members,
    merchants,
    tokens,
    businessDay: businessDayOf,
  };
}

/** The keystore of the configured keys. */
export function openKeystore(config: Config, random: RandomBytes): Keystore {
  return createKeystore(parseKeyRing(config.keyRing), Buffer.from(config.lookupKey, 'hex'), random);
}

export type Base = Awaited<ReturnType<typeof composeBase>>;

/** How old a message may be whose late answer is still recorded with it. */
const lateAnswerMsMax = 24 * 3600_000;

/** The links to the banks, and who numbers what goes over them. */
async function composeBanks({ config, logger, dial, openBankHttp }: ComposeDeps, base: Base) {
  const { db, clock, ids, random, holder, members } = base;
  const references = await claimReferences({ db, clock, holder });
  const lateAnswers = createLateAnswerLog({
    db,
    ids,
    async ownersOf(rrns) {
      const sinceMs = clock.now() - lateAnswerMsMax;
      return new Map([
        ...(await ownersOfReferences(db, rrns)),
        ...(await ownersOfTransferReferences(db, rrns, sinceMs)),
      ]);
    },
    onError: (error) => logger.error(error, 'a late answer could not be recorded'),
  });
  const links = createLinks({
    onLateAnswer: (late) => lateAnswers.record(late),
    clock,
    ids,
    randomBytes: random,
    ...(dial ? { dial } : {}),
    references,
    members,
    institution: config.institution,
    timeZone: config.timeZone,
    onError: (memberId, error) => logger.error({ memberId, err: error }, 'a link could not be set up'),
  });
  return {
    references,
    links,
    bankApi: createBankApi({ members, ...(openBankHttp ? { open: openBankHttp } : {}) }),
  };
}

export type Banks = Awaited<ReturnType<typeof composeBanks>>;

/** Whoever is behind a device that signs in: of a policy that tells people apart nothing is known yet. */
const anyone = { userId: '', deviceId: '' };

function composeWallets(
  { db, clock, ids, access, tokens, members, keystore, outbox }: Base,
  { bankApi }: Banks,
  told: Pick<WalletsDeps, 'onBound' | 'letsInFreely' | 'onSilenced'>,
): Wallets {
  return createWallets({
    db,
    clock,
    ids,
    access,
    tokens,
    banks: bankPort(bankApi),
    ...told,
    announce: (tx, type, { userId, deviceId }) =>
      outbox.publish(tx, [
        {
          type,
          objectId: deviceId,
          tenants: [userId],
          data: { id: fromUuid(deviceId, 'dev') },
        },
      ]),
    issuers: () =>
      members
        .list()
        .filter((m) => m.roles.includes('issuer'))
        .map(({ id, code, name, nameEn, colour }) => {
          return { memberId: id, code, name, nameEn, colour, ranges: members.ranges(id) };
        }),
    issuerOf: (pan) => members.routeByPan(pan)?.member.id ?? null,
    seal: keystore.seal,
    open: keystore.open,
    keyedHash: keystore.keyedHash,
  });
}

function composeVerification(
  { config, db, clock, ids, access, keystore }: Base,
  wallets: Wallets,
): Promise<Verification> {
  const { origin, hostname } = new URL(config.publicUrl);
  return createVerification({
    db,
    clock,
    ids,
    access,
    keyedHash: keystore.keyedHash,
    relyingParty: { id: hostname, name: '飞钱', origins: [origin] },
    mobileOf: wallets.mobileOf,
    checkIdentity: wallets.checkIdentity,
    hasRealName: wallets.hasRealName,
    // Nobody answers this yet: the risk engine will (roadmap).
    riskOf: () => 'low',
  });
}

/** Payments and the worker that sends what banks must still be told. */
function composePayments(
  { config, logger, hotDb }: ComposeDeps,
  base: Base,
  banks: Banks,
  wallets: Wallets,
  verification: Verification,
) {
  const { db, clock, ids, holder, outbox, ledger, access, members, merchants, tokens } = base;
  const { links, references } = banks;
  let kick = (): void => undefined;
  const paymentDeps = {
    db,
    hotDb: hotDb ?? db,
    clock,
    ids,
    outbox,
    ledger,
    links,
    references,
    merchants,
    tokens,
    wallets,
    signing: access.signing,
    verification,
    acquirerCode: config.acquirer,
    booksOf: (p: { issuerId: string | null; currency: string }) => ({
      ledger: ledgerOf(p.currency),
      position: members.positionAccount(p.issuerId ?? '', p.currency),
    }),
    view: {
      bankOf: (memberId: string) => members.get(memberId),
      codeOf: (p: Payment) => {
        const till = payable.includes(p.state) ? merchants.peek(p.storeId) : null;
        if (till === null) return null;
        return {
          code: dynamicCode(p, till.merchant),
          link: `${config.publicUrl}/wallet/pay/${fromUuid(p.id, 'pay')}`,
        };
      },
    },
    kickForwarder: () => kick(),
  };
  const payments = createPayments(paymentDeps);
  const random = () => (base.random(new Uint8Array(1))[0] as number) / 255;
  const transferRoutesDeps = composeTransfers(
    { config, ledgerOf, random, wallets, payments, banks },
    base,
    paymentDeps,
  );
  const { transfers } = transferRoutesDeps;

  const forwarder = createForwarder({
    db,
    clock,
    holder,
    random,
    links,
    detokenise: (tokenIds) => tokens.detokenise(db, tokenIds),
    async onSettled(tx, settled) {
      const ofTransfers = settled.filter((s) => isTransferForward(s.forward));
      const ofPayments = settled.filter((s) => !isTransferForward(s.forward));
      if (ofPayments.length > 0) await payments.settleForwards(tx, ofPayments);
      if (ofTransfers.length > 0) await transfers.settleReturns(tx, ofTransfers);
    },
    afterSettled: (forward) => payments.forwardSettled(forward),
    onError: (error) => logger.error(error, 'store and forward failed'),
  });
  kick = () => forwarder.kick();

  return {
    payments,
    transfers,
    forwarder,
    paymentRoutesDeps: { ...paymentDeps, now: clock.now, payments },
    transferRoutesDeps,
  };
}

/** A UUID that names something of the sandbox for ever. */
export function namedId(name: string): string {
  return uuidOf(`feiqian sandbox ${name}`);
}

/** The card vault alone, for the tools that rotate its keys. */
export async function openVault(config: Config, db: Db) {
  const clock = systemClock;
  const keystore = openKeystore(config, secureRandom);
  const { vault } = createTokens({ db, clock, ids: createIds(clock.now), random: secureRandom, keystore });
  await vault.open();
  return vault;
}
