// How are bytes written as text? In base64 (RFC 4648, with padding), without a runtime's help.
import { invariant } from './errors.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const NO_DIGIT = 255;
const DIGITS = Uint8Array.from({ length: 128 }, (_, code) => {
  const digit = ALPHABET.indexOf(String.fromCharCode(code));
  return digit < 0 ? NO_DIGIT : digit;
});

const LETTERS = Uint8Array.from(ALPHABET, (letter) => letter.charCodeAt(0));
const PADDING = '='.charCodeAt(0);

export function toBase64(bytes: Uint8Array): string {
  const text = new Uint8Array(Math.ceil(bytes.length / 3) * 4);
  let out = 0;
  for (let at = 0; at < bytes.length; at += 3) {
    const left = bytes.length - at;
    const word = (bytes[at] << 16) | ((left > 1 ? bytes[at + 1] : 0) << 8) | (left > 2 ? bytes[at + 2] : 0);
    text[out] = LETTERS[word >>> 18];
    text[out + 1] = LETTERS[(word >>> 12) & 63];
    text[out + 2] = left > 1 ? LETTERS[(word >>> 6) & 63] : PADDING;
    text[out + 3] = left > 2 ? LETTERS[word & 63] : PADDING;
    out += 4;
  }
  return new TextDecoder().decode(text);
}

/** The bytes in a buffer of their own. @throws PerpilotError INVARIANT_BROKEN for a text that is no padded base64 */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  invariant(text.length % 4 === 0, 'no base64: its length is no multiple of 4');
  const length = text.length - padding;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  let out = 0;
  let word = 0;
  for (let at = 0; at < length; at += 1) {
    const digit = DIGITS[text.charCodeAt(at)] ?? NO_DIGIT;
    if (digit === NO_DIGIT) invariant(false, `no base64: character ${at} is none of its digits`);
    word = ((word << 6) | digit) & 0xffffff;
    // Every digit but the first of four ends a byte.
    const place = at & 3;
    if (place === 0) continue;
    bytes[out] = word >>> (6 - 2 * place);
    out += 1;
  }
  return bytes;
}
