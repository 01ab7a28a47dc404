// What is the SHA-256 of some bytes? FIPS 180-4 in plain arithmetic, so that the pure core can name data by content.

/** First 32 bits of the fractional parts of the cube roots (rounds) and square roots (start) of the first primes. */
const { rounds: ROUND_CONSTANTS, start: START } = primeConstants();

/** The 64 hex digits of the SHA-256 of `parts` laid end to end. */
export function sha256Hex(parts: readonly Uint8Array[]): string {
  const state = Int32Array.from(START);
  const schedule = new Int32Array(64);
  const block = new Uint8Array(64);
  let filled = 0;
  let total = 0;
  for (const part of parts) {
    total += part.length;
    let offset = 0;
    if (filled > 0) {
      offset = Math.min(64 - filled, part.length);
      block.set(part.subarray(0, offset), filled);
      filled += offset;
      if (filled < 64) continue;
      compress(state, schedule, block, 0);
    }
    for (; offset + 64 <= part.length; offset += 64) compress(state, schedule, part, offset);
    block.set(part.subarray(offset));
    filled = part.length - offset;
  }
  finish(state, schedule, { block, filled, total });
  return Array.from(state, (word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
}

function finish(
  state: Int32Array,
  schedule: Int32Array,
  rest: { readonly block: Uint8Array; readonly filled: number; readonly total: number },
): void {
  const { block, filled, total } = rest;
  block.fill(0, filled);
  block[filled] = 0x80;
  if (filled >= 56) {
    compress(state, schedule, block, 0);
    block.fill(0);
  }
  const view = new DataView(block.buffer);
  view.setUint32(56, Math.floor(total / 0x20000000));
  view.setUint32(60, (total * 8) >>> 0);
  compress(state, schedule, block, 0);
}

function compress(state: Int32Array, schedule: Int32Array, bytes: Uint8Array, offset: number): void {
  for (let word = 0; word < 16; word += 1) {
    const at = offset + word * 4;
    schedule[word] = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
  }
  for (let word = 16; word < 64; word += 1) {
    const x = schedule[word - 15];
    const y = schedule[word - 2];
    const small = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const large = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    schedule[word] = (schedule[word - 16] + small + schedule[word - 7] + large) | 0;
  }
  let a = state[0];
  let b = state[1];
  let c = state[2];
  let d = state[3];
  let e = state[4];
  let f = state[5];
  let g = state[6];
  let h = state[7];
  for (let round = 0; round < 64; round += 1) {
    const turnE = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const first = (h + turnE + ((e & f) ^ (~e & g)) + ROUND_CONSTANTS[round] + schedule[round]) | 0;
    const turnA = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const second = (turnA + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + second) | 0;
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
  state[4] += e;
  state[5] += f;
  state[6] += g;
  state[7] += h;
}

function primeConstants(): { readonly rounds: Int32Array; readonly start: Int32Array } {
  const primes: number[] = [];
  for (let candidate = 2; primes.length < 64; candidate += 1)
    if (primes.every((prime) => candidate % prime !== 0)) primes.push(candidate);
  return {
    rounds: Int32Array.from(primes, (prime) => fractionBits(Math.cbrt(prime))),
    start: Int32Array.from(primes.slice(0, 8), (prime) => fractionBits(Math.sqrt(prime))),
  };
}

function fractionBits(root: number): number {
  return Math.floor((root - Math.floor(root)) * 4_294_967_296) | 0;
}
