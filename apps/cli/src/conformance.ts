import { readFile } from 'node:fs/promises';
import { parseSubject, runConformance, startReference } from '@feiqian/app-conformance';
import { ownCommand } from './bench.ts';

export interface ConformanceArguments {
  url?: string;
  iso?: string;
  subject?: string;
  only?: string;
  reference?: boolean;
}

const write = (line: string) => void process.stdout.write(`${line}\n`);

/** `feiqian conformance bank`: exit code 0 when every rule is kept, 1 when one is broken, 2 when it could not begin. */
export async function runBankConformance(options: ConformanceArguments): Promise<number> {
  if (options.reference) return againstReference(options.only);
  const { url, iso, subject: file } = options;
  if (!url || !iso || !file) {
    process.stderr.write('Give --url, --iso and --subject, or --reference; docs/guides/bank.md says how.\n');
    return 2;
  }
  let json: unknown;
  try {
    json = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    process.stderr.write(`${file}: ${(error as Error).message}\n`);
    return 2;
  }
  const parsed = parseSubject(json, url, iso);
  if (!parsed.ok) {
    process.stderr.write(`${file} has problems:\n`);
    for (const problem of parsed.problems) process.stderr.write(`  ${problem}\n`);
    return 2;
  }
  const { failed } = await runConformance({ subject: parsed.subject, write, only: options.only });
  return failed === 0 ? 0 : 1;
}

async function againstReference(only: string | undefined): Promise<number> {
  write('Starting the reference bank as a process of its own …');
  const bank = await startReference(ownCommand());
  try {
    const { failed } = await runConformance({ subject: bank.subject, notices: bank.notices, write, only });
    return failed === 0 ? 0 : 1;
  } finally {
    await bank.stop();
  }
}
