import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { institutionOf, sandboxBanks, sandboxClosedAccount, sandboxPeople } from '@feiqian/app-bank';
import { listenForNotices, type NoticeListener } from './noticeListener.ts';
import { parseSubject, type Subject } from './subject.ts';

/** A reference bank that was started for a run. */
export interface StartedReference {
  subject: Subject;
  notices: NoticeListener;
  stop(): Promise<void>;
}

const startMsMax = 60_000;
const stopMsMax = 10_000;
const noticeSecret = '7c'.repeat(32);
/** The bank whose sandbox has the closed account. */
const bankId = sandboxClosedAccount.bank;

/**
 * Starts the reference bank as a process of its own, with a database of its own in a temporary folder, filled with
 * the sandbox's people. `command` runs this program: `[node, …, script]`.
 */
export async function startReference(command: readonly string[]): Promise<StartedReference> {
  const bank = sandboxBanks.find((b) => b.settings.id === bankId);
  if (!bank) throw new Error(`there is no sandbox bank ${bankId}`);
  const { settings } = bank;
  const notices = await listenForNotices(0, noticeSecret);
  const folder = await mkdtemp(join(tmpdir(), 'feiqian-conformance-'));
  const file = join(folder, 'bank.json');
  const config = {
    id: settings.id,
    name: settings.name,
    nameEn: settings.nameEn,
    bins: settings.bins,
    iso: { port: 0 },
    api: { port: 0, key: settings.apiKey },
    profile: settings.profile.name,
    zoneKey: settings.zoneKeyHex,
    macKey: settings.macKeyHex,
    dataKey: settings.dataKeyHex,
    timeZone: settings.timeZone,
    database: { directory: join(folder, 'data') },
    notices: { url: `http://127.0.0.1:${notices.port}/`, secret: noticeSecret },
    sandbox: true,
  };
  await writeFile(file, JSON.stringify(config), { mode: 0o600 });
  const [program = process.execPath, ...args] = command;
  const child = spawn(program, [...args, 'bank', '--config', file], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async () => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), stopMsMax);
    await ended;
    clearTimeout(timer);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const ports = await ready(child.stdout, ended);
    const url = `http://127.0.0.1:${ports.api}`;
    const parsed = parseSubject(referenceSubject(bank), url, `127.0.0.1:${ports.iso}`);
    if (!parsed.ok) throw new Error(parsed.problems.join('; '));
    return { subject: parsed.subject, notices, stop };
  } catch (error) {
    await stop();
    await notices.close();
    throw error;
  }
}

/** Waits for the line with which the process says where it listens. */
function ready(out: NodeJS.ReadableStream, ended: Promise<void>): Promise<{ iso: number; api: number }> {
  return new Promise((resolve, reject) => {
    let text = '';
    const timer = setTimeout(() => reject(new Error('the reference bank did not start')), startMsMax);
    void ended.then(() => reject(new Error('the reference bank ended before it was ready')));
    out.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
      const match = /ISO 8583 on (\d+), bank API on (\d+)/.exec(text);
      if (!match) return;
      clearTimeout(timer);
      resolve({ iso: Number(match[1]), api: Number(match[2]) });
    });
  });
}

/** The subject file of the reference bank: people of the sandbox who are its customers. */
export function referenceSubject({ settings, seed }: (typeof sandboxBanks)[number]): unknown {
  const [person, other] = sandboxPeople
    .filter((p) => p.banks.includes(settings.id))
    .map((p) => {
      const card = (kind: string) => {
        const found = seed.cards.find((c) => c.key === `${p.mobile}/${kind}`);
        return { pan: found?.pan, expiry: found?.expiry };
      };
      const { name, identityNumber: identity_number, mobile } = p;
      return { name, identity_number, mobile, debit: card('debit'), credit: card('credit') };
    });
  return {
    institution: institutionOf(settings),
    iso: { profile: settings.profile.name, macKey: settings.macKeyHex, acquirer: '91569900' },
    api: { key: settings.apiKey },
    notices: { port: 0, secret: noticeSecret },
    person,
    other,
    closedAccount: sandboxClosedAccount.number,
    application: {
      product: seed.products.find((p) => p.code.endsWith('standard'))?.code,
      monthly_income: 1_000_000,
    },
  };
}
