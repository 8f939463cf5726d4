import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type BankNotice, BankNoticeDelivery, bankNoticeHeaders } from '@feiqian/contract';
import { verifyWebhook, type WebhookHeaders } from '@feiqian/keys/node';
import { Check } from 'typebox/value';

/** The network's end of notices, as a test plays it. */
export interface NetworkHook {
  url: string;
  secretHex: string;
  /** Every delivery as it came, whether it was acknowledged or not. */
  deliveries: { notices: BankNotice[]; authentic: boolean; fits: boolean; acknowledged: boolean }[];
  /** The notices of acknowledged deliveries, in the order they came. */
  readonly acknowledged: BankNotice[];
  /** What it answers to the next delivery; 204 unless a test says otherwise. */
  answer: (delivery: number) => number;
  close(): Promise<void>;
}

export async function networkHook(nowMs: () => number): Promise<NetworkHook> {
  const secretHex = '5e'.repeat(32);
  const secret = new Uint8Array(Buffer.from(secretHex, 'hex'));
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const header = (name: string) => request.headers[name] as string | undefined;
    const headers: WebhookHeaders = {
      id: header(bankNoticeHeaders.id),
      timestamp: header(bankNoticeHeaders.timestamp),
      signature: header(bankNoticeHeaders.signature),
    };
    const delivery = JSON.parse(body) as BankNoticeDelivery;
    const status = hook.answer(hook.deliveries.length);
    hook.deliveries.push({
      notices: delivery.notices,
      authentic: verifyWebhook(secret, headers, body, nowMs(), 300),
      fits: Check(BankNoticeDelivery, delivery),
      acknowledged: status >= 200 && status < 300,
    });
    if (status === 0) request.socket.destroy();
    else response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const hook: NetworkHook = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/bank-notices/yunzhou`,
    secretHex,
    deliveries: [],
    get acknowledged() {
      return hook.deliveries.filter((d) => d.acknowledged).flatMap((d) => d.notices);
    },
    answer: () => 204,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return hook;
}
