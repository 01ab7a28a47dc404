// What does a figure say when it has no value? Why: a report prints n/a with the reason, never 0.

/** Every reason for which a figure of a selection is undefined. */
export type FigureReason =
  | 'fewer than 20 days'
  | 'fewer than 20 trades'
  | 'five trades or fewer'
  | 'no trade'
  | 'no losing trade'
  | 'no loss in some resamples'
  | 'no net profit'
  | 'returns do not vary'
  | 'no such moments'
  | 'Sharpe ratio not above 0'
  | 'fewer than two trials with a Sharpe ratio'
  | 'fewer than two rows'
  | 'fewer than two rows that vary'
  | 'fewer than two folds with a figure'
  | 'mean of folds about 0'
  | 'no benchmark'
  | 'benchmark of other days';

export type Figure<Value = number> =
  | { readonly value: Value; readonly reason?: undefined }
  | { readonly value: undefined; readonly reason: FigureReason };

export interface IntervalFigure {
  readonly low: Figure;
  readonly high: Figure;
}

export function without(reason: FigureReason): Figure<never> {
  return { value: undefined, reason };
}

/** `value`, or why there is none. */
export function figureOf<Value>(value: Value | undefined, reason: FigureReason): Figure<Value> {
  return value === undefined ? without(reason) : { value };
}

/** Both bounds undefined for one reason. */
export function withoutInterval(reason: FigureReason): IntervalFigure {
  return { low: without(reason), high: without(reason) };
}
