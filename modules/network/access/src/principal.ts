import type { ConsoleRole, StaffRole } from '@feiqian/contract';

/** Who is calling, as a credential tells. Ids are UUIDs. */
export type Principal = MerchantKeyPrincipal | TillPrincipal | WalletPrincipal | ConsolePrincipal;

export interface MerchantKeyPrincipal {
  kind: 'merchant_key';
  merchantId: string;
}
export interface TillPrincipal {
  kind: 'till';
  merchantId: string;
  storeId: string;
  staffId: string;
  staffName: string;
  role: StaffRole;
  terminal: string;
}
export interface WalletPrincipal {
  kind: 'wallet';
  userId: string;
  deviceId: string;
  /** The largest payment that this person wants to go unverified, minor units; absent when the network's is good enough. */
  freeMax?: number | null;
  /** Why this device may do little now: it is not let in yet, or its person is frozen. */
  held?: Held | null;
}
export type Held = 'pending' | 'frozen';
export interface ConsolePrincipal {
  kind: 'console';
  operatorId: string;
  name: string;
  role: ConsoleRole;
  tenant: { kind: 'bank' | 'merchant'; id: string; name: string } | null;
}
export type PrincipalKind = Principal['kind'];

/** Readable starts of secrets: who finds one knows what it is and where to revoke it. */
export const secretPrefix: Record<PrincipalKind, string> = {
  merchant_key: 'fqsk',
  wallet: 'fqws',
  till: 'fqts',
  console: 'fqcs',
};

const hour = 3600_000;
/** How long a session lasts, in ms; keys last until they are revoked. */
export const sessionMs: Record<PrincipalKind, number | null> = {
  merchant_key: null,
  wallet: 90 * 24 * hour,
  till: 16 * hour,
  console: 12 * hour,
};

/** Cookie that carries the session of a front end. Each front end has its own. */
export const cookieName: Partial<Record<PrincipalKind, string>> = {
  wallet: 'fq_wallet',
  till: 'fq_till',
  console: 'fq_console',
};

/** The scope of a caller's idempotency keys. */
export function callerOf(p: Principal): string {
  switch (p.kind) {
    case 'merchant_key':
      return `mer:${p.merchantId}`;
    case 'till':
      return `stf:${p.staffId}`;
    case 'wallet':
      return `usr:${p.userId}`;
    case 'console':
      return `opr:${p.operatorId}`;
  }
}
