// Do predicted probabilities come true? Counts per bin of probability, which can be added up over many models.

/** Probabilities in [k/20, (k+1)/20), 1 in the last: how many there were and how many of them came true. */
export interface CalibrationBin {
  /** Mean probability of the bin. */
  readonly predicted: number;
  /** At least 1. */
  readonly count: number;
  /** Labels 1 among them. */
  readonly won: number;
}

const BINS = 20;

/** Bins of probabilities and 0/1 labels in rising order; empty bins are left out. */
export function calibrationBins(probabilities: ArrayLike<number>, labels: ArrayLike<number>): CalibrationBin[] {
  const sums = emptySums();
  for (let index = 0; index < probabilities.length; index += 1) {
    const bin = binOf(probabilities[index]);
    sums.predicted[bin] += probabilities[index];
    sums.count[bin] += 1;
    sums.won[bin] += labels[index];
  }
  return binsOf(sums);
}

/** The bins of all samples that the given bins were counted from. */
export function mergedBins(bins: readonly CalibrationBin[]): CalibrationBin[] {
  const sums = emptySums();
  for (const { predicted, count, won } of bins) {
    const bin = binOf(predicted);
    sums.predicted[bin] += predicted * count;
    sums.count[bin] += count;
    sums.won[bin] += won;
  }
  return binsOf(sums);
}

/** Expected calibration error of merged bins: mean distance of predicted and true share, by samples; undefined without any. */
export function calibrationErrorOf(bins: readonly CalibrationBin[]): number | undefined {
  let error = 0;
  let samples = 0;
  for (const { predicted, count, won } of bins) {
    error += Math.abs(predicted * count - won);
    samples += count;
  }
  return samples === 0 ? undefined : error / samples;
}

interface BinSums {
  /** Sums of probabilities. */
  readonly predicted: Float64Array;
  readonly count: Float64Array;
  readonly won: Float64Array;
}

function emptySums(): BinSums {
  return { predicted: new Float64Array(BINS), count: new Float64Array(BINS), won: new Float64Array(BINS) };
}

function binOf(probability: number): number {
  return Math.min(BINS - 1, Math.floor(probability * BINS));
}

function binsOf({ predicted, count, won }: BinSums): CalibrationBin[] {
  return Array.from(count.keys())
    .filter((bin) => count[bin] > 0)
    .map((bin) => ({
      // A mean of equal numbers may be rounded below them, and out of the bin.
      predicted: Math.max(bin / BINS, predicted[bin] / count[bin]),
      count: count[bin],
      won: won[bin],
    }));
}
