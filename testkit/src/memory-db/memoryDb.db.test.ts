import type { Db, Migrations, SqlValue } from '@feiqian/db';
import { migrate } from '@feiqian/db';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testDatabase } from '../test-database.ts';
import { MemorySchema, memoryDb } from './memoryDb.ts';

const migrations: Migrations[] = [
  {
    schema: 'shop',
    scripts: [
      {
        name: '0001',
        sql: `create table {schema}.item (
            id uuid primary key,
            name text not null check (name ~ '^[a-z]+$'),
            kind text not null check (kind in ('fruit', 'tool')),
            price bigint not null check (price > 0),
            stock int not null default 3,
            sold_at timestamptz,
            day date,
            note jsonb,
            flags smallint not null default 0,
            constraint stock_known check (stock between 0 and 99)
          );
          create unique index item_name on {schema}.item (name) where sold_at is null;
          create table {schema}.line (
            position bigint generated always as identity,
            item_id uuid not null references {schema}.item (id),
            amount bigint,
            primary key (position)
          );`,
      },
    ],
  },
];

const id = (n: number) => `00000000-0000-7000-8000-00000000000${n}`;
const at = '2026-02-03T04:05:06.789Z';

/** Statements of the kinds that the product uses, in order; both engines must give the same for each. */
const statements: [string, readonly SqlValue[]][] = [
  [
    `insert into shop.item (id, name, kind, price, sold_at, day, note)
     select * from unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[], $5::timestamptz[], $6::date[], $7::jsonb[])
     on conflict (id) do nothing returning id, stock`,
    [
      [id(1), id(2), id(3)],
      ['pear', 'saw', 'plum'],
      ['fruit', 'tool', 'fruit'],
      [120n, 990n, 15n],
      [null, at, null],
      ['2026-01-31', null, null],
      ['{"ripe": true}', null, null],
    ],
  ],
  [
    'insert into shop.item (id, name, kind, price) values ($1, $2, $3, $4) on conflict (id) do nothing',
    [id(1), 'x', 'tool', 1n],
  ],
  [
    'select id, name, price, stock, sold_at, note, to_char(day, $1) as day from shop.item order by price desc, id',
    ['YYYY-MM-DD'],
  ],
  ['select name from shop.item where id = any($1::uuid[]) order by name', [`{${id(1)},${id(3)}}`]],
  [
    'select count(*) as n, sum(price)::bigint as total, min(name) as first from shop.item where kind = $1',
    ['fruit'],
  ],
  [
    `select kind, count(*) as n, count(sold_at) as sold, max(price) as dearest from shop.item
     group by kind having count(*) > 0 order by n desc, kind`,
    [],
  ],
  [
    `update shop.item as i set stock = i.stock - u.taken, note = case when u.taken > 1 then '{"many": 1}' else i.note end
     from unnest($1::uuid[], $2::int[]) as u (id, taken) where i.id = u.id and i.stock >= u.taken returning i.id, i.stock`,
    [
      [id(1), id(2), id(9)],
      [2, 1, 1],
    ],
  ],
  [
    `with taken as (update shop.item set stock = stock - 1 where kind = 'fruit' and stock > 1 returning id, price)
     insert into shop.line (item_id, amount) select id, price from taken order by price returning position, amount`,
    [],
  ],
  [
    `select i.name, l.amount from shop.item i left join shop.line l on l.item_id = i.id and l.amount > 20
     order by i.name nulls last`,
    [],
  ],
  [
    `select i.name from shop.item i where not exists (select 1 from shop.line l where l.item_id = i.id)
       and (i.price, i.id) > ($1, $2) order by 1`,
    [100n, id(0)],
  ],
  [
    `select name from shop.item where id in (select item_id from shop.line)
     union select name from shop.item where (flags & 2) = 0 and price between 10 and 20 order by name`,
    [],
  ],
  [
    'select coalesce(max(amount), 0) as most, bool_or(amount is null) as open from shop.line where amount > $1',
    [1_000_000n],
  ],
  [
    `insert into shop.item as i (id, name, kind, price) values ($1, 'fig', 'fruit', 5)
     on conflict (id) do update set price = i.price + excluded.price, name = excluded.name returning name, price`,
    [id(3)],
  ],
  [
    "select u.n, u.t from unnest($1::int[], string_to_array($2, e'|', $3)) with ordinality as u (n, t, o) order by o desc",
    [[1, 2], 'a|', ''],
  ],
  [
    'delete from shop.line l using shop.item i where i.id = l.item_id and i.name = $1 returning l.amount',
    ['fig'],
  ],
  ['select (select count(*) from shop.item) as items, (select count(*) from shop.line) as lines', []],
  [
    'select name, coalesce(sold_at, $1) as at from shop.item where sold_at is not null or name = $2 order by name limit $3 offset 1',
    [new Date(0), 'pear', 5n],
  ],
];

/** What is refused, with its SQLSTATE. */
const refused: [string, readonly SqlValue[], string][] = [
  ["insert into shop.item (id, name, kind, price) values ($1, 'pear', 'fruit', 1)", [id(5)], '23505'],
  ["insert into shop.item (id, name, kind, price) values ($1, 'Pear', 'fruit', 1)", [id(5)], '23514'],
  ["insert into shop.item (id, name, kind) values ($1, 'kiwi', 'fruit')", [id(5)], '23502'],
  ['update shop.item set stock = 100', [], '23514'],
];

describe('the memory database answers as PostgreSQL does', () => {
  let real: Db;
  let memory: Db;
  beforeAll(async () => {
    real = await testDatabase(migrations);
    memory = memoryDb(new MemorySchema().open());
    await migrate(memory, migrations);
  });
  afterAll(() => real.close());

  test('statement by statement', async () => {
    for (const [text, params] of statements) {
      const expected = await real.query(text, params);
      const found = await memory.query(text, params);
      expect(found.rows, text).toEqual(expected.rows);
      if (/^(insert|update|delete)/.test(text)) expect(found.count, text).toBe(expected.count);
    }
  });

  test('and refuses what it refuses', async () => {
    for (const [text, params, code] of refused) {
      await expect(real.query(text, params), text).rejects.toMatchObject({ code });
      await expect(memory.query(text, params), text).rejects.toMatchObject({ code });
    }
  });

  test('a transaction that throws leaves nothing', async () => {
    const before = await memory.query('select * from shop.item order by id');
    const broken = memory.transaction(async (tx) => {
      await tx.query('delete from shop.item');
      await tx.query("insert into shop.item (id, name, kind, price) values ($1, 'nut', 'fruit', 1)", [id(7)]);
      throw new Error('no');
    });
    await expect(broken).rejects.toThrow('no');
    expect(await memory.query('select * from shop.item order by id')).toEqual(before);
  });
});

test('what it does not know it says', async () => {
  const db = memoryDb(new MemorySchema().open());
  await migrate(db, migrations);
  await expect(db.query('select name, rank() over (order by price) from shop.item')).rejects.toThrow(
    /not understand/,
  );
  await expect(db.query('select colour from shop.item')).rejects.toThrow(/the column colour/);
});
