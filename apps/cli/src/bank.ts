import { readFile } from 'node:fs/promises';
import { parseBankConfig, runBankProcess } from '@feiqian/app-bank';

/** `feiqian bank`: one reference bank as a process of its own, until it is told to stop. */
export async function runBank(file: string): Promise<number> {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    process.stderr.write(`${file}: ${(error as Error).message}\n`);
    return 2;
  }
  const parsed = parseBankConfig(json);
  if (!parsed.ok) {
    process.stderr.write(`${file} has problems:\n`);
    for (const problem of parsed.problems) process.stderr.write(`  ${problem}\n`);
    return 2;
  }
  const bank = await runBankProcess(parsed.config);
  const { id, name } = parsed.config.settings;
  process.stdout.write(
    `Bank ${id} (${name}) ready: ISO 8583 on ${bank.isoPort}, bank API on ${bank.apiPort}\n`,
  );
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  await bank.stop();
  return 0;
}
