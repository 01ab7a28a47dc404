// Which defaults do the runs support? `perpilot calibrate`: keeps what is robust, proposes it, and writes it when asked.
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { PerpilotError } from '../../domain/errors.ts';
import { calibrate } from '../../research/calibrate.ts';
import { calibrationJson, calibrationLines, warningsOf } from '../../research/calibrate-answer.ts';
import { calibrationDocument } from '../../research/calibrate-document.ts';
import { examples } from '../arguments.ts';
import { editedConfig, shippedLevels, SHIPPED_PLACES, writeAllOrNone, type ConfigPlaces } from '../calibrate-apply.ts';
import { readCalibrationRuns, refuseGoneSettings } from '../calibrate-input.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { reserveFolder } from '../research-output.ts';

const DOCUMENT_FILE = 'PHASE11_VALIDATION_AND_DEFAULTS.md';
const DOCS_FOLDER = fileURLToPath(new URL('../../../docs/', import.meta.url));

interface CalibrateOptions {
  readonly apply: boolean;
  readonly out?: string;
  readonly json: boolean;
}

/** Adds the command; `places` is where the configuration lies that is compared with and written to. */
export function registerCalibrate(program: Command, context: CliContext, places: ConfigPlaces = SHIPPED_PLACES): void {
  program
    .command('calibrate')
    .description('keep what is robust over the runs of several symbols and periods, and propose it as defaults')
    .argument('<run-folders...>', 'folders of runs, or folders with runs/ inside')
    .option('--apply', 'write the proposed defaults into the configuration, and the document that says why', false)
    .option('-o, --out <dir>', "where the document goes, also without --apply (default: the project's docs/)")
    .option('--json', 'one JSON object', false)
    .addHelpText(
      'after',
      examples(
        'calibrate ./runs/sweep',
        'calibrate ./runs/sweep-2023 ./runs/sweep-2024 --json',
        'calibrate ./runs/sweep --apply',
      ),
    )
    .action((folders: readonly string[], options: CalibrateOptions) =>
      answer(folders, options, { ...context, places }),
    );
}

type CalibrateContext = CliContext & { readonly places: ConfigPlaces };

async function answer(
  folders: readonly string[],
  { apply, out, json }: CalibrateOptions,
  { places, ...context }: CalibrateContext,
): Promise<void> {
  const runs = readCalibrationRuns(folders);
  if (apply) refuseSynthetic(runs.some(({ synthetic }) => synthetic));
  const shipped = shippedLevels(places);
  refuseGoneSettings(runs, shipped);
  const calibration = calibrate(runs, shipped);
  for (const warning of json ? warningsOf(calibration) : []) context.stderr.write(`warning: ${warning}\n`);
  const edited = editedConfig(calibration.changes, places);
  const isWritten = apply || out !== undefined;
  const document = {
    path: join(resolve(out ?? DOCS_FOLDER), DOCUMENT_FILE),
    text: calibrationDocument({ calibration, inForce: apply ? edited.levels : shipped, isApplied: apply }),
  };
  const files = isWritten ? [...(apply ? edited.files : []), document] : [];
  const takeBack = isWritten ? await reserveFolder(resolve(out ?? DOCS_FOLDER)) : (): void => undefined;
  try {
    await writeAllOrNone(files, context.interrupt);
  } finally {
    takeBack();
  }
  const written = files.map(({ path }) => path);
  if (json) context.out(calibrationJson(calibration, written));
  else for (const line of calibrationLines(calibration, written)) context.out(line);
  context.finish(EXIT.OK);
}

function refuseSynthetic(isSynthetic: boolean): void {
  if (!isSynthetic) return;
  throw new PerpilotError('ARGUMENT_INVALID', [
    {
      message: 'synthetic runs are not applied: no market made them',
      where: '--apply',
      hint: 'leave --apply out to see what they say, or give runs of market data',
    },
  ]);
}
