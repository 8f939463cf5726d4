import { randomUUID } from 'node:crypto';
import { sandboxNoticeSecret } from '@feiqian/app-bank';
import type {
  AccountBalance,
  AccountLimits,
  AccountList,
  BankNotice,
  MovementDetail,
  MovementPage,
  WalletNoticePage,
} from '@feiqian/contract';
import { toUuid } from '@feiqian/ids';
import { signWebhook } from '@feiqian/keys/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Caller, done, told } from '../support/caller.ts';
import { startTestNetwork, type TestNetwork } from '../support/network.ts';
import { buy, signedIn, type Wallet, wallet } from '../support/people.ts';
import { until } from '../support/until.ts';

let net: TestNetwork;
let owner: Wallet;
let accounts: AccountList;
beforeAll(async () => {
  net = await startTestNetwork();
  owner = await wallet(net, '13800000001');
  accounts = await done(owner.get<AccountList>('/v1/wallet/accounts'));
});
afterAll(() => net?.stop());

const of = (bank: string, kind: string) => {
  const found = accounts.data.find((a) => a.bank.id === bank && a.kind === kind);
  if (!found) throw new Error(`no ${kind} at ${bank}`);
  return found;
};
const card = (bank: string, kind: string) => owner.cards.find((c) => c.bank.id === bank && c.kind === kind);
const noticesOf = (caller: Caller, query = '') =>
  done(caller.get<WalletNoticePage>(`/v1/wallet/notices${query}`));

describe('accounts', () => {
  test('of every bank are in one list, each with the cards of this device', () => {
    expect(accounts.banks.map((b) => [b.bank.id, b.status]).sort()).toEqual([
      ['haigang', 'ok'],
      ['yanhu', 'ok'],
      ['yunzhou', 'ok'],
    ]);
    expect(accounts.data.map((a) => a.kind).sort()).toEqual([
      ...Array<string>(3).fill('class_1'),
      ...Array<string>(3).fill('credit'),
    ]);
    for (const a of accounts.data) expect(a.card_ids).toHaveLength(1);
    expect(owner.cards.map((c) => c.id).sort()).toEqual(accounts.data.flatMap((a) => a.card_ids).sort());
  });

  test('show balance, movements page by page, and each with the balance it left', async () => {
    const { id } = of('yunzhou', 'class_1');
    const path = `/v1/wallet/accounts/${id}`;
    const before = await done(owner.get<AccountBalance>(`${path}/balance`));
    expect(before).toMatchObject({ account_id: id, kind: 'class_1', held: 0, credit_limit: null });
    for (const amount of [1_100, 1_200, 1_300]) await buy(net, owner, card('yunzhou', 'debit'), amount);
    const after = await done(owner.get<AccountBalance>(`${path}/balance`));
    expect(after.available).toBe(before.available - 3_600);
    const first = await done(owner.get<MovementPage>(`${path}/movements?limit=2`));
    expect(first.data.map((m) => m.amount)).toEqual([-1_300, -1_200]);
    const cursor = first.next_cursor as string;
    const next = await done(owner.get<MovementPage>(`${path}/movements?limit=2&cursor=${cursor}`));
    expect(next.data[0]?.amount).toBe(-1_100);
    const one = first.data[0]?.id as string;
    const detail = await done(owner.get<MovementDetail>(`${path}/movements/${one}`));
    expect(detail).toMatchObject({ id: one, account_id: id, amount: -1_300, balance_after: after.balance });
    const deposits = await done(owner.get<MovementPage>(`${path}/movements?kind=deposit`));
    expect(deposits.data.every((m) => m.kind === 'deposit')).toBe(true);
  });

  test('of Class I have no limits; a credit card’s limit is what may be paid back', async () => {
    const { id } = of('yunzhou', 'class_1');
    const limits = await done(owner.get<AccountLimits>(`/v1/wallet/accounts/${id}/limits`));
    expect(limits).toMatchObject({ account_class: 'class_1', limits: [] });
  });

  test('of somebody else, of nothing, and of a bank without a card here look the same', async () => {
    const stranger = await wallet(net, '13800000005');
    const { caller: bare } = await signedIn(net, '13800000001');
    const { id } = of('haigang', 'class_1');
    const nothing = `acc_${'0'.repeat(32)}`;
    for (const what of ['balance', 'movements', 'limits', `movements/mov_${'0'.repeat(32)}`]) {
      expect(told(await stranger.get(`/v1/wallet/accounts/${id}/${what}`))).toBe('404 not_found');
      expect(told(await bare.get(`/v1/wallet/accounts/${id}/${what}`))).toBe('404 not_found');
      expect(told(await owner.get(`/v1/wallet/accounts/${nothing}/${what}`))).toBe('404 not_found');
    }
    expect((await done(bare.get<AccountList>('/v1/wallet/accounts'))).data).toEqual([]);
  });

  test('of a bank that is not there are left out, and the list says so', async () => {
    const yanhu = net.network.members.byCode('yanhu');
    if (!yanhu?.bankApi) throw new Error('no bank API');
    const { bankApi } = yanhu;
    await net.network.members.update(yanhu.id, { bankApi: { ...bankApi, baseUrl: 'http://127.0.0.1:1' } });
    const list = await done(owner.get<AccountList>('/v1/wallet/accounts'));
    expect(list.banks.find((b) => b.bank.id === 'yanhu')?.status).toBe('unavailable');
    expect(list.data.some((a) => a.bank.id === 'yunzhou')).toBe(true);
    const { id } = of('yanhu', 'class_1');
    expect(told(await owner.get(`/v1/wallet/accounts/${id}/balance`))).toBe('503 bank_unavailable');
    await net.network.members.update(yanhu.id, { bankApi });
  });

  test('that a consent no longer covers say that it has ended', async () => {
    const other = await wallet(net, '13800000006');
    const list = await done(other.get<AccountList>('/v1/wallet/accounts'));
    const account = list.data.find((a) => a.bank.id === 'haigang');
    const haigang = net.network.members.byCode('haigang')?.id as string;
    const consent = await net.network.db.query<{ consent_id: string }>(
      'select consent_id from accounts.account where id = $1',
      [toUuid(account?.id as string, 'acc')],
    );
    const id = consent.rows[0]?.consent_id as string;
    await net.network.bankApi.revokeConsent(haigang, id);
    const again = await done(other.get<AccountList>('/v1/wallet/accounts'));
    expect(again.banks.find((b) => b.bank.id === 'haigang')?.status).toBe('consent_ended');
    expect(told(await other.get(`/v1/wallet/accounts/${account?.id}/balance`))).toBe('409 consent_ended');
  });
});

