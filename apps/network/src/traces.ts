import { instant } from '@feiqian/clock';
import { fromUuid } from '@feiqian/ids';
import { isUnderWay, paymentView } from '@feiqian/payments';
import { hasTransferUnderWay, requestView, splitView, transferView } from '@feiqian/transfers';
import type { Trace } from '@feiqian/wallets';
import type { Network } from './compose.ts';

/** Rows of one list that are read at a time. */
const pageSize = 200;

/** Reads a list to its end, newest first. */
async function all<T extends { id: string }>(page: (before: string | null) => Promise<T[]>): Promise<T[]> {
  const found: T[] = [];
  for (;;) {
    const next = await page(found.at(-1)?.id ?? null);
    found.push(...next);
    if (next.length < pageSize) return found;
  }
}

/** What each module knows of a person: for a copy of it all, and for leaving. */
export function tracesOf(network: Network): Trace[] {
  const { db, clock, payments, spendings, transfers, verification, inbox, paymentRoutesDeps } = network;
  const { requests } = network.transferRoutesDeps;
  const noFilter = {
    merchantId: null,
    issuerId: null,
    state: null,
    entry: null,
    text: null,
    paymentId: null,
    fromMs: null,
    toMs: null,
  };
  return [
    {
      isBusy: isUnderWay,
      async collect(userId) {
        const list = await all((before) =>
          payments.list(db, { ...noFilter, userId, before, limit: pageSize }),
        );
        return { payments: list.map((p) => paymentView(p, paymentRoutesDeps.view)) };
      },
    },
    {
      isBusy: hasTransferUnderWay,
      async collect(userId) {
        const list = await all((before) => transfers.list(db, { userId, before, limit: pageSize }));
        return { transfers: list.map((t) => transferView(t, userId, paymentRoutesDeps.view.bankOf)) };
      },
    },
    {
      erase: (tx, userId) => requests.forgetPerson(tx, userId),
      async collect(userId) {
        const asked = await all((before) =>
          requests.list(db, { userId, direction: null, before, limit: pageSize }),
        );
        const parts: Awaited<ReturnType<typeof requests.splits>>['requests'] = [];
        const splits = await all(async (before) => {
          const page = await requests.splits(db, { askerId: userId, id: null, before, limit: pageSize });
          parts.push(...page.requests);
          return page.splits;
        });
        const nowMs = clock.now();
        return {
          money_requests: asked.map((r) => requestView(r, userId, null, nowMs)),
          splits: splits.map((s) => splitView(s, parts, nowMs)),
        };
      },
    },
    {
      erase: verification.eraseFactors,
      async collect(userId) {
        const pin = await verification.pins.state(userId);
        const passkeys = await verification.passkeys.list(userId);
        return {
          security: {
            pin_set: pin.set,
            passkeys: passkeys.map((p) => ({ name: p.name, created_at: instant(p.createdAtMs) })),
          },
        };
      },
    },
    { erase: (tx, _userId, mobile) => inbox.forgetMobile(tx, mobile) },
    {
      erase: (tx, userId) => spendings.erase(tx, userId),
      async collect(userId) {
        const budgets = await spendings.budgets(userId);
        return {
          budgets: budgets.map((b) => ({
            from_month: b.fromMonth,
            category: b.category,
            amount: b.amount === null ? null : Number(b.amount),
          })),
        };
      },
    },
    {
      erase: network.notices.erase,
      async collect(userId) {
        const asked = await network.pushes.ofPerson(userId);
        return {
          push_messages: asked.map((s) => ({
            device_id: fromUuid(s.deviceId, 'dev'),
            push_service: s.service,
            language: s.language,
            amounts: s.amounts,
            since: instant(s.sinceMs),
          })),
        };
      },
    },
    { erase: network.accounts.erase },
    { erase: network.applications.erase },
    { erase: network.autoRepays.erase },
  ];
}
