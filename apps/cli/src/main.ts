import { auditorRole } from '@feiqian/app-auditor';
import { version } from '@feiqian/app-network';
import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { type AuditCommand, runAudit, runAuditRole } from './audit.ts';
import { runBank } from './bank.ts';
import { benchOptions, ownCommand } from './bench.ts';
import { type ConformanceArguments, runBankConformance } from './conformance.ts';
import { INPUT_KINDS, type InputKind, runDecode, type ToolIo } from './decode.ts';
import { runEncode } from './encode.ts';
import { runKeysRotate } from './keys.ts';
import { addLadder } from './ladder.ts';
import { runMigrate } from './migrate.ts';
import { runMember, runOperator } from './register.ts';
import { runStart } from './start.ts';

const program = new Command('feiqian')
  .description('Feiqian (飞钱): an open mobile payment network')
  .version(version)
  // An option belongs to the command that it stands behind: `bench ladder` has some of the same names as `bench`.
  .enablePositionalOptions()
  .showHelpAfterError();

/** Ends the process with the code once everything printed has left it. */
const ending = (code: number): void => {
  process.exitCode = code;
};

program
  .command('start')
  .description('start the network with all its roles; without DATABASE_URL everything is in ./data')
  .option('--fresh', 'start over with an empty sandbox')
  .action((options: { fresh?: boolean }) => runStart(options));

program
  .command('migrate')
  .description('bring the schema of the database up to date')
  .action(async () => ending(await runMigrate()));

program
  .command('audit')
  .description(
    'recompute the books from rows alone; exits 1 when they are not right, 2 when it could not look',
  )
  .option('--first', 'end with the first check that finds something')
  .option('--quiet', 'print only what is wrong')
  .option('--json', 'print everything as one JSON object')
  .option('--examples <n>', 'rows shown of each check at the most')
  .option('--only <checks...>', 'checks by invariant (L3), name (balances) or whose rows (network)')
  .option(
    '--answers <file>',
    'bodies of answers that callers received, one a line: what they say must be true',
  )
  .action(async (options: AuditCommand) => ending(await runAudit(options)));

program
  .command('audit-role')
  .description('make a role on PostgreSQL that can read what the audit reads and do nothing else')
  .argument('[name]', 'its name', auditorRole)
  .action(async (name: string) => ending(await runAuditRole(name)));

const io: ToolIo = {
  lines: stdinLines(),
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
};

async function* stdinLines(): AsyncGenerator<string> {
  const { createInterface } = await import('node:readline');
  yield* createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY });
}

function kindOf(text: string): InputKind {
  if ((INPUT_KINDS as readonly string[]).includes(text)) return text as InputKind;
  throw new InvalidArgumentError(`one of ${INPUT_KINDS.join(', ')}`);
}

program
  .command('decode')
  .description('print the structure of a code or message as JSON')
  .argument('<kind>', INPUT_KINDS.join(' | '), kindOf)
  .argument('<input>', 'the text or hexadecimal; "-" reads one a line from standard input')
  .option('--profile <name>', 'ISO 8583 message profile')
  .option('--clear', 'show card numbers unmasked')
  .option('--pretty', 'indent the JSON')
  .action(
    async (
      kind: InputKind,
      input: string,
      options: { profile?: string; clear?: boolean; pretty?: boolean },
    ) => ending(await runDecode({ kind, input, ...options }, io)),
  );

program
  .command('encode')
  .description('the reverse of decode: JSON in, text or hexadecimal out')
  .argument('<kind>', INPUT_KINDS.join(' | '), kindOf)
  .argument('<json>', 'what decode printed; "-" reads one a line from standard input')
  .option('--profile <name>', 'ISO 8583 message profile')
  .action(async (kind: InputKind, input: string, options: { profile?: string }) =>
    ending(await runEncode({ kind, input, ...options }, io)),
  );

