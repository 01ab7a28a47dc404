// Is there enough history to learn from? So many days before a moment, at least so many of them, and few holes.
import { firstBarAtOrAfter, FLAG_FILLED, type CandleSeries } from '../domain/candle.ts';
import { DAY_MS } from '../domain/time.ts';

export interface HistoryRules {
  /** Days before the moment that are wanted. */
  readonly targetDays: number;
  /** With fewer nothing is trained. */
  readonly minDays: number;
  /** Least share of the candles that there should be in them. */
  readonly minCoverage: number;
}

/** The history that would be learnt from; times in epoch milliseconds. */
export interface HistoryFacts {
  readonly from: number;
  readonly until: number;
  /** Candles that a trade made; those that were filled in do not count. */
  readonly candles: number;
  readonly days: number;
  /** Share of the candles that there should be between `from` and `until`. */
  readonly coverage: number;
}

export type HistoryVerdict =
  | { readonly kind: 'enough'; readonly facts: HistoryFacts }
  | { readonly kind: 'blocked'; readonly facts: HistoryFacts; readonly reasons: readonly string[] };

/** What the candles of the last `targetDays` before `until` are worth; a contract that is younger has fewer days, not holes. */
export function judgeHistory(series: CandleSeries, until: number, rules: HistoryRules): HistoryVerdict {
  const facts = historyFacts(series, until, rules.targetDays);
  const reasons: string[] = [];
  // A last candle that is still missing must not make a full history short.
  if (facts.days < rules.minDays - 1e-9) {
    reasons.push(`${facts.days.toFixed(1)} days of history, ${rules.minDays} are needed`);
  }
  if (facts.candles === 0 || facts.coverage < rules.minCoverage) {
    const [has, needs] = [facts.coverage, rules.minCoverage].map((share) => `${(100 * share).toFixed(1)} %`);
    reasons.push(`${has} of the candles are there, ${needs} are needed`);
  }
  return reasons.length === 0 ? { kind: 'enough', facts } : { kind: 'blocked', facts, reasons };
}

function historyFacts(series: CandleSeries, until: number, targetDays: number): HistoryFacts {
  const { intervalMs, openTime, flags } = series;
  const wanted = until - targetDays * DAY_MS;
  const first = firstBarAtOrAfter(series, wanted);
  const end = firstBarAtOrAfter(series, until - intervalMs + 1);
  if (first >= end) return { from: until, until, candles: 0, days: 0, coverage: 0 };
  // Where nothing lies before it the contract is younger than what is wanted; else what is missing at the start is a hole.
  const from = first === 0 ? openTime[0] : wanted;
  let candles = 0;
  for (let bar = first; bar < end; bar += 1) if ((flags[bar] & FLAG_FILLED) === 0) candles += 1;
  const due = Math.max(1, Math.floor((until - from) / intervalMs));
  return { from, until, candles, days: (until - from) / DAY_MS, coverage: Math.min(1, candles / due) };
}
