export interface Suite {
  project: string;
  what: string;
  runs: string;
  onPostgres?: boolean;
  ownBuild?: boolean;
  oneAtATime?: boolean;
  needsChromium?: boolean;
}

export const suites: readonly Suite[];
