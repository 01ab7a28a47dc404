// Has a feature or score moved away from where it was? Population stability index and Kolmogorov-Smirnov distance.

export interface DriftReport {
  /** Upper ends of the bins, all but the last, which is open. */
  readonly edges: Float64Array;
  /** Share of all values per bin; the last entry is the share of missing values. */
  readonly referenceShare: Float64Array;
  readonly currentShare: Float64Array;
  /** Sum of (q - p) ln(q / p); 0.1 is commonly watched, 0.25 alarming. Without drift about (bins - 1)(1/n + 1/m) is expected. */
  readonly psi: number;
  /** Largest distance of the distribution functions of present values; undefined when one side has none. */
  readonly ks: number | undefined;
}

export interface DriftRule {
  /** Bins between quantiles of the reference. Default 10. */
  readonly bins?: number;
  /** Shares below this count as this. Default 1e-4. */
  readonly floor?: number;
}

/**
 * Compares `current` with `reference` (NaN is missing and has its own bin). Bins end at the reference's quantiles (linear,
 * duplicates merged) and hold their upper end.
 */
export function measureDrift(
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
  rule: DriftRule = {},
): DriftReport {
  const floor = rule.floor ?? 1e-4;
  const sorted = presentSorted(reference);
  const edges = quantileEdges(sorted, rule.bins ?? 10);
  const referenceShare = shares(reference, edges);
  const currentShare = shares(current, edges);
  const psi = stabilityIndex(referenceShare, currentShare, floor);
  return { edges, referenceShare, currentShare, psi, ks: kolmogorovSmirnov(sorted, presentSorted(current)) };
}

/** Bins of a reference that is not at hand any more, and the share of its values in each; the last share is of missing ones. */
export interface ReferenceBins {
  readonly edges: ArrayLike<number>;
  readonly share: ArrayLike<number>;
}

/** What is kept of a reference so that drift can be measured later, as `measureDrift` would. */
export function referenceBins(reference: ArrayLike<number>, bins = 10): ReferenceBins {
  const edges = quantileEdges(presentSorted(reference), bins);
  return { edges, share: shares(reference, edges) };
}

/** The population stability index of `current` against a kept reference. Shares below `floor` count as it. */
export function stabilityAgainst(reference: ReferenceBins, current: ArrayLike<number>, floor = 1e-4): number {
  return stabilityIndex(reference.share, shares(current, reference.edges), floor);
}

function stabilityIndex(reference: ArrayLike<number>, current: ArrayLike<number>, floor: number): number {
  let psi = 0;
  for (let bin = 0; bin < reference.length; bin += 1) {
    const p = Math.max(reference[bin], floor);
    const q = Math.max(current[bin], floor);
    psi += (q - p) * Math.log(q / p);
  }
  return psi;
}

function presentSorted(values: ArrayLike<number>): Float64Array {
  return Float64Array.from(values)
    .filter((value) => !Number.isNaN(value))
    .sort();
}

/** Quantiles k / bins of type 7, each once. */
function quantileEdges(sorted: Float64Array, bins: number): Float64Array {
  if (sorted.length === 0) return new Float64Array(0);
  const edges: number[] = [];
  for (let k = 1; k < bins; k += 1) {
    const at = (k / bins) * (sorted.length - 1);
    const low = Math.floor(at);
    const high = Math.min(low + 1, sorted.length - 1);
    const edge = sorted[low] + (at - low) * (sorted[high] - sorted[low]);
    if (edges.length === 0 || edge > edges[edges.length - 1]) edges.push(edge);
  }
  return Float64Array.from(edges);
}

function shares(values: ArrayLike<number>, edges: ArrayLike<number>): Float64Array {
  const counts = new Float64Array(edges.length + 2);
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index];
    let bin = edges.length + 1;
    if (!Number.isNaN(value)) {
      bin = 0;
      while (bin < edges.length && value > edges[bin]) bin += 1;
    }
    counts[bin] += 1;
  }
  return counts.map((count) => count / values.length);
}

function kolmogorovSmirnov(a: Float64Array, b: Float64Array): number | undefined {
  if (a.length === 0 || b.length === 0) return undefined;
  let i = 0;
  let j = 0;
  let distance = 0;
  while (i < a.length && j < b.length) {
    const value = Math.min(a[i], b[j]);
    while (i < a.length && a[i] === value) i += 1;
    while (j < b.length && b[j] === value) j += 1;
    distance = Math.max(distance, Math.abs(i / a.length - j / b.length));
  }
  return distance;
}
