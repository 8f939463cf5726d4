import { type Db, migrate } from '@feiqian/db';
import { beforeEach, describe, expect, test } from 'vitest';
import { MemorySchema, memoryDb } from './memoryDb.ts';

const migrations = [
  {
    schema: 'bank',
    scripts: [
      { name: '0001', sql: 'create table {schema}.purse (id int primary key, held bigint not null);' },
    ],
  },
];

/** A transaction that stays open until it is told to end. */
function opened(db: Db) {
  let end: (how: 'commit' | 'rollback') => void = () => undefined;
  const ending = new Promise<'commit' | 'rollback'>((resolve) => {
    end = resolve;
  });
  let query!: Db['query'];
  const done = db
    .transaction(async (tx) => {
      query = (text, params) => tx.query(text, params);
      if ((await ending) === 'rollback') throw new Error('rolled back');
    })
    .catch(() => undefined);
  return { query: ((text, params) => query(text, params)) as Db['query'], end, done };
}

const take = 'update bank.purse set held = held - $2 where id = $1 and held >= $2';
const lock = 'select held from bank.purse where id = $1 for update';

describe('transactions of the memory database', () => {
  let db: Db;
  beforeEach(async () => {
    db = memoryDb(new MemorySchema().open());
    await migrate(db, migrations);
    await db.query('insert into bank.purse (id, held) values (1, 10), (2, 10)');
  });

  test('see what is committed, and their own', async () => {
    const first = opened(db);
    await first.query(take, [1, 4n]);
    expect((await first.query('select held from bank.purse where id = 1')).rows).toEqual([{ held: 6n }]);
    expect((await db.query('select held from bank.purse where id = 1')).rows).toEqual([{ held: 10n }]);
    first.end('commit');
    await first.done;
    expect((await db.query('select held from bank.purse where id = 1')).rows).toEqual([{ held: 6n }]);
  });

  test('wait for each other’s rows, and then look again', async () => {
    const first = opened(db);
    await first.query(take, [1, 8n]);
    const second = opened(db);
    const waiting = second.query(take, [1, 8n]);
    first.end('commit');
    // The condition holds no more of what the first has left.
    expect((await waiting).count).toBe(0);
    second.end('commit');
    await second.done;
  });

  test('go on when the one in their way rolls back', async () => {
    const first = opened(db);
    await first.query(take, [1, 8n]);
    const waiting = db.query(take, [1, 8n]);
    first.end('rollback');
    expect((await waiting).count).toBe(1);
  });

  test('pass over locked rows when they ask for it', async () => {
    const first = opened(db);
    await first.query(lock, [1]);
    const free = await db.query('select id from bank.purse order by id for update skip locked');
    expect(free.rows).toEqual([{ id: 2 }]);
    first.end('commit');
    await first.done;
  });

  test('that wait for one another in a circle are found, and one of them goes on', async () => {
    const [first, second] = [opened(db), opened(db)];
    await first.query(lock, [1]);
    await second.query(lock, [2]);
    const waiting = first.query(lock, [2]);
    await expect(second.query(lock, [1])).rejects.toMatchObject({ code: '40P01' });
    second.end('rollback');
    expect((await waiting).rows).toEqual([{ held: 10n }]);
    first.end('commit');
    await first.done;
  });

  test('wait for a key that another may yet give up', async () => {
    const first = opened(db);
    await first.query('insert into bank.purse (id, held) values (3, 1)');
    const insert = 'insert into bank.purse (id, held) values (3, 2) on conflict (id) do nothing';
    const waiting = db.query(insert);
    first.end('rollback');
    expect((await waiting).count).toBe(1);
    const other = opened(db);
    await other.query('delete from bank.purse where id = 3');
    const again = db.query(insert);
    other.end('rollback');
    expect((await again).count).toBe(0);
  });

  test('send statements together that run in their order, and nothing after one has failed', async () => {
    const first = opened(db);
    await first.query(lock, [1]);
    const second = opened(db);
    const together = [second.query(lock, [1]), second.query(take, [1, 1n])];
    first.end('commit');
    expect((await Promise.all(together)).map((r) => r.count)).toEqual([1, 1]);
    await expect(second.query('insert into bank.purse (id, held) values (1, 1)')).rejects.toMatchObject({
      code: '23505',
    });
    await expect(second.query(lock, [1])).rejects.toMatchObject({ code: '25P02' });
    second.end('commit');
    await second.done;
    expect((await db.query('select held from bank.purse where id = 1')).rows).toEqual([{ held: 10n }]);
  });
});
