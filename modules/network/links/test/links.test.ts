import { feiqianAscii, feiqianBcd } from '@feiqian/iso8583';
import { breakerDefaults } from '@feiqian/members';
import { afterEach, describe, expect, test } from 'vitest';
import type { Links, LinksDeps } from '../src/index.ts';
import { approve, type FakeBank, type FakeBankOptions, startFakeBank } from './fake-bank.ts';
import {
  fakeRegister,
  fastTimers,
  ids,
  linksOver,
  macKey,
  purchase,
  signedOn,
  testPan,
  until,
  zoneKey,
} from './setting.ts';

const banks: FakeBank[] = [];
const started: Links[] = [];

async function bankWith(options: Partial<FakeBankOptions> = {}): Promise<FakeBank> {
  const bank = await startFakeBank({ profile: feiqianAscii, macKey, zoneKey, ...options });
  banks.push(bank);
  return bank;
}

async function setUp(link = {}, options: Partial<FakeBankOptions> = {}, extra: Partial<LinksDeps> = {}) {
  const bank = await bankWith(options);
  const setting = await signedOn(bank, link, extra);
  started.push(setting.links);
  return { bank, ...setting };
}

afterEach(async () => {
  for (const bank of banks) bank.script = approve;
  await Promise.all(started.splice(0).map((links) => links.stop()));
  await Promise.all(banks.splice(0).map((bank) => bank.close()));
});

