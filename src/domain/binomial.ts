// How likely are so few successes? The exact lower tail of the binomial distribution.

/**
 * P(X <= k) for X binomial with `n` trials of success probability `p`.
 * Terms are weighed against the most likely outcome by the ratio of neighbours, so nothing underflows before the
 * result itself does and every term is positive: the relative error stays near n rounding errors.
 * @throws RangeError unless k and n are whole numbers, n >= 0 and 0 <= p <= 1
 */
export function binomialLowerTail(k: number, n: number, p: number): number {
  if (!Number.isInteger(k) || !Number.isInteger(n) || n < 0)
    throw new RangeError(`successes and trials must be whole numbers, got ${k} of ${n}`);
  if (!(p >= 0 && p <= 1)) throw new RangeError(`success probability must be within 0..1, got ${p}`);
  if (k < 0) return 0;
  if (k >= n || p === 0) return 1;
  if (p === 1) return 0;

  const mode = Math.min(n, Math.floor((n + 1) * p));
  const odds = p / (1 - p);
  let total = 1;
  let tail = mode <= k ? 1 : 0;
  for (let i = mode, weight = 1; i > 0 && weight > 0; i -= 1) {
    weight *= i / ((n - i + 1) * odds);
    total += weight;
    if (i - 1 <= k) tail += weight;
  }
  for (let i = mode, weight = 1; i < n && weight > 0; i += 1) {
    weight *= ((n - i) * odds) / (i + 1);
    total += weight;
    if (i + 1 <= k) tail += weight;
  }
  return tail / total;
}
