import { audit } from '@feiqian/app-auditor';
import { openEngine, StartRefused } from '@feiqian/app-network';
import colours from 'picocolors';
import { configured } from './configured.ts';

/** `feiqian audit`: exit code 0 when the books are right, 1 at the first difference, 2 when it could not look. */
export async function runAudit(options: { all?: boolean; quiet?: boolean }): Promise<number> {
  const config = configured();
  let engine: Awaited<ReturnType<typeof openEngine>>;
  try {
    engine = await openEngine(config, 'freely');
  } catch (error) {
    process.stderr.write(`${error instanceof StartRefused ? error.message : String(error)}\n`);
    return 2;
  }
  try {
    const result = await audit(
      engine.db,
      (check, ok) => {
        if (options.quiet && ok) return;
        process.stdout.write(
          `${ok ? colours.green('ok  ') : colours.red('FAIL')} ${check.id.padEnd(3)} ${check.title}\n`,
        );
      },
      !options.all,
    );
    for (const d of result.differences) process.stdout.write(`     ${d.what}: ${d.found}\n`);
    if (result.checks === 0) {
      process.stderr.write('There is no ledger in this database.\n');
      return 2;
    }
    process.stdout.write(
      result.differences.length === 0
        ? `The books are right: ${result.checks} checks on ${engine.name}.\n`
        : 'The books are NOT right.\n',
    );
    return result.differences.length === 0 ? 0 : 1;
  } finally {
    await engine.close();
  }
}
