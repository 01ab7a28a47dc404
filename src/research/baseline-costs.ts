// What do the baselines pay? The same fees, base slippage and funding as the trades they are compared with; of no size, so no impact.
import { createFundingSchedule, stampRate, type FundingSchedule } from '../domain/funding-due.ts';
import type { Direction } from '../domain/side.ts';
import { HOUR_MS } from '../domain/time.ts';
import { bpsToFraction } from '../domain/units.ts';
import type { CostParams } from '../simulation/cost-model.ts';
import type { SymbolMarket } from './market.ts';

/** Fractions of the price, positive = cost. */
export interface BaselineCosts {
  /** Of each side. */
  readonly fee: number;
  readonly slippage: number;
  /** Charged at a stamp whose rate is missing, whatever the side; NaN: a missing rate is an error. */
  readonly missingFunding: number;
}

export function baselineCostsOf(costs: CostParams): BaselineCosts {
  return {
    fee: bpsToFraction(costs.takerFeeBps),
    slippage: bpsToFraction(costs.slippageBps),
    missingFunding: costs.missingFunding === 'fail' ? NaN : bpsToFraction(costs.missingFundingBps),
  };
}

/**
 * What holding pays: a missing rate costs it nothing, unless it is an error. The pessimism that a trade is held to would
 * make the benchmark worse here, and what is compared with it better.
 */
export function holdCostsOf(costs: CostParams): BaselineCosts {
  const { missingFunding, ...others } = baselineCostsOf(costs);
  return { ...others, missingFunding: Number.isNaN(missingFunding) ? NaN : 0 };
}

/** All stamps of a market, holes and missing history included. */
export function fundingScheduleOf({ symbol, funding }: SymbolMarket, costs: CostParams): FundingSchedule {
  return createFundingSchedule(symbol, funding, costs.fundingIntervalHours * HOUR_MS);
}

/** What a position pays at a stamp, as a fraction of its value then; negative: it receives. */
export function rateOrCharge(
  schedule: FundingSchedule,
  stamp: number,
  direction: Direction,
  costs: BaselineCosts,
): number {
  const rate = stampRate(schedule, stamp);
  return Number.isNaN(rate) ? costs.missingFunding : direction * rate;
}
