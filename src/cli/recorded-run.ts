// Which bot wrote this journal? Its settings, symbols and models as they were recorded, whatever is shipped now.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
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
import type { MetaModel } from '../strategy/meta-model.ts';
import { artefactFromText } from '../training/model-artefact.ts';
import { settingsOf } from './compose-variants.ts';

/** Sections that the engine does not read: other values go on in the same run. */
const OUTSIDE: ReadonlySet<string> = new Set(['discovery', 'live', 'walk_forward', 'research', 'targets']);

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
  const models = modelsBeside(journal.place, setup.strategy);
  return new RecordedEngine({
    setup,
    journal,
    modelOf: (id) => {
      const model = models.get(id);
      if (model !== undefined) return model;
      const hint = 'models lie in the folder models beside the journal, under their ids';
      throw new PerpilotError('MODEL_CORRUPT', [{ message: `model ${id} of the journal is not there`, hint }]);
    },
    now: () => Date.now(),
  });
}

function modelsBeside(journalFile: string, strategy: EngineSetup['strategy']): ReadonlyMap<string, MetaModel> {
  const folder = join(dirname(journalFile), 'models');
  const expected = { schemaHash: strategy.schemaHash, featureNames: strategy.rowNames };
  let names: readonly string[] = [];
  try {
    names = readdirSync(folder);
  } catch {
    // A bot that trades without models keeps none.
  }
  return new Map(
    names
      .filter((name) => name.endsWith('.json'))
      .map((name) => artefactFromText(readFileSync(join(folder, name), 'utf8'), expected).model)
      .map((model) => [model.id, model]),
  );
}
