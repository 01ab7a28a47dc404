// What are a contract's rules when no file tells? Steps from the decimals of its candles, margin from a cautious default.
import type { CandleColumns } from '../../domain/candle-quality.ts';
import type { MarginTier } from '../../domain/instrument.ts';
import { decimalsOf } from '../../domain/instrument.ts';
import type { InstrumentRecord } from '../../ports/instrument-source.ts';

/** The assumption for a contract without stored brackets: 1 % maintenance at every size, leverage up to 20. */
export const DEFAULT_TIERS: readonly MarginTier[] = [
  { maxNotional: Infinity, maintenanceRate: 0.01, deduction: 0, maxLeverage: 20 },
];

/** Smallest order value assumed where nothing is stored, quote currency. */
const DEFAULT_MIN_NOTIONAL = 5;
/** So many last bars are looked at: steps change over the years, the latest count. */
const LOOKED_AT_BARS = 2000;
/** More decimals than this are noise of summed doubles, not a step. */
const MOST_DECIMALS = 10;

/** Steps of one decimal each: the finest decimal of the last prices and volumes. Undefined for an empty series. */
export function derivedInstrument(series: CandleColumns): InstrumentRecord | undefined {
  if (series.length === 0) return undefined;
  const from = Math.max(0, series.length - LOOKED_AT_BARS);
  const prices = [series.open, series.high, series.low, series.close].map((column) => finestDecimals(column, from));
  const tickSize = stepOf(Math.max(...prices));
  const lotSize = stepOf(finestDecimals(series.volume, from));
  return {
    instrument: {
      symbol: series.symbol,
      tickSize,
      lotSize,
      minQuantity: lotSize,
      maxMarketQuantity: Infinity,
      minNotional: DEFAULT_MIN_NOTIONAL,
      tiers: DEFAULT_TIERS,
    },
    provenance: `derived: steps from the decimals of the candles; assumed minimum value ${DEFAULT_MIN_NOTIONAL}, maintenance 1 %, leverage 20`,
  };
}

/** The step with so many decimals, as the decimal it prints as: 2 gives 0.01. */
function stepOf(decimals: number): number {
  return Number(`1e-${decimals}`);
}

function finestDecimals(column: Float64Array, from: number): number {
  let finest = 0;
  for (let index = from; index < column.length; index += 1) {
    const cleaned = Number(column[index].toPrecision(12));
    finest = Math.max(finest, Math.min(MOST_DECIMALS, decimalsOf(cleaned)));
  }
  return finest;
}
