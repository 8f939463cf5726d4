import { version } from '@feiqian/app-network';
import { Command } from 'commander';
import { runStart } from './start.ts';

const program = new Command('feiqian')
  .description('Feiqian (飞钱): an open mobile payment network')
  .version(version)
  .showHelpAfterError();

program
  .command('start')
  .description('start the network with all its roles; without DATABASE_URL everything is in ./data')
  .option('--fresh', 'start over with an empty sandbox')
  .action((options: { fresh?: boolean }) => runStart(options));

await program.parseAsync();
