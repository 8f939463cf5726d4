import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type BankNotice,
  BankNoticeDelivery,
  bankNoticeHeaders,
  bankNoticeSkewSecondsMax,
} from '@feiqian/contract';
import { verifyWebhook } from '@feiqian/keys/node';
import { Check, Errors } from 'typebox/value';

const bodyBytesMax = 4 * 1024 * 1024;

/** A delivery as it came. */
export interface Received {
  notices: BankNotice[];
  acknowledged: boolean;
  /** What is wrong with it; empty when nothing is. */
  problems: string[];
}

/** The network's end of notices. */
export interface NoticeListener {
  readonly port: number;
  readonly received: readonly Received[];
  /** How many of the next deliveries it does not acknowledge. */
  refuse(deliveries: number): void;
  /** Waits until something holds of what came. False when the time is up. */
  until(holds: (received: readonly Received[]) => boolean, ms: number): Promise<boolean>;
  close(): Promise<void>;
}

export async function listenForNotices(port: number, secretHex: string): Promise<NoticeListener> {
  const secret = new Uint8Array(Buffer.from(secretHex, 'hex'));
  const received: Received[] = [];
  let refusing = 0;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes <= bodyBytesMax) chunks.push(chunk);
    }
    const body = Buffer.concat(chunks).toString('utf8');
    const header = (name: string) => request.headers[name] as string | undefined;
    const headers = {
      id: header(bankNoticeHeaders.id),
      timestamp: header(bankNoticeHeaders.timestamp),
      signature: header(bankNoticeHeaders.signature),
    };
    const problems: string[] = [];
    if (!verifyWebhook(secret, headers, body, Date.now(), bankNoticeSkewSecondsMax)) {
      problems.push('the signature is wrong, or its timestamp far from now');
    }
    const delivery = parsed(body, problems);
    const acknowledged = refusing === 0;
    refusing = Math.max(0, refusing - 1);
    received.push({ notices: delivery?.notices ?? [], acknowledged, problems });
    response.writeHead(acknowledged ? 204 : 503).end();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    received,
    refuse(deliveries) {
      refusing = deliveries;
    },
    async until(holds, ms) {
      const deadline = Date.now() + ms;
      while (!holds(received)) {
        if (Date.now() > deadline) return false;
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
      return true;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function parsed(body: string, problems: string[]): BankNoticeDelivery | null {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    problems.push('the body is no JSON');
    return null;
  }
  if (Check(BankNoticeDelivery, json)) return json;
  const [first] = Errors(BankNoticeDelivery, json);
  problems.push(`${first?.instancePath || 'the body'} ${first?.message ?? 'does not fit the contract'}`);
  return null;
}
