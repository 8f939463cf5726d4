import { createDecipheriv, createECDH, createPublicKey, hkdfSync, randomBytes, verify } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { PushMessage } from '@feiqian/contract';

/** What came for a browser: as it was sent, and as the browser reads it. */
export interface Pushed {
  message: PushMessage;
  headers: IncomingHttpHeaders;
  /** Claims of the proof, whose signature was right. */
  claims: { aud: string; exp: number; sub: string };
  vapidKey: string;
  atMs: number;
}

/** A browser that has subscribed. */
export interface TestBrowser {
  endpoint: string;
  keys: { p256dh: string; auth: string };
  /** The secret behind `keys.p256dh`. */
  secret: Uint8Array;
  /** What the service took for it, in the order it came. */
  taken: Pushed[];
  /** Requests for it, those that were not taken included. */
  asked: number;
  /** What the service answers: a status with headers, or nothing at all. */
  answer: (turn: number) => { status: number; headers?: Record<string, string> } | 'silence';
}

/** A push service on this machine, which reads what it is given, as only the browser could. */
export interface PushService {
  origin: string;
  browser(): TestBrowser;
  stop(): Promise<void>;
}

export async function startPushService(): Promise<PushService> {
  const browsers = new Map<string, TestBrowser>();
  let origin = '';
  const take = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const browser = browsers.get(request.url ?? '');
    if (!browser) return response.writeHead(404).end();
    browser.asked += 1;
    const answer = browser.answer(browser.asked);
    if (answer === 'silence') return;
    if (answer.status < 300)
      browser.taken.push({
        message: JSON.parse(decrypted(Buffer.concat(chunks), browser).toString()),
        headers: request.headers,
        ...proven(request.headers.authorization ?? ''),
        atMs: Date.now(),
      });
    response.writeHead(answer.status, answer.headers).end();
  };
  const server = createServer((request, response) => {
    take(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    browser() {
      const path = `/push/${randomBytes(12).toString('hex')}`;
      const ecdh = createECDH('prime256v1');
      ecdh.generateKeys();
      const browser: TestBrowser = {
        endpoint: `${origin}${path}`,
        keys: {
          p256dh: ecdh.getPublicKey('base64url', 'uncompressed'),
          auth: randomBytes(16).toString('base64url'),
        },
        secret: ecdh.getPrivateKey(),
        taken: [],
        asked: 0,
        answer: () => ({ status: 201 }),
      };
      browsers.set(path, browser);
      return browser;
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Reads a message as a browser does: RFC 8188, sections 2 and 3, under the key of RFC 8291, section 3.4. */
function decrypted(body: Buffer, browser: Pick<TestBrowser, 'keys' | 'secret'>): Buffer {
  const salt = body.subarray(0, 16);
  const idBytes = body.readUInt8(20);
  const sender = body.subarray(21, 21 + idBytes);
  const record = body.subarray(21 + idBytes);
  const ecdh = createECDH('prime256v1');
  ecdh.setPrivateKey(browser.secret);
  const own = Buffer.from(browser.keys.p256dh, 'base64url');
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), own, sender]);
  const auth = Buffer.from(browser.keys.auth, 'base64url');
  const key = Buffer.from(hkdfSync('sha256', ecdh.computeSecret(sender), auth, info, 32));
  const part = (name: string, bytes: number) =>
    Buffer.from(hkdfSync('sha256', key, salt, `Content-Encoding: ${name}\0`, bytes));
  const cipher = createDecipheriv('aes-128-gcm', part('aes128gcm', 16), part('nonce', 12));
  cipher.setAuthTag(record.subarray(-16));
  const padded = Buffer.concat([cipher.update(record.subarray(0, -16)), cipher.final()]);
  const end = padded.lastIndexOf(2);
  if (end === -1 || padded.subarray(end + 1).some((b) => b !== 0)) throw new Error('no end of a last record');
  return padded.subarray(0, end);
}

/** Checks a proof of who sends (RFC 8292); gives what it says. */
function proven(authorization: string): Pick<Pushed, 'claims' | 'vapidKey'> {
  const [, text, signature, vapidKey] =
    /^vapid t=([\w-]+\.[\w-]+)\.([\w-]+), k=([\w-]+)$/.exec(authorization) ?? [];
  if (!text || !signature || !vapidKey) throw new Error('no proof of who sends');
  const point = Buffer.from(vapidKey, 'base64url');
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((b) => b.toString('base64url'));
  const key = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y } as never, format: 'jwk' });
  const right = verify(
    'sha256',
    Buffer.from(text),
    { key, dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  );
  if (!right) throw new Error('the proof is not signed by its key');
  return { vapidKey, claims: JSON.parse(Buffer.from(text.split('.')[1] ?? '', 'base64url').toString()) };
}
