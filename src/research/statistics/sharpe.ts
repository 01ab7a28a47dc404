// How much return per unit of risk? Sharpe and Sortino ratios per period; annualising is multiplying by sqrt(periods).
import { areReturnsConstant, isSpreadRounding, mean, RETURN_ROUNDING, sampleDeviation } from './moments.ts';

/** Mean over sample deviation (n - 1) per period; undefined for fewer than two returns or constant ones. */
export function sharpeRatio(returns: ArrayLike<number>): number | undefined {
  if (returns.length < 2 || areReturnsConstant(returns)) return undefined;
  const centre = mean(returns);
  const deviation = sampleDeviation(returns);
  return centre === undefined || deviation === undefined ? undefined : centre / deviation;
}

export interface BarRisk {
  /** Sample deviation of bar returns; undefined for fewer than two. */
  readonly deviation: number | undefined;
  readonly sharpe: number | undefined;
}

/** Deviation and Sharpe ratio per bar of the simple returns of `equity`, without building the returns. */
export function barRisk(equity: Float64Array): BarRisk {
  const count = equity.length - 1;
  if (count < 2) return { deviation: undefined, sharpe: undefined };
  let sum = 0;
  let lowest = Infinity;
  let highest = -Infinity;
  for (let i = 1; i <= count; i += 1) {
    const value = equity[i] / equity[i - 1] - 1;
    sum += value;
    if (value < lowest) lowest = value;
    if (value > highest) highest = value;
  }
  const centre = sum / count;
  let squares = 0;
  for (let i = 1; i <= count; i += 1) squares += (equity[i] / equity[i - 1] - 1 - centre) ** 2;
  const deviation = Math.sqrt(squares / (count - 1));
  return { deviation, sharpe: isSpreadRounding(lowest, highest) ? undefined : centre / deviation };
}

export interface Downside {
  /** Root mean square shortfall below the minimum over ALL periods; undefined for no returns. */
  readonly deviation: number | undefined;
  /** Undefined without any shortfall. */
  readonly sortino: number | undefined;
}

/** Downside deviation and Sortino ratio per period against a minimum acceptable return per period. */
export function downside(returns: ArrayLike<number>, minimumReturn: number): Downside {
  const centre = mean(returns);
  if (centre === undefined) return { deviation: undefined, sortino: undefined };
  let squares = 0;
  for (let i = 0; i < returns.length; i += 1) {
    const shortfall = minimumReturn - returns[i];
    if (shortfall > RETURN_ROUNDING) squares += shortfall * shortfall;
  }
  const deviation = Math.sqrt(squares / returns.length);
  return { deviation, sortino: deviation > 0 ? (centre - minimumReturn) / deviation : undefined };
}
