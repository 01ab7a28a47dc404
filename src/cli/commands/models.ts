// Who trades, who could, and how does a person change that? `perpilot models`: the registry of models.
import { InvalidArgumentError, type Command } from 'commander';
import { loadConfig } from '../../config/load-config.ts';
import type { ModelStore } from '../../ports/model-store.ts';
import { addConfigOptions, configRequestOf, examples, type ConfigOptions } from '../arguments.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import type * as answersOfModels from '../models-answer.ts';
import type { ModelsAnswer } from '../models-answer.ts';
import { openModels } from '../open-models.ts';
import type { PromoteOptions } from '../run-models.ts';
import type { RunWatchOptions } from '../run-watch.ts';
import { addTrainingOptions } from './train.ts';

interface ModelsOptions extends ConfigOptions {
  readonly models?: string;
  readonly json: boolean;
}

interface ReasonOptions extends ModelsOptions {
  readonly reason?: string;
}

type WatchOptions = ModelsOptions & RunWatchOptions;
type PromotionOptions = ModelsOptions & PromoteOptions;

/** Adds the command with what stands below it. */
export function registerModels(program: Command, context: CliContext): void {
  const models = program.command('models').description('the registry of models: who trades, who challenges, who did');
  registerLooks(models, context);
  registerChanges(models, context);
  registerWatch(models, context);
  registerCare(models, context);
}

function registerLooks(models: Command, context: CliContext): void {
  addModelsOptions(models.command('list'))
    .description('every model with its state, what it learnt from and how it did')
    .action(async (options: ModelsOptions) => answer(options, context, async (store, of) => of.listAnswer(store)));
  addModelsOptions(models.command('show'))
    .description('the card of a model: data, labels, figures, calibration, what it relies on')
    .argument('<model>', 'first digits of its version')
    .action(async (model: string, options: ModelsOptions) =>
      answer(options, context, async (store, of) => of.showAnswer(store, model)),
    );
  addModelsOptions(models.command('compare'))
    .description('two models side by side')
    .argument('<model>', 'first digits of a version')
    .argument('<other>', 'first digits of another version')
    .action(async (model: string, other: string, options: ModelsOptions) =>
      answer(options, context, async (store, of) => of.compareAnswer(store, model, other)),
    );
}

function registerChanges(models: Command, context: CliContext): void {
  addTrainingOptions(models.command('promote'))
    .description('let models trade, if they beat who trades now on days that neither learnt from; all of them or none')
    .argument('<models...>', 'first digits of their versions, one per symbol')
    .option('--force', 'without the gate, by your word', false)
    .option('--reason <text>', 'why, for the record')
    .addHelpText(
      'after',
      examples('models promote 3f2a9c41 --data ./data', 'models promote 3f2a9c41 --force --reason "first model"'),
    )
    .action(async (words: readonly string[], options: PromotionOptions) =>
      answer(options, context, async (store, of) => {
        const { promoteModels } = await import('../run-models.ts');
        return of.promotionAnswer(await promoteModels(store, words, { options, signal: context.interrupt.signal }));
      }),
    );
  addModelsOptions(models.command('rollback'))
    .description('let the champion before trade again')
    .argument('<symbol>', 'such as BTCUSDT')
    .option('--withdraw', 'leave the symbol without a model: nothing is opened there', false)
    .option('--reason <text>', 'why, for the record')
    .action(async (symbol: string, options: ReasonOptions & { readonly withdraw: boolean }) =>
      answer(options, context, async (store, of) => {
        const { rollBack } = await import('../run-models.ts');
        return of.slotAnswer(await rollBack(store, symbol, options), symbol);
      }),
    );
}

function registerWatch(models: Command, context: CliContext): void {
  addTrainingOptions(models.command('watch'))
    .description(
      'hold champions against what came after their training: Brier score, promises, drift; exit code 1 on an alarm',
    )
    .option('--act', 'go back to the champion before, or to none, where promises are broken', false)
    .addHelpText('after', examples('models watch --data ./data', 'models watch --data ./data --symbols BTCUSDT --act'))
    .action(async (options: WatchOptions) =>
      answer(options, context, async (store, of) => {
        const { watchModels } = await import('../run-watch.ts');
        return of.watchAnswer(await watchModels(store, options, context.interrupt.signal));
      }),
    );
}

function registerCare(models: Command, context: CliContext): void {
  addModelsOptions(models.command('verify'))
    .description('check every file against its hash; exit code 1 when one is damaged')
    .action(async (options: ModelsOptions) => answer(options, context, async (store, of) => of.verifyAnswer(store)));
  addModelsOptions(models.command('prune'))
    .description('remove archived models that nobody trades, challenges with or could go back to')
    .option('--keep <number>', 'newest archived models that stay', wholeNumber, 20)
    .action(async (options: ModelsOptions & { readonly keep: number }) =>
      answer(options, context, async (store, of) => {
        const { pruneModels } = await import('../run-models.ts');
        return of.pruneAnswer(await pruneModels(store, options.keep));
      }),
    );
  addModelsOptions(models.command('restore'))
    .description('mend what is damaged; with a revision, bring back who traded then')
    .argument('[revision]', 'of a backup, as models list names them', wholeNumber)
    .option('--reason <text>', 'why, for the record')
    .action(async (revision: number | undefined, options: ReasonOptions) =>
      answer(options, context, async (store, of) => {
        const { restoreModels } = await import('../run-models.ts');
        return of.restoreAnswer(await restoreModels(store, revision, options.reason));
      }),
    );
}

function addModelsOptions(command: Command): Command {
  return addConfigOptions(command)
    .option('--models <dir>', 'folder of the models (default: renewal.models_folder)')
    .option('--json', 'one JSON object', false);
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Write a whole number.');
  return Number(text);
}

type Answers = typeof answersOfModels;

/** Opens the store, answers in lines or as JSON, and ends with 1 where the answer is negative. */
async function answer(
  options: ModelsOptions,
  context: CliContext,
  ask: (store: ModelStore, of: Answers) => Promise<ModelsAnswer>,
): Promise<void> {
  const answers = await import('../models-answer.ts');
  const { config } = loadConfig(configRequestOf(options));
  const { ok, json, lines } = await ask(openModels(options.models, config.renewal), answers);
  if (options.json) {
    context.out(JSON.stringify({ ok, ...json }, (_, value: unknown) => (value === undefined ? null : value)));
  } else for (const line of lines) context.out(line);
  context.finish(ok ? EXIT.OK : EXIT.NEGATIVE);
}
