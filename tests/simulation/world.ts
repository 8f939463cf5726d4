import { isConnectionLost } from '@feiqian/db';
import { BankLines } from './bankLine.ts';
import type { Bug } from './bugs.ts';
import { Chance } from './chance.ts';
import { bankApiPort, type City, type CityBank } from './city.ts';
import { Clients } from './clients.ts';
import { errandOf } from './errands.ts';
import { finalJudgement } from './final.ts';
import { isSettled, nextDueMs, progressOf, unsettled } from './idle.ts';
import { mend, operate } from './operators.ts';
import type { Plan } from './plan.ts';
import {
  type BankProcess,
  type Machine,
  type NetworkProcess,
  startBankProcess,
  startNetworkProcess,
} from './processes.ts';
import { Relays } from './relays.ts';
import { ProcessDb, type StoreEngine, type StorePoint, Turns } from './store.ts';
import { Life, Timeline } from './timeline.ts';
import { Told } from './told.ts';
import { type Keeping, Trace } from './trace.ts';
import type { Watch } from './watch.ts';
import { Wires } from './wire.ts';

export interface WorldDeps {
  plan: Plan;
  city: City;
  store: StoreEngine;
  /** Made with the step counter of this world. */
  watchOf: (step: () => number) => Watch;
  bug: Bug | null;
  keeping: Keeping;
}

const isoPort = 8601;
/** How long a world may take after everything is whole again, virtual ms. */
const healMsMax = 3 * 3_600_000;
/** Nothing has come of it for so long: the machines sleep until something is due, virtual ms. */
const idleMs = 20_000;

/** One world: its processes, its people, its faults. Everything in it follows from the plan. */
export class World {
  readonly plan: Plan;
  readonly city: City;
  readonly timeline: Timeline;
  readonly trace: Trace;
  readonly watch: Watch;
  readonly clients: Clients;
  readonly wires: Wires;
  readonly lines: BankLines;
  readonly relays: Relays;
  readonly told: Told;
  readonly networks: (NetworkProcess | null)[];
  readonly banks: (BankProcess | null)[];
  #troubled = true;
  #errandsLeft = 0;
  #settledAtMs = 0;
  readonly #chance: Chance;
  readonly #faults: Chance;
  readonly #deps: WorldDeps;
  readonly #turns: Turns | null;
  #lives = 0;
  #stopped = false;
  /** Everything that was started. */
  readonly #starting = new Set<Life>();

