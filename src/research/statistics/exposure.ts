// How much was at stake, and how much was traded? Exposure over bars and turnover per year.
import { mean } from './moments.ts';

export interface Exposure {
  /** Share of bars with a position. */
  readonly time: number | undefined;
  /** Mean of |notional| / equity over bars with positive equity. */
  readonly gross: number | undefined;
  /** Mean of signed notional / equity over bars with positive equity. */
  readonly net: number | undefined;
}

/** `positionNotional[i]` is the signed notional held from bar i on; only as many bars as `equity` has count. */
export function exposure(equity: Float64Array, positionNotional: ArrayLike<number>): Exposure {
  let held = 0;
  let solvent = 0;
  let gross = 0;
  let net = 0;
  for (let i = 0; i < equity.length; i += 1) {
    const notional = positionNotional[i];
    if (notional !== 0) held += 1;
    if (!(equity[i] > 0)) continue;
    solvent += 1;
    gross += Math.abs(notional) / equity[i];
    net += notional / equity[i];
  }
  return {
    time: equity.length > 0 ? held / equity.length : undefined,
    gross: solvent > 0 ? gross / solvent : undefined,
    net: solvent > 0 ? net / solvent : undefined,
  };
}

/** Traded notional of both sides over mean equity per year; undefined without time or equity. */
export function turnoverPerYear(
  equity: Float64Array,
  tradedNotional: ArrayLike<number>,
  years: number,
): number | undefined {
  const average = mean(equity);
  if (average === undefined || !(average > 0) || !(years > 0)) return undefined;
  let traded = 0;
  for (let i = 0; i < tradedNotional.length; i += 1) traded += Math.abs(tradedNotional[i]);
  return traded / average / years;
}
