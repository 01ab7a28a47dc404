// Does the bot go on where it was, or begin anew? A run goes on under its own settings; others begin a new one, when flat, with the old memory.
import type { EngineSetup } from '../../engine/state.ts';
import { memoryOf } from '../../engine/restore-memory.ts';
import type { EngineEvent } from '../../engine/event.ts';
import type { Journal } from '../../ports/journal.ts';
import type { MetaModel } from '../../strategy/meta-model.ts';
import { RecordedEngine } from './recorded-engine.ts';
import { differences, lastRun, refuseChange, runRow, type RunRecord } from './run-record.ts';

export interface BeginRunRequest {
  readonly journal: Journal;
  readonly wanted: Omit<RunRecord, 'initialEquity' | 'startedAt'>;
  /** Wallet of the account now, quote currency: where the books of a new run begin. */
  readonly walletNow: () => Promise<number>;
  /** The engine's setup of a run. */
  readonly setupOf: (run: RunRecord) => EngineSetup;
  readonly modelOf: (id: string) => MetaModel;
  readonly now: () => number;
}

export interface BegunRun {
  readonly engine: RecordedEngine;
  readonly run: RunRecord;
  /** Steps of earlier lives that were fed; 0: it has to be warmed up. */
  readonly recovered: number;
  /** Why a new run was begun; empty: it goes on, or is the first. */
  readonly changed: readonly string[];
}

/**
 * @throws PerpilotError CONFIG_INVALID when settings have changed while a position is open; JOURNAL_CORRUPT as
 * `RecordedEngine.recover`
 */
export async function beginRun(request: BeginRunRequest): Promise<BegunRun> {
  const { journal, wanted, modelOf, now, setupOf } = request;
  const last = lastRun(journal);
  if (last === undefined) return begin(request, undefined, []);
  const engine = new RecordedEngine({ setup: setupOf(last.record), journal, modelOf, now });
  const recovered = engine.recover(last.sequence);
  const changed = differences(last.record, wanted);
  if (changed.length === 0) return { engine, run: last.record, recovered, changed };
  refuseChange(engine.state, changed);
  return begin(request, memoryOf(engine.state, now()), changed);
}

async function begin(
  { journal, wanted, walletNow, setupOf, modelOf, now }: BeginRunRequest,
  memory: EngineEvent | undefined,
  changed: readonly string[],
): Promise<BegunRun> {
  const run: RunRecord = { ...wanted, initialEquity: await walletNow(), startedAt: now() };
  journal.commit([runRow(run)]);
  const engine = new RecordedEngine({ setup: setupOf(run), journal, modelOf, now });
  if (memory !== undefined) engine.digest(memory);
  return { engine, run, recovered: 0, changed };
}
