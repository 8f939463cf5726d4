import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseBankConfig, sandboxBanks, sandboxPeople, testCards } from '@feiqian/app-bank';
import { parseSubject } from '@feiqian/app-conformance';
import { parseMemberFile } from '@feiqian/app-network';
import { bankProblems, errorCodes, paymentStates, requestStates, transferStates } from '@feiqian/contract';
import { transitions } from '@feiqian/payments';
import { requestTransitions, transferTransitions } from '@feiqian/transfers';
import { expect, test } from 'vitest';
import { suites } from '../../scripts/suites.mjs';
import { points, pointsToCome } from '../crash/points.ts';

const root = join(import.meta.dirname, '..', '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

/** Cells of every row of the tables in a document, code marks removed. */
function rows(path: string, text = read(path)): string[][] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('|') && !/^\|[-| ]+\|$/.test(line))
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim().replaceAll('`', '')),
    );
}

test('docs/states.md tables every state and every transition, and no other', () => {
  const table = rows('docs/states.md', read('docs/states.md').split('# States of a transfer')[0]);
  const states = new Set<string>(paymentStates);
  const told = table
    .filter(([from, to]) => states.has(from ?? '') && states.has(to ?? ''))
    .map(([from, to]) => `${from} → ${to}`);
  const real = Object.entries(transitions).flatMap(([from, next]) => next.map((to) => `${from} → ${to}`));
  expect(told.sort()).toEqual(real.sort());
  const described = table.filter((row) => row.length === 4).map(([state]) => state);
  expect(described.filter((state) => states.has(state ?? '')).sort()).toEqual([...paymentStates].sort());
});

test('docs/states.md tables every state and every transition of transfers as well', () => {
  const [text = ''] = (read('docs/states.md').split('# States of a transfer')[1] ?? '').split(
    '# States of a request',
  );
  const table = [...text.matchAll(/^\| `(\w+)` \| (?:`(\w+)`)?/gm)];
  const real = Object.entries(transferTransitions).flatMap(([from, next]) =>
    next.map((to) => `${from} → ${to}`),
  );
  expect(table.flatMap(([, from, to]) => (to ? [`${from} → ${to}`] : [])).sort()).toEqual(real.sort());
  expect(table.flatMap(([, state, to]) => (to ? [] : [state])).sort()).toEqual([...transferStates].sort());
});

test('docs/states.md tables every state and every transition of requests for money too', () => {
  const text = read('docs/states.md').split('# States of a request')[1] ?? '';
  const table = [...text.matchAll(/^\| `(\w+)` \| (?:`(\w+)`)?/gm)];
  const real = Object.entries(requestTransitions).flatMap(([from, next]) =>
    next.map((to) => `${from} → ${to}`),
  );
  expect(table.flatMap(([, from, to]) => (to ? [`${from} → ${to}`] : [])).sort()).toEqual(real.sort());
  expect(table.flatMap(([, state, to]) => (to ? [] : [state])).sort()).toEqual([...requestStates].sort());
});

test('docs/errors.md has every code with its status, whether to try again, and its words', () => {
  const told = rows('docs/errors.md').filter((row) => row.length === 5 && /^\d{3}$/.test(row[1] ?? ''));
  const real = Object.entries(errorCodes).map(([code, one]) => [
    code,
    String(one.status),
    one.retryable ? 'yes' : 'no',
    one.title.replaceAll('`', ''),
    one.titleZh,
  ]);
  expect(told.sort()).toEqual(real.sort());
});

test('docs/bank-errors.md has every code of the bank API with its status, whether to try again, and its words', () => {
  const told = rows('docs/bank-errors.md').filter((row) => row.length === 5 && /^\d{3}$/.test(row[1] ?? ''));
  const real = Object.entries(bankProblems).map(([code, one]) => [
    code,
    String(one.status),
    one.retryable ? 'yes' : 'no',
    one.title.replaceAll('`', ''),
    one.titleZh,
  ]);
  expect(told.sort()).toEqual(real.sort());
});

