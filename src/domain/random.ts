// Where does randomness come from? From a seed alone: the same seed gives the same numbers on every machine.

/** A seeded stream of pseudo-random numbers (sfc32 of PractRand, seeded by a 32-bit hash of a text). */
export interface Random {
  /** Uniform in [0, 1) with 32 random bits. */
  next(): number;
  /** The same as one `next` for each entry of `out` in turn, at a fraction of the time. */
  drawInto(out: Float64Array): void;
  /** Whole number in [0, bound). */
  below(bound: number): number;
  /** Standard normal (polar Box-Muller without a stored second value). */
  normal(): number;
  /** An independent stream named by `label`; does not advance this one. */
  fork(label: string): Random;
}

/** A stream for `seed`; texts and numbers that print the same give the same stream. */
export function createRandom(seed: string | number): Random {
  const text = String(seed);
  let a = hash32(text, 0x9e3779b9);
  let b = hash32(text, 0x85ebca6b);
  let c = hash32(text, 0xc2b2ae35);
  let counter = 1;

  const bits = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  for (let warmUp = 0; warmUp < 12; warmUp += 1) bits();

  const next = (): number => bits() / 4_294_967_296;
  const drawInto = (out: Float64Array): void => {
    // The state stands in variables of this very function while it runs: those of the stream cost as much as the arithmetic.
    let [p, q, r, count] = [a, b, c, counter];
    for (let index = 0; index < out.length; index += 1) {
      const sum = (((p + q) | 0) + count) | 0;
      count = (count + 1) | 0;
      p = q ^ (q >>> 9);
      q = (r + (r << 3)) | 0;
      r = (((r << 21) | (r >>> 11)) + sum) | 0;
      out[index] = (sum >>> 0) / 4_294_967_296;
    }
    [a, b, c, counter] = [p, q, r, count];
  };
  return {
    next,
    drawInto,
    below: (bound) => Math.floor(next() * bound),
    normal() {
      for (;;) {
        const x = next() * 2 - 1;
        const y = next() * 2 - 1;
        const square = x * x + y * y;
        if (square > 0 && square < 1) return x * Math.sqrt((-2 * Math.log(square)) / square);
      }
    },
    fork: (label) => createRandom(`${text}/${label}`),
  };
}

/** FNV-1a over UTF-16 code units with a final avalanche; not for secrets. */
function hash32(text: string, start: number): number {
  let hash = start | 0;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x21f0aaad);
  hash = Math.imul(hash ^ (hash >>> 15), 0x735a2d97);
  return hash ^ (hash >>> 15);
}
