import { Chance } from './chance.ts';
import { calmWire, type WireConditions } from './wire.ts';

/** What a seed draws before anything happens: the people, the machines, and which faults are on at all. */
export interface Plan {
  seed: number;
  /** Instant at which the world begins, ms since 1970. */
  startMs: number;
  /** A quarter of the worlds have no fault. */
  calm: boolean;
  networks: number;
  banks: number;
  people: number;
  merchants: number;
  /** How many things people set out to do. */
  errands: number;
  /** For how long people set out and faults strike, ms. */
  troubleMs: number;
  store: {
    /** Transactions run one after another, as on the embedded engine. */
    serial: boolean;
    /** Statements take this long on average, ms; 0: no time at all. */
    statementMs: number;
    /** Shares of statements, and of commits, at which a process dies or its connection breaks. */
    die: number;
    lose: number;
    dieAtCommit: number;
    loseAtCommit: number;
  };
  wire: WireConditions;
  /** Mean time between broken or silent connections, ms; 0 for never. */
  disturbMs: number;
  /** Mean time between deaths of a process at any instant, ms; 0 for never. */
  networkDeathMs: number;
  bankDeathMs: number;
  /** Mean time between jumps of a process's clock, ms; 0 for never. */
  clockJumpMs: number;
  /** How far clocks of processes are apart at the most, ms. */
  skewMs: number;
  /** Shares of requests, and of answers, that get lost between clients and the network. */
  loseRequest: number;
  loseAnswer: number;
  /** Operators sign off and on, change keys, suspend and approve. */
  operators: boolean;
  /** The event relay runs and is watched. */
  relay: boolean;
}

/** What may be switched on or off as a whole: each is on in some worlds and off in others. */
export const faultGroups = [
  'store_deaths',
  'store_losses',
  'deaths',
  'bank_deaths',
  'wire_loss',
  'wire_disorder',
  'wire_garbage',
  'disturbances',
  'clocks',
  'clients',
  'operators',
] as const;
export type FaultGroup = (typeof faultGroups)[number];

const hourMs = 3_600_000;

/** Ordinary days, and instants at which calendars and numbers turn over. */
const instants = [
  Date.UTC(2026, 2, 8, 9, 59, 40),
  Date.UTC(2026, 9, 25, 0, 59, 40),
  Date.UTC(2028, 1, 28, 15, 59, 40),
  Date.UTC(2028, 1, 29, 15, 59, 40),
  Date.UTC(2026, 11, 31, 15, 59, 40),
  Date.UTC(2026, 11, 31, 23, 59, 40),
  Date.UTC(2031, 11, 31, 15, 59, 40),
];
/** STANs begin at hundredths of seconds: from here they wrap around soon. */
const stanCycleMs = 156_240;

function startOf(chance: Chance): number {
  const day =
    Date.UTC(2026, 0, 6) + chance.between(0, 1_500) * 24 * hourMs + chance.between(0, 24 * 3600 - 1) * 1_000;
  if (chance.happens(0.15)) return chance.pick(instants);
  if (chance.happens(0.15)) return Math.ceil(day / stanCycleMs) * stanCycleMs - 10 * chance.between(1, 12);
  return day;
}

/** Draws the plan of a world. `engine` bounds it: PGlite has one session and takes its time. */
export function planOf(seed: number, engine: 'memory' | 'pglite'): Plan {
  const chance = new Chance(seed, 0x9a17);
  const calm = chance.happens(0.25);
  const on = new Set(calm ? [] : faultGroups.filter(() => chance.happens(0.4)));
  const rate = (group: FaultGroup, share: number) =>
    on.has(group) ? share * (0.3 + 1.4 * chance.fraction()) : 0;
  const every = (group: FaultGroup, ms: number) =>
    on.has(group) ? Math.round(ms * (0.5 + chance.fraction())) : 0;
  const serial = chance.happens(0.3) || engine === 'pglite';
  return {
    seed,
    startMs: startOf(chance),
    calm,
    networks: chance.happens(0.4) ? 2 : 1,
    banks: chance.pick([1, 1, 2, 3]),
    people: chance.between(1, 4),
    merchants: chance.between(1, 3),
    errands: chance.between(1, 5),
    troubleMs: chance.between(8_000, 30_000),
    store: {
      serial,
      statementMs: chance.happens(0.4) ? chance.between(1, 6) : 0,
      die: rate('store_deaths', 0.002),
      dieAtCommit: rate('store_deaths', 0.012),
      lose: rate('store_losses', 0.003),
      loseAtCommit: rate('store_losses', 0.03),
    },
    wire: {
      ...calmWire,
      latencyMs: chance.pick([1, 4, 20, 120]),
      tail: rate('wire_loss', 0.08),
      drop: rate('wire_loss', 0.08),
      duplicate: rate('wire_disorder', 0.1),
      reorder: rate('wire_disorder', 0.15),
      replay: rate('wire_disorder', 0.5),
      drip: rate('wire_garbage', 0.1),
      glue: rate('wire_garbage', 0.1),
      corrupt: rate('wire_garbage', 0.03),
      truncate: rate('wire_garbage', 0.01),
    },
    disturbMs: every('disturbances', 8_000),
    networkDeathMs: every('deaths', 15_000),
    bankDeathMs: every('bank_deaths', 15_000),
    clockJumpMs: every('clocks', 12_000),
    skewMs: on.has('clocks') ? 5 * 60_000 : 0,
    loseRequest: rate('clients', 0.08),
    loseAnswer: rate('clients', 0.08),
    operators: on.has('operators'),
    relay: engine === 'memory' && chance.happens(0.12),
  };
}
