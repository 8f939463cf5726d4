import { callerAs, callerOf } from '@feiqian/access';
import { instant } from '@feiqian/clock';
import { CheckTransferPayee, Receiving, SetReceiving, TransferPayee } from '@feiqian/contract';
import { type HttpApp, idempotently, requestKey, sendAnswer } from '@feiqian/http';
import { fromUuid, toUuid } from '@feiqian/ids';
import type { TokenWithCard } from '@feiqian/tokens';
import type { TransferRoutesDeps } from './routes.ts';
import type { CheckedPayee, ReceivingRow } from './store/payees.ts';

const wallet = { callers: ['wallet'] as const };

/** Routes of looking for a payee, and of being one. */
export function payeeRoutes(deps: TransferRoutesDeps) {
  return async (app: HttpApp): Promise<void> => {
    app.post(
      '/v1/wallet/payees',
      {
        config: {
          ...wallet,
          signed: true,
          problems: ['too_many_requests', 'bank_unavailable'],
        },
        schema: {
          tags: ['transfers'],
          summary: 'Is this the name of whom I want to pay? A payee that matches is good for ten minutes',
          body: CheckTransferPayee,
          response: { 200: TransferPayee },
        },
      },
      async (request) => {
        const { userId, deviceId } = callerAs(request, 'wallet');
        const found = await deps.payees.check({ userId, deviceId, address: request.ip }, request.body);
        return payeeView(deps, found);
      },
    );
    receivingRoutes(app, deps);
  };
}

function receivingRoutes(app: HttpApp, deps: TransferRoutesDeps): void {
  app.get(
    '/v1/wallet/receiving',
    {
      config: wallet,
      schema: {
        tags: ['transfers'],
        summary: 'The card that this person receives with, and the personal receive code',
        response: { 200: Receiving },
      },
    },
    async (request) => {
      const { userId } = callerAs(request, 'wallet');
      const found = await deps.payees.receiving(userId);
      return found === null ? { card: null, code: null, link: null } : receivingView(deps, found);
    },
  );
  app.put(
    '/v1/wallet/receiving',
    {
      config: { ...wallet, signed: true, keyed: true, problems: ['card_unknown', 'card_not_usable'] },
      schema: {
        tags: ['transfers'],
        summary: 'Choose the card to receive with',
        body: SetReceiving,
        response: { 200: Receiving },
      },
    },
    async (request, reply) => {
      const p = callerAs(request, 'wallet');
      const { card_id, new_code } = request.body;
      const answer = await idempotently(deps, requestKey(request, callerOf(p)), async (tx) => {
        const chosen = await deps.payees.choose(tx, p, toUuid(card_id, 'tok'), new_code ?? false);
        return { status: 200, body: receivingView(deps, chosen) };
      });
      return sendAnswer(reply, answer);
    },
  );
}

function receivingView(
  deps: TransferRoutesDeps,
  { row, card }: { row: ReceivingRow; card: TokenWithCard },
): Receiving {
  const bank = deps.bankOf(card.issuerId);
  const code = fromUuid(row.code, 'rcv');
  return {
    card:
      bank === undefined
        ? null
        : {
            bank_id: bank.code,
            bank_name: bank.name,
            bank_name_en: bank.nameEn,
            kind: card.kind,
            last4: card.last4,
          },
    code,
    link: `${deps.publicUrl}/wallet/send?code=${code}`,
  };
}

function payeeView(deps: TransferRoutesDeps, p: CheckedPayee | null): TransferPayee {
  if (p === null) return { match: 'none', payee: null };
  // Of a person found by number or code, neither the bank nor the card is anybody's business.
  const bank = p.via === 'card' ? deps.bankOf(p.memberId) : undefined;
  return {
    match: 'full',
    payee: {
      id: fromUuid(p.id, 'pye'),
      via: p.via,
      name: p.name,
      bank_name: bank?.name ?? null,
      bank_name_en: bank?.nameEn ?? null,
      last4: p.via === 'card' ? p.last4 : null,
      expires_at: instant(p.expiresAtMs),
    },
  };
}
