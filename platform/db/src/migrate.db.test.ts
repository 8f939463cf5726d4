import { expect, test } from 'vitest';
import { migrate, pendingMigrations, splitStatements } from './migrate.ts';
import { openPglite } from './pglite.ts';

const first = { name: '0001', sql: 'create table {schema}.a (n bigint not null);' };
const second = { name: '0002', sql: 'create table {schema}.b (n int); select broken_on_purpose();' };

test('a script that fails leaves nothing of itself behind, and those before it stand', async () => {
  const db = await openPglite();
  await migrate(db, [{ schema: 's', scripts: [first] }]);
  await expect(migrate(db, [{ schema: 's', scripts: [first, second] }])).rejects.toThrow(/broken_on_purpose/);
  expect(await pendingMigrations(db, [{ schema: 's', scripts: [first, second] }])).toEqual(['s/0002']);
  const { rows } = await db.query("select to_regclass('s.b') as b");
  expect(rows[0]?.b).toBeNull();
  await db.query('insert into s.a (n) values ($1)', [9_007_199_254_740_993n]);
  expect((await db.query('select n from s.a')).rows[0]?.n).toBe(9_007_199_254_740_993n);
  await db.close();
});

test('statements are split outside quotes, dollar quotes and comments', () => {
  expect(splitStatements("a; -- x; y\n b 'c;d'; do $$ e; f $$; /* g; */ ; -- end")).toEqual([
    'a',
    "-- x; y\n b 'c;d'",
    'do $$ e; f $$',
  ]);
});
