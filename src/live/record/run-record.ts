// With which settings was the bot begun? A run stands in the journal before its steps; other settings begin another run.
import { fromExactJson, toExactJson } from '../../domain/exact-json.ts';
import { PerpilotError } from '../../domain/errors.ts';
import type { Instrument } from '../../domain/instrument.ts';
import type { EngineState } from '../../engine/state.ts';
import type { Journal, NewJournalRow } from '../../ports/journal.ts';

export interface RunSymbol {
  readonly instrument: Instrument;
  readonly hasFunding: boolean;
  readonly listedAt: number | undefined;
}

/** Everything but the steps that the state of a run depends on. */
export interface RunRecord {
  /** The settings that the engine reads, as one text; equal settings give equal texts. */
  readonly settings: string;
  readonly barMs: number;
  readonly symbols: readonly RunSymbol[];
  readonly initialEquity: number;
  /** Version of the program that began it. */
  readonly version: string;
  readonly startedAt: number;
}

export interface OpenRun {
  readonly record: RunRecord;
  /** Its row; its steps come after it. */
  readonly sequence: number;
}

/** The run that was begun last; undefined: the journal is new. */
export function lastRun(journal: Journal): OpenRun | undefined {
  const row = journal.latest('run', '');
  // Written by `runRow` below.
  return row === undefined ? undefined : { record: fromExactJson(row.payload) as RunRecord, sequence: row.sequence };
}

export function runRow(record: RunRecord): NewJournalRow {
  const { startedAt } = record;
  return { stream: 'run', key: '', eventTime: startedAt, receivedTime: startedAt, payload: toExactJson(record) };
}

/** What of a run's settings, symbols and rules is wanted otherwise now; empty: the run goes on. */
export function differences(
  run: RunRecord,
  wanted: Pick<RunRecord, 'settings' | 'barMs' | 'symbols'>,
): readonly string[] {
  const found: string[] = [];
  if (run.barMs !== wanted.barMs) found.push(`candles of ${run.barMs} ms were, ${wanted.barMs} ms are wanted`);
  if (names(run.symbols) !== names(wanted.symbols))
    found.push(`symbols: ${names(run.symbols)} were, ${names(wanted.symbols)} are wanted`);
  else if (toExactJson(run.symbols) !== toExactJson(wanted.symbols))
    found.push('the rules of a contract have changed at the venue');
  if (run.settings !== wanted.settings) found.push(...changedKeys(run.settings, wanted.settings));
  return found;
}

/** Whether something is held or under way. */
export function isOpen(state: EngineState): boolean {
  return state.symbols.some(({ trade, pending }) => trade !== undefined || pending !== undefined);
}

/** @throws PerpilotError CONFIG_INVALID naming every open position and every difference */
export function refuseChange(state: EngineState, found: readonly string[]): void {
  const open = state.symbols.filter(({ trade, pending }) => trade !== undefined || pending !== undefined);
  if (open.length === 0) return;
  throw new PerpilotError('CONFIG_INVALID', [
    ...open.map(({ instrument, trade }) => ({
      message:
        trade === undefined
          ? `an order of ${instrument.symbol} is under way`
          : `${instrument.symbol}: ${trade.direction === 1 ? 'long' : 'short'} ${trade.quantity} is open`,
    })),
    ...found.map((message) => ({
      message: `changed since: ${message}`,
      hint: 'start with the settings from before, or close first: perpilot flatten',
    })),
  ]);
}

function changedKeys(before: string, after: string): readonly string[] {
  const was = flat(JSON.parse(before), '', new Map());
  const is = flat(JSON.parse(after), '', new Map());
  return [...new Set([...was.keys(), ...is.keys()])]
    .filter((key) => was.get(key) !== is.get(key))
    .map((key) => `${key}: ${was.get(key) ?? 'missing'} was, ${is.get(key) ?? 'missing'} is wanted`);
}

const names = (symbols: readonly RunSymbol[]): string => symbols.map(({ instrument }) => instrument.symbol).join(', ');

/** Every leaf of `value` by its path, as JSON. */
function flat(value: unknown, path: string, into: Map<string, string>): Map<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) into.set(path, JSON.stringify(value));
  else for (const [key, inner] of Object.entries(value)) flat(inner, path === '' ? key : `${path}.${key}`, into);
  return into;
}