describe('notices', () => {
  test('of a purchase come from the bank by themselves, unread, and reach the open stream', async () => {
    const events: { event: string; amount: unknown }[] = [];
    const stream = await listen(owner, (event, data) =>
      events.push({ event, amount: (data as { data?: { amount?: unknown } }).data?.amount }),
    );
    await buy(net, owner, card('haigang', 'debit'), 4_321);
    await until(() => events.some((e) => e.event === 'notice' && e.amount === -4_321), 10_000);
    stream.abort();
    const { data, unread } = await noticesOf(owner);
    expect(unread).toBeGreaterThan(0);
    expect(data[0]).toMatchObject({
      type: 'account.debited',
      bank: { id: 'haigang' },
      account_id: of('haigang', 'class_1').id,
      amount: -4_321,
      kind: 'purchase',
      read: false,
    });
    const read = { up_to: data[0]?.id };
    expect(told(await owner.post('/v1/wallet/notices/read', read))).toBe('200');
    expect((await noticesOf(owner)).unread).toBe(0);
    const stranger = await wallet(net, '13800000007');
    expect(told(await stranger.post('/v1/wallet/notices/read', read))).toBe('404 not_found');
    expect((await noticesOf(stranger)).data.some((n) => n.amount === -4_321)).toBe(false);
  });

  test('are turned page by page', async () => {
    const all = (await noticesOf(owner, '?limit=100')).data.map((n) => n.id);
    const found: string[] = [];
    let cursor = '';
    for (;;) {
      const page = await noticesOf(owner, `?limit=2${cursor}`);
      found.push(...page.data.map((n) => n.id));
      if (page.next_cursor === null) break;
      cursor = `&cursor=${page.next_cursor}`;
    }
    expect(found).toEqual(all);
    expect(told(await owner.get('/v1/wallet/notices?cursor=x'))).toBe('400 invalid_request');
  });

  test('are believed only when the bank has signed them just now', async () => {
    const notice = fabricated(1);
    const stale = Math.floor(Date.now() / 1000) - 301;
    expect((await deliver([notice], { secret: Buffer.alloc(32, 7) })).status).toBe(401);
    expect((await deliver([notice], { timestampSeconds: stale })).status).toBe(401);
    expect((await deliver([notice], { bank: 'yanhu', signedBy: 'yunzhou' })).status).toBe(401);
    expect((await deliver([notice], { bank: 'nobody', signedBy: 'yunzhou' })).status).toBe(401);
    expect((await deliver([notice], { spoil: true })).status).toBe(401);
    expect(await stored(notice.subject)).toEqual([]);
    expect((await deliver([notice])).status).toBe(204);
    expect(await stored(notice.subject)).toEqual([1n]);
  });

  test('are stored once, however often and however many at once they are told', async () => {
    const subject = `acc_${randomUUID().replaceAll('-', '')}`;
    const notices = [1, 2, 3].map((n) => fabricated(n, subject));
    const statuses = await Promise.all(
      Array.from({ length: 8 }, (_, i) => deliver(i % 2 ? notices : notices.slice(0, 2))),
    );
    expect(statuses.map((s) => s.status)).toEqual(Array(8).fill(204));
    expect(await stored(subject)).toEqual([1n, 2n, 3n]);
    expect(await progress(subject)).toMatchObject({ complete_to: 3n, top: 3n, asks: false });
  });

  test('keep no card number that a bank writes into its words', async () => {
    const number = net.guide.test_cards[0]?.number as string;
    const data = {
      amount: -100,
      currency: 'CNY',
      kind: 'transfer_out' as const,
      description: `转给 ${number}`,
      card_last4: null,
      counterparty: null,
      rrn: null,
      movement_id: `mov_${'1'.repeat(32)}`,
    };
    const notice: BankNotice = { ...fabricated(1), type: 'account.debited', data };
    expect((await deliver([notice])).status).toBe(204);
    const { rows } = await net.network.db.query<{ description: string }>(
      `select data ->> 'description' as description from notices.notice where bank_id = $1`,
      [notice.id],
    );
    expect(rows).toEqual([{ description: `转给 ${number.slice(0, 6)}******${number.slice(-4)}` }]);
  });

  test('told before anybody is known to have the account wait for the person who shows a consent', async () => {
    const { session, caller } = await signedIn(net, '13800000008');
    const haigang = net.network.members.byCode('haigang')?.id as string;
    const subject = `acc_${randomUUID().replaceAll('-', '')}`;
    await deliver([fabricated(1, subject)], { bank: 'haigang' });
    expect((await noticesOf(caller)).data).toEqual([]);
    const userId = toUuid(session.user.id, 'usr');
    const account = { memberId: haigang, ref: subject, userId, consentId: `con_${'0'.repeat(32)}` };
    await net.network.db.transaction((tx) => net.network.accounts.remember(tx, [account]));
    expect((await noticesOf(caller)).data).toHaveLength(1);
    const thief = { ...account, userId: toUuid(owner.session.user.id, 'usr') };
    await net.network.db.transaction((tx) => net.network.accounts.remember(tx, [thief]));
    await deliver([fabricated(2, subject)], { bank: 'haigang' });
    expect((await noticesOf(caller)).data).toHaveLength(2);
  });

  test('that are missing are asked for at the bank, and what it does not have is given up', async () => {
    const account = of('yanhu', 'class_1');
    await buy(net, owner, card('yanhu', 'debit'), 777);
    const mine = async () =>
      (await noticesOf(owner, '?limit=100')).data.filter((n) => n.account_id === account.id);
    await until(async () => (await mine()).some((n) => n.amount === -777), 10_000);
    const { rows } = await net.network.db.query<{ ref: string; top: bigint }>(
      `select s.ref, s.top from notices.subject s join accounts.account a on a.member_id = s.member_id and a.ref = s.ref
       where a.id = $1`,
      [toUuid(account.id, 'acc')],
    );
    const { ref, top } = rows[0] as { ref: string; top: bigint };
    // As if everything but a later one had been lost on the way.
    await net.network.db.query('delete from notices.notice where ref = $1', [ref]);
    await net.network.db.query('update notices.subject set complete_to = 0, top = 0 where ref = $1', [ref]);
    await deliver([fabricated(Number(top) + 2, ref)], { bank: 'yanhu' });
    await until(async () => (await progress(ref)).complete_to === top + 2n, 15_000);
    expect(await stored(ref)).toEqual([
      ...Array.from({ length: Number(top) }, (_, i) => BigInt(i + 1)),
      top + 2n,
    ]);
    expect(await progress(ref)).toMatchObject({ lost: 1n, asks: false });
    expect((await mine()).some((n) => n.amount === -777)).toBe(true);
  });
});

