// How much does an overlapping label tell on its own? Concurrency, uniqueness, return attribution, time decay (AFML ch. 4).

/** Labels as inclusive bar spans `first[i]`..`last[i]` over a series of `bars` bars. */
export interface LabelSpans {
  readonly bars: number;
  readonly first: ArrayLike<number>;
  readonly last: ArrayLike<number>;
}

/** Per bar, how many spans contain it. @throws RangeError if a span leaves the series or runs backwards */
export function concurrency({ bars, first, last }: LabelSpans): Int32Array {
  const counts = new Int32Array(bars + 1);
  for (let label = 0; label < first.length; label += 1) {
    if (!(first[label] >= 0 && first[label] <= last[label] && last[label] < bars)) {
      throw new RangeError(`label ${label} spans bars ${first[label]} to ${last[label]} of ${bars}`);
    }
    counts[first[label]] += 1;
    counts[last[label] + 1] -= 1;
  }
  for (let bar = 1; bar < bars; bar += 1) counts[bar] += counts[bar - 1];
  return counts.subarray(0, bars);
}

/** Per label, the mean over its span of 1 / concurrency, 0 < u <= 1. */
export function averageUniqueness(spans: LabelSpans): Float64Array {
  const counts = concurrency(spans);
  const upTo = new Float64Array(spans.bars + 1);
  for (let bar = 0; bar < spans.bars; bar += 1) upTo[bar + 1] = upTo[bar] + (counts[bar] > 0 ? 1 / counts[bar] : 0);
  return Float64Array.from({ length: spans.first.length }, (_, label) => {
    const first = spans.first[label];
    const end = spans.last[label] + 1;
    return (upTo[end] - upTo[first]) / (end - first);
  });
}

/** The number of independent labels that the overlapping ones are worth. */
export function effectiveSamples(uniqueness: Float64Array): number {
  let sum = 0;
  for (let label = 0; label < uniqueness.length; label += 1) sum += uniqueness[label];
  return sum;
}

/**
 * Per label |sum over its span of log return / concurrency|, scaled to sum to the number of labels; all 1 when that sum is 0.
 * `logReturns[t]` is the return that ends at bar t; a label over an undefined one has an undefined weight and is left out of the scale.
 */
export function returnAttribution(spans: LabelSpans, logReturns: ArrayLike<number>): Float64Array {
  const counts = concurrency(spans);
  const upTo = new Float64Array(spans.bars + 1);
  const undefinedUpTo = new Int32Array(spans.bars + 1);
  for (let bar = 0; bar < spans.bars; bar += 1) {
    const share = counts[bar] > 0 ? logReturns[bar] / counts[bar] : 0;
    upTo[bar + 1] = upTo[bar] + (Number.isNaN(share) ? 0 : share);
    undefinedUpTo[bar + 1] = undefinedUpTo[bar] + (Number.isNaN(share) ? 1 : 0);
  }
  let total = 0;
  let known = 0;
  const weights = Float64Array.from({ length: spans.first.length }, (_, label) => {
    const first = spans.first[label];
    const end = spans.last[label] + 1;
    if (undefinedUpTo[end] !== undefinedUpTo[first]) return NaN;
    const weight = Math.abs(upTo[end] - upTo[first]);
    total += weight;
    known += 1;
    return weight;
  });
  return weights.map((weight) => (total === 0 ? weight + 1 : (weight * known) / total));
}

/**
 * Weights that fall with age, piecewise linear in cumulative uniqueness in order of span start; the newest has 1.
 * `decay` 0..1 is the weight that an infinitely old label would have; -1 < decay < 0 gives the oldest share |decay| weight 0.
 */
export function timeDecay(spans: LabelSpans, uniqueness: Float64Array, decay: number): Float64Array {
  if (!(decay > -1 && decay <= 1)) throw new RangeError(`time decay must lie in -1 < d <= 1, got ${decay}`);
  const total = effectiveSamples(uniqueness);
  const slope = decay >= 0 ? (1 - decay) / total : 1 / ((decay + 1) * total);
  const weights = new Float64Array(uniqueness.length);
  let age = 0;
  for (const label of orderByStart(spans)) {
    age += uniqueness[label];
    weights[label] = Math.max(0, 1 - slope * (total - age));
  }
  return weights;
}

/** Label numbers by first bar, equal ones in their own order: a counting sort, linear in labels and bars. */
function orderByStart({ bars, first }: LabelSpans): Int32Array {
  const slot = new Int32Array(bars + 1);
  for (let label = 0; label < first.length; label += 1) slot[first[label] + 1] += 1;
  for (let bar = 1; bar <= bars; bar += 1) slot[bar] += slot[bar - 1];
  const order = new Int32Array(first.length);
  for (let label = 0; label < first.length; label += 1) {
    order[slot[first[label]]] = label;
    slot[first[label]] += 1;
  }
  return order;
}
