import { randomUUID } from 'node:crypto';
import { sandboxPeople } from '@feiqian/app-bank';
import type {
  AccountClassTables,
  AccountLimits,
  AccountList,
  AutoRepaySetting,
  BankMessageList,
  BillPage,
  Card,
  CreditApplication,
  CreditProductList,
  MovementPage,
  Opening,
  Owed,
  Transfer,
  Verification,
} from '@feiqian/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { differences } from '../support/books.ts';
import { type Answer, type Caller, done, told } from '../support/caller.ts';
import { startTestNetwork, type TestNetwork } from '../support/network.ts';
import { buy, cardFor, signedIn, tester, type Wallet, wallet } from '../support/people.ts';
import { until } from '../support/until.ts';
import { verified, withCode } from '../support/verify.ts';

let net: TestNetwork;
let owner: Wallet;
beforeAll(async () => {
  net = await startTestNetwork();
  owner = await known('13800000001');
});
afterAll(() => net?.stop());

/** A person whose real name is confirmed, with the cards of every bank. */
async function known(mobile: string): Promise<Wallet> {
  const who = await wallet(net, mobile);
  await done(who.post('/v1/wallet/identity', person(mobile)));
  return who;
}

const person = (mobile: string) => {
  const found = sandboxPeople.find((p) => p.mobile === mobile);
  if (!found) throw new Error(`nobody has ${mobile}`);
  return { name: found.name, identity_number: found.identityNumber };
};
const accountsOf = (who: Caller) => done(who.get<AccountList>('/v1/wallet/accounts'));
async function accountOf(who: Caller, bank: string, kind: string) {
  const found = (await accountsOf(who)).data.find((a) => a.bank.id === bank && a.kind === kind);
  if (!found) throw new Error(`no ${kind} at ${bank}`);
  return found;
}
/** Sends what must be verified, and verifies it by a one-time code. */
const sure = <T>(who: Wallet, path: string, body: Record<string, unknown>) =>
  verified<T>(who, 'POST', path, body, (v: Verification) => withCode(net, who, v));

describe('bills', () => {
  test('say what is owed, the minimum and the day, and what is spent since is unbilled', async () => {
    const account = await accountOf(owner, 'yunzhou', 'credit');
    const path = `/v1/wallet/accounts/${account.id}`;
    const before = await done(owner.get<Owed>(`${path}/owed`));
    expect(before.account_id).toBe(account.id);
    expect(before.owed).toBeGreaterThan(0);
    const card = owner.cards.find((c) => c.bank.id === 'yunzhou' && c.kind === 'credit');
    await buy(net, owner, card, 1_234);
    const after = await done(owner.get<Owed>(`${path}/owed`));
    expect([after.owed - before.owed, after.unbilled - before.unbilled]).toEqual([1_234, 1_234]);
    const { data } = await done(owner.get<BillPage>(`${path}/bills`));
    for (const bill of data) {
      expect(bill.account_id).toBe(account.id);
      expect(bill.minimum).toBeLessThanOrEqual(bill.amount);
    }
    expect(after.bill).toEqual(data[0] ?? null);
  });

  test('of somebody else are not there; a debit account has none', async () => {
    const stranger = await wallet(net, '13800000005');
    const { id } = await accountOf(owner, 'yunzhou', 'credit');
    for (const what of ['owed', 'bills'])
      expect(told(await stranger.get(`/v1/wallet/accounts/${id}/${what}`))).toBe('404 not_found');
    const debit = await accountOf(owner, 'yunzhou', 'class_1');
    expect(told(await owner.get(`/v1/wallet/accounts/${debit.id}/owed`))).toBe('404 not_found');
  });
});

