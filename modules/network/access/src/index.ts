import type { Migrations } from '@feiqian/db';
import credentials from '../migrations/0001_credentials.sql';
import signing from '../migrations/0002_signing.sql';
import inbox from '../migrations/0003_inbox.sql';
import callCentre from '../migrations/0004_call_centre.sql';

export { type Access, createAccess, type NewCredential } from './access.ts';
export { type CodePurpose, type CodeUse, codeSeconds, type SendCode } from './codes.ts';
export { agree, isSignedBy, provesItself } from './deviceKey.ts';
export { callerAs, clearSessionCookie, installGuard, nonceOf, setSessionCookie } from './guard.ts';
export { createInbox, type Inbox, type Message, messagesMax } from './inbox.ts';
export {
  type ConsolePrincipal,
  callerOf,
  type Held,
  type MerchantKeyPrincipal,
  type Principal,
  type PrincipalKind,
  sessionMs,
  type TillPrincipal,
  type WalletPrincipal,
} from './principal.ts';
export type { Signing } from './signing.ts';

export const accessMigrations: Migrations = {
  schema: 'access',
  scripts: [
    { name: '0001_credentials', sql: credentials },
    { name: '0002_signing', sql: signing },
    { name: '0003_inbox', sql: inbox },
    { name: '0004_call_centre', sql: callCentre },
  ],
};
