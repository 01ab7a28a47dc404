// Where do the models of a bot lie? Beside its journal, each under the id that the journal names it by, never changed.
import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomically } from '../adapters/system/atomic-write.ts';
import { codeVersion } from '../adapters/system/code-version.ts';
import { PerpilotError } from '../domain/errors.ts';
import type { MetaModel } from '../strategy/meta-model.ts';
import type { Strategy } from '../strategy/strategy.ts';
import { artefactFromText, artefactToText, type ModelArtefact } from '../training/model-artefact.ts';
import type { TrainedModel } from '../training/train-model.ts';

const folderOf = (bot: string): string => join(bot, 'models');

export interface ModelOrigin {
  readonly configHash: string;
  readonly dataHash: string;
}

/** Writes a model into the folder of the bot. */
export async function keepModel(bot: string, trained: TrainedModel, origin: ModelOrigin): Promise<void> {
  await mkdir(folderOf(bot), { recursive: true });
  const text = artefactToText({ ...trained, provenance: { ...origin, codeVersion: codeVersion() } });
  await writeFileAtomically(join(folderOf(bot), `${trained.model.id}.json`), text);
}

/** The model in a file. @throws PerpilotError MODEL_CORRUPT, MODEL_INCOMPATIBLE; undefined: there is no such file */
export function modelInFile(file: string, { schemaHash, rowNames }: Strategy): ModelArtefact | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
  return artefactFromText(text, { schemaHash, featureNames: rowNames });
}

/** Finds models of the bot by id, each read once. The returned function throws PerpilotError MODEL_CORRUPT. */
export function keptModels(bot: string, strategy: Strategy): (id: string) => MetaModel {
  const read = new Map<string, MetaModel>();
  return (id) => {
    const file = join(folderOf(bot), `${id}.json`);
    const model = read.get(id) ?? modelInFile(file, strategy)?.model;
    if (model === undefined) {
      const hint = 'models lie in the folder models beside the journal, under their ids: put it back from a backup';
      throw new PerpilotError('MODEL_CORRUPT', [
        { message: `model ${id} of the journal is not there`, where: file, hint },
      ]);
    }
    read.set(id, model);
    return model;
  };
}
