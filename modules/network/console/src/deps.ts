import type { Access } from '@feiqian/access';
import type { Clock } from '@feiqian/clock';
import type { Db } from '@feiqian/db';
import type { Ledger } from '@feiqian/ledger';
import type { Links } from '@feiqian/links';
import type { Members } from '@feiqian/members';
import type { Merchants } from '@feiqian/merchants';
import type { Outbox } from '@feiqian/outbox';
import type { PaymentRoutesDeps } from '@feiqian/payments';
import type { Audits } from './audits.ts';

export interface ConsoleDeps {
  db: Db;
  clock: Clock;
  access: Access;
  members: Members;
  merchants: Merchants;
  links: Links;
  ledger: Ledger;
  outbox: Outbox;
  audits: Audits;
  payments: PaymentRoutesDeps;
  currency: string;
  timeZone: string;
  /** The start of the business day an instant belongs to, in ms, and its date. */
  businessDay: (atMs: number) => { date: string; startMs: number };
}
