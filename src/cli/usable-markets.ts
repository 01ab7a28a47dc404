// Which of the loaded markets can a run use? Those with a fold before the holdout; what falls short is refused or left out.
import { guardHoldout, type Holdout } from '../research/holdout.ts';
import type { SymbolMarket } from '../research/market.ts';
import { planMarkets, planSuite } from '../research/plan-suite.ts';
import type { LeftOut } from '../research/result-file.ts';
import type { WalkForwardParams } from '../research/settings.ts';

export interface MarketTerms {
  readonly holdout: Holdout;
  /** The holdout is read too. */
  readonly isOpened: boolean;
  readonly walkForward: WalkForwardParams;
  readonly years: number;
  /** Markets with too little history for one fold are left out instead of refused: nobody has named them. */
  readonly leaveOutShort: boolean;
}

export interface UsableMarkets {
  readonly markets: readonly SymbolMarket[];
  readonly leftOut: readonly LeftOut[];
}

/**
 * The markets, cut off where the holdout begins unless it is opened.
 * @throws PerpilotError DATA_TOO_SHORT naming every market without a fold, unless others remain and such may be left out
 */
export function usableMarkets(whole: readonly SymbolMarket[], terms: MarketTerms): UsableMarkets {
  const { holdout, isOpened, leaveOutShort } = terms;
  const leftOut: LeftOut[] = [];
  const candidates = whole.filter(({ symbol, series }) => {
    const isKnown = isOpened || series.openTime[0] + series.intervalMs <= holdout.from;
    if (!isKnown) leftOut.push({ symbol, reason: 'no candle closes before the holdout begins' });
    return isKnown;
  });
  const mayLeaveOut = leaveOutShort && candidates.length > 0;
  let markets = (mayLeaveOut ? candidates : whole).map((market) =>
    isOpened ? market : guardHoldout(market, { from: holdout.from, stampAtStart: 'visible' }),
  );
  for (;;) {
    const { plans, short } = planMarkets({ ...terms, markets });
    if (short.length === 0) return { markets, leftOut: mayLeaveOut ? leftOut : [] };
    if (!mayLeaveOut || plans.length === 0) planSuite({ ...terms, markets });
    leftOut.push(...short.map(({ market, reason }) => ({ symbol: market.symbol, reason })));
    markets = plans.map(({ market }) => market);
  }
}
