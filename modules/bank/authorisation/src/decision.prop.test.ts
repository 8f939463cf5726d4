import type { Account, Posting } from '@feiqian/bank-accounts';
import type { Card } from '@feiqian/bank-cards';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Command, CommandKind } from './command.ts';
import { decide, originalOf, ownOf } from './decision.ts';
import type { Operation, SavedAnswer } from './operation.ts';
import type { View } from './verdict.ts';

const nowMs = Date.UTC(2026, 0, 5);
const startBalance = 200n;
const card: Card = {
  id: 'card',
  customerId: 'customer',
  accountId: 'account',
  last4: '0001',
  kind: 'debit',
  product: '',
  productEn: '',
  expiry: '3112',
  status: 'active',
  outcome: 'approve',
  purchaseMax: null,
  form: 'plastic',
  frozen: false,
};
const account: Account = {
  id: 'account',
  customerId: 'customer',
  number: '1',
  kind: 'current',
  class: 'class_1',
  product: '',
  productEn: '',
  currency: 'CNY',
  creditLimit: 0n,
  status: 'open',
  openedAtMs: 0,
};

/** One payment of the network: a purchase or a hold with its completion, refunds, and reversals of any of it. */
interface Story {
  hold: boolean;
  amount: number;
  completed: number;
  refunds: number[];
}
/** A message of a story: the sale, its completion, its n-th refund, or the reversal of one of these. */
type Part = 'sale' | 'completion' | `refund${number}`;
interface Sent {
  story: number;
  part: Part;
  /** A reversal may come twice under numbers of its own: as request and as advice. */
  reversal: false | 'request' | 'advice';
}

const story = fc.record<Story>({
  hold: fc.boolean(),
  amount: fc.integer({ min: 40, max: 100 }),
  completed: fc.integer({ min: 40, max: 110 }),
  refunds: fc.array(fc.integer({ min: 1, max: 80 }), { maxLength: 3 }),
});

function messagesOf(stories: readonly Story[]): Sent[] {
  return stories.flatMap((s, index) => {
    const parts: Part[] = ['sale', ...s.refunds.map((_, i): Part => `refund${i}`)];
    if (s.hold) parts.push('completion');
    return parts.flatMap((part) =>
      ([false, false, 'request', 'advice'] as const).map((reversal) => ({ story: index, part, reversal })),
    );
  });
}

/** Any selection of the messages in any order, some of them several times. */
const traffic = fc
  .array(story, { minLength: 1, maxLength: 3 })
  .chain((stories) =>
    fc.tuple(
      fc.constant(stories),
      fc.array(fc.constantFrom(...messagesOf(stories)), { maxLength: 40, size: 'max' }),
    ),
  );

const amountOf = (s: Story, part: Part): number =>
  part === 'sale'
    ? s.amount
    : part === 'completion'
      ? s.completed
      : (s.refunds[Number(part.slice(6))] as number);

function commandOf(stories: readonly Story[], { story: index, part, reversal }: Sent): Command {
  const s = stories[index] as Story;
  const rrn = `${index}${part}`;
  const kind: CommandKind = reversal
    ? 'reversal'
    : part === 'sale'
      ? s.hold
        ? 'hold'
        : 'purchase'
      : part === 'completion'
        ? 'completion'
        : 'refund';
  const originalPart = reversal ? part : 'sale';
  const own = `${index}/${part}${reversal ? `/${reversal}` : ''}`;
  return {
    kind,
    key: own,
    reference: own,
    mti: '0000',
    acquirer: '99',
    terminal: 'T',
    rrn,
    approvalCode: null,
    panLookup: 'lookup',
    expiry: null,
    amount: BigInt(amountOf(s, part)),
    currency: 156,
    description: '',
    original: kind === 'hold' || kind === 'purchase' ? null : { reference: `${index}/${originalPart}`, rrn },
    otherEnd: null,
    payeeNumber: null,
    toCredit: false,
    fingerprint: own,
  };
}

