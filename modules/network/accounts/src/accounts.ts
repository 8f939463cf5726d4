import type { Clock } from '@feiqian/clock';
import type {
  Account,
  AccountBalance,
  AccountLimits,
  AccountList,
  BankAccount,
  MovementDetail,
  MovementPage,
  MovementsQuery,
} from '@feiqian/contract';
import type { Db, Tx } from '@feiqian/db';
import { ProblemError } from '@feiqian/http';
import { fromUuid } from '@feiqian/ids';
import type { BankApi, BankApiAnswer } from '@feiqian/links';
import { accountIdOf, type Notices } from '@feiqian/notices';
import type { BoundCard } from '@feiqian/wallets';
import { accountView, type Faces, type KnownAccount, movementView } from './account.ts';
import * as store from './store/accounts.ts';

export interface AccountsDeps {
  db: Db;
  clock: Clock;
  bankApi: Pick<BankApi, 'ask'>;
  notices: Pick<Notices, 'claim'>;
  faces: Faces;
  /** Cards bound on a device: what a device may see of banks follows from them. */
  cardsOf: (deviceId: string) => Promise<BoundCard[]>;
}

/** Who looks: the person and the device. */
export interface Owner {
  userId: string;
  deviceId: string;
}

export type Accounts = ReturnType<typeof createAccounts>;

const retrySeconds = 5;

/** What a bank answered, or the problem that its refusal is. */
export function answered<T>(answer: BankApiAnswer<T>): T {
  if (answer.ok) return answer.value;
  switch (answer.code) {
    case 'consent_required':
      throw new ProblemError('consent_ended');
    case 'account_unknown':
    case 'card_unknown':
    case 'not_found':
      throw new ProblemError('not_found');
    default:
      throw new ProblemError('bank_unavailable', undefined, { retryAfterSeconds: retrySeconds });
  }
}

