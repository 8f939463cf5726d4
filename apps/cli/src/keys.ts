import { openEngine, openVault, StartRefused } from '@feiqian/app-network';
import { configured } from './configured.ts';

/** `feiqian keys-rotate`: a new data key, then every card sealed again under it, a few at a time. */
export async function runKeysRotate(): Promise<number> {
  try {
    const config = configured();
    const engine = await openEngine(config);
    try {
      const vault = await openVault(config, engine.db);
      const key = await vault.rotate();
      process.stdout.write(`Data key ${key} is current.\n`);
      let moved = 0;
      for (let n = await vault.reseal(); n > 0; n = await vault.reseal()) {
        moved += n;
        process.stderr.write(`${moved} cards moved\n`);
      }
      process.stdout.write(`${moved} cards sealed again.\n`);
      return 0;
    } finally {
      await engine.close();
    }
  } catch (error) {
    process.stderr.write(`${error instanceof StartRefused ? error.message : String(error)}\n`);
    return 1;
  }
}