describe('an application', () => {
  const apply = (who: Wallet, change: object = {}, mobile = '13800000001') =>
    sure<CreditApplication>(who, '/v1/wallet/credit-applications', {
      bank_id: 'yunzhou',
      product: 'yunzhou_standard',
      ...person(mobile),
      monthly_income: 800_000,
      ...change,
    });

  test('is for one of the products of all banks', async () => {
    const list = await done(owner.get<CreditProductList>('/v1/wallet/credit-products'));
    expect(new Set(list.data.map((p) => p.bank.id))).toEqual(new Set(['yunzhou', 'yanhu', 'haigang']));
    expect(told(await apply(owner, { product: 'nothing' }))).toBe('422 product_unknown');
    expect(told(await apply(owner, { bank_id: 'nobody' }))).toBe('422 bank_unknown');
  });

  test('that is approved at once brings a card that pays at once, and is made once per key', async () => {
    const first = await done(apply(owner));
    expect(first).toMatchObject({ state: 'approved', card: 'bound', product: 'yunzhou_standard' });
    const cards = await done(owner.get<{ data: Card[] }>('/v1/wallet/cards'));
    const card = cards.data.find((c) => c.id === first.card_id);
    expect(card).toMatchObject({ kind: 'credit', bank: { id: 'yunzhou' } });
    expect((await buy(net, owner, card, 990)).state).toBe('captured');
    const list = await done(owner.get<{ data: CreditApplication[] }>('/v1/wallet/credit-applications'));
    expect(list.data).toEqual([first]);
    expect(told(await apply(owner))).toBe('409 application_open');
  });

  test('of somebody who is not who he or she says goes to no bank, and is not told which factor was wrong', async () => {
    const rightName = { name: person('13800000002').name };
    expect(told(await apply(owner, person('13800000002')))).toBe('422 identity_mismatch');
    expect(told(await apply(owner, rightName))).toBe('422 identity_mismatch');
    const { caller } = await signedIn(net, '13800000003');
    const body = {
      bank_id: 'yunzhou',
      product: 'yunzhou_standard',
      ...person('13800000003'),
      monthly_income: 1,
    };
    expect(told(await caller.post('/v1/wallet/credit-applications', body))).toBe('403 identity_required');
  });

  test('that takes a while is followed to its decision by itself, and its card is bound', async () => {
    const who = await known('13800000005');
    const made = await done(
      apply(who, { product: 'yunzhou_platinum', monthly_income: 5_000_000 }, '13800000005'),
    );
    expect(made).toMatchObject({ state: 'reviewing', card: 'none', card_id: null });
    const find = () => done(who.get<CreditApplication>(`/v1/wallet/credit-applications/${made.id}`));
    await until(async () => (await find()).card === 'bound', 20_000, 'the card');
    const cards = await done(who.get<{ data: Card[] }>('/v1/wallet/cards'));
    expect(cards.data.some((c) => c.id === (cards.data.at(-1)?.id ?? ''))).toBe(true);
    expect(await find()).toMatchObject({ state: 'approved' });
    expect(told(await owner.get(`/v1/wallet/credit-applications/${made.id}`))).toBe('404 not_found');
    expect(told(await who.post(`/v1/wallet/credit-applications/${made.id}/withdraw`))).toBe(
      '409 application_decided',
    );
  });

  test('is not taken without its verification', async () => {
    const body = {
      bank_id: 'haigang',
      product: 'haigang_young',
      ...person('13800000001'),
      monthly_income: 800_000,
    };
    expect(told(await owner.post('/v1/wallet/credit-applications', body))).toBe('403 verification_required');
  });
});

