import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPglite } from './pglite.ts';
import type { Db, SqlValue } from './sql.ts';

let plain: Db;
let prepared: Db;
beforeAll(async () => {
  [plain, prepared] = await Promise.all([openPglite(), openPglite({ prepares: true })]);
  for (const db of [plain, prepared]) await db.script('create table t (id int primary key, n bigint)');
});
afterAll(() => Promise.all([plain?.close(), prepared?.close()]));

const bothSay = async (text: string, params: readonly SqlValue[]) => {
  const [a, b] = await Promise.all(
    [plain, prepared].map((db) => db.transaction((tx) => tx.query(text, params))),
  );
  expect(b).toEqual(a);
  return b;
};

test('a prepared statement means the same as one that is not, at its first use and later', async () => {
  const text = `select $1::bigint as n, $2::text[] as names, $3::jsonb as body, $4::bytea as bytes,
    $5::timestamptz as at, $6::boolean as yes, $7::uuid as nothing`;
  const params = [7n, ['a,b', '"', null], '{"a":[1]}', new Uint8Array([0, 255]), new Date(5), true, null];
  for (let i = 0; i < 3; i++) await bothSay(text, params as SqlValue[]);
  const insert = 'insert into t select * from unnest($1::int[], $2::bigint[])';
  expect(
    (
      await bothSay(insert, [
        [1, 2],
        [3n, null],
      ])
    )?.count,
  ).toBe(2);
  expect((await bothSay('update t set n = 5 where id = any($1::int[])', [[1, 9]]))?.count).toBe(1);
  expect((await bothSay('select n from t order by id', []))?.rows).toEqual([{ n: 5n }, { n: null }]);
});

test('an error is told with its code, rolls back, and leaves the next transaction alone', async () => {
  const twice = prepared.transaction(async (tx) => {
    await tx.query('insert into t values ($1, 0)', [7]);
    await tx.query('insert into t values ($1, 0)', [7]);
  });
  await expect(twice).rejects.toMatchObject({ code: '23505' });
  const wrong = prepared.transaction((tx) => tx.query('select nothing from nowhere'));
  await expect(wrong).rejects.toMatchObject({ code: '42P01' });
  const { rows } = await prepared.transaction((tx) => tx.query('select id from t where id = $1', [7]));
  expect(rows).toEqual([]);
});