test('docs/sandbox-cards.md has each test card with its outcome, each person and each bank', () => {
  const table = rows('docs/sandbox-cards.md');
  const cards = table
    .filter(([pan]) => /^9156\d{12}$/.test(pan ?? ''))
    .map(([pan, outcome]) => [pan, outcome]);
  expect(cards).toEqual(testCards.map(({ pan, outcome }) => [pan, outcome]));
  const people = table.filter(([mobile]) => /^1\d{10}$/.test(mobile ?? ''));
  expect(people.map(([mobile, who, banks]) => [mobile, who, banks?.split(';')[0]])).toEqual(
    sandboxPeople.map((one) => [one.mobile, `${one.name} ${one.nameLatin}`, one.banks.join(', ')]),
  );
  const banks = table
    .filter((row) => row.length === 5 && /^915/.test(row[1] ?? ''))
    .map((row) => row.slice(0, 4));
  expect(banks).toEqual(
    sandboxBanks.map(({ settings }) => [
      `${settings.id} ${settings.name} ${settings.nameEn}`,
      settings.bins.join(', '),
      String(settings.isoPort),
      String(settings.apiPort),
    ]),
  );
});

test('docs/guides/production.md names every setting, and no other', () => {
  const inCode = read('apps/network/src/config.ts').matchAll(/'(FEIQIAN_\w+|PORT|DATABASE_URL)'/g);
  const told = rows('docs/guides/production.md').flatMap(([name]) =>
    /^[A-Z_]+$/.test(name ?? '') ? [name] : [],
  );
  expect([...new Set(told)].sort()).toEqual([...new Set([...inCode].map((match) => match[1]))].sort());
});

test('TESTING.md names every suite', () => {
  const told = rows('TESTING.md').map(([name]) => name);
  expect(told).toEqual(expect.arrayContaining(suites.map((suite) => suite.project)));
});

test('TESTING.md tables every point at which a process is killed, as the crash matrix has it', () => {
  const told = rows('TESTING.md').filter(([id]) => /^P\d/.test(id ?? ''));
  expect(told.slice(0, -1)).toEqual(points.map(({ id, what, promised }) => [id, what, promised]));
  expect(told.at(-1)?.[0]).toBe('P11');
  for (const { id, what } of pointsToCome) expect(read('TESTING.md')).toContain(`${id} (${what})`);
});

test('every npm script that a document tells to run exists', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const documents = [
    ...readdirSync(root),
    ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).map((path) =>
      join('docs', path),
    ),
  ]
    .filter((path) => path.endsWith('.md'))
    .map(read);
  const named = documents.flatMap((text) =>
    [...text.matchAll(/npm run (?:--silent )?([\w:-]+)/g)].map((match) => match[1]),
  );
  for (const name of new Set(named)) expect(Object.keys(scripts)).toContain(name);
  for (const command of Object.values(scripts)) {
    const [, script] = command.match(/^node (?:--\S+ )*(\S+)/) ?? [];
    if (script) expect(existsSync(join(root, script)), command).toBe(true);
  }
});

test('the files shown in docs/guides/bank.md are accepted as they stand', () => {
  const [member, bank, subject] = [...read('docs/guides/bank.md').matchAll(/```json\n([\s\S]*?)```/g)].map(
    (match) => JSON.parse(match[1] ?? ''),
  );
  expect(parseMemberFile(member)).toMatchObject({ ok: true });
  expect(parseBankConfig(bank)).toMatchObject({ ok: true });
  expect(parseSubject(subject, 'https://bank.example', 'bank.example:8601')).toMatchObject({ ok: true });
});

test('every command of feiqian that a document shows exists', () => {
  const commands = [...read('apps/cli/src/main.ts').matchAll(/\.command\('([\w-]+)/g)].map(
    (match) => match[1],
  );
  const shown = ['README.md', 'docs/guides/quickstart.md', 'docs/guides/bank.md', 'docs/guides/production.md']
    .map(read)
    .flatMap((text) => [...text.matchAll(/npx feiqian ([a-z][\w-]*)/g)].map((match) => match[1]));
  expect(shown.length).toBeGreaterThan(5);
  for (const name of shown) expect(commands).toContain(name);
});
