// Where do the models of a bot lie? Beside its journal, each under the id that the journal names it by, and once more in the journal.
import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { writeFileAtomically } from '../adapters/system/atomic-write.ts';
import { codeVersion } from '../adapters/system/code-version.ts';
import { PerpilotError } from '../domain/errors.ts';
import type { Journal, NewJournalRow } from '../ports/journal.ts';
import type { MetaModel } from '../strategy/meta-model.ts';
import type { Strategy } from '../strategy/strategy.ts';
import { artefactFromText, artefactToText, type ModelArtefact } from '../training/model-artefact.ts';
import type { TrainedModel } from '../training/train-model.ts';

const folderOf = (bot: string): string => join(bot, 'models');

/** What a model has to be made for. */
type Expected = Pick<Strategy, 'schemaHash' | 'rowNames'>;

export interface ModelOrigin {
  readonly configHash: string;
  readonly dataHash: string;
}

/** Writes a model into the folder of the bot; returns what was written. */
export async function keepModel(bot: string, trained: TrainedModel, origin: ModelOrigin): Promise<string> {
  const text = artefactToText({ ...trained, provenance: { ...origin, codeVersion: codeVersion() } });
  await keepText(bot, trained.model.id, text);
  return text;
}

/** Writes the text of a model into the folder of the bot. */
export async function keepText(bot: string, id: string, text: string): Promise<void> {
  await mkdir(folderOf(bot), { recursive: true });
  await writeFileAtomically(join(folderOf(bot), `${id}.json`), text);
}

/** The row that holds a model whole; undefined: the journal has it. */
export function modelRow(journal: Journal, { id, text, time }: { id: string; text: string; time: number }) {
  if (journal.latest('model', id) !== undefined) return undefined;
  const payload = JSON.stringify({ kind: 'model', id, bytes: text.length, gzip: gzipSync(text).toString('base64') });
  const row: NewJournalRow = { stream: 'model', key: id, eventTime: time, receivedTime: time, payload };
  return row;
}

/** The model in a file. @throws PerpilotError MODEL_CORRUPT, MODEL_INCOMPATIBLE; undefined: there is no such file */
export function modelInFile(file: string, expected: Expected): ModelArtefact | undefined {
  const text = textIn(file);
  return text === undefined ? undefined : artefactOf(text, expected);
}

/** The models of a bot by id, each read once. */
export interface KeptModels {
  /** @throws PerpilotError MODEL_CORRUPT when neither the folder nor the journal has it whole */
  readonly of: (id: string) => MetaModel;
  /** Its text, as it was kept. @throws PerpilotError as `of` */
  readonly textOf: (id: string) => string;
  /** What is wrong with the files of models that the journal had to give, by id. */
  readonly faults: ReadonlyMap<string, string>;
}

interface Kept {
  readonly text: string;
  readonly model: MetaModel;
}

/** A file that is lost or damaged is named among the faults; what was decided with it can be followed all the same. */
export function keptModels(bot: string, strategy: Expected, journal: Journal): KeptModels {
  const read = new Map<string, Kept>();
  const faults = new Map<string, string>();
  const find = (id: string): Kept => {
    const file = join(folderOf(bot), `${id}.json`);
    const known = read.get(id);
    if (known !== undefined) return known;
    let kept = wholeFile(file, id, strategy);
    if (typeof kept === 'string') {
      faults.set(id, kept);
      kept = copyIn(journal, id, strategy) ?? lost(file, kept);
    }
    read.set(id, kept);
    return kept;
  };
  return { of: (id) => find(id).model, textOf: (id) => find(id).text, faults };
}

/** The model of a file, or what is wrong with it. */
function wholeFile(file: string, id: string, expected: Expected): Kept | string {
  const text = textIn(file);
  if (text === undefined) return `${file} is not there`;
  try {
    const { model } = artefactOf(text, expected);
    return model.id === id ? { text, model } : `${file} holds model ${model.id}`;
  } catch (error) {
    if (!(error instanceof PerpilotError) || error.code !== 'MODEL_CORRUPT') throw error;
    return `${file} is damaged: ${error.message}`;
  }
}

function copyIn(journal: Journal, id: string, expected: Expected): Kept | undefined {
  const row = journal.latest('model', id);
  if (row === undefined) return undefined;
  // Written by `modelRow` above, and hashed by the journal.
  const { gzip } = JSON.parse(row.payload) as { readonly gzip: string };
  const text = gunzipSync(Buffer.from(gzip, 'base64')).toString('utf8');
  return { text, model: artefactOf(text, expected).model };
}

function lost(file: string, problem: string): never {
  const hint = 'this journal was begun by a version that kept no copy of its models: put the file back from a backup';
  throw new PerpilotError('MODEL_CORRUPT', [{ message: problem, where: file, hint }]);
}

function textIn(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function artefactOf(text: string, { schemaHash, rowNames }: Expected): ModelArtefact {
  return artefactFromText(text, { schemaHash, featureNames: rowNames });
}
