import { spawn } from 'node:child_process';

/** What the auditor found, in short. */
export interface Audited {
  clean: boolean;
  /** What is wrong, in words; empty when nothing is. */
  said: string;
  seconds: number;
  /** The check that took longest. */
  longest: { name: string; seconds: number } | null;
}

interface Told {
  right: boolean;
  checks: {
    name: string;
    of: string;
    ms: number;
    findings: number;
    title: string;
    examples: { what: string; found: string }[];
  }[];
}

/** Runs `feiqian audit` as a process of its own. */
export function auditBooks(command: readonly string[], env: Record<string, string>): Promise<Audited> {
  const [file, ...args] = command;
  const begin = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(file as string, [...args, 'audit', '--json'], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    let err = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      out += chunk.toString();
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      err += chunk.toString();
    });
    child.once('error', reject);
    child.once('close', (code) => resolve(read(out, err, code, (performance.now() - begin) / 1000)));
  });
}

function read(out: string, err: string, code: number | null, seconds: number): Audited {
  let told: Told;
  try {
    told = JSON.parse(out) as Told;
  } catch {
    return { clean: false, said: `the audit ended with ${code}\n${out}${err}`, seconds, longest: null };
  }
  const wrong = told.checks.filter((c) => c.findings > 0);
  const said = wrong.map((c) =>
    [`${c.findings} against: ${c.title}`, ...c.examples.map((e) => `  ${e.what}: ${e.found}`)].join('\n'),
  );
  const longest = told.checks.toSorted((a, b) => b.ms - a.ms)[0];
  return {
    clean: code === 0 && told.right,
    said: said.join('\n'),
    seconds,
    longest: longest ? { name: `${longest.of} ${longest.name}`, seconds: longest.ms / 1000 } : null,
  };
}
