import type { PaymentStory } from '@feiqian/contract';

export type StoryEvent = PaymentStory['events'][number];
export type StoryExchange = PaymentStory['exchanges'][number];
export type StoryEntry = PaymentStory['entries'][number];
export type StoryRefund = PaymentStory['refunds'][number];
export type StoryForward = PaymentStory['forwards'][number];

/** One step of a payment's story. `at` is ms since 1970; null is a step that has no instant yet. */
export type StoryStep =
  | { kind: 'event'; key: string; at: number; event: StoryEvent }
  | { kind: 'sent'; key: string; at: number; exchange: StoryExchange }
  | { kind: 'received'; key: string; at: number; exchange: StoryExchange; tookMs: number }
  | { kind: 'entries'; key: string; at: number; entries: readonly StoryEntry[] }
  | { kind: 'refund'; key: string; at: number; refund: StoryRefund }
  | { kind: 'forward'; key: string; at: number | null; forward: StoryForward };

/**
 * What comes first among steps of one millisecond: cause before effect. A payment is created, the bank is
 * asked, the bank answers, the answer is booked, and what was booked is told.
 */
function rank(step: StoryStep): number {
  switch (step.kind) {
    case 'event':
      return /\.(created|processing)$/.test(step.event.type) ? 0 : 5;
    case 'refund':
      return 1;
    case 'sent':
      return 2;
    case 'received':
      return 3;
    case 'entries':
      return 4;
    case 'forward':
      return 6;
  }
}

/** Ledger entries of one instant and one kind are one posting: they were committed together. */
function postings(entries: readonly StoryEntry[]): StoryStep[] {
  const groups = new Map<string, StoryEntry[]>();
  for (const entry of entries) {
    const key = `${entry.at}|${entry.kind}`;
    const group = groups.get(key);
    if (group) group.push(entry);
    else groups.set(key, [entry]);
  }
  return [...groups].map(([key, group]) => ({
    kind: 'entries',
    key: `entries ${key}`,
    at: Date.parse(group[0]?.at ?? ''),
    entries: group,
  }));
}

/** The two ends of an exchange with a bank; only the first when no answer came. */
function messages(exchange: StoryExchange): StoryStep[] {
  const sentAt = Date.parse(exchange.sent_at);
  const steps: StoryStep[] = [{ kind: 'sent', key: `sent ${exchange.id}`, at: sentAt, exchange }];
  if (exchange.received_at !== null) {
    const at = Date.parse(exchange.received_at);
    steps.push({ kind: 'received', key: `received ${exchange.id}`, at, exchange, tookMs: at - sentAt });
  }
  return steps;
}

/** When a stored message counts in the story: its acknowledgement, else its next attempt. */
function forwardAt(forward: StoryForward): number | null {
  const at = forward.acknowledged_at ?? forward.next_attempt_at;
  return at === null ? null : Date.parse(at);
}

/** Everything that happened to a payment in time order; steps without an instant come last. */
export function storySteps(story: PaymentStory): StoryStep[] {
  const steps: StoryStep[] = [
    ...story.events.map((event) => ({
      kind: 'event' as const,
      key: event.id,
      at: Date.parse(event.at),
      event,
    })),
    ...story.exchanges.flatMap(messages),
    ...postings(story.entries),
    ...story.refunds.map((refund) => ({
      kind: 'refund' as const,
      key: refund.id,
      at: Date.parse(refund.created_at),
      refund,
    })),
    ...story.forwards.map((forward) => ({
      kind: 'forward' as const,
      key: forward.id,
      at: forwardAt(forward),
      forward,
    })),
  ];
  const time = (step: StoryStep) => step.at ?? Number.POSITIVE_INFINITY;
  // A plain difference of two missing instants is NaN, which a sort takes as it likes.
  const later = (one: StoryStep, other: StoryStep) =>
    time(one) === time(other) ? 0 : time(one) < time(other) ? -1 : 1;
  return steps
    .map((step, index) => ({ step, index }))
    .sort((a, b) => later(a.step, b.step) || rank(a.step) - rank(b.step) || a.index - b.index)
    .map(({ step }) => step);
}

/** Time since the first step in words a reader compares at a glance: `+0 ms`, `+1.24 s`, `+3 min`. */
export function sinceStart(at: number, start: number): string {
  const ms = Math.max(0, at - start);
  if (ms < 1000) return `+${ms} ms`;
  if (ms < 60_000) return `+${(ms / 1000).toFixed(2)} s`;
  if (ms < 3_600_000) return `+${Math.round(ms / 60_000)} min`;
  if (ms < 172_800_000) return `+${Math.round(ms / 3_600_000)} h`;
  return `+${Math.round(ms / 86_400_000)} d`;
}
