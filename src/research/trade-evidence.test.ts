import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../domain/random.ts';
import { tradeEvidence, type EvidenceTrade, type TradeEvidence } from './trade-evidence.ts';

const PRICE = 100;

/** A trade of 10 units around 100 that nets `netPnl` after `costs` (half fees, half slippage) and `funding`. */
function tradeOf(netPnl: number, costs = 2, funding = 0.5): EvidenceTrade {
  const fees = costs / 2;
  const slippage = costs / 2;
  const grossPnl = netPnl + fees + funding;
  return { entryPrice: PRICE, exitPrice: PRICE + 1, quantity: 10, grossPnl, fees, slippage, funding, netPnl };
}

function evidence(net: readonly number[], changes: { readonly limits?: readonly number[]; seed?: string } = {}) {
  return tradeEvidence({
    trades: net.map((value) => tradeOf(value)),
    initialEquity: 1_000,
    resamples: 400,
    drawdownLimits: changes.limits ?? [],
    random: createRandom(changes.seed ?? 'trades'),
  });
}

const reasons = ({ profitFactor, profitFactorInterval, drawdown, bestFiveShare, breakEvenBps }: TradeEvidence) =>
  [profitFactor, profitFactorInterval.low, drawdown, bestFiveShare, breakEvenBps].map(
    (figure) => figure.reason ?? 'defined',
  );

const noise = (count: number, shift: number) => {
  const random = createRandom(`${count}/${shift}`);
  return Array.from({ length: count }, () => 10 * (random.normal() + shift));
};

describe('tradeEvidence', () => {
  it('gives a reason instead of a number wherever there is nothing to compute', () => {
    expect(reasons(evidence([]))).toEqual([
      'no trade',
      'fewer than 20 trades',
      'fewer than 20 trades',
      'five trades or fewer',
      'no trade',
    ]);
    expect(reasons(evidence([1, 2, 3, 4, 5]))).toEqual([
      'no losing trade',
      'fewer than 20 trades',
      'fewer than 20 trades',
      'five trades or fewer',
      'defined',
    ]);
    expect(reasons(evidence(Array.from({ length: 20 }, () => -1)))).toEqual([
      'defined',
      'defined',
      'defined',
      'no net profit',
      'defined',
    ]);
  });

  it('lets an interval end open upwards where resamples hold no loss', () => {
    const { profitFactor, profitFactorInterval } = evidence([...noise(30, 0).map(Math.abs), -1]);
    expect(profitFactor.value).toBeGreaterThan(1);
    expect(profitFactorInterval.low.value).toBeLessThan(profitFactor.value ?? 0);
    expect(profitFactorInterval.high).toEqual({ value: undefined, reason: 'no loss in some resamples' });
  });

  it('brackets the profit factor, the narrower the more trades', () => {
    const widths = [40, 400].map((count) => {
      const { profitFactor, profitFactorInterval } = evidence(noise(count, 0.3));
      const [low, high] = [profitFactorInterval.low.value ?? NaN, profitFactorInterval.high.value ?? NaN];
      expect(low).toBeLessThan(profitFactor.value ?? NaN);
      expect(high).toBeGreaterThan(profitFactor.value ?? NaN);
      return Math.log(high / low);
    });
    expect(widths[1]).toBeLessThan(0.6 * widths[0]);
  });

  it('has the break-even cost at which nothing is left', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: -99, max: 99 }), fc.nat(9), fc.integer({ min: -9, max: 9 })), {
          minLength: 1,
          maxLength: 12,
        }),
        (rows) => {
          const trades = rows.map(([net, costs, funding]) => tradeOf(net, costs, funding));
          const input = { trades, initialEquity: 1_000, resamples: 10, drawdownLimits: [], random: createRandom(1) };
          const { breakEvenBps, paidBps } = tradeEvidence(input);
          const left = (bps: number) =>
            trades.reduce((sum, trade) => {
              const sides = trade.quantity * trade.entryPrice + trade.quantity * trade.exitPrice;
              return sum + trade.netPnl + trade.fees + trade.slippage - (bps / 1e4) * sides;
            }, 0);
          expect(left(breakEvenBps.value ?? NaN)).toBeCloseTo(0, 8);
          expect(left(paidBps.value ?? NaN)).toBeCloseTo(
            rows.reduce((sum, [net]) => sum + net, 0),
            8,
          );
        },
      ),
      { seed: 4, numRuns: 100 },
    );
  });

  it('knows how much of the profit five trades made', () => {
    expect(evidence([10, 1, 1, 1, 1, 1, 1, 1, 1, 2]).bestFiveShare.value).toBe(15 / 20);
    expect(evidence([10, 10, 10, 10, 10, -20, -20]).bestFiveShare.value).toBe(50 / 10);
  });

  it('knows that a drawdown depends on the order, and that deeper ones are rarer', () => {
    const wins = Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? 100 : -50));
    const { drawdown } = evidence(wins, { limits: [0, 0.05, 0.1, 0.3, 1] });
    const odds = drawdown.value;
    if (odds === undefined) throw new Error('no odds');
    expect(odds.reordered.low).toBeLessThan(odds.reordered.median ?? 0);
    expect(odds.reordered.high).toBeGreaterThan(odds.reordered.median ?? 0);
    const shares = odds.overLimit.map(({ reordered }) => reordered);
    expect(shares).toEqual(shares.toSorted((a, b) => b - a));
    expect([shares[0], shares[4]]).toEqual([1, 0]);
    const drawn = odds.overLimit.map(({ resampled }) => resampled);
    expect(drawn).toEqual(drawn.toSorted((a, b) => b - a));
    expect(drawn[2]).toBeGreaterThan(0);
    // Equal losses fall equally deep in every order.
    const same = evidence(Array.from({ length: 20 }, () => -1)).drawdown.value;
    expect(same?.reordered.low).toBeCloseTo(0.02, 12);
    expect(same?.reordered.high).toBeCloseTo(0.02, 12);
  });

  it('is a function of its seed', () => {
    const net = noise(50, 0.1);
    expect(evidence(net)).toEqual(evidence(net));
    expect(evidence(net, { seed: 'other' }).profitFactorInterval).not.toEqual(evidence(net).profitFactorInterval);
  });
});