function fabricated(sequence: number, subject = `acc_${randomUUID().replaceAll('-', '')}`): BankNotice {
  return {
    id: `ntc_${randomUUID().replaceAll('-', '')}`,
    subject,
    sequence,
    at: new Date().toISOString(),
    type: 'account.status_changed',
    data: { status: 'frozen' },
  };
}

interface HowSent {
  bank?: string;
  /** Whose secret it is signed with; the bank's own unless it is said. */
  signedBy?: string;
  secret?: Uint8Array;
  timestampSeconds?: number;
  spoil?: boolean;
}

/** Tells the network of notices as a bank of the sandbox would. */
async function deliver(notices: BankNotice[], how: HowSent = {}): Promise<Response> {
  const { bank = 'yunzhou', signedBy = bank, timestampSeconds = Math.floor(Date.now() / 1000) } = how;
  const secret = how.secret ?? Buffer.from(sandboxNoticeSecret(signedBy), 'hex');
  const body = JSON.stringify({ bank, notices });
  const webhook = { id: `dlv_${randomUUID()}`, timestampSeconds, body };
  return fetch(`${net.url}/v1/bank-notices/${bank}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'webhook-id': webhook.id,
      'webhook-timestamp': String(timestampSeconds),
      'webhook-signature': signWebhook(secret, webhook),
    },
    body: how.spoil ? body.replace('frozen', 'closed') : body,
  });
}

async function stored(ref: string): Promise<bigint[]> {
  const { rows } = await net.network.db.query<{ sequence: bigint }>(
    'select sequence from notices.notice where ref = $1 order by sequence',
    [ref],
  );
  return rows.map((r) => r.sequence);
}

async function progress(ref: string) {
  const { rows } = await net.network.db.query<{
    complete_to: bigint;
    top: bigint;
    lost: bigint;
    asks: boolean;
  }>('select complete_to, top, lost, ask_at is not null as asks from notices.subject where ref = $1', [ref]);
  return rows[0] as { complete_to: bigint; top: bigint; lost: bigint; asks: boolean };
}

/** Listens to the wallet's stream until it is aborted. */
async function listen(
  caller: Caller,
  hear: (event: string, data: unknown) => void,
): Promise<AbortController> {
  const stop = new AbortController();
  const response = await fetch(`${net.url}/v1/wallet/stream`, {
    headers: { authorization: `Bearer ${caller.token}` },
    signal: stop.signal,
  });
  const read = async () => {
    let text = '';
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      text += Buffer.from(chunk).toString();
      const parts = text.split('\n\n');
      text = parts.pop() ?? '';
      for (const part of parts) {
        const event = /^event: (.*)$/m.exec(part)?.[1];
        const data = /^data: (.*)$/m.exec(part)?.[1];
        if (event && data) hear(event, JSON.parse(data));
      }
    }
  };
  read().catch(() => undefined);
  return stop;
}
