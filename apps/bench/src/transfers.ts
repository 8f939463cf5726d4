import { sandboxBanks, sandboxPeople } from '@feiqian/app-bank';
import { compose, openEngine, parseConfig } from '@feiqian/app-network';
import { systemClock } from '@feiqian/clock';
import { fromUuid } from '@feiqian/ids';
import { luhnCheckDigit, requestKeyBytes } from '@feiqian/keys';
import { createLogger } from '@feiqian/telemetry';
import { type BenchOptions, type Run, report, runOnce } from './bench.ts';
import { LoadClient } from './httpClient.ts';
import { codeOf, offerLoad } from './load.ts';
import { cpuSeconds } from './machine.ts';
import { type Signer, signedPost } from './signedPay.ts';

/** Asked of a machine with two cores, both banks and the load generator included (docs/benchmarks.md). */
const targets = { ratio: 0.3, p99Ms: 300, rateOfCapacity: 0.8 } as const;
const warmUpSeconds = 4;
const sendersMax = 200;

/** A person with a card at each of two banks. */
type Sender = Signer & { cards: readonly [string, string] };

/**
 * Measures whole transfers: a signed request, a debit leg to one bank, a credit leg to another, ledger, events, commit.
 * At the end the auditor. True when the audit was clean; a missed figure is said, not hidden.
 */
export async function runTransferBench(o: BenchOptions): Promise<boolean> {
  const { auditClean } = await runOnce(o, prepareSenders, (senders, run) => measure(o, senders, run));
  return auditClean;
}

/** Senders with the sandbox people's own cards, so that the reference banks know them; each on a device of its own. */
async function prepareSenders(_: BenchOptions, env: Record<string, string>): Promise<Sender[]> {
  const parsed = parseConfig(env);
  if (!parsed.ok) throw new Error('the configuration of the run is wrong');
  const { config } = parsed;
  const engine = await openEngine(config);
  const network = await compose({
    config,
    db: engine.db,
    clock: systemClock,
    logger: createLogger({ level: 'warn' }),
    sendCode: async () => undefined,
    fixedCode: '246810',
  });
  // The last person holds the test cards and no others.
  const people = sandboxPeople.slice(0, -1).map(({ banks }, i) => ({ number: i + 1, banks }));
  try {
    const senders: Sender[] = [];
    for (let i = 0; i < sendersMax; i++) {
      const { number, banks } = people[i % people.length] as (typeof people)[number];
      senders.push(await sender(network, number, banks.slice(0, 2)));
    }
    return senders;
  } finally {
    await network.references.release();
    await engine.close();
  }
}

function sender(
  network: Awaited<ReturnType<typeof compose>>,
  number: number,
  banks: readonly string[],
): Promise<Sender> {
  const userId = network.ids.uuid();
  const deviceId = network.ids.uuid();
  return network.db.transaction(async (tx) => {
    const cards: string[] = [];
    for (const [slot, code] of banks.entries()) {
      const bin = sandboxBanks.find((b) => b.settings.id === code)?.settings.bins[0];
      const issuer = network.members.byCode(code);
      if (!issuer) throw new Error('start the network once before preparing a load');
      const body = `${bin}1000${String(number).padStart(5, '0')}`;
      const card = {
        pan: body + luhnCheckDigit(body),
        expiry: '3112',
        userId,
        deviceId,
        issuerId: issuer.id,
      };
      const token = await network.tokens.provision(tx, { ...card, kind: 'debit' });
      if (!token) throw new Error('a card of the load is bound already');
      await tx.query(
        `insert into wallets.card (id, user_id, device_id, member_id, kind, product, product_en, last4, slot, is_default,
           consent_id, bank_ref, bound_at)
         values ($1, $2, $3, $4, 'debit', '负载卡', 'Load card', $5, $6, $7, 'con_load', 'card_load', $8)`,
        [
          token.id,
          userId,
          deviceId,
          issuer.id,
          card.pan.slice(-4),
          slot,
          slot === 0,
          new Date(network.clock.now()),
        ],
      );
      cards.push(fromUuid(token.id, 'tok'));
    }
    const requestKey = Buffer.from(network.ids.secret(requestKeyBytes), 'base64url');
    const principal = { kind: 'wallet' as const, userId, deviceId };
    const session = await network.access.issue(tx, principal, 'load', deviceId, { requestKey });
    return { token: session.secret, requestKey, nonces: [], cards: cards as [string, string] };
  });
}

/** One transfer: to and fro between the two cards, so that no balance runs out. */
async function transfer(
  client: LoadClient,
  senders: readonly Sender[],
  n: number,
  run: string,
): Promise<string> {
  const who = senders[n % senders.length] as Sender;
  const [a, b] = Math.floor(n / senders.length) % 2 === 0 ? who.cards : [who.cards[1], who.cards[0]];
  const body = `{"from_card_id":"${a}","to":{"card_id":"${b}"},"amount":${100 + (n % 997)},"currency":"CNY","repeat_confirmed":true}`;
  const answer = await signedPost(client, who, '/v1/wallet/transfers', body, `${run}-${n}`);
  if (answer.status !== 201) return `${answer.status} ${codeOf(answer.body)}`;
  return answer.body.includes('"state":"completed"')
    ? 'captured'
    : `201 ${/"state":"([a-z_]+)"/.exec(answer.body)?.[1]}`;
}

async function measure(
  o: BenchOptions,
  senders: readonly Sender[],
  { ports, networkPids, yardstick: yard }: Run,
): Promise<void> {
  const client = new LoadClient(ports, o.connections);
  const load = (run: string, rate: number | null, seconds: number, inFlightMax = o.inFlight) =>
    offerLoad((n) => transfer(client, senders, n, run), { rate, seconds, inFlightMax });
  try {
    await load('warm', null, warmUpSeconds);
    const alone = await load('alone', null, 3, 1);
    o.write(
      `alone     p50 ${alone.p50.toFixed(1)} ms, p99 ${alone.p99.toFixed(1)} ms (one transfer at a time)`,
    );
    const cpu = () => networkPids.reduce((sum, pid) => sum + cpuSeconds(pid), 0);
    const before = cpu();
    const capacity = await load('capacity', null, o.seconds);
    const used = cpu() - before;
    report(o, 'capacity', capacity);
    o.write(`cpu       network ${((used / capacity.captured) * 1000).toFixed(2)} s per 1,000 transfers`);
    if (yard !== null) {
      const ratio = capacity.perSecond / yard;
      const met = ratio >= targets.ratio ? 'met' : 'MISSED';
      o.write(`ratio     ${ratio.toFixed(2)} × pgbench TPC-B, asked ${targets.ratio}: ${met}`);
    }
    const rate = o.rate ?? Math.max(1, Math.floor(capacity.perSecond * targets.rateOfCapacity));
    const atRate = await load('rate', rate, o.seconds);
    report(o, `at ${rate}/s`, atRate);
    const met = atRate.p99 <= targets.p99Ms ? 'met' : 'MISSED';
    o.write(`p99       ${atRate.p99.toFixed(1)} ms at ${rate}/s, asked ${targets.p99Ms}: ${met}`);
  } finally {
    client.close();
  }
}
