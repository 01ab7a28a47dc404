// How are bytes written as text? In base64 (RFC 4648, with padding), without a runtime's help.
import { invariant } from './errors.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const NO_DIGIT = 255;
const DIGITS = Uint8Array.from({ length: 128 }, (_, code) => {
  const digit = ALPHABET.indexOf(String.fromCharCode(code));
  return digit < 0 ? NO_DIGIT : digit;
});

export function toBase64(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += 3) {
    const left = bytes.length - at;
    const word = (bytes[at] << 16) | ((left > 1 ? bytes[at + 1] : 0) << 8) | (left > 2 ? bytes[at + 2] : 0);
    parts.push(
      ALPHABET[word >>> 18],
      ALPHABET[(word >>> 12) & 63],
      left > 1 ? ALPHABET[(word >>> 6) & 63] : '=',
      left > 2 ? ALPHABET[word & 63] : '=',
    );
  }
  return parts.join('');
}

/** The bytes in a buffer of their own. @throws PerpilotError INVARIANT_BROKEN for a text that is no padded base64 */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  invariant(text.length % 4 === 0, 'no base64: its length is no multiple of 4');
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  let out = 0;
  for (let at = 0; at < text.length; at += 4) {
    let word = 0;
    for (let digit = 0; digit < 4; digit += 1) {
      const isPadding = at + digit >= text.length - padding;
      word = (word << 6) | (isPadding ? 0 : digitAt(text, at + digit));
    }
    for (let shift = 16; shift >= 0 && out < bytes.length; shift -= 8, out += 1) bytes[out] = word >>> shift;
  }
  return bytes;
}

function digitAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  const digit = code < DIGITS.length ? DIGITS[code] : NO_DIGIT;
  invariant(digit !== NO_DIGIT, `no base64: character ${at} is none of its digits`);
  return digit;
}
