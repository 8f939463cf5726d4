import type { BankLeg, BankLegKey } from '@feiqian/contract';
import type { Ids } from '@feiqian/ids';
import type { BankApiAnswer, IssuerAnswer, IssuerRequest } from '@feiqian/links';

/**
 * What happens to one message. `request_lost`: the bank never sees it. `answer_lost`: it does, and nobody hears.
 * `late`: the bank sees it only when `deliverLate` is called. `not_sent`: no byte leaves. Two digits: refused with that
 * code. `twice`: it comes two times.
 */
export type Fate =
  | 'fine'
  | 'request_lost'
  | 'answer_lost'
  | 'late'
  | 'not_sent'
  | 'twice'
  | `refused ${string}`;
type Of = 'transfer_debit' | 'transfer_credit' | 'reversal_advice' | 'leg' | 'abandonLeg';

interface KnownLeg {
  state: BankLeg['state'];
  code: string;
  amount: bigint;
  number: string;
}

/** Banks in memory that keep the rules of docs/iso8583.md for legs, over lines that fail as they are told. */
export class FakeBanks {
  readonly balances = new Map<string, bigint>();
  readonly legs = new Map<string, KnownLeg>();
  readonly heard: string[] = [];
  readonly #fates = new Map<Of, Fate[]>();
  readonly #late: (() => void)[] = [];
  readonly #ids: Ids;

  constructor(ids: Ids) {
    this.#ids = ids;
  }

  /** What happens to the next messages of this kind, one after the other; afterwards all is fine. */
  next(of: Of, ...fates: Fate[]): void {
    this.#fates.set(of, [...(this.#fates.get(of) ?? []), ...fates]);
  }

  heal(): void {
    this.#fates.clear();
  }

  deliverLate(): void {
    for (const deliver of this.#late.splice(0)) deliver();
  }

  async send(memberId: string, r: IssuerRequest): Promise<IssuerAnswer> {
    await new Promise((resolve) => setImmediate(resolve));
    const fate = this.#fates.get(r.kind as Of)?.shift() ?? 'fine';
    this.heard.push(`${r.kind}${r.repeat ? ' again' : ''} ${fate}`);
    if (fate === 'not_sent') return { kind: 'not_sent', reason: 'link_down' };
    if (fate === 'request_lost') return this.#silence(memberId, r);
    if (fate === 'late') {
      this.#late.push(() => void this.#do(r));
      return this.#silence(memberId, r);
    }
    if (fate === 'twice') this.#do(r);
    const code = fate.startsWith('refused') ? this.#refuse(r, fate.slice(8)) : this.#do(r);
    if (fate === 'answer_lost') return this.#silence(memberId, r);
    const exchange = this.#exchange(memberId, r, 'answered', code);
    return { kind: 'answered', responseCode: code, approvalCode: code === '00' ? '123456' : null, exchange };
  }

  async ask(
    _memberId: string,
    route: 'leg' | 'abandonLeg',
    asked: { query?: unknown; body?: unknown },
  ): Promise<BankApiAnswer<BankLeg>> {
    await new Promise((resolve) => setImmediate(resolve));
    const fate = this.#fates.get(route)?.shift() ?? 'fine';
    this.heard.push(`${route} ${fate}`);
    if (fate === 'request_lost') return { ok: false, code: 'no_answer' };
    const { stan, rrn } = (route === 'leg' ? asked.query : asked.body) as BankLegKey;
    const key = `${stan}/${rrn}`;
    if (route === 'abandonLeg' && !this.legs.has(key))
      this.legs.set(key, { state: 'abandoned', code: '05', amount: 0n, number: '' });
    if (fate === 'answer_lost') return { ok: false, code: 'no_answer' };
    const known = this.legs.get(key);
    return {
      ok: true,
      value: {
        state: known?.state ?? 'not_seen',
        direction: null,
        response_code: known?.code ?? null,
        limit: null,
        amount: null,
        currency: null,
        at: null,
      },
    };
  }

  #keyOf(r: IssuerRequest): string {
    if (r.kind !== 'reversal_advice') return `${r.stan}/${r.rrn}`;
    return `${r.original?.stan}/${r.original?.rrn}`;
  }

  /** Decides a message once; a repeat gets the first answer. */
  #do(r: IssuerRequest): string {
    const key = this.#keyOf(r);
    const known = this.legs.get(key);
    if (r.kind === 'reversal_advice') {
      if (known?.state === 'posted') this.#move(known.number, known.amount);
      this.legs.set(key, { state: 'reversed', code: '05', amount: 0n, number: '' });
      return '00';
    }
    if (known) return known.code;
    const out = r.kind === 'transfer_debit';
    if (out && (this.balances.get(r.pan) ?? 0n) < r.amount) return this.#refuse(r, '51');
    this.#move(r.pan, out ? -r.amount : r.amount);
    this.legs.set(key, { state: 'posted', code: '00', amount: r.amount, number: r.pan });
    return '00';
  }

  #refuse(r: IssuerRequest, code: string): string {
    this.legs.set(this.#keyOf(r), { state: 'refused', code, amount: 0n, number: r.pan });
    return code;
  }

  #move(number: string, by: bigint): void {
    this.balances.set(number, (this.balances.get(number) ?? 0n) + by);
  }

  #silence(memberId: string, r: IssuerRequest): IssuerAnswer {
    return { kind: 'no_answer', reason: 'time_out', exchange: this.#exchange(memberId, r, 'time_out', null) };
  }

  #exchange(memberId: string, r: IssuerRequest, outcome: 'answered' | 'time_out', code: string | null) {
    return {
      id: this.#ids.uuid(),
      memberId,
      kind: r.kind,
      mti: '0200',
      stan: r.stan,
      rrn: r.rrn,
      sentAtMs: r.transmittedAtMs,
      receivedAtMs: code === null ? null : r.transmittedAtMs,
      responseCode: code,
      outcome,
      request: { '11': r.stan },
      response: null,
    } as const;
  }
}
