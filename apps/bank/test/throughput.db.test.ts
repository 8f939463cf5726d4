import { setTimeout as sleep } from 'node:timers/promises';
import { createFramer } from '@feiqian/iso8583';
import { expect, test } from 'vitest';
import { type IsoClient, payment, signedOnClient } from './iso-client.ts';
import { problems, startTestBank } from './test-bank.ts';

/*
 * How many purchases a second one bank decides, with messages made beforehand so that the load costs little.
 * FEIQIAN_MEASURE=<messages> npx vitest run --project database apps/bank/test/throughput
 */
const messages = Number(process.env.FEIQIAN_MEASURE ?? 0);
const inFlight = 256;

test.skipIf(messages === 0)(
  'purchases a second',
  async () => {
    const bank = await startTestBank();
    const client = await signedOnClient(bank.settings, bank.bank.isoPort);
    const cards = bank.seed.cards.filter((c) => c.outcome === undefined || c.outcome === 'approve');
    const frames = Array.from({ length: messages }, (_, i) =>
      client.bytesOf(
        payment({
          pan: cards[i % cards.length]?.pan as string,
          amount: 1,
          stan: (i + 1).toString().padStart(6, '0'),
          rrn: `B${i.toString().padStart(11, '0')}`,
        }),
      ),
    );
    await run(client, bank.settings.profile, frames.slice(0, 2_000));
    const rest = frames.slice(2_000);
    const cpu = process.cpuUsage();
    const start = performance.now();
    await run(client, bank.settings.profile, rest);
    const seconds = (performance.now() - start) / 1000;
    const used = process.cpuUsage(cpu);
    const cpuSeconds = (used.user + used.system) / 1e6;
    console.log(
      `${bank.db.engine}: ${Math.round(rest.length / seconds)} messages/s, ` +
        `${((cpuSeconds / rest.length) * 1e6).toFixed(0)} µs of this process's CPU each`,
    );
    expect(await problems(bank.db, bank.settings)).toEqual([]);
    client.end();
    await sleep(10);
    await bank.stop();
  },
  120_000,
);

/** Keeps a number of messages in flight until all are answered. */
function run(
  client: IsoClient,
  profile: Parameters<typeof createFramer>[0],
  frames: readonly Uint8Array[],
): Promise<void> {
  const framer = createFramer(profile, { frameBytesMax: 4_096 });
  client.socket.removeAllListeners('data');
  let sent = 0;
  let answered = 0;
  return new Promise((resolve) => {
    const fill = () => {
      const batch: Uint8Array[] = [];
      while (sent < frames.length && sent - answered < inFlight) batch.push(frames[sent++] as Uint8Array);
      if (batch.length > 0) client.write(Buffer.concat(batch));
    };
    client.socket.on('data', (chunk) => {
      answered += framer.push(chunk).frames.length;
      if (answered === frames.length) resolve();
      else fill();
    });
    fill();
  });
}
