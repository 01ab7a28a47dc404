// Between which shares does the truth lie, after so many hits in so many tries? The exact band of Clopper and Pearson.

export interface Band {
  readonly low: number;
  readonly high: number;
}

/** 95 % band of a share of `hits` in `tries` independent tries, at least one; wide enough whatever the true share is. */
export function binomialBand(hits: number, tries: number): Band {
  return {
    low: hits === 0 ? 0 : solve((share) => 1 - atMost(hits - 1, tries, share) - 0.025),
    high: hits === tries ? 1 : solve((share) => 0.025 - atMost(hits, tries, share)),
  };
}

/** Probability of at most `hits` in `tries` at a share strictly between 0 and 1. */
function atMost(hits: number, tries: number, share: number): number {
  let logTerm = tries * Math.log1p(-share);
  let sum = Math.exp(logTerm);
  for (let count = 1; count <= hits; count += 1) {
    logTerm += Math.log((tries - count + 1) / count) + Math.log(share) - Math.log1p(-share);
    sum += Math.exp(logTerm);
  }
  return sum;
}

/** Where `rising` crosses 0 between 0 and 1, by bisection. */
function solve(rising: (share: number) => number): number {
  let low = 0;
  let high = 1;
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (rising(middle) < 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
