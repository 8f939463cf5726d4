import type { ConsolePrincipal } from '@feiqian/access';
import { ProblemError } from '@feiqian/http';

/** Whose payments a console user may see: null stands for everybody's. Ids are UUIDs. */
export interface Scope {
  merchantId: string | null;
  issuerId: string | null;
}

/** A tenant that matches nothing, for a user whose tenant is missing. */
const nobody = '00000000-0000-0000-0000-000000000000';

/** A bank sees payments with its own cards, a merchant its own sales, the network's people everything. */
export function scopeOf(p: ConsolePrincipal): Scope {
  switch (p.role) {
    case 'operator':
    case 'read_only':
      return { merchantId: null, issuerId: null };
    case 'bank':
      return { merchantId: null, issuerId: p.tenant?.id ?? nobody };
    case 'merchant':
      return { merchantId: p.tenant?.id ?? nobody, issuerId: null };
    case 'call_centre':
      // Whoever answers the telephone sees people, not payments.
      throw new ProblemError('forbidden');
  }
}

/** True when the payment lies within the scope. */
export function sees(scope: Scope, p: { merchantId: string; issuerId: string | null }): boolean {
  if (scope.merchantId !== null && scope.merchantId !== p.merchantId) return false;
  return scope.issuerId === null || scope.issuerId === p.issuerId;
}
