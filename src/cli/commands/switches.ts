// How does a person stop the bot, and let it go on? `perpilot kill`, `pause` and `resume`: switches beside its journal.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { createLatchFiles } from '../../adapters/system/latch-files.ts';
import { PerpilotError } from '../../domain/errors.ts';
import { isoTime } from '../../domain/iso-time.ts';
import { LATCH_NAMES, type LatchName } from '../../ports/latch-store.ts';
import { examples } from '../arguments.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';

interface SwitchOptions {
  readonly reason: string;
}

const WHAT: Readonly<Record<LatchName, string>> = {
  kill: 'close everything, ask the venue until it says flat, and open nothing until resume',
  pause: 'open nothing new until resume; what is held is looked after',
};

export function registerSwitches(program: Command, context: CliContext): void {
  for (const name of LATCH_NAMES) {
    program
      .command(name)
      .description(WHAT[name])
      .argument('<dir>', 'folder of the bot: where its journal lies')
      .option('--reason <text>', 'why, for the journal', 'by command')
      .addHelpText('after', examples(`${name} runs/rehearsal --reason "going on holiday"`))
      .action((folder: string, { reason }: SwitchOptions) => {
        assertBot(folder);
        createLatchFiles(folder).set(name, { reason, by: 'command', at: Date.now() });
        context.out(`${name} is set in ${folder}: the bot acts on it within a second, and whenever it starts`);
        context.finish(EXIT.OK);
      });
  }
  program
    .command('resume')
    .description('take back pause, and with --confirm the kill switch too')
    .argument('<dir>', 'folder of the bot: where its journal lies')
    .option('--confirm', 'the account was looked at, and the bot may trade again after a kill', false)
    .addHelpText('after', examples('resume runs/rehearsal --confirm'))
    .action((folder: string, options: { readonly confirm: boolean }) => resume(folder, options, context));
}

function resume(folder: string, { confirm }: { readonly confirm: boolean }, context: CliContext): void {
  assertBot(folder);
  const latches = createLatchFiles(folder);
  const killed = latches.read('kill');
  if (killed !== undefined && !confirm) {
    throw new PerpilotError('ARGUMENT_INVALID', [
      {
        message: `the kill switch was thrown (${killed.reason}, ${isoTime(killed.at)} UTC)`,
        where: '--confirm',
        hint: 'look at the account at the exchange first, then resume with --confirm',
      },
    ]);
  }
  const taken = LATCH_NAMES.filter((name) => latches.read(name) !== undefined);
  for (const name of taken) latches.clear(name);
  context.out(taken.length === 0 ? `nothing was set in ${folder}` : `taken back: ${taken.join(', ')}`);
  context.finish(EXIT.OK);
}

function assertBot(folder: string): void {
  if (existsSync(join(folder, 'journal.sqlite'))) return;
  const hint = 'name the folder that was given to perpilot bot with --out';
  throw new PerpilotError('DATA_MISSING', [{ message: `no bot has its journal in ${folder}`, where: folder, hint }]);
}
