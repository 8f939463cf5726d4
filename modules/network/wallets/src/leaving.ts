import { instant } from '@feiqian/clock';
import type { Sql, Tx } from '@feiqian/db';
import { ProblemError } from '@feiqian/http';
import { fromUuid } from '@feiqian/ids';
import type { Identity } from './realName.ts';
import * as freezes from './store/freezes.ts';
import * as store from './store/leaving.ts';
import { devicesOf, personById } from './store.ts';
import type { WalletsDeps } from './wallets.ts';

/** What other modules know of a person: whether money is under way, their part of the data, what to forget. */
export interface Trace {
  /** True while something of this person is not at its end. */
  isBusy?(sql: Sql, userId: string): Promise<boolean>;
  /** The person's own copy, by its name in the export. */
  collect?(userId: string): Promise<Record<string, unknown>>;
  /** Forgets what need not be kept. */
  erase?(tx: Tx, userId: string, mobile: string): Promise<void>;
}

interface Uses {
  mobileOf: (userId: string) => Promise<string>;
  identityOf: (userId: string) => Promise<(Identity & { mobile: string }) | null>;
  removeDevice: (tx: Tx, userId: string, deviceId: string) => Promise<void>;
}

/** Leaving: everything about a person handed over, and everything erased that the law does not keep. */
export function createLeaving(deps: WalletsDeps, uses: Uses) {
  const { db, clock, ids } = deps;

  /**
   * Erases a person: devices, sessions, tokens and pay codes end, consents are withdrawn at the banks, name, number and
   * document are gone. Payments stay, with an identifier that leads to nobody. Throws `account_busy` while money is
   * under way.
   */
  async function leave(tx: Tx, userId: string, mobile: string, traces: readonly Trace[]): Promise<void> {
    const held = await freezes.lockDevices(tx, userId);
    for (const trace of traces) {
      if (await trace.isBusy?.(tx, userId)) throw new ProblemError('account_busy');
    }
    const now = clock.now();
    await freezes.supersedeOrders(tx, userId, now);
    for (const { memberId, consentId } of await store.consentsOf(tx, userId)) {
      const order = {
        id: ids.uuid(),
        userId,
        memberId,
        consentId,
        kind: 'revoke' as const,
        verifiedAtMs: null,
      };
      await freezes.insertOrder(tx, order, now);
    }
    for (const { id } of held) await uses.removeDevice(tx, userId, id);
    for (const trace of traces) await trace.erase?.(tx, userId, mobile);
    const nobody = {
      mobileHash: deps.keyedHash('mobile', `erased ${userId}`),
      mobileSealed: deps.seal('mobile', Buffer.alloc(0)),
      mobileMasked: '***',
    };
    await store.erasePerson(tx, userId, nobody, now);
  }

  /** Everything about a person, in names of the API. */
  async function dataOf(userId: string, traces: readonly Trace[]) {
    const person = await personById(db, userId);
    if (!person) throw new ProblemError('unauthenticated');
    const identity = await uses.identityOf(userId);
    const bankOf = (id: string) => deps.issuers().find((f) => f.memberId === id)?.code ?? null;
    const data = {
      exported_at: instant(clock.now()),
      person: {
        id: fromUuid(userId, 'usr'),
        mobile: await uses.mobileOf(userId),
        name: person.name,
        identity: identity && { name: identity.name, identity_number: identity.number },
      },
      devices: (await devicesOf(db, userId)).map((d) => ({
        id: fromUuid(d.id, 'dev'),
        name: d.name,
        state: d.state,
        created_at: instant(d.createdAtMs),
        last_used_at: instant(d.lastUsedAtMs),
      })),
      cards: (await store.allCardsOf(db, userId)).map((c) => ({
        bank: bankOf(c.memberId),
        kind: c.kind,
        product: c.product,
        last4: c.last4,
        bound_at: instant(c.boundAtMs),
        unbound_at: c.unboundAtMs === null ? null : instant(c.unboundAtMs),
      })),
    };
    const parts: Record<string, unknown>[] = [];
    for (const trace of traces) parts.push((await trace.collect?.(userId)) ?? {});
    return Object.assign(data, ...parts) as typeof data;
  }

  return { leave, dataOf };
}