/** The bank around `decide`: what the database and the ledger do, in maps. */
function bank() {
  const saved = new Map<string, SavedAnswer>();
  const operations = new Map<string, Operation>();
  const holds = new Map<string, bigint>();
  let balance = startBalance;
  let counter = 0;
  const held = () => [...holds.values()].reduce((a, b) => a + b, 0n);

  function covered(posting: Posting): boolean {
    if (posting.kind === 'hold' || posting.kind === 'purchase' || posting.kind === 'take_back') {
      return balance - held() >= posting.amount;
    }
    return true;
  }
  function post(posting: Posting): void {
    switch (posting.kind) {
      case 'hold':
        holds.set(posting.id, posting.amount);
        return;
      case 'purchase':
      case 'take_back':
        balance -= posting.amount;
        return;
      case 'refund':
      case 'give_back':
        balance += posting.amount;
        return;
      case 'completion':
      case 'release': {
        const reserved = holds.get(posting.holdId);
        if (reserved === undefined) throw new Error('a hold was used twice');
        holds.delete(posting.holdId);
        if (posting.kind === 'release') return;
        if (posting.amount > reserved) throw new Error('more than the hold was taken');
        balance -= posting.amount;
      }
    }
  }

  return {
    balance: () => balance,
    held,
    ask(command: Command): string {
      const all = [...operations.values()];
      const under = (reference: string) => all.filter((o) => o.reference === reference);
      const original = command.original
        ? originalOf(command, under(command.original.reference as string), card.id)
        : null;
      counter += 1;
      const id = `id-${counter.toString(16).padStart(8, '0')}`;
      const view: View = {
        saved: saved.get(command.key) ?? null,
        card,
        account,
        own: command.kind === 'reversal' ? null : ownOf(command, under(command.reference)),
        original,
        parent: original?.parentId ? (operations.get(original.parentId) ?? null) : null,
        limits: null,
        isBound: false,
        owed: null,
        month: '2601',
        nowMs,
        fresh: { operationId: `o${id}`, transferId: id, movementId: `m${id}` },
      };
      const decision = decide(command, view);
      if (decision.replay) return decision.code;
      const done = decision.posting === null || covered(decision.posting);
      const code = done ? decision.code : '51';
      saved.set(command.key, {
        fingerprint: command.fingerprint,
        code,
        authorisationCode: null,
        limit: null,
      });
      if (!done) return code;
      if (decision.posting) post(decision.posting);
      if (decision.created) operations.set(decision.created.id, decision.created);
      for (const changed of decision.changed) operations.set(changed.id, changed);
      return code;
    },
  };
}