program
  .command('bank')
  .description('run a reference bank as a process of its own, with its own database')
  .requiredOption('--config <file>', 'JSON; docs/guides/bank.md describes it')
  .action(async (options: { config: string }) => ending(await runBank(options.config)));

program
  .command('conformance')
  .description(
    'check rule by rule that a member keeps what the network relies on; exits 1 when a rule is broken',
  )
  .addArgument(new Argument('<what>', 'what is checked').choices(['bank']))
  .option('--url <address>', 'of the bank API')
  .option('--iso <host:port>', 'of the ISO 8583 host')
  .option('--subject <file>', 'JSON: keys and test customers; docs/guides/bank.md describes it')
  .option('--reference', 'start the reference bank as a process of its own and check that')
  .option('--only <id>', 'only the rules whose id begins with this')
  .action(async (_what: string, options: ConformanceArguments) => ending(await runBankConformance(options)));

program
  .command('member')
  .description('make or change a member of the network: a bank or an acquirer')
  .argument('<file>', 'JSON; docs/guides/bank.md describes it')
  .action(async (file: string) => ending(await runMember(file)));

program
  .command('operator')
  .description('make a user of the console; reads the password from standard input')
  .argument('<username>')
  .requiredOption('--name <name>', 'shown name')
  .requiredOption('--role <role>', 'operator, bank, merchant, read_only or call_centre')
  .option('--tenant <id>', "a bank's code or a merchant's id")
  .action(async (username: string, options: { name: string; role: string; tenant?: string }) =>
    ending(await runOperator(username, options)),
  );

program
  .command('keys-rotate')
  .description('make a new data key for the card vault and move the cards to it, while payments go on')
  .action(async () => ending(await runKeysRotate()));

const bench = program
  .command('bench')
  .enablePositionalOptions()
  .description('measure whole purchases and audit the books; without --engine, --bank or --hot the whole set')
  .addOption(new Option('--engine <engine>', 'database').choices(['postgres', 'pglite']))
  .addOption(new Option('--bank <bank>', 'who answers').choices(['stub', 'reference']))
  .option('--seconds <n>', 'length of each measured run', '10')
  .option('--merchants <n>', 'merchants that sell', '50')
  .option('--in-flight <n>', 'purchases under way at the most', '256')
  .option('--connections <n>', 'HTTP connections of the generator', '256')
  .option('--processes <n>', 'processes of the network, on PostgreSQL', '1')
  .option('--rate <n>', 'purchases a second of the latency run (default: 80 % of the capacity found)')
  .option('--hot', 'also with all payments to one merchant')
  .option('--no-yardstick', 'leave pgbench out')
  .action(async (options: Record<string, string | boolean>) => {
    const { runBench, runSuite } = await import('@feiqian/app-bench');
    const one = options.engine !== undefined || options.bank !== undefined || options.hot === true;
    const clean = one
      ? (await runBench(benchOptions(options))).auditClean
      : await runSuite(benchOptions(options));
    ending(clean ? 0 : 1);
  });

bench
  .command('transfers')
  .description('measure whole transfers from one bank to another and audit the books')
  .addOption(new Option('--engine <engine>', 'database').choices(['postgres', 'pglite']))
  .addOption(new Option('--bank <bank>', 'who answers').choices(['stub', 'reference']).default('reference'))
  .option('--seconds <n>', 'length of each measured run', '10')
  .option('--in-flight <n>', 'transfers under way at the most', '256')
  .option('--connections <n>', 'HTTP connections of the generator', '256')
  .option('--processes <n>', 'processes of the network, on PostgreSQL', '1')
  .option('--rate <n>', 'transfers a second of the latency run (default: 80 % of the capacity found)')
  .option('--no-yardstick', 'leave pgbench out')
  .action(async (options: Record<string, string | boolean>) => {
    const { runTransferBench } = await import('@feiqian/app-bench');
    ending((await runTransferBench(benchOptions(options))) ? 0 : 1);
  });

addLadder(bench, ownCommand, ending);

await program.parseAsync();
