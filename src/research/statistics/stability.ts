// Is a result the same in every fold, or the work of one? Spread of a figure across folds.
import { mean, sampleDeviation } from './moments.ts';
import { quantile } from './quantile.ts';

/** Below this absolute mean a coefficient of variation says nothing. */
const SMALLEST_MEAN = 1e-12;

export interface FoldStability {
  readonly folds: number;
  /** Folds in which the figure is undefined; they count against the share of positive folds and nowhere else. */
  readonly undefinedFolds: number;
  readonly mean: number | undefined;
  /** Sample deviation (n - 1). */
  readonly deviation: number | undefined;
  /** Deviation over |mean|; undefined for one fold or a mean of about zero. */
  readonly variation: number | undefined;
  readonly median: number | undefined;
  readonly minimum: number | undefined;
  readonly maximum: number | undefined;
  readonly sharePositive: number | undefined;
}

/** Stability of a figure across folds; undefined entries are folds without a defined figure. */
export function foldStability(values: readonly (number | undefined)[]): FoldStability {
  const known = values.filter((value) => value !== undefined);
  const centre = mean(known);
  const deviation = sampleDeviation(known);
  const isCentred = centre === undefined || Math.abs(centre) < SMALLEST_MEAN;
  const positive = known.reduce((count, value) => count + (value > 0 ? 1 : 0), 0);
  return {
    folds: values.length,
    undefinedFolds: values.length - known.length,
    mean: centre,
    deviation,
    variation: deviation === undefined || isCentred ? undefined : deviation / Math.abs(centre),
    median: quantile(known, 0.5),
    minimum: known.length > 0 ? Math.min(...known) : undefined,
    maximum: known.length > 0 ? Math.max(...known) : undefined,
    sharePositive: values.length > 0 ? positive / values.length : undefined,
  };
}
