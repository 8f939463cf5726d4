import { readFile } from 'node:fs/promises';
import { type MemberFile, openRegister, parseMemberFile, StartRefused } from '@feiqian/app-network';
import { configured } from './configured.ts';

async function withRegister(
  work: (register: Awaited<ReturnType<typeof openRegister>>) => Promise<number>,
): Promise<number> {
  try {
    const register = await openRegister(configured());
    try {
      return await work(register);
    } finally {
      await register.close();
    }
  } catch (error) {
    process.stderr.write(`${error instanceof StartRefused ? error.message : String(error)}\n`);
    return 1;
  }
}

/** `feiqian member`: makes or changes a member of the network as a file describes it. */
export async function runMember(file: string): Promise<number> {
  let described: MemberFile;
  try {
    const parsed = parseMemberFile(JSON.parse(await readFile(file, 'utf8')));
    if (!parsed.ok) {
      process.stderr.write(`${file} has problems:\n${parsed.problems.map((p) => `  ${p}\n`).join('')}`);
      return 2;
    }
    described = parsed.value;
  } catch (error) {
    process.stderr.write(`${file}: ${(error as Error).message}\n`);
    return 2;
  }
  return withRegister(async (register) => {
    const done = await register.applyMember(described);
    if (done.ok) process.stdout.write(`Member ${described.code} ${done.made ? 'made' : 'changed'}.\n`);
    else process.stderr.write(`Nothing was changed: ${done.reason}\n`);
    return done.ok ? 0 : 1;
  });
}

/** `feiqian operator`: makes a user of the console; the password comes by standard input, not by the command line. */
export async function runOperator(
  username: string,
  options: { name: string; role: string; tenant?: string },
): Promise<number> {
  let password = '';
  for await (const chunk of process.stdin) password += String(chunk);
  password = password.replace(/\r?\n$/, '');
  if (password.length < 10) {
    process.stderr.write('The password (read from standard input) needs at least 10 characters.\n');
    return 2;
  }
  return withRegister(async (register) => {
    const done = await register.addOperator({ username, password, ...options });
    if (done.ok) process.stdout.write(`User ${username} made.\n`);
    else process.stderr.write(`Nothing was changed: ${done.reason}\n`);
    return done.ok ? 0 : 1;
  });
}
