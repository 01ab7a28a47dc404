// How is an input of the engine written down with what it led to, so that it can be fed again bit for bit? Models stand there by their id.
import { fromExactJson, toExactJson } from '../../domain/exact-json.ts';
import { PerpilotError } from '../../domain/errors.ts';
import type { Command } from '../../domain/order.ts';
import type { EngineEvent, ModelPromoted } from '../../engine/event.ts';
import type { Note } from '../../engine/step.ts';
import type { MetaModel } from '../../strategy/meta-model.ts';

/** A model's place in the record: its content is kept elsewhere under this id. */
export type RecordedModel = Omit<ModelPromoted, 'model'> & { readonly modelId: string | undefined };

export type RecordedInput = Exclude<EngineEvent, ModelPromoted> | RecordedModel;

/** Why a symbol did what it did at a close, with what the meta-model saw where there was a signal. */
export interface RecordedDecision {
  readonly symbol: string;
  readonly verdict: string;
  readonly signal: number;
  readonly regime: string;
  /** Columns in the order of the strategy's row names; undefined: there was no signal. */
  readonly row: readonly number[] | undefined;
}

/** One step of the engine as the journal keeps it. */
export interface EngineRecord {
  readonly input: RecordedInput;
  readonly commands: readonly Command[];
  readonly notes: readonly Note[];
  /** Of slices only. */
  readonly decisions: readonly RecordedDecision[];
}

/** The record as text; equal records give equal texts. */
export function recordText(record: EngineRecord): string {
  return toExactJson(record);
}

/** @throws PerpilotError JOURNAL_CORRUPT for a text that is no record */
export function recordFromText(text: string): EngineRecord {
  const value = fromExactJson(text);
  if (typeof value !== 'object' || value === null || !('input' in value) || !('commands' in value)) {
    throw new PerpilotError('JOURNAL_CORRUPT', 'a row of the journal is no step of the engine');
  }
  return value as EngineRecord;
}

/** What stands in the record for an event. */
export function recordedInput(event: EngineEvent): RecordedInput {
  if (event.kind !== 'model-promoted') return event;
  const { kind, time, symbol, model } = event;
  return { kind, time, symbol, modelId: model?.id };
}

/** The event of a record again. `modelOf` throws for a model that it does not have. */
export function eventOf(input: RecordedInput, modelOf: (id: string) => MetaModel): EngineEvent {
  if (input.kind !== 'model-promoted') return input;
  const { kind, time, symbol, modelId } = input;
  return { kind, time, symbol, model: modelId === undefined ? undefined : modelOf(modelId) };
}
