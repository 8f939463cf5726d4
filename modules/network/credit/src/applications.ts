import { answered, type Faces, type Owner, whoIs } from '@feiqian/accounts';
import type { Clock } from '@feiqian/clock';
import type { ApplyForCard, BankApplication, CreditApplication, CreditProductList } from '@feiqian/contract';
import type { Db, Tx } from '@feiqian/db';
import { ProblemError, type RequestKey } from '@feiqian/http';
import { fromUuid } from '@feiqian/ids';
import type { BankApi } from '@feiqian/links';
import type { Notices, StoredNotice } from '@feiqian/notices';
import type { Outbox } from '@feiqian/outbox';
import type { BankFace, Wallets } from '@feiqian/wallets';
import { type Application, applicationView, isOpen, lookAfterMs, toldBy } from './application.ts';
import * as store from './store/applications.ts';

export interface ApplicationsDeps {
  db: Db;
  clock: Clock;
  bankApi: Pick<BankApi, 'ask'>;
  notices: Pick<Notices, 'claim'>;
  outbox: Pick<Outbox, 'publish' | 'wake'>;
  wallets: Pick<Wallets, 'cards' | 'bindNew' | 'mobileOf' | 'identityOf'>;
  issuers: () => BankFace[];
  faces: Faces;
}

/** Applications that are asked after in one turn. */
const lookedAtMax = 20;
/** How long one process may be about one application, in ms. */
const leaseMs = 30_000;
const listMax = 50;

export type Applications = ReturnType<typeof createApplications>;