describe('a Class II or III account', () => {
  const debit = (who: Wallet, bank: string) =>
    who.cards.find((c) => c.bank.id === bank && c.kind === 'debit') as Card;
  const start = (who: Wallet, mobile: string, change: object = {}) =>
    sure<Opening>(who, '/v1/wallet/account-openings', {
      bank_id: 'haigang',
      class: 'class_3',
      card_id: debit(who, 'yunzhou').id,
      ...person(mobile),
      ...change,
    });
  const confirm = (who: Wallet, opening: Opening, code: string): Promise<Answer<Opening>> =>
    who.post<Opening>(`/v1/wallet/account-openings/${opening.id}/confirm`, { code });
  async function lastCode(who: Wallet, bank: string): Promise<string> {
    const { data } = await done(who.get<BankMessageList>('/v1/wallet/bank-messages'));
    const text = data.find((m) => m.bank.id === bank)?.text ?? '';
    return /[0-9]{6}/.exec(text)?.[0] ?? '';
  }

  test('follows rules with their days', async () => {
    const tables = await done(owner.get<AccountClassTables>('/v1/wallet/account-classes'));
    expect(tables.in_force).toBe('2018-01-19');
    const ceiling = (day: string) =>
      tables.data
        .find((t) => t.effective_from === day)
        ?.classes.find((c) => c.class === 'class_3')
        ?.limits.find((l) => l.code === 'balance')?.max;
    expect([ceiling('2016-12-01'), ceiling('2018-01-19')]).toEqual([100_000, 200_000]);
  });

  test('is opened at another bank on five factors, with a card that is bound and limits that are told', async () => {
    const opening = await done(start(owner, '13800000001'));
    expect(opening).toMatchObject({ state: 'code_sent', verified_by: { bank: { id: 'yunzhou' } } });
    expect(told(await confirm(owner, opening, '000000'))).toBe('403 verification_failed');
    const code = await lastCode(owner, 'yunzhou');
    const opened = await done(confirm(owner, opening, code));
    expect(opened).toMatchObject({ state: 'opened', bank: { id: 'haigang' } });
    expect(await done(confirm(owner, opening, '111111'))).toEqual(opened);
    const account = await accountOf(owner, 'haigang', 'class_3');
    expect(account).toMatchObject({
      id: opened.account_id,
      card_ids: [opened.card_id],
      bound: { bank: { id: 'yunzhou' }, last4: debit(owner, 'yunzhou').last4 },
    });
    const limits = await done(owner.get<AccountLimits>(`/v1/wallet/accounts/${account.id}/limits`));
    expect(limits.limits.find((l) => l.code === 'balance')).toMatchObject({
      max: 200_000,
      used: 0,
      left: 200_000,
    });
    expect(limits.limits.find((l) => l.code === 'out_day')?.until).not.toBeNull();
    const kept = await net.network.db.query('select 1 from accounts.opening where identity is not null');
    expect(kept.rows).toEqual([]);
  });

  test('is opened once, however many devices confirm at once', async () => {
    const who = await known('13800000006');
    const opening = await done(start(who, '13800000006', { bank_id: 'yunzhou', class: 'class_2' }));
    const code = await lastCode(who, 'yunzhou');
    const answers = await Promise.all([confirm(who, opening, code), confirm(who, opening, code)]);
    expect(answers.some((a) => a.status === 200)).toBe(true);
    const held = (await accountsOf(who)).data.filter((a) => a.kind === 'class_2');
    expect(held).toHaveLength(1);
  });

  test('is not opened for somebody else, by a credit card, or for the wrong person’s document', async () => {
    const credit = owner.cards.find((c) => c.kind === 'credit') as Card;
    expect(told(await start(owner, '13800000001', { card_id: credit.id }))).toBe('422 class_1_needed');
    const unknown = { card_id: `tok_${'0'.repeat(32)}` };
    expect(told(await start(owner, '13800000001', unknown))).toBe('422 card_unknown');
    const before = await lastCode(owner, 'yunzhou');
    const opening = await done(start(owner, '13800000002'));
    expect(await lastCode(owner, 'yunzhou')).toBe(before);
    expect(told(await confirm(owner, opening, before || '123456'))).toBe('403 verification_failed');
    const stranger = await wallet(net, '13800000005');
    expect(told(await confirm(stranger, opening, '123456'))).toBe('404 not_found');
  });

  test('beyond what one person may have is refused before a bank is asked, with which limit and how many', async () => {
    await net.network.db.query(
      `insert into accounts.class_rule (effective_from, class, opening, accounts_max, plastic, cash, limits)
       values ('2020-01-01', 'class_3', 'remote', 1, false, false, '{}')`,
    );
    const answer = await start(owner, '13800000001');
    expect(told(answer)).toBe('422 limit_exceeded');
    expect((answer.body as unknown as { limit: unknown }).limit).toEqual({
      code: 'accounts',
      max: 1,
      used: 1,
      left: 0,
      until: null,
    });
    await net.network.db.query("delete from accounts.class_rule where effective_from = '2020-01-01'");
  });

  test('is not begun again by a repeat of the same request', async () => {
    const key = randomUUID();
    const body = {
      bank_id: 'haigang',
      class: 'class_2',
      card_id: debit(owner, 'yunzhou').id,
      ...person('13800000001'),
    };
    const path = '/v1/wallet/account-openings';
    expect(told(await owner.post(path, body, { key }))).toBe('403 verification_required');
  });
});

