import {
  type ConsolePrincipal,
  callerAs,
  type MerchantKeyPrincipal,
  type TillPrincipal,
} from '@feiqian/access';
import { Id, Poster, Strict } from '@feiqian/contract';
import { type HttpApp, ProblemError } from '@feiqian/http';
import { fromUuid, toUuid } from '@feiqian/ids';
import { staticCode } from './code.ts';
import type { PaymentRoutesDeps } from './routes.ts';

/** A merchant sees its own stores' posters, the network's people all. */
function seesPoster(p: MerchantKeyPrincipal | TillPrincipal | ConsolePrincipal, merchantId: string): boolean {
  if (p.kind !== 'console') return p.merchantId === merchantId;
  if (p.role === 'merchant') return p.tenant?.id === merchantId;
  return true;
}

/** The static code of a store, for its till, its servers, and the console that prints it. */
export function posterRoute(app: HttpApp, deps: PaymentRoutesDeps): void {
  app.get(
    '/v1/stores/:id/poster',
    {
      config: { callers: ['merchant_key', 'till', 'console'] as const, problems: ['not_found'] },
      schema: {
        tags: ['payments'],
        summary: "A store's static code",
        params: Strict({ id: Id('sto') }),
        response: { 200: Poster },
      },
    },
    async (request) => {
      const p = callerAs(request, 'merchant_key', 'till', 'console');
      if (p.kind === 'console' && (p.role === 'bank' || p.role === 'call_centre'))
        throw new ProblemError('forbidden');
      const till = await deps.merchants.till(toUuid(request.params.id, 'sto'));
      if (!till || !seesPoster(p, till.merchant.id)) throw new ProblemError('not_found');
      return {
        merchant: { id: fromUuid(till.merchant.id, 'mer'), name: till.merchant.name },
        store: { id: request.params.id, name: till.store.name },
        code: staticCode(till.store, till.merchant),
      };
    },
  );
}
