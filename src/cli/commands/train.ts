// How does a person have models trained? `perpilot train`: new versions in the registry, as challengers of those that trade.
import type { Command } from 'commander';
import { addConfigOptions, addRiskLevelOption, examples, utcTime } from '../arguments.ts';
import type { TrainingOptions } from '../compose-training.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { positiveNumber, seedOf } from '../simulator-options.ts';

interface TrainOptions extends TrainingOptions {
  readonly days?: number;
  readonly joint: boolean;
  readonly models?: string;
  readonly json: boolean;
}

/** Adds what every command has that trains or judges models. */
export function addTrainingOptions(command: Command): Command {
  return addRiskLevelOption(addConfigOptions(command))
    .option('--symbols <names...>', 'symbols, with blanks or commas between them; all: every one with candles')
    .option('-d, --data <dir>', 'folder with candles/, funding/ and instruments/ (default: data.root)')
    .option('--embedded', 'the synthetic market inside the package instead of stored data', false)
    .option('--until <time>', 'nothing later is looked at, UTC (default: the end of what is stored)', utcTime)
    .option('--models <dir>', 'folder of the models (default: renewal.models_folder)')
    .option('--seed <number>', 'seed of everything random (default: research.seed)', seedOf)
    .option('--json', 'one JSON object', false);
}

export function registerTrain(program: Command, context: CliContext): void {
  addTrainingOptions(program.command('train'))
    .description('train models that are to trade, and keep them as challengers')
    .option('--days <number>', 'days of history to learn from (default: renewal.train_days)', positiveNumber)
    .option('--joint', 'one model learns from all symbols; each symbol gets it with its own place in it', false)
    .addHelpText(
      'after',
      examples(
        'train --data ./data --symbols BTCUSDT',
        'train --data ./data --symbols BTCUSDT,ETHUSDT,SOLUSDT --joint',
      ),
    )
    .action((options: TrainOptions) => train(options, context));
}

async function train(options: TrainOptions, context: CliContext): Promise<void> {
  // Loaded here: the reader of candles takes longer to start than most commands to run.
  const { runTraining } = await import('../run-training.ts');
  const answer = await runTraining(options, context.interrupt.signal);
  const { trainingJson, trainingLines } = await import('../training-answer.ts');
  if (options.json) context.out(trainingJson(answer));
  else for (const line of trainingLines(answer)) context.out(line);
  const isWhole = answer.outcomes.every(({ kind }) => kind === 'trained');
  context.finish(isWhole ? EXIT.OK : EXIT.NEGATIVE);
}