describe('a repayment', () => {
  const cardOf = (who: Wallet, bank: string, kind: 'credit' | 'debit') =>
    who.cards.find((c) => c.bank.id === bank && c.kind === kind) as Card;
  const owedOn = async (who: Wallet, bank: string) => {
    const { id } = await accountOf(who, bank, 'credit');
    return done(who.get<Owed>(`/v1/wallet/accounts/${id}/owed`));
  };
  const available = async (who: Wallet, card: Card) =>
    (await done(who.get<{ available: number }>(`/v1/wallet/cards/${card.id}/balance`))).available;
  const repay = (who: Wallet, to: Card, from: Card, amount: number, options: { key?: string } = {}) =>
    who.post<Transfer>(`/v1/wallet/cards/${to.id}/repayments`, { from_card_id: from.id, amount }, options);

  test('goes from a debit card of any bank to a credit card of any bank, at once and without a fee', async () => {
    const [from, to] = [cardOf(owner, 'yanhu', 'debit'), cardOf(owner, 'haigang', 'credit')];
    const before = { owed: (await owedOn(owner, 'haigang')).owed, held: await available(owner, from) };
    const answer = await done(repay(owner, to, from, 3_000));
    expect(answer).toMatchObject({ kind: 'repayment', state: 'completed', amount: 3_000 });
    expect((await owedOn(owner, 'haigang')).owed).toBe(before.owed - 3_000);
    expect(await available(owner, from)).toBe(before.held - 3_000);
    const { id } = await accountOf(owner, 'haigang', 'credit');
    const moved = await done(owner.get<MovementPage>(`/v1/wallet/accounts/${id}/movements?limit=1`));
    expect(moved.data[0]).toMatchObject({ kind: 'repayment', amount: 3_000 });
  });

  test('of more than is owed is refused with the amount owed, and nothing moves', async () => {
    const [from, to] = [cardOf(owner, 'yanhu', 'debit'), cardOf(owner, 'yunzhou', 'credit')];
    const { owed } = await owedOn(owner, 'yunzhou');
    const held = await available(owner, from);
    const answer = await repay(owner, to, from, owed + 1);
    expect(told(answer)).toBe('422 over_repayment');
    expect((answer.body as unknown as { limit: unknown }).limit).toMatchObject({ code: 'owed', left: owed });
    expect(await available(owner, from)).toBe(held);
  });

  test('under the same key is one, and its answer is the same afterwards', async () => {
    const [from, to] = [cardOf(owner, 'yunzhou', 'debit'), cardOf(owner, 'yanhu', 'credit')];
    const { owed } = await owedOn(owner, 'yanhu');
    const key = randomUUID();
    const first = await done(repay(owner, to, from, owed, { key }));
    expect(first.state).toBe('completed');
    expect((await repay(owner, to, from, owed, { key })).body).toEqual(first);
    expect((await owedOn(owner, 'yanhu')).owed).toBe(0);
    expect(told(await repay(owner, to, from, 1))).toBe('422 over_repayment');
    expect(told(await repay(owner, to, from, owed - 1, { key }))).toBe('422 idempotency_key_reused');
  });

  test('of the same bill from two devices at once is one', async () => {
    const mobile = '13800000003';
    const devices = [await wallet(net, mobile), await wallet(net, mobile)];
    const [first] = devices as [Wallet];
    const { owed } = await owedOn(first, 'yunzhou');
    const held = await available(first, cardOf(first, 'yanhu', 'debit'));
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, i) => {
        const who = devices[i % 2] as Wallet;
        return repay(who, cardOf(who, 'yunzhou', 'credit'), cardOf(who, 'yanhu', 'debit'), owed);
      }),
    );
    expect(answers.filter((a) => a.status === 201).map((a) => a.body.state)).toEqual(['completed']);
    for (const a of answers.filter((one) => one.status !== 201))
      expect(['409 repayment_in_progress', '422 over_repayment']).toContain(told(a));
    expect((await owedOn(first, 'yunzhou')).owed).toBe(0);
    expect(await available(first, cardOf(first, 'yanhu', 'debit'))).toBe(held - owed);
  });

  test('that the payer’s bank declines moves nothing and leaves the card free for the next one', async () => {
    const holder = await wallet(net, tester);
    const poor = cardFor(net, holder, 'insufficient_funds');
    const credit = holder.cards.find((c) => c.kind === 'credit') as Card;
    await buy(net, holder, credit, 5_000);
    const declined = await done(repay(holder, credit, poor, 5_000));
    expect(declined).toMatchObject({ state: 'declined', decline: { code: 'insufficient_funds' } });
    const rich = cardFor(net, holder, 'approve');
    expect((await done(repay(holder, credit, rich, 5_000))).state).toBe('completed');
  });

  test('wants a credit card of this device, a debit card that pays, a signature, and proof above a limit', async () => {
    const [debit, credit] = [cardOf(owner, 'yunzhou', 'debit'), cardOf(owner, 'haigang', 'credit')];
    const stranger = await wallet(net, '13800000005');
    expect(told(await repay(owner, debit, debit, 100))).toBe('422 card_unknown');
    expect(told(await repay(stranger, credit, cardOf(stranger, 'yunzhou', 'debit'), 100))).toBe(
      '422 card_unknown',
    );
    expect(told(await repay(owner, credit, credit, 100))).toBe('409 card_not_usable');
    expect(told(await repay(owner, credit, debit, 600_000))).toBe('403 verification_required');
    const path = `/v1/wallet/cards/${credit.id}/repayments`;
    const body = { from_card_id: debit.id, amount: 100 };
    expect(told(await owner.post(path, body, { signed: false }))).toBe('403 signature_required');
    // What was refused has not left the card closed.
    expect((await done(repay(owner, credit, debit, 100))).state).toBe('completed');
  });

  test('by itself happens when the bill is due, in full, once; the setting says so', async () => {
    const who = await wallet(net, '13800000002');
    const [credit, debit] = [cardOf(who, 'haigang', 'credit'), cardOf(who, 'yunzhou', 'debit')];
    const path = `/v1/wallet/cards/${credit.id}/auto-repay`;
    const setting = () => done(who.get<AutoRepaySetting>(path));
    expect(await setting()).toEqual({ auto_repay: null });
    const { id } = await accountOf(who, 'haigang', 'credit');
    const before = await done(who.get<Owed>(`/v1/wallet/accounts/${id}/owed`));
    if (before.bill === null) throw new Error('the sandbox has no bill');
    const left = before.bill.amount - before.bill.paid;
    expect(left).toBeGreaterThan(0);
    const body = { from_card_id: debit.id, mode: 'full' };
    await done(who.send<AutoRepaySetting>('PUT', path, { body }));
    expect((await setting()).auto_repay).toMatchObject({ mode: 'full', state: 'waiting' });
    // As if the day had come: the bank's bill is due yesterday.
    const due = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
    await net.network.db.query('update bank_haigang_credit.bill set due_date = $1', [due]);
    await net.network.db.query('update credit.auto_repay set look_at = $1', [new Date(0)]);
    const turns = await Promise.all([net.network.autoRepays.turn(), net.network.autoRepays.turn()]);
    expect(turns.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(1);
    await until(async () => (await setting()).auto_repay?.acted_at !== null, 15_000, 'the repayment');
    expect((await setting()).auto_repay).toMatchObject({ state: 'paid', failed_because: null, tries: 1 });
    const after = await done(who.get<Owed>(`/v1/wallet/accounts/${id}/owed`));
    expect(before.owed - after.owed).toBe(left);
    await net.network.db.query('update credit.auto_repay set look_at = $1', [new Date(0)]);
    await net.network.autoRepays.turn();
    expect((await done(who.get<Owed>(`/v1/wallet/accounts/${id}/owed`))).owed).toBe(after.owed);
    await done(who.delete(path));
    expect(await setting()).toEqual({ auto_repay: null });
  });

  test('leaves books that agree, at the network and at every bank', async () => {
    expect(await differences(net.network.db)).toEqual([]);
  });
});