  constructor(deps: WorldDeps) {
    const { plan, city } = deps;
    this.#deps = deps;
    this.plan = plan;
    this.city = city;
    this.#chance = new Chance(plan.seed, 1);
    this.#faults = new Chance(plan.seed, 2);
    this.timeline = new Timeline(new Chance(plan.seed, 3));
    this.trace = new Trace(() => this.timeline.nowMs, deps.keeping);
    this.watch = deps.watchOf(() => this.timeline.steps);
    const { timeline, trace, watch } = this;
    this.wires = new Wires({ timeline, trace, chance: new Chance(plan.seed, 4) });
    this.wires.conditions = plan.wire;
    this.lines = new BankLines({
      timeline,
      trace,
      chance: new Chance(plan.seed, 6),
      conditions: () => this.wires.conditions,
      onBug: (life, error) => this.#bug(life.name, error),
      wrap: deps.bug?.wrapCalls ?? ((http) => http),
    });
    this.relays = new Relays(watch);
    this.told = new Told((what) => watch.violate(what));
    this.networks = Array.from({ length: plan.networks }, () => null);
    this.banks = Array.from({ length: plan.banks }, () => null);
    this.#turns = plan.store.serial ? new Turns(timeline) : null;
    this.clients = new Clients({
      timeline,
      trace,
      watch,
      chance: new Chance(plan.seed, 5),
      processes: () => this.networks,
      conditions: () => (this.#troubled ? plan : { loseRequest: 0, loseAnswer: 0 }),
      onBug: (who, error) => this.#bug(who, error),
    });
  }

  /** Puts everything in motion; then `timeline.step()` until `isOver()`. */
  begin(): void {
    const { plan, timeline } = this;
    for (let i = 0; i < plan.banks; i++) this.#startBank(i);
    for (let i = 0; i < plan.networks; i++) this.#startNetwork(i);
    for (let i = 0; i < plan.errands; i++) {
      timeline.after(this.#chance.between(500, plan.troubleMs), timeline.outside, () => this.#errand());
      this.#errandsLeft += 1;
    }
    this.#strikes();
    timeline.after(plan.troubleMs, timeline.outside, () => this.#heal());
  }

  /** True when everything is settled, or something is wrong, or it has taken too long. */
  isOver(): boolean {
    if (this.watch.violations.length > 0) return true;
    if (this.#troubled || this.#errandsLeft > 0 || !isSettled(this.watch)) return this.#isLate();
    if (this.#settledAtMs === 0) this.#settledAtMs = this.timeline.nowMs;
    // What was under way to the relay, and late answers, may still come.
    return this.timeline.nowMs - this.#settledAtMs > 1_000;
  }

  /** True while a transaction is open, where there can be only one. */
  hasOpenTransaction(): boolean {
    return this.#turns?.taken ?? false;
  }

  /** Ends every process where it stands; what it has open is rolled back. */
  stop(): void {
    this.#stopped = true;
    for (const p of [...this.networks, ...this.banks]) p?.life.kill();
    for (const life of this.#starting) life.kill();
  }

  /** What must hold at the end. */
  judge(): void {
    if (this.watch.violations.length > 0) return;
    finalJudgement(this.watch, this.plan.banks);
    this.told.judge(this.watch);
    this.relays.judge(this.networks);
  }

  #isLate(): boolean {
    const { timeline, plan } = this;
    if (timeline.nowMs <= plan.troubleMs + healMsMax) return false;
    const left = [
      ...unsettled(this.watch),
      ...(this.#errandsLeft > 0 ? [`${this.#errandsLeft} errands without an answer`] : []),
      ...this.networks.flatMap((p) =>
        (p?.network.links.states() ?? []).map(
          (l) => `link ${l.address} of ${p?.life.name} is ${l.phase}: ${l.lastError}`,
        ),
      ),
    ];
    this.watch.violate(`P1 hours after everything was whole again: ${left.join('; ')}`);
    return true;
  }

  #errand(): void {
    const { city, clients, plan } = this;
    const errand = errandOf(this.#chance);
    const people = city.people.slice(-plan.people);
    const merchants = city.merchants.slice(0, plan.merchants);
    const chance = new Chance(plan.seed, this.#chance.next());
    const nowMs = () => plan.startMs + this.timeline.nowMs;
    errand({ chance, clients, city, people, merchants, banks: plan.banks, nowMs }).then(
      () => {
        this.#errandsLeft -= 1;
      },
      (error) => this.#bug('errand', error),
    );
  }

  #bug(who: string, error: unknown): void {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.watch.violate(`${who} failed: ${text}`);
  }

  // Processes

  #machine(name: string, role: 'network' | 'bank'): Machine {
    const { plan, timeline } = this;
    this.#lives += 1;
    const life = new Life(`${name}.${this.#lives}`);
    const skew = role === 'network' ? plan.skewMs : 0;
    life.clockOffMs = skew === 0 ? 0 : this.#faults.between(-skew, skew);
    this.trace.note(life.name, 'starts');
    this.#starting.add(life);
    life.whenDead(() => this.#starting.delete(life));
    const raw = new ProcessDb({
      life,
      timeline,
      store: this.#deps.store,
      turns: this.#turns,
      conditions: {
        latencyMs: () => this.#statementMs(),
        fault: (point) => this.#storeFault(life, role, point),
      },
    });
    const { bug } = this.#deps;
    const db = bug?.role === role ? bug.wrap(raw) : raw;
    return {
      life,
      db,
      clock: { now: () => Math.floor(plan.startMs + timeline.nowMs + life.clockOffMs) },
      chance: new Chance(plan.seed, this.#faults.next()),
      onBug: (who, error) => this.#bug(who.name, error),
    };
  }

  #statementMs(): number | null {
    const { statementMs } = this.plan.store;
    return statementMs === 0 ? null : this.#faults.longTail(statementMs, 20 * statementMs);
  }

  #storeFault(life: Life, role: string, point: StorePoint): 'die' | 'lose' | null {
    if (!this.#troubled) return null;
    const { die, lose, dieAtCommit, loseAtCommit } = this.plan.store;
    const single = point === 'statement';
    if (this.#faults.happens(single ? die : dieAtCommit)) {
      this.trace.note(life.name, `dies at ${point}`);
      return 'die';
    }
    // A bank answers nothing when it does not know; its own store is as unreliable as the network's.
    if (this.#faults.happens(single ? lose : loseAtCommit)) {
      this.trace.note(life.name, `loses its connection at ${point} (${role})`);
      return 'lose';
    }
    return null;
  }

  #startNetwork(slot: number): void {
    const { timeline, plan } = this;
    const machine = this.#machine(`network ${slot}`, 'network');
    const { life } = machine;
    life.whenDead(() => {
      this.trace.note(life.name, 'is dead');
      this.networks[slot] = null;
      this.#restart(() => this.#startNetwork(slot));
    });
    timeline.inTurn(0, life, () => {
      startNetworkProcess(machine, this.wires, this.lines.openOf(life), { relay: plan.relay }).then(
        (process) => {
          if (!life.alive) return;
          this.networks[slot] = process;
          if (plan.relay) this.relays.follow(process, timeline.steps);
        },
        (error) => this.#failedStart(life, error),
      );
    });
  }

  #startBank(slot: number): void {
    const { timeline, city } = this;
    const bank = city.banks[slot] as CityBank;
    const machine = this.#machine(`bank ${bank.id}`, 'bank');
    const { life } = machine;
    life.whenDead(() => {
      this.trace.note(life.name, 'is dead');
      this.banks[slot] = null;
      this.wires.ends.delete(isoPort + slot);
      this.lines.ends.delete(bankApiPort + slot);
      this.#restart(() => this.#startBank(slot));
    });
    timeline.inTurn(0, life, () => {
      startBankProcess(machine, bank, {
        authorisations: (real) => this.told.listen(real, slot, this.watch),
        legs: (real) => this.told.listenToLegs(real, slot),
      }).then(
        (process) => {
          if (!life.alive) return;
          this.banks[slot] = process;
          this.wires.ends.set(isoPort + slot, process.end);
          this.lines.ends.set(bankApiPort + slot, process.legs);
        },
        (error) => this.#failedStart(life, error),
      );
    });
  }

  /** A process that cannot reach its database at the start ends, and is started again. */
  #failedStart(life: Life, error: unknown): void {
    if (!isConnectionLost(error)) this.#bug(life.name, error);
    life.kill();
  }

  #restart(start: () => void): void {
    if (this.#stopped) return;
    const ms = this.#troubled ? 200 + this.#faults.longTail(3_000, 20_000) : 100;
    this.timeline.after(ms, this.timeline.outside, start);
  }

  #strikes(): void {
    const { plan, networks, banks } = this;
    const kill = (all: readonly (NetworkProcess | BankProcess | null)[]) => {
      const alive = all.filter((p) => p !== null);
      if (alive.length > 0) this.#faults.pick(alive).life.kill();
    };
    this.#again(plan.networkDeathMs, () => kill(networks));
    this.#again(plan.bankDeathMs, () => kill(banks));
    this.#again(plan.disturbMs, () => this.wires.disturb());
    this.#again(plan.clockJumpMs, () => this.#jump());
    this.#again(plan.operators ? 6_000 : 0, () => void this.#operate().catch((e) => this.#operatorFailed(e)));
  }

  /** Strikes again and again, as long as there is trouble. */
  #again(meanMs: number, strike: () => void): void {
    if (meanMs === 0) return;
    const { timeline } = this;
    timeline.after(100 + this.#faults.longTail(meanMs, 5 * meanMs), timeline.outside, () => {
      if (!this.#troubled) return;
      strike();
      this.#again(meanMs, strike);
    });
  }

  #jump(): void {
    const alive = [...this.networks, ...this.banks].filter((p) => p !== null);
    if (alive.length === 0) return;
    const { life } = this.#faults.pick(alive);
    const by = this.#faults.pick([-3_600_000, 3_600_000, -60_000, 45_000]);
    life.clockOffMs += by;
    // A clock that was put wrong is put right again in the end.
    if (Math.abs(life.clockOffMs) > 3_600_000) life.clockOffMs = 0;
    this.trace.note(life.name, `clock is off by ${life.clockOffMs} ms`);
  }