describe('a request', () => {
  test('is answered with the code of the bank, and its exchange shows no card number', async () => {
    const { bank, links, id } = await setUp();
    bank.script = (_r, reply) => reply.answer({ 38: 'A12345' });
    const answer = await links.send(id, purchase());
    expect(answer).toMatchObject({ kind: 'answered', responseCode: '00', approvalCode: 'A12345' });
    expect(bank.received[0]?.fields[2]).toBe(testPan);
    expect(JSON.stringify(answer)).not.toContain(testPan);
    expect(JSON.stringify(answer)).not.toContain('3012');
    expect(answer.kind === 'answered' && answer.exchange.request['2']).toBe('915600******0019');
    expect(answer.kind === 'answered' && answer.exchange.outcome).toBe('answered');
  });

  test('speaks the packed profile as well', async () => {
    const { links, id } = await setUp({ profile: 'feiqianBcd' }, { profile: feiqianBcd });
    expect(await links.send(id, purchase())).toMatchObject({ kind: 'answered', responseCode: '00' });
  });

  test('that is a reversal names the original and carries its reference; its repeat says so', async () => {
    const { bank, links, id } = await setUp();
    const first = purchase({
      kind: 'authorisation',
      stan: '000007',
      rrn: 'ABCDEF000001',
      transmittedAtMs: 0,
    });
    const original = { mti: '0100', stan: first.stan, rrn: first.rrn, transmittedAtMs: 0 };
    const reversal = purchase({ kind: 'reversal_advice', rrn: first.rrn, original, repeat: true });
    expect(await links.send(id, reversal)).toMatchObject({ kind: 'answered', responseCode: '00' });
    const message = bank.received[0];
    expect(message?.mti).toBe('0421');
    expect(message?.fields[37]).toBe('ABCDEF000001');
    expect(message?.fields[90]).toBe('0100' + '000007' + '0101000000' + '00090000002' + '00090000001');
  });

  test('without an answer ends after the bounded wait, and the late answer is only reported', async () => {
    const { bank, links, id, late } = await setUp();
    let answerLate = () => {};
    bank.script = (_r, reply) => {
      answerLate = () => reply.answer();
    };
    const begun = performance.now();
    const answer = await links.send(id, purchase());
    expect(answer).toMatchObject({ kind: 'no_answer', reason: 'time_out' });
    expect(performance.now() - begun).toBeLessThan(600);
    answerLate();
    await until(() => late.length === 1, 'the late answer');
    expect(late[0]).toMatchObject({ why: 'after_deadline', responseCode: '00' });
    expect(late[0]?.request?.exchangeId).toBe(answer.kind === 'no_answer' ? answer.exchange.id : '');
  });

  test('answered twice is answered once; the copy is reported', async () => {
    const { bank, links, id, late } = await setUp();
    bank.script = (_r, reply) => {
      reply.answer();
      reply.answer({ 39: '51' });
    };
    expect(await links.send(id, purchase())).toMatchObject({ kind: 'answered', responseCode: '00' });
    await until(() => late.length === 1, 'the copy');
    expect(late[0]).toMatchObject({ why: 'duplicate', responseCode: '51' });
  });

  test.each([
    ['another amount', { 4: '000000001281' }, 'mismatch'],
    ['another reference', { 37: 'ZZZZZZZZZZZZ' }, 'mismatch'],
    ['another currency', { 49: '840' }, 'mismatch'],
    ['another kind of transaction', { 3: '200000' }, 'mismatch'],
    ['no response code', { 39: undefined }, 'unparsable'],
    ['no amount', { 4: undefined }, 'unparsable'],
  ])('is not taken for answered by an answer with %s', async (_what, changes, reason) => {
    const { bank, links, id } = await setUp();
    bank.script = (_r, reply) => reply.answer(changes);
    expect(await links.send(id, purchase())).toMatchObject({ kind: 'no_answer', reason });
  });

  test.each([
    ['another terminal', { 41: 'T0000002' }],
    ['another STAN', { 11: '999998' }],
    ['another time', { 7: '0101000000' }],
  ])('waits on when an answer is for %s', async (_what, changes) => {
    const { bank, links, id, late } = await setUp();
    bank.script = (_r, reply) => {
      reply.answer({ ...changes, 39: '05' });
      reply.answer();
    };
    expect(await links.send(id, purchase())).toMatchObject({ kind: 'answered', responseCode: '00' });
    expect(late[0]).toMatchObject({ why: 'unknown', responseCode: '05' });
  });

  test('answered with a wrong MAC has no answer', async () => {
    const { bank, links, id } = await setUp();
    bank.script = (_r, reply) => reply.answer({}, { key: new Uint8Array(16) });
    expect(await links.send(id, purchase())).toMatchObject({ kind: 'no_answer', reason: 'bad_mac' });
  });

  test('that was sent is never called unsent when the connection breaks', async () => {
    const { bank, links, id } = await setUp();
    bank.script = (_r, reply) => reply.hangUp();
    expect(await links.send(id, purchase())).toMatchObject({ kind: 'no_answer', reason: 'disconnected' });
    expect(await links.send(id, purchase())).toEqual({ kind: 'not_sent', reason: 'link_down' });
  });

  test('beyond the limit of messages in flight is not sent, and other banks do not notice', async () => {
    const slow = await bankWith();
    const fast = await bankWith();
    const [slowId, fastId] = [ids.uuid(), ids.uuid()];
    const { register } = fakeRegister([
      { id: slowId, port: slow.port, link: { inFlightMax: 3 } },
      { id: fastId, port: fast.port },
    ]);
    const { links } = linksOver(register);
    started.push(links);
    await links.start();
    await until(() => links.isUp(slowId) && links.isUp(fastId), 'both banks');
    slow.script = () => {};
    const waiting = [1, 2, 3].map(() => links.send(slowId, purchase()));
    expect(await links.send(slowId, purchase())).toEqual({ kind: 'not_sent', reason: 'busy' });
    expect(await links.send(fastId, purchase())).toMatchObject({ kind: 'answered' });
    for (const answer of await Promise.all(waiting)) expect(answer).toMatchObject({ reason: 'time_out' });
  });

  test('to a bank that has fallen silent is kept back until it answers again, and other banks do not notice', async () => {
    const [bank, other] = [await bankWith(), await bankWith()];
    const [id, otherId] = [ids.uuid(), ids.uuid()];
    const breaker = { ...breakerDefaults, callsMin: 5, slowMs: 200, openMs: 300 };
    const { register } = fakeRegister([
      { id, port: bank.port, link: { waitMs: 1_000, breaker } },
      { id: otherId, port: other.port },
    ]);
    const { links } = linksOver(register);
    started.push(links);
    await links.start();
    await until(() => links.isUp(id) && links.isUp(otherId), 'both banks');
    bank.script = () => {};
    const waiting = Array.from({ length: 5 }, () => links.send(id, purchase()));
    await new Promise((resolve) => setTimeout(resolve, breaker.slowMs + 20));
    const began = performance.now();
    expect(await links.send(id, purchase())).toEqual({ kind: 'not_sent', reason: 'breaker_open' });
    expect(await links.send(otherId, purchase())).toMatchObject({ kind: 'answered' });
    expect(performance.now() - began).toBeLessThan(200);
    expect(links.isUp(id)).toBe(false);
    expect(links.states().find((s) => s.memberId === id)?.breaker).toMatchObject({
      state: 'open',
      reason: 'silence',
    });
    expect(bank.received).toHaveLength(5);
    bank.script = approve;
    await until(() => links.isUp(id), 'the end of the pause');
    for (let i = 0; i < breaker.probes; i++)
      expect(await links.send(id, purchase())).toMatchObject({ kind: 'answered' });
    expect(links.states().find((s) => s.memberId === id)?.breaker.state).toBe('closed');
    for (const answer of await Promise.all(waiting)) expect(answer).toMatchObject({ reason: 'time_out' });
  });

  test('to a bank that answers that it is out of order is soon not sent any more', async () => {
    const breaker = { ...breakerDefaults, callsMin: 5 };
    const { bank, links, id } = await setUp({ breaker });
    bank.script = (_r, reply) => reply.answer({ 39: '96' });
    for (let i = 0; i < 5; i++) await links.send(id, purchase());
    expect(await links.send(id, purchase())).toEqual({ kind: 'not_sent', reason: 'breaker_open' });
  });

  test('to a suspended member is not sent, but what is owed to it still goes out', async () => {
    const { links, id, change } = await setUp();
    change(id, { status: 'suspended' });
    expect(await links.send(id, purchase())).toEqual({ kind: 'not_sent', reason: 'member_suspended' });
    const original = { mti: '0100', stan: '000007', rrn: 'ABCDEF000001', transmittedAtMs: 0 };
    const reversal = purchase({ kind: 'reversal_advice', original });
    expect(await links.send(id, reversal)).toMatchObject({ kind: 'answered' });
  });

  test('to a member without a link is not sent', async () => {
    const { links } = await setUp();
    expect(await links.send(ids.uuid(), purchase())).toEqual({ kind: 'not_sent', reason: 'link_down' });
  });
});

