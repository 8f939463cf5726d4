/** Something that is wrong with the configuration: where, and what to do. */
export interface ConfigProblem {
  name: string;
  message: string;
}

/** Reads settings from the environment, gathering every problem instead of stopping at the first. */
export interface Reader {
  text(name: string, fallback: string): string;
  optional(name: string): string | null;
  integer(name: string, fallback: number, min: number, max: number): number;
  flag(name: string, fallback: boolean): boolean;
  oneOf<const T extends readonly string[]>(name: string, values: T, fallback: T[number]): T[number];
  /** Hexadecimal text of exactly `bytes` bytes. */
  hex(name: string, bytes: number, fallback: string | null): string;
  refuse(name: string, message: string): void;
  readonly problems: readonly ConfigProblem[];
}

/** Creates a reader over an environment (the only argument: nothing is read from the process). */
export function createReader(env: Readonly<Record<string, string | undefined>>): Reader {
  const problems: ConfigProblem[] = [];
  const refuse = (name: string, message: string) => {
    problems.push({ name, message });
  };
  const given = (name: string): string | undefined => {
    const value = env[name]?.trim();
    return value === '' ? undefined : value;
  };
  return {
    text: (name, fallback) => given(name) ?? fallback,
    optional: (name) => given(name) ?? null,
    integer(name, fallback, min, max) {
      const value = given(name);
      if (value === undefined) return fallback;
      const n = /^-?[0-9]{1,15}$/.test(value) ? Number(value) : Number.NaN;
      if (Number.isInteger(n) && n >= min && n <= max) return n;
      refuse(name, `must be a whole number from ${min} to ${max}, not "${value}"`);
      return fallback;
    },
    flag(name, fallback) {
      const value = given(name)?.toLowerCase();
      if (value === undefined) return fallback;
      if (['1', 'true', 'yes'].includes(value)) return true;
      if (['0', 'false', 'no'].includes(value)) return false;
      refuse(name, `must be true or false, not "${value}"`);
      return fallback;
    },
    oneOf(name, values, fallback) {
      const value = given(name);
      if (value === undefined) return fallback;
      if (values.includes(value)) return value;
      refuse(name, `must be one of ${values.join(', ')}, not "${value}"`);
      return fallback;
    },
    hex(name, bytes, fallback) {
      const value = given(name);
      if (value !== undefined && new RegExp(`^[0-9a-fA-F]{${bytes * 2}}$`).test(value)) return value;
      if (value !== undefined) refuse(name, `must be ${bytes * 2} hexadecimal digits`);
      else if (fallback === null) refuse(name, `is required: ${bytes * 2} hexadecimal digits`);
      return fallback ?? '00'.repeat(bytes);
    },
    refuse,
    problems,
  };
}
