// Which bot wrote this journal? Its settings, symbols and models as they were recorded, whatever is shipped now.
import { dirname } from 'node:path';
import { openJournal } from '../adapters/sqlite/journal.ts';
import type { ConfigTree, DeepReadonly } from '../config/schema.ts';
import { loadConfig } from '../config/load-config.ts';
import { variantOf, type ConfigPatch } from '../config/variant.ts';
import { PerpilotError } from '../domain/errors.ts';
import type { EngineSetup } from '../engine/state.ts';
import { RecordedEngine } from '../live/record/recorded-engine.ts';
import { lastRun, type OpenRun, type RunRecord } from '../live/record/run-record.ts';
import type { Journal } from '../ports/journal.ts';
import { engineParams } from '../research/engine-params.ts';
import { strategyOf } from '../research/jobs.ts';
import type { VariantSettings } from '../research/settings.ts';
import { settingsOf } from './compose-variants.ts';
import { keptModels } from './kept-models.ts';

/** Sections that the engine does not read: other values go on in the same run. */
const OUTSIDE: ReadonlySet<string> = new Set([
  'discovery',
  'live',
  'paper',
  'renewal',
  'operations',
  'alerts',
  'walk_forward',
  'research',
  'targets',
]);

/** The settings that the state of a run depends on, as one text. */
export function recordedSettings({ data, ...sections }: DeepReadonly<ConfigTree>): string {
  const read = Object.entries(sections).filter(([name]) => !OUTSIDE.has(name));
  return JSON.stringify({ data: { ...data, root: null }, ...Object.fromEntries(read) });
}

/** The settings that a run was begun with; what it does not name is as shipped. @throws PerpilotError CONFIG_INVALID where this version does not take them */
export function settingsOfRun({ settings }: RunRecord): VariantSettings {
  // Written by the command that began the run.
  const recorded = JSON.parse(settings) as ConfigPatch;
  const loaded = variantOf(loadConfig().resolved, recorded);
  return { ...settingsOf('recorded', loaded), portfolio: loaded.config.portfolio };
}

/** What the engine of a run is made of. */
export function setupOfRun(run: RunRecord): EngineSetup {
  const settings = settingsOfRun(run);
  return {
    barMs: run.barMs,
    initialEquity: run.initialEquity,
    params: engineParams(settings, run.barMs),
    strategy: strategyOf(settings, run.barMs),
    symbols: run.symbols,
  };
}

/** The journal in `file` for reading. @throws PerpilotError DATA_MISSING where no bot has written one */
export async function openRecorded(file: string): Promise<{ readonly journal: Journal; readonly run: OpenRun }> {
  const journal = await openJournal({ file, now: () => Date.now(), readOnly: true });
  const run = lastRun(journal);
  if (run !== undefined) return { journal, run };
  journal.close();
  throw new PerpilotError('DATA_MISSING', [{ message: 'no bot has begun in this journal', where: file }]);
}

/** The engine of the last run, with nothing fed yet. */
export function engineOfRun(journal: Journal, { record }: OpenRun): RecordedEngine {
  const setup = setupOfRun(record);
  const modelOf = keptModels(dirname(journal.place), setup.strategy, journal).of;
  return new RecordedEngine({ setup, journal, modelOf, now: () => Date.now() });
}
