// How are models renewed by one command, by hand or by the bot? `perpilot retrain`: train, judge, shadow, promote or refuse.
import type { Command } from 'commander';
import { examples } from '../arguments.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import type { RunRetrainOptions } from '../run-retrain.ts';
import { addTrainingOptions } from './train.ts';

interface RetrainOptions extends RunRetrainOptions {
  readonly json: boolean;
}

export function registerRetrain(program: Command, context: CliContext): void {
  addTrainingOptions(program.command('retrain'))
    .description('train successors of the models that trade, judge them in trades, and promote those that pass')
    .option('--joint', 'one model learns from all symbols; all of them are promoted or none is', false)
    .option('--if-due', 'only if the schedule asks for it (renewal.schedule)', false)
    .option('--guard', 'with --if-due: the performance guard asks for it (renewal.schedule.on_guard)', false)
    .option('--settle', 'train nothing: only judge challengers whose days of shadow are over', false)
    .option('--dry-run', 'say what would be done, and do none of it', false)
    .addHelpText(
      'after',
      examples('retrain --data ./data --dry-run', 'retrain --data ./data --symbols BTCUSDT,ETHUSDT'),
    )
    .action((options: RetrainOptions) => retrain(options, context));
}

async function retrain(options: RetrainOptions, context: CliContext): Promise<void> {
  const { runRetrain } = await import('../run-retrain.ts');
  const answer = await runRetrain(options, context.interrupt.signal);
  const { retrainJson, retrainLines } = await import('../retrain-answer.ts');
  if (options.json) context.out(retrainJson(answer));
  else for (const line of retrainLines(answer)) context.out(line);
  const hasFailed =
    answer.kind === 'done' && answer.outcomes.some(({ kind }) => kind === 'blocked' || kind === 'failed');
  context.finish(hasFailed ? EXIT.NEGATIVE : EXIT.OK);
}