/** The issuer as one would explain it on a sheet of paper: what each payment has come to. */
function naive() {
  interface Payment {
    dead: boolean;
    approved: boolean;
    held: number;
    taken: number;
    completed: boolean;
    deadParts: Set<string>;
    refunds: Map<string, number>;
  }
  const payments = new Map<number, Payment>();
  const answered = new Set<string>();
  const of = (index: number): Payment => {
    const known = payments.get(index) ?? {
      dead: false,
      approved: false,
      held: 0,
      taken: 0,
      completed: false,
      deadParts: new Set(),
      refunds: new Map(),
    };
    payments.set(index, known);
    return known;
  };
  const refunded = (p: Payment) => [...p.refunds.values()].reduce((a, b) => a + b, 0);
  const net = (p: Payment) => (p.dead ? 0 : p.taken - refunded(p));
  const balance = () => Number(startBalance) - [...payments.values()].reduce((sum, p) => sum + net(p), 0);
  const held = () => [...payments.values()].reduce((sum, p) => sum + (p.dead ? 0 : p.held), 0);
  const free = () => balance() - held();

  function forward(p: Payment, s: Story, part: Part): void {
    if (part === 'sale') {
      if (p.dead || s.amount > free()) return;
      p.approved = true;
      if (s.hold) p.held = s.amount;
      else p.taken = s.amount;
    } else if (part === 'completion') {
      if (p.dead || !p.approved || p.completed || p.deadParts.has(part) || s.completed > s.amount) return;
      p.completed = true;
      p.held = 0;
      p.taken = s.completed;
    } else {
      const amount = amountOf(s, part);
      if (p.dead || p.deadParts.has(part) || amount + refunded(p) > p.taken) return;
      p.refunds.set(part, amount);
    }
  }
  /** False when the bank has to say no: the money of the refund is spent. */
  function backward(p: Payment, part: Part): void {
    if (part === 'sale') p.dead = true;
    else if (part === 'completion') {
      if (p.completed) p.dead = true;
      else p.deadParts.add(part);
    } else if (p.refunds.has(part)) {
      if (!p.dead && (p.refunds.get(part) as number) > free()) return;
      p.refunds.delete(part);
      p.deadParts.add(part);
    } else p.deadParts.add(part);
  }

  return {
    balance,
    held,
    ask(stories: readonly Story[], { story: index, part, reversal }: Sent): void {
      const name = `${index}/${part}/${reversal}`;
      if (answered.has(name)) return;
      answered.add(name);
      const p = of(index);
      if (reversal) backward(p, part);
      else forward(p, stories[index] as Story, part);
    },
  };
}

test('any order and repetition of requests, advices and reversals leaves the account as a naive issuer has it', () => {
  fc.assert(
    fc.property(traffic, ([stories, sent]) => {
      const real = bank();
      const model = naive();
      for (const message of sent) {
        real.ask(commandOf(stories, message));
        model.ask(stories, message);
        expect([Number(real.balance()), Number(real.held())]).toEqual([model.balance(), model.held()]);
        expect(real.balance() - real.held() >= 0n).toBe(true);
      }
    }),
    { numRuns: 600 },
  );
});

test('every repeat gets the answer that the first one got', () => {
  fc.assert(
    fc.property(traffic, ([stories, sent]) => {
      const real = bank();
      const first = new Map<string, string>();
      for (const message of sent) {
        const command = commandOf(stories, message);
        const code = real.ask(command);
        expect(code).toBe(first.get(command.key) ?? code);
        first.set(command.key, code);
      }
    }),
    { numRuns: 200 },
  );
});

test('a refund finds its payment among several of one name: by card, then approval code, then terminal', () => {
  const sale: Operation = {
    id: 'sale',
    reference: '0/sale',
    terminal: 'T',
    acquirer: '99',
    rrn: 'A',
    kind: 'purchase',
    state: 'posted',
    cardId: card.id,
    accountId: account.id,
    parentId: null,
    amount: 100n,
    currency: 156,
    posted: 100n,
    refunded: 0n,
    transferId: null,
    authorisationCode: '111111',
    counted: false,
    description: '',
    createdAtMs: nowMs,
  };
  const story: Story = { hold: false, amount: 100, completed: 100, refunds: [10] };
  const refund = commandOf([story], { story: 0, part: 'refund0', reversal: false });
  const found = (change: Partial<Command>, others: readonly Partial<Operation>[]) =>
    originalOf(
      { ...refund, ...change },
      [...others.map((o): Operation => ({ ...sale, id: 'other', rrn: 'B', ...o })), sale],
      card.id,
    )?.id;

  expect(found({ terminal: 'U' }, [{ cardId: 'another' }])).toBe('sale');
  expect(found({ terminal: 'U' }, [{ kind: 'refused', state: 'refused' }])).toBe('sale');
  expect(found({ approvalCode: '111111' }, [{ authorisationCode: '222222' }])).toBe('sale');
  expect(found({}, [{ terminal: 'U', authorisationCode: '222222' }])).toBe('sale');
  expect(found({ approvalCode: '111111' }, [{}])).toBeUndefined();
});
