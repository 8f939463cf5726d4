export interface Suite {
  project: string;
  what: string;
  runs: string;
  onPostgres?: boolean;
  ownBuild?: boolean;
  oneAtATime?: boolean;
  byItself?: boolean;
  /** Runs only when it is asked for by name. */
  byName?: boolean;
  needsChromium?: boolean;
}

export const suites: readonly Suite[];
