import { expect, test } from 'vitest';
import { compileWhenNeeded } from './validators.ts';

test('a schema is compiled once, when something is first checked by it, and tells what is wrong', () => {
  let compiled = 0;
  const ajv = {
    compile: (schema: { only: number }) => {
      compiled += 1;
      const check = (data: unknown) => {
        check.errors = data === schema.only ? null : [`not ${schema.only}`];
        return data === schema.only;
      };
      check.errors = null as string[] | null;
      return check;
    },
  };
  compileWhenNeeded(ajv as never);
  const check = ajv.compile({ only: 7 });
  expect(compiled).toBe(0);
  expect([check(7), check.errors]).toEqual([true, null]);
  expect([check(8), check.errors]).toEqual([false, ['not 7']]);
  expect([check(7), check.errors]).toEqual([true, null]);
  expect(compiled).toBe(1);
});
