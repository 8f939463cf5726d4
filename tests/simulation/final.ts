import type { IssuerRows } from './issuerRows.ts';
import { taken, type Watch } from './watch.ts';

type Row = Record<string, unknown>;

/** P2: when everything has settled, what the network has posted is what the issuers hold, and the other way round. */
export function finalJudgement(watch: Watch, banks: number): void {
  const issuers = watch.issuers.slice(0, banks);
  for (const issuer of issuers) {
    for (const operation of issuer.operations.values()) judgeOperation(watch, issuer, operation);
  }
  for (const id of watch.transfers.transfers.keys()) watch.transfers.judge(id);
  for (const [id, { row, rrns }] of watch.payments) judgePayment(watch, issuers, id, row, rrns);
}

function judgeOperation(watch: Watch, issuer: IssuerRows, o: Row): void {
  if (o.kind !== 'hold' && o.kind !== 'purchase') return;
  const say = (what: string) => watch.violate(`P2 bank ${issuer.id}, reference ${String(o.rrn)}: ${what}`);
  const id = watch.paymentByRrn.get(o.rrn as string);
  if (id === undefined) {
    say('the network knows no such message');
    return;
  }
  const p = watch.payments.get(id)?.row as Row;
  const current = p.rrn === o.rrn;
  const state = p.state as string;
  if (o.state === 'posted') {
    if (!current || !taken.includes(state))
      say(`the bank took ${String(o.posted)}, payment ${id} is ${state}`);
    else if (o.posted !== p.captured_amount)
      say(`the bank took ${String(o.posted)} of ${String(p.captured_amount)}`);
    else if (o.refunded !== p.refunded_amount) {
      say(`the bank gave back ${String(o.refunded)} of ${String(p.refunded_amount)}`);
    }
  } else if (o.state === 'held') {
    if (!current || state !== 'authorised')
      say(`the bank holds ${String(o.amount)}, payment ${id} is ${state}`);
  } else if (current && (taken.includes(state) || state === 'authorised')) {
    say(`the bank has reversed what payment ${id} counts as ${state}`);
  }
}

/** One success for each intent, and each success at its issuer. */
function judgePayment(
  watch: Watch,
  issuers: readonly IssuerRows[],
  id: string,
  p: Row,
  rrns: ReadonlySet<string>,
): void {
  const live = issuers.flatMap((issuer) =>
    [...rrns].flatMap((rrn) => {
      const found = issuer.byRrn(rrn, ['hold', 'purchase']);
      return found && (found.state === 'posted' || found.state === 'held') ? [found] : [];
    }),
  );
  if (live.length > 1) watch.violate(`P4 payment ${id} was paid ${live.length} times`);
  const counts = taken.includes(p.state as string) || p.state === 'authorised';
  if (counts && live.length === 0)
    watch.violate(`P2 payment ${id} is ${String(p.state)}, and no bank knows of it`);
}
