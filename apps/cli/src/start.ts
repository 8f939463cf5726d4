import { type RunningNetwork, StartRefused, sandboxGuide, startNetwork } from '@feiqian/app-network';
import colours from 'picocolors';
import { configured } from './configured.ts';

/** `feiqian start`: runs until it is told to stop, then stops in order. */
export async function runStart(options: { fresh?: boolean }): Promise<void> {
  const begun = Date.now();
  const config = configured(options);
  let running: RunningNetwork;
  try {
    running = await startNetwork(config, progressLine());
  } catch (error) {
    clearLine();
    process.stderr.write(`${colours.red('Not started.')} ${messageOf(error)}\n`);
    process.exit(1);
  }
  clearLine();
  process.stdout.write(await banner(running, Date.now() - begun));
  let stopping = false;
  const stop = (signal: string) => {
    if (stopping) return;
    stopping = true;
    process.stderr.write(`\n${signal}: stopping\n`);
    running.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`${messageOf(error)}\n`);
        process.exit(1);
      },
    );
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop(signal));
}

function messageOf(error: unknown): string {
  if (error instanceof StartRefused) return error.message;
  const e = error as NodeJS.ErrnoException & { port?: number };
  if (e.code === 'EADDRINUSE')
    return `Port ${e.port} is taken. Choose another one with PORT, FEIQIAN_BANK_ISO_PORT or FEIQIAN_BANK_API_PORT.`;
  return e.stack ?? String(error);
}

/** On a terminal one line that changes, elsewhere a line for each new kind of step. */
function progressLine(): (step: string) => void {
  let last = '';
  return (step) => {
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${colours.dim(step)}`);
    else if (step.split(':')[0] !== last) process.stderr.write(`${step}\n`);
    last = step.split(':')[0] ?? '';
  };
}

function clearLine(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
}

async function banner(running: RunningNetwork, tookMs: number): Promise<string> {
  const { url, engine, network } = running;
  const { bold, dim, cyan, red } = colours;
  const line = (label: string, text: string) => `  ${label.padEnd(10)}${text}\n`;
  let out = `\n${red('◱')} ${bold('Feiqian 飞钱')} ${dim(`ready in ${(tookMs / 1000).toFixed(1)} s`)}\n\n`;
  for (const [label, path] of [
    ['Start', '/'],
    ['Wallet', '/wallet'],
    ['Till', '/till'],
    ['Console', '/console'],
    ['API', '/docs'],
  ] as const) {
    out += line(label, cyan(`${url}${path}`));
  }
  out += `\n${line('Engine', `${engine.name}, profile ${engine.profile}`)}${line('', dim(engine.promises))}`;
  if (network.config.mode !== 'sandbox') return `${out}\n`;
  const guide = await sandboxGuide(network);
  out += `\n${bold('Sandbox city of Yunzhou')}\n`;
  out += line(
    'Wallet',
    `${guide.people
      .slice(0, 3)
      .map((p) => `${p.mobile} ${p.name}`)
      .join(', ')}; code ${bold(guide.code)}`,
  );
  out += line('', `${guide.people.at(-1)?.mobile} holds the test cards (decline, time-out, …)`);
  out += line(
    'Till',
    `staff ${guide.tills[0]?.staff_number}, PIN ${guide.tills[0]?.pin} (${guide.tills[0]?.merchant})`,
  );
  out += line('Console', `user ${guide.console[0]?.username}, password ${guide.console[0]?.password}`);
  out += `\n${bold('Three things to try')}\n`;
  out += '  1. Bind three banks’ cards in the wallet, charge 18.00 at the till, scan its code.\n';
  out += '  2. Show the pay code in the wallet and let the till scan it.\n';
  out += `  3. Pay with a test card that times out and watch the console tell the story.\n\n`;
  return out;
}
