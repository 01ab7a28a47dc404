// Does the bot go on where it was, or begin anew? A run goes on under its own settings; others begin a new one, when flat, with the old memory.
import type { EngineSetup } from '../../engine/state.ts';
import { memoryOf } from '../../engine/restore-memory.ts';
import type { EngineEvent } from '../../engine/event.ts';
import type { Journal } from '../../ports/journal.ts';
import type { MetaModel } from '../../strategy/meta-model.ts';
import type { EngineRecord } from './engine-record.ts';
import { RecordedEngine } from './recorded-engine.ts';
import { differences, isOpen, lastRun, refuseChange, runRow, type RunRecord } from './run-record.ts';

export interface BeginRunRequest {
  readonly journal: Journal;
  readonly wanted: Omit<RunRecord, 'initialEquity' | 'startedAt'>;
  /** Wallet of the account now, quote currency: where the books of a new run begin. */
  readonly walletNow: () => Promise<number>;
  /** The engine's setup of a run. */
  readonly setupOf: (run: RunRecord) => EngineSetup;
  /** The models of a run, by the id that its journal names them by. */
  readonly modelsOf: (run: RunRecord) => (id: string) => MetaModel;
  /** Who is told of every step of the run; asked once for each. */
  readonly recordsOf?: ((run: RunRecord) => (record: EngineRecord) => void) | undefined;
  /** True: who chose the symbols does not mind others, so that those of the last run stay as long as something is open. */
  readonly symbolsMayStay?: boolean | undefined;
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
  const { journal, wanted, now, setupOf } = request;
  const last = lastRun(journal);
  if (last === undefined) return begin(request, undefined, []);
  const { record } = last;
  const engine = new RecordedEngine({ setup: setupOf(record), ...of(request, record) });
  const recovered = engine.recover(last.sequence);
  const symbols = isOpen(engine.state) ? symbolsWhileOpen(record, request) : wanted.symbols;
  const changed = differences(record, { ...wanted, symbols });
  if (changed.length === 0) return { engine, run: record, recovered, changed };
  refuseChange(engine.state, changed);
  return begin(request, memoryOf(engine.state, now()), changed);
}

function of({ journal, modelsOf, recordsOf, now }: BeginRunRequest, run: RunRecord) {
  return { journal, modelOf: modelsOf(run), onRecord: recordsOf?.(run), now };
}

/** Rules of a contract that the venue changed, and symbols that nobody asked for by name, wait until all is closed. */
function symbolsWhileOpen(record: RunRecord, { wanted, symbolsMayStay = false }: BeginRunRequest) {
  const names = new Set(record.symbols.map(({ instrument }) => instrument.symbol));
  const isSame =
    names.size === wanted.symbols.length && wanted.symbols.every(({ instrument }) => names.has(instrument.symbol));
  return isSame || symbolsMayStay ? record.symbols : wanted.symbols;
}

async function begin(
  request: BeginRunRequest,
  memory: EngineEvent | undefined,
  changed: readonly string[],
): Promise<BegunRun> {
  const { journal, wanted, walletNow, setupOf, now } = request;
  const run: RunRecord = { ...wanted, initialEquity: await walletNow(), startedAt: now() };
  journal.commit([runRow(run)]);
  const engine = new RecordedEngine({ setup: setupOf(run), ...of(request, run) });
  if (memory !== undefined) engine.digest(memory);
  return { engine, run, recovered: 0, changed };
}
