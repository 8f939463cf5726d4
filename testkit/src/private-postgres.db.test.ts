import { existsSync } from 'node:fs';
import { openPostgres } from '@feiqian/db';
import { describe, expect, test } from 'vitest';
import { findPostgresBinaries, startPrivatePostgres } from './index.ts';

// Runs where a server is installed; the PostgreSQL run of `npm test -- --postgres` fails without one.
describe.runIf(findPostgresBinaries() !== undefined)('a private PostgreSQL', () => {
  test('answers on loopback with fsync on and is gone after stop', async () => {
    const server = await startPrivatePostgres({ settings: { max_connections: 20 } });
    const db = openPostgres({ url: server.url, poolMax: 2 });
    expect((await db.query('show fsync')).rows).toEqual([{ fsync: 'on' }]);
    expect((await db.query('show max_connections')).rows).toEqual([{ max_connections: '20' }]);
    const { rows } = await db.query<{ data_directory: string }>('show data_directory');
    await db.close();
    await server.stop();
    expect(() => process.kill(server.pid, 0)).toThrow();
    expect(existsSync(rows[0]?.data_directory ?? '/')).toBe(false);
  });
});
