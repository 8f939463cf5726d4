import type { Tx } from '@feiqian/db';
import type { Settled } from '@feiqian/links';
import type { NewEvent } from '@feiqian/outbox';
import type { TransfersDeps } from './deps.ts';
import { settle } from './request.ts';
import { requestEvent } from './requestView.ts';
import { lockRequests, updateRequests } from './store/requests.ts';
import * as store from './store/transfers.ts';
import { returned } from './transfer.ts';
import { eventData } from './view.ts';

/**
 * The payers' banks answered reversals of debit legs: runs in the commit that marks them as answered. One that a bank
 * refuses leaves its transfer where it is, for a person to look at.
 */
export async function settleReturns(
  deps: Pick<TransfersDeps, 'clock' | 'outbox'>,
  tx: Tx,
  settled: readonly Settled[],
): Promise<void> {
  const locked = await store.lockTransfers(tx, [...new Set(settled.map((s) => s.forward.groupId))]);
  const nowMs = deps.clock.now();
  const changes: store.Change[] = [];
  const events: NewEvent[] = [];
  for (const { forward, answer } of settled) {
    const before = locked.get(forward.groupId);
    if (!before) throw new Error(`transfer ${forward.groupId} of a stored message is missing`);
    if (before.state !== 'unknown' && before.state !== 'returning') continue;
    const accepted = answer.outcome === 'accepted';
    const after = accepted ? returned(before, nowMs) : before;
    if (accepted) changes.push({ before, after });
    locked.set(after.id, after);
    events.push({
      type: accepted ? 'transfer.returned' : 'transfer.return_refused',
      objectId: after.id,
      tenants: [...new Set([after.payerId, after.payerMember, after.payeeMember])],
      data: { ...eventData(after), response_code: answer.responseCode },
    });
  }
  if ((await store.updateTransfers(tx, changes)) !== changes.length)
    throw new Error('a locked transfer was changed by somebody else');
  const back = changes.map((c) => c.after).filter((t) => t.payeeVia === 'request');
  const requests = await lockRequests(tx, { ids: [], transferIds: back.map((t) => t.id) });
  const open = requests.map((r) => settle(r, r.transferId as string, 'returned', nowMs));
  await updateRequests(tx, open);
  events.push(...open.map(requestEvent));
  await deps.outbox.publish(tx, events);
}
