// How is a standard normal variable distributed? Density, distribution and its inverse to about 1e-15.

const SQRT_TWO_PI = Math.sqrt(2 * Math.PI);
const LOG_SQRT_TWO_PI = Math.log(SQRT_TWO_PI);
/** Beyond this distance the tail is computed directly, so that it keeps its relative accuracy. */
const TAIL_START = 1.5;
const MAX_STEPS = 60;

function density(x: number): number {
  return Math.exp(-0.5 * x * x) / SQRT_TWO_PI;
}

/** P(0 < Z < x), odd in x: density times the series x + x^3/3 + x^5/15 + ..., whose terms share one sign. */
function centralArea(x: number): number {
  const square = x * x;
  let term = x;
  let sum = x;
  for (let odd = 3; Math.abs(term) > Number.EPSILON * 0.01 * Math.abs(sum); odd += 2) {
    term *= square / odd;
    sum += term;
  }
  return density(x) * sum;
}

/**
 * Upper tail over density for x >= TAIL_START: the continued fraction 1/(x + 1/(x + 2/(x + ...))), from its end, where
 * the part left out is taken for its limit t = x + n/t.
 */
function millsRatio(x: number): number {
  const terms = 12 + Math.ceil(230 / (x * x));
  let value = 0.5 * (x + Math.sqrt(x * x + 4 * terms + 4));
  for (let term = terms; term > 0; term -= 1) value = x + term / value;
  return 1 / value;
}

/** P(Z <= x). Relative accuracy holds in the lower tail; the upper tail is 1 minus it. */
export function normalCdf(x: number): number {
  if (Number.isNaN(x)) return Number.NaN;
  if (x < -TAIL_START) return x === -Infinity ? 0 : density(x) * millsRatio(-x);
  if (x > TAIL_START) return x === Infinity ? 1 : 1 - density(x) * millsRatio(x);
  return 0.5 + centralArea(x);
}

/**
 * The z with P(Z <= z) = `probability`; minus and plus infinity at 0 and 1.
 * @throws RangeError outside 0..1
 */
export function normalQuantile(probability: number): number {
  if (!(probability >= 0 && probability <= 1))
    throw new RangeError(`probability must be within 0..1, got ${probability}`);
  if (probability === 0) return -Infinity;
  if (probability === 1) return Infinity;
  const offset = probability - 0.5;
  if (Math.abs(offset) <= 0.43) return centralQuantile(offset);
  return offset < 0 ? -upperQuantile(probability) : upperQuantile(1 - probability);
}

/** Halley steps on centralArea(z) = area; the second derivative of the area is -z times the first. */
function centralQuantile(area: number): number {
  let z = area * SQRT_TWO_PI;
  for (let step = 0; step < MAX_STEPS; step += 1) {
    const newton = (centralArea(z) - area) / density(z);
    const change = newton / (1 + 0.5 * z * newton);
    z -= change;
    if (!(Math.abs(change) > Number.EPSILON * Math.abs(z))) break;
  }
  return z;
}

/** Newton steps on the logarithm of the upper tail, which is nearly quadratic and never underflows. */
function upperQuantile(tail: number): number {
  const logTail = Math.log(tail);
  let z = Math.sqrt(Math.max(TAIL_START ** 2, -2 * logTail - Math.log(-2 * logTail) - 2 * LOG_SQRT_TWO_PI));
  for (let step = 0; step < MAX_STEPS; step += 1) {
    const mills = upperMills(z);
    const change = (Math.log(mills) - 0.5 * z * z - LOG_SQRT_TWO_PI - logTail) * mills;
    z += change;
    if (!(Math.abs(change) > Number.EPSILON * z)) break;
  }
  return z;
}

function upperMills(x: number): number {
  return x >= TAIL_START ? millsRatio(x) : (0.5 - centralArea(x)) / density(x);
}
