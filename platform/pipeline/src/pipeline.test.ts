import { expect, test } from 'vitest';
import { createPipeline, PipelineFull } from './index.ts';

test('commands that arrive during a commit form the next group, in order', async () => {
  const groups: number[][] = [];
  const p = createPipeline<number, number>({
    name: 't',
    run: async (g) => {
      groups.push(g);
      await new Promise((r) => setTimeout(r, 5));
      return g.map((n) => n * 2);
    },
  });
  const first = p.submit(1);
  await new Promise((r) => setTimeout(r, 2));
  const rest = [2, 3, 4].map((n) => p.submit(n));
  expect(await Promise.all([first, ...rest])).toEqual([2, 4, 6, 8]);
  expect(groups).toEqual([[1], [2, 3, 4]]);
  await p.drain();
});

test('a poison command fails alone, its neighbours succeed', async () => {
  const p = createPipeline<number, number>({
    name: 't',
    run: async (g) => {
      if (g.includes(13)) throw Object.assign(new Error('check violated'), { code: '23514' });
      return g;
    },
  });
  const answers = await Promise.allSettled([1, 13, 2].map((n) => p.submit(n)));
  expect(answers.map((a) => a.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});

test('a group whose connection broke is not run again', async () => {
  let runs = 0;
  const p = createPipeline<number, number>({
    name: 't',
    run: async () => {
      runs += 1;
      throw new Error('Connection terminated unexpectedly');
    },
  });
  const answers = await Promise.allSettled([1, 2].map((n) => p.submit(n)));
  expect(answers.every((a) => a.status === 'rejected')).toBe(true);
  expect(runs).toBe(1);
});

test('beyond the bound a command is refused at once', async () => {
  const p = createPipeline<number, number>({ name: 't', waitingMax: 2, run: async (g) => g });
  const a = p.submit(1);
  const b = p.submit(2);
  await expect(p.submit(3)).rejects.toBeInstanceOf(PipelineFull);
  expect(await Promise.all([a, b])).toEqual([1, 2]);
});
