import type { Clock } from '@feiqian/clock';
import type { Db, Tx } from '@feiqian/db';
import type { Ids } from '@feiqian/ids';
import type { CodePurpose, SendCode } from './codes.ts';
import * as store from './store/messages.ts';

/** A short message as it would have been sent. */
export interface Message {
  id: string;
  mobile: string;
  purpose: CodePurpose;
  code: string;
  sentAtMs: number;
}

const sealPurpose = 'message';
/** Messages shown at once, and how long they are kept, in ms. */
export const messagesMax = 50;
const keptMs = 24 * 3600_000;

/** The inbox of a sandbox: what would have been sent to phones, for whoever plays with it. */
export function createInbox(deps: {
  db: Db;
  clock: Clock;
  ids: Ids;
  seal: (purpose: string, plain: Uint8Array, context?: string) => Uint8Array;
  open: (purpose: string, sealed: Uint8Array, context?: string) => Uint8Array;
  keyedHash: (purpose: string, text: string) => Uint8Array;
}) {
  const { db, clock, ids } = deps;
  const hashOf = (mobile: string) => deps.keyedHash('mobile', mobile);
  const send: SendCode = async (mobile, code, purpose) => {
    const id = ids.uuid();
    const text = JSON.stringify({ mobile, code, purpose });
    const sealed = deps.seal(sealPurpose, Buffer.from(text), id);
    await store.insertMessage(db, { id, mobileHash: hashOf(mobile), sealed, sentAtMs: clock.now() });
  };
  return {
    send,
    /** The newest messages first, of one number or of all. */
    async list(mobile: string | null): Promise<Message[]> {
      const rows = await store.messages(db, mobile === null ? null : hashOf(mobile), messagesMax);
      return rows.map(({ id, sealed, sentAtMs }) => {
        const text = Buffer.from(deps.open(sealPurpose, sealed, id)).toString();
        const { mobile: to, code, purpose } = JSON.parse(text) as Omit<Message, 'id' | 'sentAtMs'>;
        return { id, mobile: to, code, purpose, sentAtMs };
      });
    },
    /** Forgets a number, which somebody who left had. */
    forgetMobile: (tx: Tx, mobile: string) => store.forgetMobile(tx, hashOf(mobile)),
    forget: () => store.forgetMessages(db, clock.now() - keptMs),
  };
}
export type Inbox = ReturnType<typeof createInbox>;
