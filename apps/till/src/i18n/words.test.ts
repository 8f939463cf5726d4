import { catalogueDifference } from '@feiqian/ui';
import { expect, it } from 'vitest';
import { en } from './en.ts';
import { zh } from './zh.ts';

it('says everything in both languages', () => {
  expect(catalogueDifference(zh, en)).toEqual([]);
});
