import type { Migrations } from '@feiqian/db';
import credentials from '../migrations/0001_credentials.sql';

export { type Access, createAccess, type NewCredential } from './access.ts';
export { codeSeconds, type SendCode } from './codes.ts';
export { callerAs, clearSessionCookie, installGuard, setSessionCookie } from './guard.ts';
export {
  type ConsolePrincipal,
  callerOf,
  type MerchantKeyPrincipal,
  type Principal,
  type PrincipalKind,
  sessionMs,
  type TillPrincipal,
  type WalletPrincipal,
} from './principal.ts';

export const accessMigrations: Migrations = {
  schema: 'access',
  scripts: [{ name: '0001_credentials', sql: credentials }],
};
