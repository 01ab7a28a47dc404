// Where did the signals go? One counter per stage from bars to fills, so that "no trades" is always explained.
import type { RefusalReason } from '../risk/pre-trade-review.ts';

/** Counts per stage; each stage holds what passed it. `refused` names what the limits turned down. */
export interface Funnel {
  /** Closed bars seen while a decision was due (warm-up over). */
  bars: number;
  /** Bars on which the strategy was ready and a position could have been opened: the symbol was flat. */
  flat: number;
  signals: number;
  afterRegime: number;
  afterGuard: number;
  /** Signals judged by a valid model. */
  judged: number;
  afterThreshold: number;
  afterLimits: number;
  orders: number;
  fills: number;
  readonly refused: Record<
    | RefusalReason
    | 'entries-blocked'
    | 'too-young'
    | 'illiquid'
    | 'not-selected'
    | 'no-model'
    | 'unskilled-model'
    | 'undefined-features'
    | 'no-volatility'
    | 'venue',
    number
  >;
}

/** A funnel of zeros. */
export function createFunnel(): Funnel {
  return {
    bars: 0,
    flat: 0,
    signals: 0,
    afterRegime: 0,
    afterGuard: 0,
    judged: 0,
    afterThreshold: 0,
    afterLimits: 0,
    orders: 0,
    fills: 0,
    refused: {
      'entries-blocked': 0,
      'too-young': 0,
      illiquid: 0,
      'not-selected': 0,
      'no-model': 0,
      'unskilled-model': 0,
      'undefined-features': 0,
      'drawdown-limit': 0,
      'daily-loss-limit': 0,
      cooldown: 0,
      'max-open-positions': 0,
      'no-free-margin': 0,
      'no-volatility': 0,
      'zero-size': 0,
      'below-minimum': 0,
      participation: 0,
      'gross-limit': 0,
      'net-limit': 0,
      'group-limit': 0,
      venue: 0,
    },
  };
}