  async #operate(): Promise<void> {
    const process = this.networks.find((p) => p !== null);
    if (!process) return;
    const { life } = process;
    // What the operator sets going runs in the process whose console it is.
    await new Promise<void>((resolve) => this.timeline.inTurn(0, life, resolve));
    const banks = this.city.banks.slice(0, this.plan.banks);
    await operate(process.network, this.#faults, banks, this.city.merchants, (what) =>
      this.trace.note(life.name, what),
    );
  }

  #operatorFailed(error: unknown): void {
    if (!isConnectionLost(error)) this.#bug('operator', error);
  }

  #heal(): void {
    this.trace.note('world', 'is whole again');
    this.#troubled = false;
    this.wires.heal();
    for (const p of [...this.networks, ...this.banks]) if (p) p.life.clockOffMs = 0;
    this.#mend();
    this.#sleepWhenIdle(this.timeline.nowMs, '');
  }

  /** Operators put right what they have done, until it is. */
  #mend(): void {
    const { timeline } = this;
    const again = () => timeline.after(1_000, timeline.outside, () => this.#mend());
    if (!this.plan.operators) return;
    const banks = this.city.banks.slice(0, this.plan.banks);
    if (this.networks.some((p) => p === null)) {
      again();
      return;
    }
    for (const process of this.networks) {
      if (!process) continue;
      timeline.inTurn(0, process.life, () => {
        mend(process.network, banks, this.city.merchants).catch((error: unknown) => {
          this.#operatorFailed(error);
          again();
        });
      });
    }
  }

  /**
   * When nothing has come of it for a while everything waits for its time, minutes or an hour away. Then the machines
   * sleep until shortly before it: all that would have come round by the clock meanwhile comes once, late.
   */
  #sleepWhenIdle(sinceMs: number, before: string): void {
    const { timeline } = this;
    timeline.after(2_000, timeline.outside, () => {
      const now = progressOf(this.watch, this.#errandsLeft);
      if (now !== before) return this.#sleepWhenIdle(timeline.nowMs, now);
      if (timeline.nowMs - sinceMs < idleMs) return this.#sleepWhenIdle(sinceMs, before);
      const dueMs = nextDueMs(this.watch, this.plan.startMs);
      if (dueMs > timeline.nowMs + 1_000 && Number.isFinite(dueMs)) {
        this.trace.note('world', `sleeps until ${dueMs}`);
        timeline.nowMs = dueMs - 500;
      }
      return this.#sleepWhenIdle(timeline.nowMs, now);
    });
  }
}
