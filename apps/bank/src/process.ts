import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HostLogger } from '@feiqian/bank-authorisation';
import { systemClock } from '@feiqian/clock';
import { type Db, holdDataDirectory, migrate, openPglite, openPostgres } from '@feiqian/db';
import { createIds } from '@feiqian/ids';
import { type RunningBank, startBank } from './bank.ts';
import { bankMigrations } from './compose.ts';
import type { BankProcessConfig, TlsFiles } from './config.ts';
import { sandboxBanks } from './sandbox.ts';
import { seedBank } from './seed.ts';
import type { TlsSettings } from './settings.ts';

/**
 * Runs one bank as a process of its own: opens its database, brings it to the present schema, seeds it when it is
 * a sandbox bank, and opens its ports. `stop()` also closes the database. Rejects when the database's directory is
 * held by another process, which it names, or a port cannot be had.
 */
export async function runBankProcess(config: BankProcessConfig, logger?: HostLogger): Promise<RunningBank> {
  const { tlsFiles, database, sandbox } = config;
  const settings = {
    ...config.settings,
    tls: {
      ...(tlsFiles.iso ? { iso: await readTls(tlsFiles.iso) } : {}),
      ...(tlsFiles.api ? { api: await readTls(tlsFiles.api) } : {}),
    },
  };
  const db = await openDatabase(database, settings.id);
  try {
    await migrate(db, bankMigrations(settings), systemClock.now());
    const seed = sandbox ? sandboxBanks.find((b) => b.settings.id === settings.id)?.seed : undefined;
    if (seed) await seedBank(db, settings, seed, systemClock);
    const bank = await startBank({
      settings,
      db,
      clock: systemClock,
      ids: createIds(systemClock.now),
      ...(logger ? { logger } : {}),
    });
    return {
      isoPort: bank.isoPort,
      apiPort: bank.apiPort,
      async stop() {
        await bank.stop();
        await db.close();
      },
    };
  } catch (error) {
    await db.close();
    throw error;
  }
}

async function openDatabase(database: BankProcessConfig['database'], id: string): Promise<Db> {
  if ('url' in database) return openPostgres({ url: database.url, applicationName: `feiqian bank ${id}` });
  const held = holdDataDirectory(database.directory);
  if (!held.ok) {
    const { pid, host, since } = held.holder;
    throw new Error(`${database.directory} is in use by process ${pid} on ${host} since ${since}`);
  }
  try {
    const db = await openPglite({ dir: join(database.directory, 'pglite') });
    return { ...db, close: () => db.close().finally(held.release) };
  } catch (error) {
    held.release();
    throw error;
  }
}

async function readTls({ keyFile, certFile, caFile }: TlsFiles): Promise<TlsSettings> {
  const read = (path: string) => readFile(path, 'utf8');
  return {
    key: await read(keyFile),
    cert: await read(certFile),
    ...(caFile === undefined ? {} : { ca: await read(caFile) }),
  };
}
