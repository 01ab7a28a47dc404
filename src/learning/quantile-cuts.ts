// Which values of a feature begin a bin when there are more distinct ones than bins? Those at equal ranks, chosen as XGBoost does.

/** Distinct values in rising order; value i is held by `count[i]` rows, `below[i]` rows hold less. */
interface Ranks {
  readonly values: Float32Array;
  readonly below: Int32Array;
  readonly count: Int32Array;
}

/** How much finer than the bins XGBoost's sketch is. */
const SKETCH_FACTOR = 8;

/**
 * The lowest value of each bin: every distinct value while there are at most `maxBins`, else `maxBins` of them at nearly
 * equal ranks; equal values share a bin. `sorted` rises. The ranks are thinned out three times to the sizes that XGBoost's
 * quantile sketch has for so many rows, so that small tables get the same bins as there. Weights play no part.
 */
export function binBounds(sorted: Float32Array, maxBins: number): Float32Array {
  const ranks = ranksOf(sorted);
  const distinct = ranks.values.length;
  if (distinct <= maxBins) return ranks.values;
  let kept = new Int32Array(distinct);
  for (let index = 0; index < distinct; index += 1) kept[index] = index;
  for (const size of [sketchSize(sorted.length, maxBins), maxBins * SKETCH_FACTOR, maxBins + 1]) {
    kept = thinOut(ranks, kept, size);
  }
  return Float32Array.from(kept.subarray(0, Math.min(kept.length, maxBins)), (index) => ranks.values[index]);
}

function ranksOf(sorted: Float32Array): Ranks {
  const values = new Float32Array(sorted.length);
  const below = new Int32Array(sorted.length);
  const count = new Int32Array(sorted.length);
  let distinct = 0;
  for (let from = 0; from < sorted.length;) {
    let to = from + 1;
    while (to < sorted.length && sorted[to] === sorted[from]) to += 1;
    values[distinct] = sorted[from];
    below[distinct] = from;
    count[distinct] = to - from;
    distinct += 1;
    from = to;
  }
  return { values: values.slice(0, distinct), below: below.subarray(0, distinct), count: count.subarray(0, distinct) };
}

/** Entries of a sketch of `rows` values with an error of 1 / (factor × bins): more levels, larger sketch. */
function sketchSize(rows: number, maxBins: number): number {
  const finest = Math.min(rows, maxBins) * SKETCH_FACTOR;
  for (let levels = 1; ; levels += 1) {
    const size = Math.min(rows, levels * finest + 1);
    if (2 ** levels * size >= rows) return size;
  }
}

/** At most `size` of the `kept` values: the outer two, and between them those whose mid-ranks are nearest to equal steps. */
function thinOut(ranks: Ranks, kept: Int32Array<ArrayBuffer>, size: number): Int32Array<ArrayBuffer> {
  if (kept.length <= size) return kept;
  const { below, count } = ranks;
  const last = kept.length - 1;
  const start = below[kept[0]] + count[kept[0]];
  const range = below[kept[last]] - start;
  const chosen = new Int32Array(size);
  chosen[0] = kept[0];
  let chosenCount = 1;
  let at = 1;
  let lastChosen = 0;
  for (let step = 1; step < size - 1; step += 1) {
    const target = 2 * (Math.fround((step * range) / (size - 1)) + start);
    while (at < last && target >= 2 * below[kept[at + 1]] + count[kept[at + 1]]) at += 1;
    if (at === last) break;
    const border = below[kept[at]] + count[kept[at]] + below[kept[at + 1]];
    const nearest = target < border ? at : at + 1;
    if (nearest === lastChosen) continue;
    chosen[chosenCount] = kept[nearest];
    chosenCount += 1;
    lastChosen = nearest;
  }
  if (lastChosen !== last) {
    chosen[chosenCount] = kept[last];
    chosenCount += 1;
  }
  return chosen.slice(0, chosenCount);
}
