import { spawn } from 'node:child_process';

/** Runs `feiqian audit` as a process of its own; says what it found when the books are not right. */
export function auditBooks(
  command: readonly string[],
  env: Record<string, string>,
): Promise<{ clean: boolean; code: number | null; said: string; seconds: number }> {
  const [file, ...args] = command;
  const begin = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(file as string, [...args, 'audit'], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    const hear = (chunk: Buffer) => {
      said += chunk.toString();
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    child.once('error', reject);
    child.once('exit', (code) =>
      resolve({ clean: code === 0, code, said, seconds: (performance.now() - begin) / 1000 }),
    );
  });
}
