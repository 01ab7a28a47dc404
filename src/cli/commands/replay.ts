// Does the bot decide today what it decided then? `perpilot replay`: recorded events through the engine, every command compared.
import type { Command } from 'commander';
import { examples } from '../arguments.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';

interface ReplayOptions {
  readonly json: boolean;
}

export function registerReplay(program: Command, context: CliContext): void {
  program
    .command('replay')
    .description('feed the recorded events of a bot through the engine again and compare every command bit for bit')
    .argument('<journal>', 'file of the journal; its models lie in the folder models beside it')
    .option('--json', 'one JSON object', false)
    .addHelpText('after', examples('replay runs/rehearsal/journal.sqlite'))
    .action((file: string, options: ReplayOptions) => replay(file, options, context));
}

async function replay(file: string, { json }: ReplayOptions, context: CliContext): Promise<void> {
  const { engineOfRun, openRecorded } = await import('../recorded-run.ts');
  const { journal, run } = await openRecorded(file);
  try {
    const engine = engineOfRun(journal, run);
    const steps = engine.recover(run.sequence);
    const { roundTrips, ledger } = engine.state;
    const wallet = ledger.walletNumber;
    if (json)
      context.out(
        JSON.stringify({ steps, same: true, trades: roundTrips.length, wallet, version: run.record.version }),
      );
    else {
      context.out(
        `${steps} steps fed again, every command the same bit for bit: ${roundTrips.length} trades, wallet ${wallet}`,
      );
      context.out(`Recorded by version ${run.record.version}`);
    }
    context.finish(EXIT.OK);
  } finally {
    journal.close();
  }
}
