import { bankMigrations, type RunningBank, sandboxBanks, seedBank, startBank } from '@feiqian/app-bank';
import { systemClock } from '@feiqian/clock';
import { type Db, migrate } from '@feiqian/db';
import { createIds } from '@feiqian/ids';
import { type Line, layLine } from './line.ts';

/** The sandbox's reference banks in this process, each at the end of a line, for a network in another. */
export interface BankSide {
  /** Line of a bank, by its code. */
  line(code: string): Line;
  /** What the banks hold, by the retrieval reference of what they were asked. */
  holdings(): Promise<Map<string, Holding[]>>;
  close(): Promise<void>;
}

/** One operation of a bank on an account: a purchase or a hold, or the memory that it is refused. */
export interface Holding {
  rrn: string;
  kind: string;
  state: string;
  amount: bigint;
  posted: bigint;
  refunded: bigint;
}

/** Opens the banks on a database and lays lines to them at the ports that the network's settings name. */
export async function openBankSide(db: Db, settings: Record<string, string>): Promise<BankSide> {
  await migrate(
    db,
    sandboxBanks.flatMap((b) => bankMigrations(b.settings)),
  );
  const banks: RunningBank[] = [];
  const lines = new Map<string, Line>();
  for (const [i, bank] of sandboxBanks.entries()) {
    const apiPort = Number(settings.FEIQIAN_BANK_API_PORT) + i;
    const own = { ...bank.settings, isoPort: 0, apiPort };
    await seedBank(db, own, bank.seed, systemClock);
    const ids = createIds(systemClock.now);
    const running = await startBank({ settings: own, db, clock: systemClock, ids });
    banks.push(running);
    const port = Number(settings.FEIQIAN_BANK_ISO_PORT) + i;
    lines.set(own.id, await layLine({ port, toPort: running.isoPort, profile: own.profile }));
  }
  return {
    line: (code) => lines.get(code) as Line,
    async holdings() {
      const found = new Map<string, Holding[]>();
      for (const { settings: own } of sandboxBanks) {
        const { rows } = await db.query<Holding>(
          `select rrn, kind, state, amount, posted, refunded from bank_${own.id}_authorisation.operation
           where kind in ('purchase', 'hold', 'refused')`,
        );
        for (const row of rows) found.set(row.rrn, [...(found.get(row.rrn) ?? []), row]);
      }
      return found;
    },
    async close() {
      await Promise.all([...lines.values()].map((line) => line.close()));
      await Promise.all(banks.map((bank) => bank.stop()));
    },
  };
}

/** A payment as its row says. */
interface PaymentRow {
  id: string;
  state: string;
  rrn: string | null;
  captured_amount: bigint;
  refunded_amount: bigint;
}

/** What of a bank's holding each state of a payment goes with. */
const holdingOf: Record<string, readonly (string | null)[]> = {
  authorised: ['held'],
  captured: ['posted'],
  partially_refunded: ['posted'],
  refunded: ['posted'],
  reversed: ['reversed', 'refused'],
  cancelled: ['reversed', 'refused', null],
  expired: ['reversed', 'refused', null],
  declined: ['reversed', 'refused', null],
  created: [null],
};

/** Where the network's payments and what the banks hold do not go together, both ways; empty when they do. */
export async function disagreements(
  network: Pick<Db, 'query'>,
  holdings: ReadonlyMap<string, readonly Holding[]>,
): Promise<string[]> {
  const { rows } = await network.query<PaymentRow>(
    'select id, state, rrn, captured_amount, refunded_amount from payments.payment',
  );
  const wrong: string[] = [];
  for (const p of rows) {
    const [held, ...more] = (p.rrn !== null && holdings.get(p.rrn)) || [];
    const right =
      more.length === 0 &&
      (holdingOf[p.state] ?? []).includes(held?.state ?? null) &&
      (held?.state !== 'posted' ||
        (held.posted === p.captured_amount && held.refunded === p.refunded_amount));
    const bank = held ? `${held.state} ${held.posted}, refunded ${held.refunded}` : 'nothing';
    if (!right) wrong.push(`${p.id} ${p.state} ${p.captured_amount}: the bank has ${bank}`);
  }
  const known = new Set(rows.map((p) => p.rrn));
  // A payment that is declined and paid again has another reference: what became of the first try must be nothing.
  for (const [rrn, [held]] of holdings)
    if (!known.has(rrn) && (held?.state === 'posted' || held?.state === 'held'))
      wrong.push(`${rrn}: no payment`);
  return wrong;
}
