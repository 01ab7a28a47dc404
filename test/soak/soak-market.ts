// Which market is traded in the soak? Bars of the market inside the package; whoever checks what the bot has seen makes the same ones.
import { markSeries } from '../../src/domain/candle-quality.ts';
import { firstBarAtOrAfter, sliceSeries, type CandleSeries } from '../../src/domain/candle.ts';
import { resampleCandles } from '../../src/domain/resample-candles.ts';
import { DAY_MS } from '../../src/domain/time.ts';
import { createEmbeddedMarket } from '../../src/simulation/embedded-market/create-embedded-market.ts';
import { MARKET_START } from '../../src/simulation/embedded-market/market-spec.ts';
import type { SharedMarket } from '../scenarios/exchange-simulator/both-venues.ts';
import { FULL_COSTS } from '../scenarios/engine/random-backtest.ts';

/** Contracts that are listed all the time. */
const SYMBOLS = ['ALPHAUSDT', 'BRAVOUSDT', 'CHARLIEUSDT', 'DELTAUSDT'];
const MARKS = { maxGapBars: 6, jumpFraction: 0.25 };
/** Days before the beginning, which models learn from. */
const HISTORY_DAYS = 60;
/** Days behind the end, in which the bot comes to rest. */
const SPARE_DAYS = 3;

export interface SoakMarket extends SharedMarket {
  readonly symbols: readonly string[];
  readonly barMs: number;
  /** Where market time begins, epoch milliseconds. */
  readonly begin: number;
}

export function soakMarket(
  seed: number,
  shape: { readonly days: number; readonly symbols: number; readonly barMs: number },
): SoakMarket {
  const { days, barMs } = shape;
  const symbols = SYMBOLS.slice(0, shape.symbols);
  const begin = MARKET_START + HISTORY_DAYS * DAY_MS;
  const end = begin + (days + SPARE_DAYS) * DAY_MS;
  const embedded = createEmbeddedMarket({ seed: `soak/${seed}`, years: (end - MARKET_START) / DAY_MS / 365 });
  const series = symbols.map((symbol): CandleSeries => {
    const bars = markSeries(resampleCandles(found(embedded.finerCandles(symbol)), barMs), MARKS);
    return sliceSeries(bars, 0, firstBarAtOrAfter(bars, end));
  });
  return {
    symbols,
    barMs,
    begin,
    instruments: symbols.map((symbol) => found(embedded.instrument(symbol))),
    series,
    finer: symbols.map(() => []),
    funding: symbols.map((symbol) => embedded.funding(symbol)),
    costs: FULL_COSTS,
  };
}

function found<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('the market inside the package has no such contract');
  return value;
}
