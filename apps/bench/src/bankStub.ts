import { createServer, type Server, type Socket } from 'node:net';
import type { BankSettings } from '@feiqian/app-bank';
import {
  applyMac,
  createFramer,
  decodeMessage,
  frameMessage,
  type Message,
  responseMti,
} from '@feiqian/iso8583';

/** Fields that an answer repeats from its request. */
const echoed = [2, 3, 4, 7, 11, 12, 13, 15, 32, 33, 37, 41, 42, 49, 70];
const frameBytesMax = 8_192;

export interface BankStub {
  server: Server;
  approved: () => number;
  close: () => void;
}

/**
 * A bank that approves everything, and does nothing else: what it costs is the generator's, not a bank's. It answers
 * after `delayMs` (0: at once), with the response code (field 39) that `responseCode` gives for a request for money.
 */
export function startBankStub(
  settings: BankSettings,
  port: number,
  delayMs: () => number,
  onAnswered: (request: Message) => void = () => undefined,
  responseCode: (request: Message) => string = () => '00',
): Promise<BankStub> {
  const { profile } = settings;
  const macKey = Buffer.from(settings.macKeyHex, 'hex');
  const sockets = new Set<Socket>();
  let approved = 0;

  function answer(message: Message): Uint8Array {
    const fields: Record<number, string | Uint8Array> = {};
    for (const field of echoed) {
      const value = message.fields[field];
      if (value !== undefined) fields[field] = value;
    }
    const code = message.mti === '0800' ? '00' : responseCode(message);
    fields[39] = code;
    if (message.mti !== '0800' && code === '00') {
      approved += 1;
      fields[38] = '123456';
    }
    return frameMessage(
      profile,
      applyMac(profile, { mti: responseMti(message.mti) ?? '0210', fields }, macKey),
    );
  }

  const server = createServer((socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    const framer = createFramer(profile, { frameBytesMax });
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (chunk) => {
      socket.cork();
      for (const frame of framer.push(chunk).frames) {
        const decoded = decodeMessage(profile, frame);
        if (!decoded.ok) continue;
        // A sign-on or an echo is not a person's money: no thinking about it.
        const wait = decoded.message.mti === '0800' ? 0 : delayMs();
        const respond = () => {
          socket.write(answer(decoded.message));
          onAnswered(decoded.message);
        };
        if (wait <= 0) respond();
        else setTimeout(respond, wait);
      }
      process.nextTick(() => socket.uncork());
    });
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () =>
      resolve({
        server,
        approved: () => approved,
        close: () => {
          for (const s of sockets) s.destroy();
          server.close();
        },
      }),
    );
  });
}