describe('the stream', () => {
  test('may drip byte by byte', async () => {
    const { bank, links, id } = await setUp({ waitMs: 3_000 });
    bank.script = (_r, reply) => {
      const bytes = reply.bytes();
      let at = 0;
      const drip = setInterval(() => {
        reply.raw(bytes.subarray(at, at + 1));
        at += 1;
        if (at === bytes.length) clearInterval(drip);
      }, 0);
    };
    expect(await links.send(id, purchase())).toMatchObject({ kind: 'answered' });
  });

  test('may carry many answers in one piece and out of order', async () => {
    const { bank, links, id } = await setUp();
    const held: { bytes: Uint8Array; reply: { raw(b: Uint8Array): void } }[] = [];
    bank.script = (request, reply) => {
      held.push({ bytes: reply.bytes({ 38: String(request.fields[11]) }), reply });
      if (held.length === 5) reply.raw(Buffer.concat(held.map((h) => h.bytes).reverse()));
    };
    const requests = [1, 2, 3, 4, 5].map(() => purchase());
    const answers = await Promise.all(requests.map((r) => links.send(id, r)));
    for (const [i, answer] of answers.entries()) {
      expect(answer).toMatchObject({ kind: 'answered', approvalCode: requests[i]?.stan });
    }
  });

  test('that announces an oversized message is closed, and the link comes back', async () => {
    const { bank, links, id } = await setUp();
    bank.script = (_r, reply) => reply.raw(Buffer.from([0xff, 0xff, 1, 2, 3]));
    expect(await links.send(id, purchase())).toMatchObject({ kind: 'no_answer', reason: 'disconnected' });
    bank.script = approve;
    await until(() => links.isUp(id), 'the link');
    expect(await links.send(id, purchase())).toMatchObject({ kind: 'answered' });
  });

  test('with a frame that is no message goes on; the request times out', async () => {
    const { bank, links, id, notices } = await setUp();
    bank.script = (_r, reply) => reply.raw(Buffer.from([0, 3, 1, 2, 3]));
    expect(await links.send(id, purchase())).toMatchObject({ kind: 'no_answer', reason: 'time_out' });
    expect(notices.some((n) => n.type === 'unreadable_frame')).toBe(true);
    bank.script = approve;
    expect(await links.send(id, purchase())).toMatchObject({ kind: 'answered' });
  });

  test('carries STANs over their wrap-around', async () => {
    const { links, id } = await setUp();
    for (const stan of ['999998', '999999', '000001', '000002']) {
      expect(await links.send(id, purchase({ stan }))).toMatchObject({ kind: 'answered' });
    }
  });

  test('holds 5,000 messages in flight and gives each its own answer', async () => {
    const { bank, links, id } = await setUp({ waitMs: 9_000 });
    const held: (() => void)[] = [];
    bank.script = (request, reply) => {
      held.push(() => reply.answer({ 38: String(request.fields[11]) }));
      if (held.length === 5_000) for (const send of held.reverse()) send();
    };
    const requests = Array.from({ length: 5_000 }, () => purchase());
    const answers = await Promise.all(requests.map((r) => links.send(id, r)));
    const wrong = answers.filter((a, i) => a.kind !== 'answered' || a.approvalCode !== requests[i]?.stan);
    expect(wrong).toEqual([]);
    expect(links.states()[0]).toMatchObject({ inFlight: 0, byCode: { '00': 5_000 } });
  });
});

