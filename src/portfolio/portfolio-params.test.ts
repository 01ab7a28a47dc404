// What reaches the engine of section `portfolio`? Nothing while it is off, and what the other sections say with it.
import { describe, expect, it } from 'vitest';
import { marketOf, prove, randomScript } from '../../test/scenarios/engine/random-backtest.ts';
import { paramsOf } from '../../test/scenarios/engine/scripted-bot.ts';
import { portfolioParams } from '../../test/scenarios/portfolio-market.ts';
import { HOUR_MS } from '../domain/time.ts';
import { portfolioParamsOf, portfolioWarmupBars, type PortfolioSettings } from './portfolio-params.ts';

const SURROUNDINGS = {
  features: { adxPeriod: 9 },
  universe: { minListingAgeDays: 5, minTradedValue24h: 7 },
  risk: { basePositionFraction: 0.02, maxPositionFraction: 0.1 },
};
const settingsOf = (more: Partial<PortfolioSettings['crossSectional']>): PortfolioSettings =>
  portfolioParams({ crossSectional: more });

describe('the portfolio layer', () => {
  it('does not exist while it is off: every run is what it was, to the bit', () => {
    const off = portfolioParamsOf(settingsOf({ enabled: false, topK: 1, minLiquidity: 1e15 }), SURROUNDINGS);
    expect(off).toBeUndefined();
    const market = marketOf(['ALPHAUSDT', 'BRAVOUSDT'], 5000, 5300);
    const run = (params: ReturnType<typeof paramsOf>) => {
      const { result, orders } = prove({ market, script: randomScript('off', 5), params });
      const { roundTrips, symbols } = result.state;
      const funnels = symbols.map(({ funnel }) => funnel);
      return { roundTrips, funnels, orders, curve: result.curve, notes: result.notes, events: result.venueEvents };
    };
    const without = run(paramsOf());
    expect(run({ ...paramsOf(), portfolio: off })).toEqual(without);
    expect(without.roundTrips.length).toBeGreaterThan(20);
    expect(without.roundTrips.every(({ sizing }) => !('share' in sizing))).toBe(true);
  });

  it('takes over what other sections say, and lets no position outgrow the smaller of both caps', () => {
    const params = portfolioParamsOf(settingsOf({ maxSymbolRisk: 0.5 }), SURROUNDINGS);
    expect(params).toMatchObject({ adxPeriod: 9, universe: SURROUNDINGS.universe, maxShare: 5 });
    expect(portfolioParamsOf(settingsOf({ maxSymbolRisk: 0.05 }), SURROUNDINGS)?.maxShare).toBe(2.5);
  });

  it('needs the longer of both lookbacks, and a candle before it', () => {
    expect(portfolioWarmupBars(portfolioParams({ covariance: { lookbackDays: 7 } }), HOUR_MS)).toBe(7 * 24 + 1);
    expect(portfolioWarmupBars(settingsOf({ sharpeLookbackDays: 9 }), 4 * HOUR_MS)).toBe(9 * 6 + 1);
  });
});
