import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { BankSettings } from '@feiqian/app-bank';
import type { BankCard, BankConsent, ProvisionedBankCard } from '@feiqian/contract';
import { luhnCheckDigit } from '@feiqian/keys';

/** A bank where everybody has cards, so that a load's wallets can be filled by the network's own binding. */
export interface BankApiStub {
  close: () => void;
}

const expiry = '3112';
const yearMs = 365 * 24 * 3600_000;
const bodyBytesMax = 16_384;

/** The nth card of whoever has this mobile number. */
function cardOf(settings: BankSettings, mobile: string, n: number): { pan: string; shown: BankCard } {
  const body = `${settings.bins[0]}${n}${mobile.slice(-8)}`;
  const pan = body + luhnCheckDigit(body);
  const name = `${mobile}${n}`.padStart(32, '0');
  const shown: BankCard = {
    ref: `card_${name}`,
    account_ref: `acc_${name}`,
    account_kind: 'class_1',
    kind: 'debit',
    form: 'plastic',
    product: '负载卡',
    product_en: 'Load card',
    last4: pan.slice(-4),
    expiry,
    status: 'active',
    currency: 'CNY',
  };
  return { pan, shown };
}

/** Serves consent, list of cards and provisioning; `cards` (1 to 9) are given to everybody who asks. */
export function startBankApiStub(settings: BankSettings, port: number, cards: number): Promise<BankApiStub> {
  const answer = async (request: IncomingMessage): Promise<{ status: number; body: unknown }> => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const body = await bodyOf(request);
    if (url.pathname === '/bank/v1/consents') {
      const id = `con_${String(body.mobile).padStart(32, '0')}`;
      const now = Date.now();
      const times = {
        created_at: new Date(now).toISOString(),
        expires_at: new Date(now + yearMs).toISOString(),
      };
      const consent: BankConsent = { id, holder_name: '负*', ...times };
      return { status: 201, body: consent };
    }
    if (url.pathname === '/bank/v1/cards') {
      const mobile = (url.searchParams.get('consent_id') ?? '').slice(-11);
      const data = Array.from({ length: cards }, (_, n) => cardOf(settings, mobile, n).shown);
      return { status: 200, body: { data } };
    }
    const ref = /^\/bank\/v1\/cards\/(card_[0-9]{32})\/provision$/.exec(url.pathname)?.[1];
    if (ref === undefined) return { status: 404, body: { code: 'not_found' } };
    const { pan, shown } = cardOf(settings, ref.slice(-12, -1), Number(ref.slice(-1)));
    const provisioned: ProvisionedBankCard = { ref, pan, expiry, kind: shown.kind };
    return { status: 200, body: provisioned };
  };
  const server: Server = createServer((request, response) => {
    answer(request).then(
      ({ status, body }) =>
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
      (error: Error) => response.writeHead(500).end(error.message),
    );
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () =>
      resolve({
        close: () => {
          server.closeAllConnections();
          server.close();
        },
      }),
    );
  });
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = '';
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > bodyBytesMax) throw new Error('the request is too long');
  }
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
}
