import type { Db, SqlResult, SqlValue, Tx } from '@feiqian/db';
import { isConnectionLost } from '@feiqian/db';
import type { BankHttp } from '@feiqian/links';

/**
 * A bug planted on purpose, to see that the simulation would find it. It lives here, between a process and its
 * database or the banks: the product has no switch for it.
 */
export interface Bug {
  name: string;
  /** What it does, for people. */
  is: string;
  /** Whose database is tampered with. */
  role: 'network' | 'bank';
  wrap(db: Db): Db;
  /** For a bug between a network process and the HTTP interfaces of banks. */
  wrapCalls?(http: BankHttp): BankHttp;
}

interface Asked {
  text: string;
  params: readonly SqlValue[];
  name: string;
}
type Run = (asked: Asked) => Promise<SqlResult<never>>;

/** Looks at every statement; what it does not care for it passes on. */
function tampered(db: Db, tamper: (asked: Asked, run: Run) => Promise<SqlResult<never>>): Db {
  const through =
    (query: Db['query']): Db['query'] =>
    (text, params = [], name = '') =>
      tamper({ text, params, name }, (asked) => query(asked.text, asked.params, asked.name)) as never;
  return {
    engine: db.engine,
    query: through((text, params, name) => db.query(text, params, name)),
    transaction: (work) =>
      db.transaction((tx) =>
        work({ ...tx, query: through((text, params, name) => tx.query(text, params, name)) }),
      ),
    script: (text) => db.script(text),
    close: () => db.close(),
  };
}

/** The rows of a statement whose parameters are columns: lists, array texts, or lines. */
function cells(param: SqlValue, rows: number): readonly SqlValue[] | null {
  if (Array.isArray(param)) return param.length === rows ? (param as SqlValue[]) : null;
  if (typeof param !== 'string') return null;
  const list =
    param.startsWith('{') && !param.startsWith('{"') ? param.slice(1, -1).split(',') : param.split('\n');
  return list.length === rows ? list : null;
}

/** The same statement without the rows for which `drop` holds of the cells of one parameter. */
async function without(
  asked: Asked,
  run: Run,
  column: number,
  drop: (cell: SqlValue, row: number) => boolean,
): Promise<SqlResult<never>> {
  const rows = asked.params.reduce((n: number, p) => (Array.isArray(p) ? Math.max(n, p.length) : n), 0);
  const own = cells(asked.params[column] ?? null, rows || lengthOf(asked.params[column]));
  if (own === null) return run(asked);
  const kept = own.flatMap((cell, row) => (drop(cell, row) ? [] : [row]));
  if (kept.length === own.length) return run(asked);
  if (kept.length === 0) return { rows: [], count: own.length };
  const params = asked.params.map((param): SqlValue => {
    const all = cells(param, own.length);
    if (all === null) return param;
    const left = kept.map((row) => all[row] as string);
    if (Array.isArray(param)) return left;
    return (param as string).startsWith('{') ? `{${left.join(',')}}` : left.join('\n');
  });
  return { ...(await run({ ...asked, params })), count: own.length };
}

function lengthOf(param: SqlValue | undefined): number {
  if (typeof param !== 'string') return 0;
  return param.startsWith('{') ? param.slice(1, -1).split(',').length : param.split('\n').length;
}

const nothing: SqlResult<never> = { rows: [], count: 0 };

