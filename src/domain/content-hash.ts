// Which data was it? One hash over the values of candles and funding, whatever file or program holds them.
import type { CandleColumns } from './candle-quality.ts';
import type { FundingSeries } from './funding.ts';
import { sha256Hex } from './sha256.ts';

/**
 * SHA-256 (64 hex digits) over a header (symbol, interval, lengths) and the columns as little-endian doubles:
 * open time, open, high, low, close, volume, then funding time and rate where there is funding. Flags do not count.
 */
export function contentHashOf(candles: CandleColumns, funding: FundingSeries | undefined): string {
  const header = `perpilot-data-1 ${candles.symbol} ${candles.intervalMs} ${candles.length} ${funding?.length ?? 'none'}\n`;
  const columns = [candles.openTime, candles.open, candles.high, candles.low, candles.close, candles.volume];
  if (funding !== undefined) columns.push(funding.time, funding.rate);
  return sha256Hex([
    Uint8Array.from(header, (character) => character.charCodeAt(0)),
    ...columns.map((column) => new Uint8Array(column.buffer, column.byteOffset, column.byteLength)),
  ]);
}
