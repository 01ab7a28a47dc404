// Why did every symbol do what it did at a close, or nothing? Its verdict, its signal, and the row that the meta-model saw.
import type { EngineEvent } from '../../engine/event.ts';
import type { EngineState, SymbolState } from '../../engine/state.ts';
import type { RecordedDecision } from './engine-record.ts';

/** One entry per symbol with a candle in the slice; none for other events. */
export function decisionsOf(state: EngineState, event: EngineEvent): readonly RecordedDecision[] {
  if (event.kind !== 'slice' || event.use === 'backfill') return [];
  return state.symbols.flatMap((symbol) => (event.candles[symbol.index] === undefined ? [] : [decisionOf(symbol)]));
}

function decisionOf({ instrument, strategy, row, verdict }: SymbolState): RecordedDecision {
  const { signal, regime } = strategy;
  if (signal === 0 || !strategy.ready) return { symbol: instrument.symbol, verdict, signal, regime, row: undefined };
  strategy.writeRow(signal, row, 0);
  return { symbol: instrument.symbol, verdict, signal, regime, row: [...row] };
}