export const bugs: readonly Bug[] = [
  {
    name: 'late_approval_posted',
    is: 'an approval that comes after the time-out is posted',
    role: 'network',
    wrap: (db) =>
      tampered(db, async (asked, run) => {
        const result = await run(asked);
        if (asked.name !== 'links_exchange_insert' || !String(asked.params[10]).includes('late'))
          return result;
        const text = `update payments.payment set state = 'captured', authorised_amount = amount, captured_amount = amount,
           version = version + 1 where id = any($1::uuid[]) and state = 'unknown'`;
        await run({ text, params: [asked.params[1] as SqlValue], name: '' });
        return result;
      }),
  },
  {
    name: 'no_tombstone',
    is: 'a bank forgets the reversal of a message it has not seen',
    role: 'bank',
    wrap: (db) =>
      tampered(db, (asked, run) =>
        asked.name.endsWith('.operation_insert')
          ? without(
              asked,
              run,
              asked.params.findIndex((p) => Array.isArray(p) && p.includes('refused')),
              (c) => c === 'refused',
            )
          : run(asked),
      ),
  },
  {
    name: 'no_reversal_repeat',
    is: 'a stored message is sent once and never again',
    role: 'network',
    wrap: (db) =>
      tampered(db, (asked, run) =>
        asked.name.startsWith('links_forward_claim')
          ? run({
              ...asked,
              text: asked.text.replace('where f.member_id', 'where f.attempts = 0 and f.member_id'),
              name: '',
            })
          : run(asked),
      ),
  },
  {
    name: 'check_before_lock',
    is: 'what is decided on is read without a lock, and stored whatever has changed since',
    role: 'network',
    wrap: (db) =>
      tampered(db, (asked, run) => {
        if (asked.name === 'payments_lock')
          return run({ ...asked, text: asked.text.replace('for update', ''), name: '' });
        if (!/^update payments\.payment/.test(asked.text)) return run(asked);
        return run({ ...asked, text: asked.text.replace('and p.version = u.base', ''), name: '' });
      }),
  },
  {
    name: 'one_sided_entry',
    is: 'of the two accounts of an entry one is not written',
    role: 'network',
    wrap: (db) =>
      tampered(db, (asked, run) =>
        asked.name.endsWith('.update_accounts') ? without(asked, run, 0, (_, row) => row === 1) : run(asked),
      ),
  },
  {
    name: 'reversal_after_commit',
    is: 'the reversal is stored after the commit that makes a payment unknown, not in it',
    role: 'network',
    wrap: (db) => ({
      ...dbOf(db),
      async transaction(work) {
        const later: Asked[] = [];
        const result = await tampered(db, (asked, run) => {
          if (asked.name !== 'links_forward_insert') return run(asked);
          later.push(asked);
          return Promise.resolve(nothing);
        }).transaction(work);
        for (const { text, params, name } of later) await db.query(text, params, name);
        return result;
      },
    }),
  },
  {
    name: 'answer_before_commit',
    is: 'the caller is answered before the commit',
    role: 'network',
    wrap: (db) => ({
      ...dbOf(db),
      transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
        return new Promise((resolve, reject) => {
          db.transaction(async (tx) => {
            const result = await work(tx);
            resolve(result);
            await new Promise((done) => setTimeout(done, 40));
            return result;
          }).catch(reject);
        });
      },
    }),
  },
  {
    name: 'unknown_commit_done_again',
    is: 'work whose commit may have taken place is done again as if it had not',
    role: 'network',
    wrap: (db) => ({
      ...dbOf(db),
      async transaction(work) {
        try {
          return await db.transaction(work);
        } catch (error) {
          if (!isConnectionLost(error)) throw error;
          return db.transaction(work);
        }
      },
    }),
  },
  {
    name: 'pay_code_taken_twice',
    is: 'a one-time code is taken as often as it is shown',
    role: 'network',
    wrap: (db) =>
      tampered(db, async (asked, run) => {
        const result = await run(asked);
        if (asked.name !== 'use_pay_codes') return result;
        const [devices, steps, slots, payments] = asked.params as SqlValue[][];
        const rows = (devices ?? []).map((device_id, i) => ({
          device_id,
          step: BigInt(steps?.[i] as number),
          slot: slots?.[i],
          payment_id: payments?.[i],
        }));
        return { rows: rows as never[], count: rows.length };
      }),
  },
  {
    name: 'repeat_not_noticed',
    is: 'a bank does not know a message it has answered before',
    role: 'bank',
    wrap: (db) =>
      tampered(db, async (asked, run) => {
        if (asked.name.endsWith('.message_saved')) return nothing;
        const result = await run(asked);
        const insert = asked.name.endsWith('.message_insert') || asked.name.endsWith('.operation_insert');
        return insert ? { ...result, count: lengthOf2(asked.params) } : result;
      }),
  },
  {
    name: 'event_forgotten',
    is: 'a change is stored without its event',
    role: 'network',
    wrap: (db) =>
      tampered(db, (asked, run) =>
        asked.name === 'outbox_publish'
          ? without(asked, run, 1, (type) => type === 'payment.captured')
          : run(asked),
      ),
  },
  {
    name: 'capture_not_told',
    is: 'the bank is not told of a capture',
    role: 'network',
    wrap: (db) =>
      tampered(db, (asked, run) =>
        asked.name === 'links_forward_insert'
          ? without(asked, run, 2, (kind) => kind === 'completion_advice')
          : run(asked),
      ),
  },
  {
    name: 'return_while_credit_unknown',
    is: 'money is given back while nobody knows whether the payee’s bank has given it',
    role: 'network',
    wrap: (db) => db,
    wrapCalls: (http) => ({
      close: () => http.close(),
      call(call) {
        if (!call.path.startsWith('/bank/v1/legs?')) return http.call(call);
        const nothing = { direction: null, limit: null, amount: null, currency: null, at: null };
        const body = { state: 'refused', response_code: '05', ...nothing };
        return Promise.resolve({ kind: 'answered', status: 200, body });
      },
    }),
  },
  {
    name: 'credit_under_a_new_number',
    is: 'a credit leg without an answer is sent again as another message',
    role: 'network',
    wrap: (db) =>
      tampered(db, async (asked, run) => {
        const result = await run(asked);
        if (asked.name !== 'transfers_by_ids') return result;
        const rows = (result.rows as Record<string, unknown>[]).map((row) => {
          if (row.state !== 'confirming') return row;
          const other = (digits: unknown) => [...String(digits)].reverse().join('');
          return { ...row, credit_rrn: other(row.credit_rrn), credit_stan: other(row.credit_stan) };
        });
        return { rows: rows as never[], count: result.count };
      }),
  },
];

function lengthOf2(params: readonly SqlValue[]): number {
  return params.reduce((n: number, p) => (Array.isArray(p) ? Math.max(n, p.length) : n), 0);
}

function dbOf(db: Db): Db {
  return {
    engine: db.engine,
    query: (text, params, name) => db.query(text, params, name),
    transaction: (work) => db.transaction(work),
    script: (text) => db.script(text),
    close: () => db.close(),
  };
}
