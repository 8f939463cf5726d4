import { createReadStream, existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { type AuditResult, audit, grantAuditor, type Report } from '@feiqian/app-auditor';
import { type Engine, openEngine, StartRefused } from '@feiqian/app-network';
import colours from 'picocolors';
import { configured } from './configured.ts';

export interface AuditCommand {
  /** End with the first check that finds something. */
  first?: boolean;
  quiet?: boolean;
  json?: boolean;
  examples?: string;
  /** File of answers that callers received, one JSON body a line. */
  answers?: string;
  /** Checks by id (`L3`), name (`balances`) or rows (`network`). */
  only?: string[];
}

/** `feiqian audit`: exit code 0 when the books are right, 1 when they are not, 2 when it could not look. */
export async function runAudit(options: AuditCommand): Promise<number> {
  if (options.answers !== undefined && !existsSync(options.answers)) {
    return refuse(`There is no file ${options.answers}.`);
  }
  const engine = await opened('read_only');
  if (engine === null) return 2;
  const beginMs = Date.now();
  try {
    const result = await audit(engine.db, {
      now: Date.now,
      stopAtFirst: options.first === true,
      ...(options.examples === undefined ? {} : { examplesMax: Number(options.examples) }),
      ...(options.answers === undefined ? {} : { answers: linesOf(options.answers) }),
      only: (c) => !options.only?.length || options.only.some((o) => [c.id, c.name, c.of].includes(o)),
      onReport: (report) => {
        if (!options.json && !(options.quiet && report.findings === 0)) write(lines(report));
      },
    });
    if (result.checks === 0) return refuse('There is nothing to audit in this database.');
    const seconds = (Date.now() - beginMs) / 1000;
    write(
      options.json
        ? JSON.stringify(summary(result, engine, seconds), null, 2)
        : ending(result, engine, seconds),
    );
    return result.reports.every((r) => r.findings === 0) ? 0 : 1;
  } catch (error) {
    return refuse(
      `The audit could not be finished: ${error instanceof Error ? error.message : String(error)}`,
    );
  } finally {
    await engine.close();
  }
}

/** `feiqian audit-role`: makes the role under which an audit can read and do nothing else. */
export async function runAuditRole(role: string): Promise<number> {
  const engine = await opened('read_write');
  if (engine === null) return 2;
  try {
    if (engine.db.engine !== 'postgres') return refuse('The embedded database has no roles to log in with.');
    const tables = await grantAuditor(engine.db, role);
    write(`The role ${role} may read ${tables} tables, without sealed columns, and write nothing.`);
    write(
      `Let it log in: alter role ${role} login password '…'; then DATABASE_URL=postgres://${role}:…@…/… npx feiqian audit`,
    );
    return 0;
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  } finally {
    await engine.close();
  }
}

async function opened(access: 'read_only' | 'read_write'): Promise<Engine | null> {
  try {
    return await openEngine(configured(), 'freely', access);
  } catch (error) {
    refuse(error instanceof StartRefused ? error.message : String(error));
    return null;
  }
}

function write(text: string): void {
  process.stdout.write(`${text}\n`);
}

function refuse(text: string): number {
  process.stderr.write(`${text}\n`);
  return 2;
}

const idWidth = 3;
const ofWidth = 8;
const rowsWidth = 12;
const count = (n: number) => n.toLocaleString('en');

/** What a person reads of one check: outcome, invariant, whose rows, how many, what it says; below it what was found. */
function lines(r: Report): string {
  const mark = r.findings === 0 ? colours.green('ok  ') : colours.red('FAIL');
  const rows = count(r.rows).padStart(rowsWidth);
  const head = `${mark} ${r.id.padEnd(idWidth)} ${r.of.padEnd(ofWidth)} ${rows}  ${r.title.en}`;
  if (r.findings === 0) return head;
  const shown = r.examples.map((e) => `       ${r.subject} ${e.what}: ${e.found}`);
  const more = r.findings - r.examples.length;
  return [head, ...shown, ...(more > 0 ? [`       and ${count(more)} more`] : [])].join('\n');
}

function ending(result: AuditResult, engine: Engine, seconds: number): string {
  const failed = result.reports.filter((r) => r.findings > 0);
  const of = `${result.checks} checks on ${engine.name} in ${seconds.toFixed(1)} s`;
  if (failed.length === 0) return `The books are right: ${of}.`;
  const findings = failed.reduce((sum, r) => sum + r.findings, 0);
  return `The books are NOT right: ${count(findings)} findings by ${failed.length} of ${of}.`;
}

/** What a program reads of all of it. */
function summary(result: AuditResult, engine: Engine, seconds: number) {
  return {
    right: result.reports.every((r) => r.findings === 0),
    engine: engine.name,
    seconds,
    checks: result.reports.map((r) => ({ ...r, title: r.title.en })),
  };
}

/** Bodies of answers, one a line; empty lines are passed over. */
async function* linesOf(path: string): AsyncGenerator<string> {
  for await (const line of createInterface({
    input: createReadStream(path),
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    if (line.trim() !== '') yield line;
  }
}