describe('the link', () => {
  test('comes back by itself after the bank was away', async () => {
    const { bank, links, id } = await setUp();
    const { port } = bank;
    await bank.close();
    banks.pop();
    await until(() => !links.isUp(id), 'the loss');
    expect(links.states()[0]?.lastError).toBeTruthy();
    await bankWith({ port });
    await until(() => links.isUp(id), 'the return');
    expect(await links.send(id, purchase())).toMatchObject({ kind: 'answered' });
  });

  test('takes answers that are replayed on a new connection for what they are', async () => {
    const { bank, links, id, late } = await setUp();
    let replay = new Uint8Array();
    bank.script = (_r, reply) => {
      replay = Uint8Array.from(reply.bytes());
      reply.hangUp();
    };
    const lost = await links.send(id, purchase());
    expect(lost).toMatchObject({ kind: 'no_answer', reason: 'disconnected' });
    await until(() => links.isUp(id), 'the return');
    bank.script = (_r, reply) => {
      reply.raw(replay);
      reply.answer();
    };
    expect(await links.send(id, purchase())).toMatchObject({ kind: 'answered' });
    expect(late).toMatchObject([
      { why: 'after_deadline', request: { exchangeId: lost.kind === 'no_answer' ? lost.exchange.id : '' } },
    ]);
  });

  test('is closed when echo tests stay without an answer, as on a half-open connection', async () => {
    const { bank, links, id } = await setUp({ echoMs: 1_000 }, {}, { timers: fastTimers });
    bank.freeze();
    await until(() => bank.connections === 2 && links.isUp(id), 'a new connection');
  });

  test('is tested at once when requests time out and nothing is heard', async () => {
    const { bank, links, id } = await setUp({ echoMs: 600_000, waitMs: 1_000 }, {}, { timers: fastTimers });
    bank.freeze();
    expect(await links.send(id, purchase())).toMatchObject({ reason: 'time_out' });
    await until(() => bank.connections === 2 && links.isUp(id), 'a new connection');
  });

  test('stays with a bank that answers echo tests but nothing else', async () => {
    const { bank, links, id } = await setUp({ echoMs: 500, waitMs: 1_000 }, {}, { timers: fastTimers });
    bank.script = () => {};
    for (let i = 0; i < 5; i++)
      expect(await links.send(id, purchase())).toMatchObject({ reason: 'time_out' });
    expect(bank.connections).toBe(1);
    expect(links.isUp(id)).toBe(true);
  });

  test('is not used while the bank refuses the sign-on', async () => {
    const bank = await bankWith();
    bank.manage = (code) => (code === '001' ? '91' : '00');
    const id = ids.uuid();
    const { register } = fakeRegister([{ id, port: bank.port }]);
    const { links, notices } = linksOver(register);
    started.push(links);
    await links.start();
    await until(() => notices.some((n) => n.type === 'sign_on_refused'), 'the refusal');
    expect(await links.send(id, purchase())).toEqual({ kind: 'not_sent', reason: 'link_down' });
    bank.manage = () => '00';
    await until(() => links.isUp(id), 'the sign-on');
  });

  test('signed off by an operator stays so over a reconnection, until signed on', async () => {
    const { bank, links, id } = await setUp();
    expect(await links.signOff(id)).toEqual({ ok: true, phase: 'signed_off' });
    expect(await links.send(id, purchase())).toEqual({ kind: 'not_sent', reason: 'link_down' });
    expect(await links.echo(id)).toEqual({ ok: true, phase: 'signed_off' });
    const connections = bank.connections;
    bank.cut();
    await until(() => bank.connections > connections, 'a new connection');
    await until(() => links.states()[0]?.phase === 'signed_off', 'the hold');
    expect(await links.signOn(id)).toEqual({ ok: true, phase: 'signed_on' });
    expect(bank.management).toEqual(['001', '002', '301', '001']);
  });

  test('follows a bank that signs itself off and on again', async () => {
    const { bank, links, id } = await setUp();
    const ask = (code: string, stan: string) =>
      bank.say({ mti: '0800', fields: { 7: '0101000000', 11: stan, 33: '91560001', 70: code } });
    ask('002', '000001');
    await until(() => !links.isUp(id), 'the sign-off');
    ask('001', '000002');
    await until(() => links.isUp(id), 'the sign-on');
  });

  test('signs off when it stops, after the answers under way', async () => {
    const { bank, links, id } = await setUp();
    bank.script = (_r, reply) => void setTimeout(() => reply.answer(), 100);
    const answer = links.send(id, purchase());
    const stopping = links.stop();
    expect(await links.send(id, purchase())).toEqual({ kind: 'not_sent', reason: 'link_down' });
    expect(await answer).toMatchObject({ kind: 'answered' });
    await stopping;
    expect(bank.management).toEqual(['001', '002']);
  });

  test('moves to a new address when the register says so', async () => {
    const { links, id, change, register } = await setUp();
    const other = await bankWith();
    const link = register.get(id)?.link;
    if (!link) throw new Error('no link');
    change(id, { link: { ...link, port: other.port } });
    await until(() => links.isUp(id) && other.management.length > 0, 'the move');
    expect(await links.send(id, purchase())).toMatchObject({ kind: 'answered' });
    expect(other.received).toHaveLength(1);
  });
});