/** The accounts of people at the banks. Banks are asked at every look; only whose an account is is kept. */
export function createAccounts(deps: AccountsDeps) {
  const { db, clock, bankApi, faces } = deps;

  /** The accounts of one bank, with the consent of the card that was bound last. */
  async function atBank(owner: Owner, cards: readonly BoundCard[]) {
    const { memberId, consentId } = cards.reduce((a, b) => (a.boundAtMs >= b.boundAtMs ? a : b));
    const answer = await bankApi.ask(memberId, 'listAccounts', { query: { consent_id: consentId } });
    const bank = faces.ofMember(memberId);
    if (!answer.ok) {
      const status =
        answer.code === 'consent_required' ? ('consent_ended' as const) : ('unavailable' as const);
      return { bank, status, accounts: [] as Account[] };
    }
    const own = await know(owner.userId, memberId, consentId, answer.value.data);
    const accounts = own.map((a) => accountView(a, memberId, cards, faces));
    return { bank, status: 'ok' as const, accounts };
  }

  /** Keeps whose the accounts are; gives those that are not somebody else's already. */
  async function know(
    userId: string,
    memberId: string,
    consentId: string,
    accounts: readonly BankAccount[],
  ): Promise<BankAccount[]> {
    const byId = new Map(accounts.map((a) => [accountIdOf(memberId, a.ref), a]));
    const known = await store.byIds(db, [...byId.keys()]);
    const current = known.filter((k) => k.userId === userId && k.consentId === consentId);
    if (current.length === byId.size) return [...accounts];
    await db.transaction((tx) =>
      remember(
        tx,
        accounts.map((a) => ({ memberId, ref: a.ref, userId, consentId })),
      ),
    );
    const others = new Set(known.filter((k) => k.userId !== userId).map((k) => k.ref));
    return accounts.filter((a) => !others.has(a.ref));
  }

  /** Writes down whose accounts are that a consent has shown. The first person of an account stays so. */
  async function remember(tx: Tx, accounts: readonly Omit<KnownAccount, 'id'>[]): Promise<void> {
    const rows = accounts
      .map((a) => ({ ...a, id: accountIdOf(a.memberId, a.ref) }))
      .sort((a, b) => (a.id < b.id ? -1 : 1));
    const mine = await store.put(tx, rows, clock.now());
    const fresh = rows.filter((r) => mine.has(r.id));
    for (const memberId of [...new Set(fresh.map((r) => r.memberId))].sort()) {
      const of = fresh.filter((r) => r.memberId === memberId);
      await deps.notices.claim(
        tx,
        memberId,
        of.map((r) => r.ref),
        of[0]?.userId as string,
      );
    }
  }

  /** An account that this device may ask about now: the person's, at a bank of which a card is bound here. */
  async function accountOf(owner: Owner, id: string): Promise<KnownAccount> {
    const [[account], cards] = await Promise.all([store.byIds(db, [id]), deps.cardsOf(owner.deviceId)]);
    if (account?.userId !== owner.userId) throw new ProblemError('not_found');
    const card = cards
      .filter((c) => c.memberId === account.memberId)
      .sort((a, b) => b.boundAtMs - a.boundAtMs)[0];
    if (card === undefined) throw new ProblemError('not_found');
    return { ...account, consentId: card.consentId };
  }

  async function list(owner: Owner): Promise<AccountList> {
    const cards = await deps.cardsOf(owner.deviceId);
    const members = [...new Set(cards.map((c) => c.memberId))];
    const banks = await Promise.all(
      members.map((memberId) =>
        atBank(
          owner,
          cards.filter((c) => c.memberId === memberId),
        ),
      ),
    );
    return {
      data: banks.flatMap((b) => b.accounts),
      banks: banks.map(({ bank, status }) => ({ bank, status })),
    };
  }

  async function balance(owner: Owner, id: string): Promise<AccountBalance> {
    const a = await accountOf(owner, id);
    const b = answered(await bankApi.ask(a.memberId, 'accountBalance', asked(a)));
    const { ref: _, at, ...amounts } = b;
    return { account_id: fromUuid(id, 'acc'), ...amounts, as_of: at };
  }

  async function movements(owner: Owner, id: string, query: MovementsQuery): Promise<MovementPage> {
    const a = await accountOf(owner, id);
    const { limit, ...filters } = query;
    const more = { ...filters, limit: limit === undefined ? undefined : String(limit) };
    const page = answered(await bankApi.ask(a.memberId, 'accountMovements', asked(a, {}, more)));
    return { data: page.data.map((m) => movementView(m, faces)), next_cursor: page.next_cursor };
  }

  async function movement(owner: Owner, id: string, movementId: string): Promise<MovementDetail> {
    const a = await accountOf(owner, id);
    const params = { movement_id: movementId };
    const m = answered(await bankApi.ask(a.memberId, 'accountMovement', asked(a, params)));
    return { ...movementView(m, faces), account_id: fromUuid(id, 'acc'), balance_after: m.balance_after };
  }

  async function limits(owner: Owner, id: string): Promise<AccountLimits> {
    const a = await accountOf(owner, id);
    const l = answered(await bankApi.ask(a.memberId, 'accountLimits', asked(a)));
    const { at, ...told } = l;
    return { account_id: fromUuid(id, 'acc'), ...told, as_of: at };
  }

  return {
    list,
    accountOf,
    balance,
    movements,
    movement,
    limits,
    remember,
    /** The consent under which a bank may be asked about one of its accounts; null when nobody gave one. */
    async consentOf(memberId: string, ref: string): Promise<string | null> {
      const [known] = await store.byIds(db, [accountIdOf(memberId, ref)]);
      return known?.consentId ?? null;
    },
    /** Takes everything away that was kept of a person, openings included. */
    erase: store.erase,
  };
}

/** A question about an account. */
function asked(a: KnownAccount, params: Record<string, string> = {}, query: object = {}) {
  return { params: { ref: a.ref, ...params }, query: { consent_id: a.consentId, ...query } };
}
