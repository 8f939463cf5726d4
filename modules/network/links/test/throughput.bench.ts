/**
 * How many messages a second one link carries, and what one costs in CPU. Bundle and run:
 *
 *   npx esbuild modules/network/links/test/throughput.bench.ts --bundle --platform=node --format=esm \
 *     --loader:.sql=text --outfile=node_modules/.cache/link-bench.mjs && node node_modules/.cache/link-bench.mjs
 *
 * The bank runs in a process of its own and is not counted.
 */
import { fork } from 'node:child_process';
import { feiqianAscii, feiqianBcd, type MessageProfile } from '@feiqian/iso8583';
import { startFakeBank } from './fake-bank.ts';
import { fakeRegister, ids, linksOver, macKey, purchase, until } from './setting.ts';

const [, file = '', role, profileName] = process.argv;
const profileOf = (name: string | undefined): MessageProfile =>
  name === 'feiqianBcd' ? feiqianBcd : feiqianAscii;

async function bank(): Promise<void> {
  const fake = await startFakeBank({ profile: profileOf(profileName), macKey });
  setInterval(() => {
    fake.received.length = 0;
  }, 100);
  process.send?.(fake.port);
  process.on('disconnect', () => process.exit(0));
}

async function measure(profile: string): Promise<void> {
  const child = fork(file, ['bank', profile]);
  const port = await new Promise<number>((resolve) => child.once('message', (p) => resolve(Number(p))));
  const id = ids.uuid();
  const { register } = fakeRegister([{ id, port, link: { profile, waitMs: 9_000 } }]);
  const { links } = linksOver(register);
  await links.start();
  await until(() => links.isUp(id), 'the sign-on');

  const closed = async (seconds: number, concurrency: number) => {
    let done = 0;
    const end = performance.now() + seconds * 1_000;
    const worker = async () => {
      while (performance.now() < end) {
        const answer = await links.send(id, purchase());
        if (answer.kind !== 'answered') throw new Error(answer.reason);
        done += 1;
      }
    };
    await Promise.all(Array.from({ length: concurrency }, worker));
    return done;
  };
  await closed(2, 200);
  const cpu = process.cpuUsage();
  const begun = performance.now();
  const done = await closed(5, 200);
  const seconds = (performance.now() - begun) / 1_000;
  const used = process.cpuUsage(cpu);
  const each = (used.user + used.system) / done;
  const { p50Ms, p99Ms } = links.states()[0] ?? {};
  console.log(
    `${profile}: ${Math.round(done / seconds)} messages/s, ${each.toFixed(1)} µs CPU each, p50 ${p50Ms} ms, p99 ${p99Ms} ms`,
  );
  await links.stop();
  child.kill();
}

if (role === 'bank') await bank();
else for (const profile of ['feiqianAscii', 'feiqianBcd']) await measure(profile);
