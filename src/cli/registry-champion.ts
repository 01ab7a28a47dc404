// Which model does the registry in a folder say that a symbol is traded with? The champion, nobody, or no registry at all.
import { createModelFiles } from '../adapters/model-files/model-files.ts';
import type { ModelVersion } from '../ports/model-store.ts';
import type { Strategy } from '../strategy/strategy.ts';
import { artefactFromText, type ModelArtefact } from '../training/model-artefact.ts';
import { slotOf } from '../training/registry-changes.ts';

export interface RegisteredChampion {
  readonly version: ModelVersion;
  readonly artefact: ModelArtefact;
  /** As it is kept. */
  readonly text: string;
}

/**
 * Undefined: nothing was ever recorded in the folder; `nobody`: it was, and no model trades the symbol.
 * @throws PerpilotError MODEL_CORRUPT, MODEL_MISSING, MODEL_INCOMPATIBLE: then nothing is to be opened there
 */
export async function registryChampion(
  folder: string,
  symbol: string,
  { schemaHash, rowNames }: Pick<Strategy, 'schemaHash' | 'rowNames'>,
): Promise<RegisteredChampion | 'nobody' | undefined> {
  // Read only: backups are made by those who change the record.
  const store = createModelFiles({ folder, keepBackups: 1 });
  const registry = await store.registry();
  if (registry.revision === 0) return undefined;
  const { champion } = slotOf(registry, symbol);
  if (champion === undefined) return 'nobody';
  const text = await store.read(champion);
  return { version: champion, artefact: artefactFromText(text, { schemaHash, featureNames: rowNames }), text };
}
