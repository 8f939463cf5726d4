import { createApi } from './api.ts';
import { type Bench, Broken, type Check } from './check.ts';
import { creditChecks, freezeChecks, noticeChecks } from './checks/cards.ts';
import { classChecks } from './checks/classes.ts';
import { linkChecks } from './checks/link.ts';
import { paymentChecks } from './checks/payments.ts';
import { consentChecks, contractChecks, identityChecks } from './checks/people.ts';
import { repaymentChecks, transferChecks } from './checks/transfers.ts';
import { openLink } from './isoLink.ts';
import { listenForNotices, type NoticeListener } from './noticeListener.ts';
import type { Subject } from './subject.ts';

/** Every rule, in the order they are checked; later ones build on what earlier ones opened. */
export const checks: readonly Check[] = [
  ...contractChecks,
  ...consentChecks,
  ...identityChecks,
  ...linkChecks,
  ...paymentChecks,
  ...transferChecks,
  ...repaymentChecks,
  ...classChecks,
  ...creditChecks,
  ...freezeChecks,
  ...noticeChecks,
];

export interface ConformanceOptions {
  subject: Subject;
  /** One line of the report. */
  write(line: string): void;
  /** Only the checks whose id begins with this. */
  only?: string | undefined;
  /** Listens already, when the bank had to be told where before it was started. */
  notices?: NoticeListener;
}

/**
 * Checks a bank, rule by rule: a line for each, `✓` or `✗` with the reason, and at the end `N passed, N failed`.
 * A check that fails does not keep the others from being made.
 */
export async function runConformance(
  options: ConformanceOptions,
): Promise<{ passed: number; failed: number }> {
  const { subject, write } = options;
  const chosen = checks.filter((c) => options.only === undefined || c.id.startsWith(options.only));
  const notices = options.notices ?? (await listenForNotices(subject.notices.port, subject.notices.secret));
  let passed = 0;
  let failed = 0;
  const opened: { end(): void }[] = [];
  const connect = async () => {
    const link = await openLink(subject);
    opened.push(link);
    return link;
  };
  try {
    const iso = await connect();
    await iso.signOn();
    const bench: Bench = { subject, api: createApi(subject), iso, connect, notices, found: new Map() };
    for (const check of chosen) {
      const reason = await outcomeOf(check, bench);
      if (reason === null) passed += 1;
      else failed += 1;
      write(
        reason === null ? `✓ ${check.id.padEnd(10)} ${check.rule}` : `✗ ${check.id.padEnd(10)} ${check.rule}`,
      );
      if (reason !== null) write(`             ${reason}`);
    }
  } catch (error) {
    failed += 1;
    write(`✗ the bank cannot be reached: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    for (const link of opened) link.end();
    await notices.close();
  }
  write(`${passed} passed, ${failed} failed`);
  return { passed, failed };
}

/** Null when the rule is kept, else how it is broken. */
async function outcomeOf(check: Check, bench: Bench): Promise<string | null> {
  try {
    await check.run(bench);
    return null;
  } catch (error) {
    if (error instanceof Broken) return error.message;
    // A fault of the suite counts as a failure too, and shows where it is.
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}
