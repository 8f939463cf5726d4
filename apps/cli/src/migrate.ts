import { networkMigrations, openEngine, StartRefused } from '@feiqian/app-network';
import { migrate } from '@feiqian/db';
import { configured } from './configured.ts';

/** `feiqian migrate`: prints each script it applies. */
export async function runMigrate(): Promise<number> {
  try {
    const engine = await openEngine(configured());
    try {
      const print = (name: string) => void process.stdout.write(`${name}\n`);
      const done = await migrate(engine.db, networkMigrations, Date.now(), print);
      process.stdout.write(
        done.length === 0 ? 'The schema is up to date.\n' : `${done.length} scripts applied.\n`,
      );
      return 0;
    } finally {
      await engine.close();
    }
  } catch (error) {
    process.stderr.write(`${error instanceof StartRefused ? error.message : String(error)}\n`);
    return 1;
  }
}