/** Applications for credit cards of every bank, followed until they are decided and the card is bound. */
export function createApplications(deps: ApplicationsDeps) {
  const { db, clock, bankApi, wallets, faces } = deps;

  async function products(): Promise<CreditProductList> {
    const lists = await Promise.all(
      deps.issuers().map(async ({ memberId }) => {
        const bank = faces.ofMember(memberId);
        const answer = await bankApi.ask(memberId, 'listCreditProducts');
        if (!answer.ok) return { bank, status: 'unavailable' as const, data: [] };
        return { bank, status: 'ok' as const, data: answer.value.data.map((p) => ({ bank, ...p })) };
      }),
    );
    return {
      data: lists.flatMap((l) => l.data),
      banks: lists.map(({ bank, status }) => ({ bank, status })),
    };
  }

  /**
   * Who applies is who signed in: a bank that has issued one of the cards on this device says that name, document and
   * mobile number are one customer's. The answers of the banks do not tell which of the three was wrong.
   * @throws ProblemError `identity_mismatch` when no such bank says so
   */
  async function verify(owner: Owner, identity: { name: string; identity_number: string }): Promise<string> {
    const mobile = await wallets.mobileOf(owner.userId);
    const known = [...new Set((await wallets.cards(owner.deviceId)).map((c) => c.memberId))];
    let silent = false;
    for (const memberId of known) {
      const body = { name: identity.name, identity_number: identity.identity_number, mobile };
      const answer = await bankApi.ask(memberId, 'checkIdentity', { body });
      if (answer.ok && answer.value.match) return mobile;
      if (!answer.ok && answer.code === 'too_many_requests') throw new ProblemError('too_many_attempts');
      silent ||= !answer.ok;
    }
    throw new ProblemError(silent ? 'bank_unavailable' : 'identity_mismatch');
  }

  /** Applies for a card; a repeat under the same key is the same application, also after a crash in between. */
  async function apply(owner: Owner, asked: ApplyForCard, key: RequestKey): Promise<CreditApplication> {
    const { bank_id, product, name: _name, identity_number: _number, ...more } = asked;
    const bank = deps.issuers().find((f) => f.code === bank_id);
    if (!bank) throw new ProblemError('bank_unknown');
    const { name, identity_number } = await whoIs(wallets, owner, asked);
    const mobile = await verify(owner, { name, identity_number });
    const answer = await bankApi.ask(bank.memberId, 'createApplication', {
      key: fromUuid(key.id, 'app'),
      body: {
        product,
        identity: { name, identity_number, mobile },
        verified_at: new Date(clock.now()).toISOString(),
        ...more,
      },
    });
    if (!answer.ok) throw refused(answer.code);
    const made = await begin(owner, bank.memberId, key.id, answer.value);
    return view(made.card === 'binding' ? await bindCard(made) : made);
  }

  async function begin(
    owner: Owner,
    memberId: string,
    id: string,
    told: BankApplication,
  ): Promise<Application> {
    const fresh: Application = {
      id,
      userId: owner.userId,
      deviceId: owner.deviceId,
      memberId,
      bankRef: told.id,
      product: told.product,
      state: told.state,
      creditLimit: null,
      declinedBecause: null,
      cardRef: null,
      card: 'none',
      cardId: null,
      createdAtMs: Date.parse(told.created_at),
      decidedAtMs: null,
      tries: 0,
    };
    const application = toldBy(fresh, told);
    await db.transaction(async (tx) => {
      await store.insert(tx, application, isOpen(application) ? clock.now() + lookAfterMs(0) : null);
      await deps.notices.claim(tx, memberId, [told.id], owner.userId);
      await publish(tx, application);
    });
    deps.outbox.wake();
    return application;
  }

  /** Binds the card of an approved application to the device that applied. */
  async function bindCard(a: Application): Promise<Application> {
    const owner = { userId: a.userId, deviceId: a.deviceId };
    const outcome = await wallets.bindNew(owner, a.memberId, a.cardRef ?? '').catch((error: unknown) => {
      // The device has been removed meanwhile.
      if (error instanceof ProblemError && error.code === 'unauthenticated') return null;
      throw error;
    });
    const status = outcome?.status ?? 'refused';
    const bound = status === 'bound' || status === 'already_bound';
    const next: Application =
      status === 'unavailable'
        ? { ...a, tries: a.tries + 1 }
        : { ...a, card: bound ? 'bound' : 'not_bound', cardId: outcome?.card?.id ?? null };
    await keep(next);
    return next;
  }

  async function keep(a: Application): Promise<void> {
    await db.transaction(async (tx) => {
      await store.update(tx, a, isOpen(a) ? clock.now() + lookAfterMs(a.tries) : null);
      await publish(tx, a);
    });
    deps.outbox.wake();
  }

  async function publish(tx: Tx, a: Application): Promise<void> {
    await deps.outbox.publish(tx, [
      {
        type: `application.${a.state}`,
        objectId: a.id,
        tenants: [a.userId],
        data: { id: fromUuid(a.id, 'app'), state: a.state, card: a.card },
      },
    ]);
  }

  /** Asks after what is not decided, and binds what is approved. Several processes share the work. */
  async function follow(): Promise<number> {
    const now = clock.now();
    const due = await db.transaction((tx) => store.take(tx, now, now + leaseMs, lookedAtMax));
    await Promise.all(due.map(look));
    return due.length;
  }

  async function look(a: Application): Promise<void> {
    if (a.card === 'binding') return void (await bindCard(a));
    const answer = await bankApi.ask(a.memberId, 'application', { params: { id: a.bankRef } });
    if (!answer.ok || answer.value.state === a.state) {
      const tries = a.tries + 1;
      return store.lookLater(db, a.id, tries, clock.now() + lookAfterMs(tries));
    }
    const next = toldBy({ ...a, tries: 0 }, answer.value);
    await keep(next);
    if (next.card === 'binding') await bindCard(next);
  }

  /** Withdraws an application that is not decided. */
  async function withdraw(owner: Owner, id: string): Promise<CreditApplication> {
    const a = await own(owner, id);
    const answer = await bankApi.ask(a.memberId, 'withdrawApplication', { params: { id: a.bankRef } });
    if (!answer.ok && answer.code === 'application_decided') throw new ProblemError('application_decided');
    const next = toldBy(a, answered(answer));
    await keep(next);
    return view(next);
  }

  async function own(owner: Owner, id: string): Promise<Application> {
    const found = await store.byId(db, id);
    if (found?.userId !== owner.userId) throw new ProblemError('not_found');
    return found;
  }

  const view = (a: Application) => applicationView(a, faces.ofMember(a.memberId));

  return {
    products,
    apply,
    follow,
    withdraw,
    list: async (owner: Owner) => (await store.ofUser(db, owner.userId, listMax)).map(view),
    find: async (owner: Owner, id: string) => view(await own(owner, id)),
    /** Takes everything away that was kept of a person. */
    erase: store.erase,
    /** What a bank tells of an application is a reason to ask after it at once. */
    async heard(tx: Tx, notices: readonly StoredNotice[]): Promise<void> {
      const of = notices.filter((n) => n.type === 'application.changed');
      for (const n of of) await store.lookNow(tx, n.memberId, n.ref, clock.now());
    },
  };
}

/** The problem of a bank's refusal to take an application. */
function refused(code: string): ProblemError {
  switch (code) {
    case 'application_open':
      return new ProblemError('application_open');
    case 'product_unknown':
      return new ProblemError('product_unknown');
    case 'verification_required':
      return new ProblemError('identity_mismatch');
    default:
      return new ProblemError('bank_unavailable', undefined, { retryAfterSeconds: 5 });
  }
}
