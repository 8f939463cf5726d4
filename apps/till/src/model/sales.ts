import type { Payment } from '@feiqian/contract';
import { createRequests, type RequestDeps } from './requests.ts';
import {
  adopt,
  applyPayment,
  askCancel,
  type Door,
  isFinal,
  isLeftOpen,
  mayCancel,
  mayCollect,
  openSale,
  reopen,
  type Sale,
  see,
} from './sale.ts';
import { createSalesList } from './sales-list.ts';

/** Pauses between look-ups of one payment: while the live stream works, and while it does not. */
export const lookMsLive = 10_000;
export const lookMsAlone = 1_500;
/** While a bank is awaited we look often, stream or not: this is when people stand and stare. */
export const lookMsChecking = 2_000;

export interface SalesDeps extends RequestDeps {
  /** Keeps the list across a reload. */
  keep(sales: readonly Sale[]): void;
}

export interface StartSale {
  readonly door: Door;
  readonly amount: number;
  readonly currency: string;
  readonly orderReference: string;
  readonly storeId: string;
  readonly terminal: string;
  /** The payer's code when `door` is `scan`. */
  readonly payCode?: string;
}

export interface Sales {
  readonly list: () => readonly Sale[];
  readonly find: (id: string) => Sale | null;
  readonly subscribe: (listener: () => void) => () => void;
  /** Begins a sale and returns its id at once; everything else is told through the list. */
  readonly start: (sale: StartSale) => string;
  /** Charges the payer whose code was read, on a sale that nobody has paid yet. */
  readonly collect: (id: string, payCode: string) => void;
  readonly cancel: (id: string) => void;
  /** Shows our code again after a decline. */
  readonly reopen: (id: string) => void;
  /** A payment at the store's poster: nobody began it here, but it is to be heard here. */
  readonly adopt: (payment: Payment) => void;
  /** News from the stream or a list: taken if it concerns one of our sales. */
  readonly apply: (payment: Payment) => void;
  /** Looks up what is due for a look. Call about once a second. */
  readonly tick: (live: boolean) => void;
  readonly see: (id: string) => void;
  /** Takes a finished sale off the list; what nobody can pay any more is closed at the network too. */
  readonly dismiss: (id: string) => void;
}

/** The sales of this till, from the key press to the result. Holds no timers of its own; see `tick`. */
export function createSales(deps: SalesDeps, kept: readonly Sale[] = []): Sales {
  const list = createSalesList(deps.keep, kept);
  const requests = createRequests(deps, list);
  const lookedAtMs = new Map<string, number>();

  function due(sale: Sale, live: boolean): boolean {
    if (sale.payment === null || (isFinal(sale) && !isLeftOpen(sale, deps.nowMs()))) return false;
    const over = deps.nowMs() >= Date.parse(sale.payment.expires_at);
    const pause = sale.phase === 'checking' || over ? lookMsChecking : live ? lookMsLive : lookMsAlone;
    return deps.nowMs() - (lookedAtMs.get(sale.id) ?? sale.startedAtMs) >= pause;
  }

  return {
    list: list.all,
    find: list.find,
    subscribe: list.subscribe,
    start(asked) {
      const sale = openSale({ ...asked, id: deps.newKey() }, deps.nowMs());
      list.add(sale);
      void requests.open(sale.id, asked);
      return sale.id;
    },
    collect(id, payCode) {
      const sale = list.find(id);
      if (sale?.payment && mayCollect(sale)) void requests.charge(id, sale.payment.id, payCode);
    },
    cancel(id) {
      const before = list.find(id);
      if (before === null || before.cancelling) return;
      list.change(id, askCancel);
      if (mayCancel(before) && before.payment) void requests.cancel(id, before.payment.id);
    },
    reopen: (id) => list.change(id, (sale) => reopen(sale, deps.nowMs())),
    adopt(payment) {
      if (!list.all().some((one) => one.payment?.id === payment.id)) list.add(adopt(payment, deps.nowMs()));
    },
    apply(payment) {
      const sale = list.all().find((one) => one.payment?.id === payment.id);
      if (sale) list.change(sale.id, (one) => applyPayment(one, payment, deps.nowMs()));
    },
    tick(live) {
      for (const sale of list.all().filter((one) => due(one, live))) {
        lookedAtMs.set(sale.id, deps.nowMs());
        void requests.look(sale.id);
      }
    },
    see: (id) => list.change(id, see),
    dismiss(id) {
      const sale = list.find(id);
      if (sale === null || !isFinal(sale)) return;
      list.remove(id);
      lookedAtMs.delete(id);
      if (sale.payment && isLeftOpen(sale, deps.nowMs())) void requests.cancel(id, sale.payment.id);
    },
  };
}
