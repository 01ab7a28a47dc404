// What is a meta-model made of? Its content as JSON, and the identity that follows from it.
import { createHash } from 'node:crypto';
import { ensembleFromJson, ensembleToJson } from '../learning/ensemble.ts';
import { member, optionalMember, readNumber, refuse, type JsonPlace } from '../learning/json-reader.ts';
import type { MetaModel } from '../strategy/meta-model.ts';

/** Everything of a model but its identity. */
export type ModelContent = Omit<MetaModel, 'id'>;

const ID_DIGITS = 16;

/** SHA-256 of a JSON value, 64 hexadecimal digits. */
export function hashOfJson(value: unknown): string {
  return hashOfText(JSON.stringify(value));
}

/** SHA-256 of a text in UTF-8. */
export function hashOfText(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The content as a JSON value; equal contents give equal texts. */
export function contentToJson(content: ModelContent): unknown {
  const { schemaHash, ensemble, edge, skilled, baseRate, validatedWinRate } = content;
  return {
    schemaHash,
    edge: { breakEven: edge.breakEven, spread: edge.spread },
    skilled,
    baseRate,
    validatedWinRate,
    ensemble: ensembleToJson(ensemble),
  };
}

/** The model of a content: whatever changes a decision changes its id. */
export function identified(content: ModelContent): MetaModel {
  return { id: hashOfJson(contentToJson(content)).slice(0, ID_DIGITS), ...content };
}

/** @throws PerpilotError MODEL_CORRUPT on damage, MODEL_INCOMPATIBLE for other features or another order of them */
export function contentFromJson(place: JsonPlace, featureNames: readonly string[]): ModelContent {
  const edge = member(place, 'edge');
  const validated = optionalMember(place, 'validatedWinRate');
  return {
    schemaHash: readSchemaHash(place),
    ensemble: ensembleFromJson(member(place, 'ensemble').value, featureNames),
    edge: { breakEven: readNumber(member(edge, 'breakEven')), spread: readNumber(member(edge, 'spread')) },
    skilled: readFlag(member(place, 'skilled')),
    baseRate: readNumber(member(place, 'baseRate')),
    validatedWinRate: validated === undefined ? undefined : readNumber(validated),
  };
}

/** The schema hash of a model's content. */
export function readSchemaHash(place: JsonPlace): string {
  const hash = member(place, 'schemaHash');
  return typeof hash.value === 'string' ? hash.value : refuse(hash, 'must be a text');
}

/** True or false. */
export function readFlag(place: JsonPlace): boolean {
  return typeof place.value === 'boolean' ? place.value : refuse(place, 'must be true or false');
}
