// What did closed round trips earn? Win rate, profit factor, payoff and expectancy on net results.

/** One round trip, flat to flat, after fees, slippage and funding. Quote currency. */
export interface TradeResult {
  readonly netPnl: number;
  /** Loss that the first stop would have made; undefined or not positive: unknown. */
  readonly initialRisk?: number | undefined;
}

export interface TradeStatistics {
  readonly trades: number;
  /** Winners over all trades; a result of exactly 0 is neither win nor loss but is counted. */
  readonly winRate: number | undefined;
  /** Sum of wins over the absolute sum of losses; undefined without a loss. */
  readonly profitFactor: number | undefined;
  /** There was a win and no loss. */
  readonly profitFactorInfinite: boolean;
  /** Mean net result in quote currency. */
  readonly expectancy: number | undefined;
  readonly averageWin: number | undefined;
  /** Negative. */
  readonly averageLoss: number | undefined;
  /** Average win over the absolute average loss. */
  readonly payoffRatio: number | undefined;
  /** Mean net result over initial risk, of the trades whose initial risk is known. */
  readonly expectancyR: number | undefined;
}

/** Statistics of closed trades; undefined wherever there is nothing to divide by. */
export function tradeStatistics(trades: readonly TradeResult[]): TradeStatistics {
  let wins = 0;
  let losses = 0;
  let won = 0;
  let lost = 0;
  let total = 0;
  let multiples = 0;
  let withRisk = 0;
  for (const { netPnl, initialRisk } of trades) {
    total += netPnl;
    if (netPnl > 0) {
      wins += 1;
      won += netPnl;
    } else if (netPnl < 0) {
      losses += 1;
      lost += netPnl;
    }
    if (initialRisk !== undefined && initialRisk > 0) {
      withRisk += 1;
      multiples += netPnl / initialRisk;
    }
  }
  const averageWin = ratio(won, wins);
  const averageLoss = ratio(lost, losses);
  return {
    trades: trades.length,
    winRate: ratio(wins, trades.length),
    profitFactor: losses > 0 ? won / -lost : undefined,
    profitFactorInfinite: wins > 0 && losses === 0,
    expectancy: ratio(total, trades.length),
    averageWin,
    averageLoss,
    payoffRatio: averageWin === undefined || averageLoss === undefined ? undefined : averageWin / -averageLoss,
    expectancyR: ratio(multiples, withRisk),
  };
}

function ratio(sum: number, count: number): number | undefined {
  return count > 0 ? sum / count : undefined;
}
