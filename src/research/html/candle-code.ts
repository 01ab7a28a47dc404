// How do years of candles fit into a page? As whole ticks, each told by its difference to the last, in as few bytes as it needs.
import type { CandleColumns } from './report-data.ts';

// The page reads the text with the functions of this file that it carries along: they must not refer to anything but each other.

/** Candles as they stand in the page. */
export interface PackedCandles {
  readonly symbol: string;
  readonly intervalMs: number;
  readonly tickSize: number;
  /** Open time of the first candle. */
  readonly start: number;
  readonly length: number;
  /** Candles before which time jumps, each with the intervals from the open before it. */
  readonly jumps: readonly (readonly [index: number, intervals: number])[];
  /** Base64 of the ticks. */
  readonly data: string;
}

/** Prices in ticks. */
export interface UnpackedCandles {
  readonly openTime: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
}

/** Packs the candles that open in [from, to); candles without prices are left out, prices are rounded to the nearest tick. */
export function packCandles(columns: CandleColumns, from: number, to: number): PackedCandles {
  const { symbol, intervalMs, tickSize, openTime, open, high, low, close } = columns;
  const bytes: number[] = [];
  const jumps: [number, number][] = [];
  let start = 0;
  let last = 0;
  let length = 0;
  let previousClose = 0;
  for (let bar = 0; bar < openTime.length; bar += 1) {
    const time = openTime[bar];
    if (time < from || time >= to || !Number.isFinite(open[bar] + high[bar] + low[bar] + close[bar])) continue;
    if (length === 0) start = time;
    else if (time - last !== intervalMs) jumps.push([length, (time - last) / intervalMs]);
    const [first, top, bottom, end] = [open, high, low, close].map((column) => Math.round(column[bar] / tickSize));
    pushInteger(bytes, first - previousClose);
    pushInteger(bytes, end - first);
    pushInteger(bytes, top - Math.max(first, end));
    pushInteger(bytes, Math.min(first, end) - bottom);
    previousClose = end;
    last = time;
    length += 1;
  }
  return { symbol, intervalMs, tickSize, start, length, jumps, data: toBase64(bytes) };
}

/** The candles of a packed series, bit by bit as they were in ticks. */
export function unpackCandles({ start, length, intervalMs, jumps, data }: PackedCandles): UnpackedCandles {
  const text = atob(data);
  const [openTime, open, high, low, close] = Array.from({ length: 5 }, () => new Float64Array(length));
  const cursor = { text, at: 0 };
  let time = start;
  let jump = 0;
  let previousClose = 0;
  for (let bar = 0; bar < length; bar += 1) {
    const isJump = jump < jumps.length && jumps[jump][0] === bar;
    if (bar > 0) time += intervalMs * (isJump ? jumps[jump][1] : 1);
    if (isJump) jump += 1;
    const first = previousClose + readInteger(cursor);
    const end = first + readInteger(cursor);
    openTime[bar] = time;
    open[bar] = first;
    close[bar] = end;
    high[bar] = Math.max(first, end) + readInteger(cursor);
    low[bar] = Math.min(first, end) - readInteger(cursor);
    previousClose = end;
  }
  return { openTime, open, high, low, close };
}

/** Seven bits a byte, the lowest first; the sign is folded into the lowest bit. Not by bit operators: ticks may exceed 32 bits. */
export function pushInteger(bytes: number[], value: number): void {
  let rest = value < 0 ? -2 * value - 1 : 2 * value;
  while (rest >= 128) {
    bytes.push(128 + (rest % 128));
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
}

/** The next integer of a text of bytes; moves the cursor. */
export function readInteger(cursor: { readonly text: string; at: number }): number {
  let value = 0;
  let place = 1;
  for (;;) {
    const byte = cursor.text.charCodeAt(cursor.at);
    cursor.at += 1;
    value += (byte % 128) * place;
    if (!(byte >= 128)) break;
    place *= 128;
  }
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}

function toBase64(bytes: readonly number[]): string {
  const chunks: string[] = [];
  for (let at = 0; at < bytes.length; at += 8192) chunks.push(String.fromCharCode(...bytes.slice(at, at + 8192)));
  return btoa(chunks.join(''));
}
