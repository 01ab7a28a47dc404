// What is the fingerprint of a text? FNV-1a with 64 bits over its UTF-8 bytes: pure, the same on every machine, not for secrets.

const OFFSET_HIGH = 0xcbf29ce4;
const OFFSET_LOW = 0x84222325;
const TWO_POW_32 = 4_294_967_296;

/** 16 lower-case hexadecimal digits of the 64-bit FNV-1a hash (Fowler, Noll, Vo) of `text`; lone surrogates count as U+FFFD. */
export function hash64(text: string): string {
  let high = OFFSET_HIGH;
  let low = OFFSET_LOW;
  /** Times the prime 2^40 + 0x1b3, in two halves of 32 bits; low × 0x1b3 stays below 2^41, exact in a double. */
  const take = (byte: number): void => {
    low = (low ^ byte) >>> 0;
    const product = low * 0x1b3;
    high = (Math.imul(high, 0x1b3) + Math.floor(product / TWO_POW_32) + (low << 8)) >>> 0;
    low = product >>> 0;
  };
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    takeUtf8(point >= 0xd800 && point <= 0xdfff ? 0xfffd : point, take);
  }
  return high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0');
}

function takeUtf8(point: number, take: (byte: number) => void): void {
  if (point < 0x80) {
    take(point);
    return;
  }
  if (point < 0x800) {
    take(0xc0 | (point >> 6));
  } else {
    if (point < 0x10000) {
      take(0xe0 | (point >> 12));
    } else {
      take(0xf0 | (point >> 18));
      take(0x80 | ((point >> 12) & 0x3f));
    }
    take(0x80 | ((point >> 6) & 0x3f));
  }
  take(0x80 | (point & 0x3f));
}
