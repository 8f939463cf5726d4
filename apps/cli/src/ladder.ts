import {
  type LadderOptions,
  runLadder,
  type ScenarioName,
  scenarioNames,
  writeResults,
} from '@feiqian/app-bench';
import type { Command } from 'commander';

type Given = Record<string, string | boolean | undefined>;

/** A full run takes hours on purpose; a quick one proves in a minute that everything adds up, and judges no speed. */
const full = {
  seconds: '10',
  percents: '10,25,50,70,80,90,100,110,120',
  merchants: '50',
  people: '1000',
  aged: '10000000',
};
const quick = { seconds: '1', percents: '60,120', merchants: '4', people: '24', aged: '2000' };
const quickScenarios = ['mixed'] as const;

/** `feiqian bench ladder`. */
export function addLadder(
  bench: Command,
  command: () => readonly string[],
  ending: (code: number) => void,
): void {
  bench
    .command('ladder')
    .description('offer rising load by scenario, count what is captured, audit after each rung')
    .option('--scenario <names>', `of ${scenarioNames.join(', ')}, separated by commas (default: all)`)
    .option('--seed <text>', 'what customers, arrivals and banks are drawn from', '1')
    .option('--seconds <n>', `length of each rung (default: ${full.seconds})`)
    .option('--rungs <list>', `percentages of the capacity found (default: ${full.percents})`)
    .option('--merchants <n>', `merchants that sell (default: ${full.merchants})`)
    .option('--people <n>', `people who buy (default: ${full.people})`)
    .option('--aged <n>', `payments of the aged database, 0 for none (default: ${full.aged})`)
    .option('--soak <time>', 'also a long run that looks at memory, such as 30m or 90s')
    .option('--no-yardstick', 'leave pgbench out')
    .option('--quick', 'small: proves that everything adds up, judges no speed')
    .option('--write [folder]', 'write RESULTS.md and its charts (default folder: bench)')
    .action(async (given: Given) => ending(await ladder(given, command())));
}

async function ladder(given: Given, command: readonly string[]): Promise<number> {
  const write = (line: string) => void process.stdout.write(`${line}\n`);
  const results = await runLadder({ ...ladderOptions(given), command, write });
  if (given.write !== undefined) {
    const folder = given.write === true ? 'bench' : String(given.write);
    for (const file of writeResults(results, folder, commandLine())) write(`written   ${file}`);
  }
  const right = results.findings.filter((f) => f.kind === 'right');
  const passed = right.filter((f) => f.met === true).length;
  write(`\n${passed} passed, ${right.length - passed} failed`);
  return passed === right.length ? 0 : 1;
}

/** How this was asked for, as a person would type it. */
const commandLine = (): string => `npx feiqian ${process.argv.slice(2).join(' ')}`;

function ladderOptions(given: Given): Omit<LadderOptions, 'command' | 'write'> {
  const small = given.quick === true;
  const defaults = small ? quick : full;
  const whole = (name: string, fallback: string, min: number, max: number): number => {
    const text = String(given[name] ?? fallback);
    const n = Number(text);
    return /^[0-9]+$/.test(text) && n >= min && n <= max
      ? n
      : refuse(`--${name}: ${min} to ${max}, not "${text}"`);
  };
  const percents = String(given.rungs ?? defaults.percents)
    .split(',')
    .map(Number);
  if (percents.some((p) => !(p > 0 && p <= 1_000))) refuse('--rungs: percentages separated by commas');
  return {
    scenarios: scenariosOf(given.scenario, small),
    seed: /^[A-Za-z0-9]{1,16}$/.test(String(given.seed))
      ? String(given.seed)
      : refuse('--seed: up to 16 letters and digits'),
    percents,
    seconds: whole('seconds', defaults.seconds, 1, 3_600),
    warmUpSeconds: small ? 1 : 5,
    size: {
      merchants: whole('merchants', defaults.merchants, 1, 1_000),
      shoppers: whole('people', defaults.people, 1, 100_000),
      cardsAtEachBank: 2,
    },
    connections: 2_000,
    atOnce: small ? { fast: 16, slow: 48 } : { fast: 256, slow: 1_000 },
    aged: whole('aged', defaults.aged, 0, 100_000_000),
    template: small ? 200 : 2_000,
    agedRounds: small ? 1 : 3,
    soakSeconds: given.soak === undefined ? (small ? 2 : 0) : secondsOf(String(given.soak)),
    yardstick: given.yardstick !== false && !small,
    speed: !small,
  };
}

function scenariosOf(given: string | boolean | undefined, small: boolean): readonly ScenarioName[] {
  if (given === undefined) return small ? quickScenarios : scenarioNames;
  return String(given)
    .split(',')
    .filter((name) => name !== 'none')
    .map(
      (name) =>
        scenarioNames.find((s) => s === name) ?? refuse(`--scenario: ${scenarioNames.join(', ')} or none`),
    );
}

function secondsOf(text: string): number {
  const [, n, unit] = /^([0-9]{1,6})(s|m|h)$/.exec(text) ?? refuse('--soak: a time such as 90s, 30m or 2h');
  return Number(n) * ({ s: 1, m: 60, h: 3_600 }[unit as 's' | 'm' | 'h'] ?? 1);
}

function refuse(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}
