import { systemClock } from '@feiqian/clock';
import { createIds, secureRandom } from '@feiqian/ids';
import { breakerDefaults, type Member, type Members } from '@feiqian/members';
import {
  createLinks,
  createReferences,
  type IssuerRequest,
  type LateAnswer,
  type LinkNotice,
  type Links,
  type LinksDeps,
  systemTimers,
  type Timers,
} from '../src/index.ts';
import type { FakeBank } from './fake-bank.ts';

export const macKey = new Uint8Array(16).fill(0x11);
export const zoneKey = new Uint8Array(32).fill(0x22);
/** A fictional card number of the sandbox's range, with a right check digit. */
export const testPan = '9156000000000019';
export const ids = createIds(systemClock.now);
export const references = createReferences({ clock: systemClock, node: 1 });

/** A register in memory with one or more banks. */
export function fakeRegister(
  banks: { id: string; port: number; link?: Partial<NonNullable<Member['link']>> }[],
) {
  const secrets = new Map<string, { version: number; bytes: Uint8Array }>();
  const listeners = new Set<() => void>();
  const members = new Map<string, Member>();
  for (const { id, port, link } of banks) {
    members.set(id, {
      id,
      code: `bank${port}`,
      institution: '91560001',
      name: '云州银行',
      nameEn: 'Bank of Yunzhou',
      colour: '#1a4fa0',
      roles: ['issuer'],
      status: 'active',
      link: {
        host: '127.0.0.1',
        port,
        profile: 'feiqianAscii',
        waitMs: 300,
        inFlightMax: 5_000,
        echoMs: 30_000,
        tls: null,
        breaker: breakerDefaults,
        ...link,
      },
      bankApi: null,
    });
    secrets.set(`${id}/mac_key`, { version: 1, bytes: macKey });
    secrets.set(`${id}/zone_key`, { version: 1, bytes: zoneKey });
  }
  const register: LinksDeps['members'] = {
    list: () => [...members.values()],
    get: (id) => members.get(id),
    onReload(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    openSecret: async (id, name) => secrets.get(`${id}/${name}`) ?? null,
    async replaceSecret(id, name, bytes, expected) {
      if ((secrets.get(`${id}/${name}`)?.version ?? 0) !== expected) return false;
      secrets.set(`${id}/${name}`, { version: expected + 1, bytes });
      return true;
    },
  } satisfies Pick<Members, 'list' | 'get' | 'onReload' | 'openSecret' | 'replaceSecret'>;
  return {
    register,
    secrets,
    /** Changes a member and tells those who follow the register. */
    change(id: string, change: Partial<Member>) {
      const before = members.get(id);
      if (!before) throw new Error('no such member');
      members.set(id, { ...before, ...change });
      for (const listener of listeners) listener();
    },
  };
}

/** Real timers, in which a second takes a tenth of one. */
export const fastTimers: Timers = {
  ...systemTimers,
  now: () => systemTimers.now() * 10,
  after: (ms, work) => systemTimers.after(ms / 10, work),
};

export interface Setting {
  links: Links;
  late: LateAnswer[];
  notices: LinkNotice[];
}

/** Links over a register, with what they tell. */
export function linksOver(register: LinksDeps['members'], extra: Partial<LinksDeps> = {}): Setting {
  const late: LateAnswer[] = [];
  const notices: LinkNotice[] = [];
  const links = createLinks({
    clock: systemClock,
    ids,
    randomBytes: secureRandom,
    references,
    members: register,
    institution: '90000001',
    timeZone: 'Asia/Shanghai',
    onLateAnswer: (l) => late.push(l),
    onNotice: (n) => notices.push(n),
    onError: (_id, error) => {
      throw error;
    },
    ...extra,
  });
  return { links, late, notices };
}

/** A purchase of 12.80 at a till in Yunzhou. */
export function purchase(change: Partial<IssuerRequest> = {}): IssuerRequest {
  return {
    kind: 'financial',
    pan: testPan,
    expiry: '3012',
    amount: 1_280n,
    currency: 'CNY',
    ...references.next(),
    transmittedAtMs: systemClock.now(),
    terminalId: 'T0000001',
    merchantCode: 'M00000000000001',
    mcc: '5814',
    merchantName: 'YUNZHOU TEA HOUSE',
    acquirerCode: '90000002',
    posEntryMode: '040',
    ...change,
  };
}

/** Waits until something holds, at the most 5 s. */
export async function until(holds: () => boolean, what: string): Promise<void> {
  const deadline = performance.now() + 5_000;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`still waiting for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Links to one bank, signed on. */
export async function signedOn(
  bank: FakeBank,
  link: Partial<NonNullable<Member['link']>> = {},
  extra: Partial<LinksDeps> = {},
) {
  const id = ids.uuid();
  const register = fakeRegister([{ id, port: bank.port, link }]);
  const setting = linksOver(register.register, extra);
  await setting.links.start();
  await until(() => setting.links.isUp(id), 'the sign-on');
  return { ...setting, ...register, id };
}
