// How is a message read as JSON without losing digits? Whole numbers too long for a double stay texts.

/** Fifteen digits always fit into a double; ids of orders and trades may have nineteen. */
const LONG_NUMBER = /[:[,]\s*-?\d{16,}\s*[,\]}]/;

/** The value of `text`; undefined: it is no JSON. Whole numbers that a double cannot hold become texts of their digits. */
export function parseFrame(text: string): unknown {
  try {
    return LONG_NUMBER.test(text) ? JSON.parse(text, keepDigits) : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The third argument is newer than the types of the language: the text that a number was read from. */
function keepDigits(
  this: unknown,
  _key: string,
  value: unknown,
  ...rest: readonly { readonly source?: string }[]
): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  const source = rest[0]?.source;
  return source !== undefined && /^-?\d+$/.test(source) ? source : value;
}
