import { ambient, ambientInSql } from './rules/ambient.mjs';
import { drawing } from './rules/drawing.mjs';
import { catalogueKeys, scriptBudget } from './rules/front-ends.mjs';
import {
  alone,
  cycle,
  deepImport,
  direction,
  noInputOutput,
  undeclaredImport,
  unusedDependency,
} from './rules/imports.mjs';
import { deadLink } from './rules/links.mjs';
import { lockfile } from './rules/lockfile.mjs';
import { map } from './rules/map.mjs';
import { size } from './rules/size.mjs';
import { foreignTable, sqlOutsideStore } from './rules/tables.mjs';
import { skippedTest } from './rules/tests.mjs';
import { emptyName, namesModule, pureFile } from './rules/words.mjs';

/** Every wall. Each has a folder under fixtures/ that runs into it, and a test that sees it do so. */
export const rules = [
  map,
  drawing,
  deadLink,
  lockfile,
  deepImport,
  undeclaredImport,
  unusedDependency,
  direction,
  alone,
  cycle,
  noInputOutput,
  namesModule,
  emptyName,
  pureFile,
  ambient,
  ambientInSql,
  sqlOutsideStore,
  foreignTable,
  size,
  skippedTest,
  scriptBudget,
  catalogueKeys,
];
