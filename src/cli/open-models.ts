// Where do the models of a command live, and which of them does a person mean?
import { resolve } from 'node:path';
import { createModelFiles } from '../adapters/model-files/model-files.ts';
import type { Config } from '../config/schema.ts';
import { PerpilotError } from '../domain/errors.ts';
import type { ModelStore, ModelVersion } from '../ports/model-store.ts';
import { artefactFacts, type ArtefactFacts } from '../training/model-artefact.ts';

/** The store that `--models` or the settings name. */
export function openModels(folder: string | undefined, { modelsFolder, keepBackups }: Config['renewal']): ModelStore {
  return createModelFiles({ folder: resolve(folder ?? modelsFolder), keepBackups });
}

/** A model that can be read, with what it says of itself. */
export interface KnownModel {
  readonly version: ModelVersion;
  readonly facts: ArtefactFacts;
}

/** Every version, the one that knows least of the present first; and what is wrong with those that cannot be read. */
export async function knownModels(
  store: ModelStore,
): Promise<{ readonly models: readonly KnownModel[]; readonly unreadable: readonly ModelVersion[] }> {
  const models: KnownModel[] = [];
  const unreadable: ModelVersion[] = [];
  for (const version of await store.versions()) {
    try {
      models.push({ version, facts: artefactFacts(await store.read(version)) });
    } catch (error) {
      if (!(error instanceof PerpilotError)) throw error;
      unreadable.push(version);
    }
  }
  models.sort(
    (a, b) => a.facts.card.validationUntil - b.facts.card.validationUntil || (a.version < b.version ? -1 : 1),
  );
  return { models, unreadable };
}

/** The one version that begins with `text`. @throws PerpilotError MODEL_MISSING, ARGUMENT_INVALID when several do */
export async function versionOf(store: ModelStore, text: string): Promise<ModelVersion> {
  const all = await store.versions();
  const found = all.filter((version) => version.startsWith(text));
  if (found.length === 1) return found[0];
  const hint = 'perpilot models list shows what is there';
  if (found.length === 0) {
    throw new PerpilotError('MODEL_MISSING', [{ message: `no model begins with ${text} in ${store.place}`, hint }]);
  }
  const message = `${text} begins ${found.length} models: give more digits`;
  throw new PerpilotError('ARGUMENT_INVALID', [{ message, hint }]);
}

/** The digits that people see of a version. */
export function shortOf(version: ModelVersion | undefined): string {
  return version === undefined ? '-' : version.slice(0, 12);
}
