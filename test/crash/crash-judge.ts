// Is what the journal holds the truth, and would it be decided so again? Looked at when nobody writes any more.
import type { EngineSetup } from '../../src/engine/state.ts';
import type { SimulatedExchange } from '../../src/exchange-simulator/core/exchange.ts';
import type { OrderRecord } from '../../src/exchange-simulator/core/order-record.ts';
import { recordFromText } from '../../src/live/record/engine-record.ts';
import { RecordedEngine, type RecordedEngineOptions } from '../../src/live/record/recorded-engine.ts';
import type { Journal, NewJournalRow } from '../../src/ports/journal.ts';

const noModels = (id: string): never => {
  throw new Error(`the journal names a model ${id}, and there are none`);
};

/** P1: every recorded step through the engine again leads to the same commands, bit for bit, and to the wallet of the exchange. */
export function replayProblems(
  journal: Journal,
  setup: EngineSetup,
  {
    wallet,
    modelOf = noModels,
  }: { readonly wallet: bigint; readonly modelOf?: RecordedEngineOptions['modelOf'] | undefined },
): string[] {
  const engine = new RecordedEngine({ setup, journal, modelOf, now: () => 0 });
  try {
    if (engine.recover() === 0) return ['the journal holds no step'];
  } catch (error) {
    return [`the journal is decided otherwise again: ${error instanceof Error ? error.message : String(error)}`];
  }
  const again = engine.state.ledger.wallet;
  return again === wallet ? [] : [`fed again the journal has ${again}, the exchange ${wallet}`];
}

/** Closes after `begin` up to `end` that were not decided once; those that nobody was there for count when they were made good. */
export function closeProblems(
  journal: Journal,
  at: { readonly begin: number; readonly end: number; readonly barMs: number; readonly backfill: boolean },
): string[] {
  const seen = new Map<number, number>();
  for (const { payload } of journal.read({ stream: 'event' })) {
    const { input } = recordFromText(payload);
    if (input.kind === 'slice' && (at.backfill || input.use !== 'backfill'))
      seen.set(input.time, (seen.get(input.time) ?? 0) + 1);
  }
  const problems: string[] = [];
  for (let close = at.begin + at.barMs; close <= at.end; close += at.barMs) {
    const times = seen.get(close) ?? 0;
    if (times !== 1) problems.push(`the close at ${new Date(close).toISOString()} was decided ${times} times`);
  }
  return problems;
}

/** Stops that rest as orders of their own need no memory, and closes in an emergency are written as incidents. */
export const needsNoDisk = ({ clientOrderId, conditional, reduceOnly, closesPosition }: OrderRecord): boolean =>
  (conditional && (reduceOnly || closesPosition)) || /^pp[a-z0-9]+-x/.test(clientOrderId);

/** Orders at the exchange that no row of the journal intended. */
export function unwrittenOrders(exchange: SimulatedExchange, journal: Journal): string[] {
  const intended = new Set([...journal.read({ stream: 'order' })].map(({ key }) => key));
  return [...exchange.openOrders({}), ...exchange.closedOrders({})]
    .filter(({ source, clientOrderId }) => source === 'client' && !intended.has(clientOrderId))
    .filter((order) => !needsNoDisk(order))
    .map(({ clientOrderId }) => `${clientOrderId} was sent, but never written down`);
}

/** Every execution is booked once. Venues name them differently, so that they are counted. */
export function executionProblems(exchange: SimulatedExchange, journal: Journal): string[] {
  const booked = [...journal.read({ stream: 'execution' })].map(({ key }) => key);
  const twice = booked.length - new Set(booked).size;
  const made = exchange.executions({}).length;
  return [
    ...(twice === 0 ? [] : [`${twice} executions are booked twice`]),
    ...(booked.length === made ? [] : [`${booked.length} executions are booked, ${made} were made`]),
  ];
}

/** Steps by which books are made to fit where no execution says why: nobody but the bot trades here, so there is no reason for any. */
const CORRECTING = /^\{"input":\{"kind":"(money-moved|foreign-fill|booked-beside)"/;

export function correctionOf(rows: readonly NewJournalRow[]): string | undefined {
  if (rows.some(({ stream }) => stream === 'execution')) return undefined;
  return rows.find(({ stream, payload }) => stream === 'event' && CORRECTING.test(payload))?.payload.slice(0, 200);
}
