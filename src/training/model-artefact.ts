// How does a trained model outlive its run? As a JSON file that says what it is, where it comes from, and whether it is whole.
import { PerpilotError } from '../domain/errors.ts';
import { member, optionalMember, readNumber, readText, refuse, type JsonPlace } from '../learning/json-reader.ts';
import { cardFromJson } from './model-card.ts';
import { contentFromJson, contentToJson, hashOfJson, hashOfText, identified, readSchemaHash } from './model-content.ts';
import type { ModelProfile } from './model-profile.ts';
import { profileFromJson } from './profile-json.ts';
import type { TrainedModel } from './train-model.ts';

const FORMAT = 'perpilot-model';
const VERSION = 1;

/** Which data, settings and code a model was trained with. */
export interface ModelProvenance {
  readonly dataHash: string;
  readonly configHash: string;
  readonly codeVersion: string;
}

export interface ModelArtefact extends TrainedModel {
  readonly provenance: ModelProvenance;
  /** Of models that were trained to trade; those of a research run have none. */
  readonly profile?: ModelProfile | undefined;
}

/** Everything of an artefact but the model itself. */
export type ArtefactFacts = Pick<ModelArtefact, 'card' | 'provenance' | 'profile'>;

/** What a model must have been made for. */
export interface ModelExpectation {
  readonly schemaHash: string;
  /** Names of the columns in the order they will be handed in. */
  readonly featureNames: readonly string[];
}

/** The artefact as text. Equal artefacts give equal bytes. */
export function artefactToText({ model, card, provenance, profile }: ModelArtefact): string {
  const { dataHash, configHash, codeVersion } = provenance;
  const body = { provenance: { dataHash, configHash, codeVersion }, card, profile, model: contentToJson(model) };
  const text = JSON.stringify(body);
  const head = JSON.stringify({ format: FORMAT, version: VERSION, sha256: hashOfText(text) });
  // One object: the members of the head, then those of the body.
  return `${head.slice(0, -1)},${text.slice(1)}\n`;
}

/**
 * The artefact of a text; it predicts bit for bit as the one that was written.
 * @throws PerpilotError MODEL_CORRUPT when the text is damaged or no artefact, MODEL_INCOMPATIBLE when the model was made
 * for another feature schema, other features or another order of them
 */
export function artefactFromText(text: string, expected: ModelExpectation): ModelArtefact {
  const parts = partsOf(text);
  refuseOtherSchema(readSchemaHash(parts.model), expected.schemaHash);
  const model = identified(contentFromJson(parts.model, expected.featureNames));
  const facts = factsOf(parts);
  if (facts.card.modelId !== model.id) refuse(parts.card, `is of model ${facts.card.modelId}, not of ${model.id}`);
  return { model, ...facts };
}

/** What an artefact says of itself, whatever features it was made for. @throws PerpilotError MODEL_CORRUPT as above */
export function artefactFacts(text: string): ArtefactFacts {
  return factsOf(partsOf(text));
}

interface ArtefactParts {
  readonly provenance: JsonPlace;
  readonly card: JsonPlace;
  readonly profile: JsonPlace | undefined;
  readonly model: JsonPlace;
}

/** The parts of a whole file. */
function partsOf(text: string): ArtefactParts {
  const root = parse(text);
  const format = member(root, 'format');
  if (readText(format) !== FORMAT) refuse(format, `must be '${FORMAT}'`);
  const version = member(root, 'version');
  if (readNumber(version) !== VERSION) refuse(version, `must be ${VERSION}`);
  const parts = {
    provenance: member(root, 'provenance'),
    card: member(root, 'card'),
    profile: optionalMember(root, 'profile'),
    model: member(root, 'model'),
  };
  const stored = member(root, 'sha256');
  const { provenance, card, profile, model } = parts;
  const body = { provenance: provenance.value, card: card.value, profile: profile?.value, model: model.value };
  if (readText(stored) !== hashOfJson(body)) refuse(stored, 'is not the hash of what follows: the file is damaged');
  return parts;
}

function factsOf({ card, provenance, profile }: ArtefactParts): ArtefactFacts {
  const facts = { card: cardFromJson(card), provenance: readProvenance(provenance) };
  return profile === undefined ? facts : { ...facts, profile: profileFromJson(profile) };
}

function parse(text: string): JsonPlace {
  try {
    return { value: JSON.parse(text), path: 'model file' };
  } catch (error) {
    // What a file holds is input: text that is no JSON is a damaged file, not a bug.
    const reason = error instanceof Error ? error.message : String(error);
    throw new PerpilotError('MODEL_CORRUPT', `the model file is not JSON: ${reason}`);
  }
}

function refuseOtherSchema(stored: string, expected: string): void {
  if (stored === expected) return;
  throw new PerpilotError(
    'MODEL_INCOMPATIBLE',
    `the model was made for feature schema ${stored}, the settings give ${expected}`,
  );
}

function readProvenance(place: JsonPlace): ModelProvenance {
  return {
    dataHash: readText(member(place, 'dataHash')),
    configHash: readText(member(place, 'configHash')),
    codeVersion: readText(member(place, 'codeVersion')),
  };
}
