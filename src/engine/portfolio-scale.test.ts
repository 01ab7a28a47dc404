// Does the unit of a price matter to an account over many symbols? All prices of one symbol times a factor, its lots by the same.
import { describe, expect, it } from 'vitest';
import { marketOf, prove, type Proof, type TestMarket } from '../../test/scenarios/engine/random-backtest.ts';
import { paramsOf, type Script } from '../../test/scenarios/engine/scripted-bot.ts';
import { portfolioParams } from '../../test/scenarios/portfolio-market.ts';
import type { Instrument } from '../domain/instrument.ts';
import type { RoundTrip } from './round-trip.ts';

const SYMBOLS = ['ALPHAUSDT', 'BRAVOUSDT', 'CHARLIEUSDT', 'DELTAUSDT'];
const SCALED = 1;
const market = marketOf(SYMBOLS, 5000, 5600);

const each = (column: Float64Array, by: number): Float64Array => column.map((value) => value * by);

/** A unit of the symbol is `factor` units of before: prices, ticks, lots and volume follow, what things are worth does not. */
function scaled(factor: number): TestMarket {
  const { instruments, series } = market;
  const instrument: Instrument = instruments[SCALED];
  const { open, high, low, close, volume } = series[SCALED];
  return {
    ...market,
    instruments: instruments.with(SCALED, {
      ...instrument,
      tickSize: instrument.tickSize * factor,
      lotSize: instrument.lotSize / factor,
      minQuantity: instrument.minQuantity / factor,
      maxMarketQuantity: instrument.maxMarketQuantity / factor,
    }),
    series: series.with(SCALED, {
      ...series[SCALED],
      open: each(open, factor),
      high: each(high, factor),
      low: each(low, factor),
      close: each(close, factor),
      volume: each(volume, 1 / factor),
    }),
  };
}

const script: Script = (bar, symbol) => ({
  signal: (bar * 7 + symbol * 3) % 11 === 0 ? 1 : (bar * 5 + symbol) % 13 === 0 ? -1 : 0,
});

const run = (of: TestMarket): Proof =>
  prove({
    market: of,
    script,
    params: {
      ...paramsOf({
        risk: { maxOpenPositions: 4, basePositionFraction: 0.2 },
        exits: { maxHoldBars: 40, stopFraction: 0.05, targetFraction: 0.1, trailingFraction: 0.04 },
      }),
      portfolio: portfolioParams({
        crossSectional: { topK: 3, rebalanceIntervalHours: 4, allocation: 'risk_parity', maxSymbolRisk: 0.15 },
        rebalancing: { noTradeBand: 0.02 },
        covariance: { lookbackDays: 1 },
        limits: { maxGross: 0.9, maxNet: 0.5, maxGroup: 0.6, groupCorrelation: 0.7 },
      }),
    },
  });

/** The trades in the units of before. */
const tradesOf = ({ result }: Proof, factor: number): RoundTrip[] =>
  result.state.roundTrips.map((trade) => {
    if (trade.symbol !== SYMBOLS[SCALED]) return trade;
    const { entryPrice, exitPrice, quantity } = trade;
    return { ...trade, entryPrice: entryPrice / factor, exitPrice: exitPrice / factor, quantity: quantity * factor };
  });

const straight = run(market);
const rebalancesOf = ({ result }: Proof) =>
  result.notes.flatMap((note) => (note.kind === 'rebalance' ? [note.rebalance] : []));

const picks = (proof: Proof) => rebalancesOf(proof).map(({ time, selected, groups }) => ({ time, selected, groups }));

describe('all prices of one symbol', () => {
  it('are those of a run in which positions are reduced and added to', () => {
    const ids = [...straight.orders.keys()].filter((id) => id.startsWith(SYMBOLS[SCALED]));
    for (const purpose of ['entry', 'increase', 'reduce', 'exit']) {
      expect(ids.filter((id) => id.endsWith(purpose)).length, purpose).toBeGreaterThan(3);
    }
  });

  it.each([2, 1 / 4, 16])('times %d: every trade, rebalance and equity is the same to the bit', (factor) => {
    const other = run(scaled(factor));
    expect(rebalancesOf(other)).toEqual(rebalancesOf(straight));
    expect(tradesOf(other, factor)).toEqual(tradesOf(straight, 1));
    expect(other.result.curve).toEqual(straight.result.curve);
  });

  it.each([10, 1 / 10])('times %d, which doubles cannot hold: the same but for the last digits', (factor) => {
    const other = run(scaled(factor));
    expect(picks(other)).toEqual(picks(straight));
    const [turned, before] = [tradesOf(other, factor), tradesOf(straight, 1)];
    expect(turned.map(({ symbol, entryTime, exitTime, reason }) => [symbol, entryTime, exitTime, reason])).toEqual(
      before.map(({ symbol, entryTime, exitTime, reason }) => [symbol, entryTime, exitTime, reason]),
    );
    turned.forEach(({ quantity, entryPrice, netPnl }, index) => {
      expect(quantity / before[index].quantity).toBeCloseTo(1, 11);
      expect(entryPrice / before[index].entryPrice).toBeCloseTo(1, 11);
      expect(netPnl).toBeCloseTo(before[index].netPnl, 6);
    });
  });
});
