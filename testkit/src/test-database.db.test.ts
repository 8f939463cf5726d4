import type { Migrations } from '@feiqian/db';
import { expect, test } from 'vitest';
import { testDatabase } from './index.ts';

const notes: Migrations = {
  schema: 'notes',
  scripts: [
    { name: '0001_init', sql: 'create table {schema}.note (id int primary key, text text not null)' },
  ],
};

test('a test database has the migrations applied and nothing else', async () => {
  const db = await testDatabase([notes]);
  await db.query('insert into notes.note (id, text) values ($1, $2)', [1, 'one']);
  const { rows } = await db.query('select id, text from notes.note');
  expect(rows).toEqual([{ id: 1, text: 'one' }]);
  await db.close();
});

test('the next test database starts empty', async () => {
  const first = await testDatabase([notes]);
  await first.query('insert into notes.note (id, text) values (1, $1)', ['left behind']);
  await first.query("set timezone to 'Asia/Shanghai'");
  await first.close();
  const second = await testDatabase([notes]);
  expect((await second.query('select id from notes.note')).rows).toEqual([]);
  expect((await second.query('show timezone')).rows).toEqual([{ TimeZone: 'UTC' }]);
  await second.close();
  const third = await testDatabase();
  await expect(third.query('select id from notes.note')).rejects.toThrow(/does not exist/);
  await third.close();
});

test('two test databases open at once do not see each other', async () => {
  const [a, b] = await Promise.all([testDatabase([notes]), testDatabase([notes])]);
  await a.query("insert into notes.note (id, text) values (1, 'a')");
  expect((await b.query('select id from notes.note')).rows).toEqual([]);
  await Promise.all([a.close(), b.close()]);
});

test('closing twice is harmless', async () => {
  const db = await testDatabase();
  await db.close();
  await db.close();
});
