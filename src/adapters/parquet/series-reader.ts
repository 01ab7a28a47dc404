// How does a stored file become a series? Raw for the data check, or refused for use with every reason at once.
import type { CandleColumns } from '../../domain/candle-quality.ts';
import { rowFaults } from '../../domain/candle-quality-rows.ts';
import type { Finding, FindingPlace } from '../../domain/data-finding.ts';
import { PerpilotError } from '../../domain/errors.ts';
import type { Problem } from '../../domain/errors.ts';
import { fundingFaults, roundFundingStamps } from '../../domain/funding-check.ts';
import type { FundingSeries } from '../../domain/funding.ts';
import { isoTime } from '../../domain/iso-time.ts';
import type { TimeRange } from '../../ports/candle-source.ts';
import { readColumns } from './column-reader.ts';

/** So many places of one fault are named when a file is refused. */
const NAMED_PLACES = 3;

export interface CandleRequest {
  readonly file: string;
  readonly symbol: string;
  readonly intervalMs: number;
  readonly range?: TimeRange | undefined;
}

/**
 * Candles exactly as stored: order, duplicates and nonsense included.
 * @throws PerpilotError DATA_CORRUPT when the file or its columns cannot be read
 */
export async function readRawCandles(request: CandleRequest): Promise<CandleColumns> {
  const { file, symbol, intervalMs, range } = request;
  const valueColumns = ['open', 'high', 'low', 'close', 'volume'];
  const { length, columns } = await readColumns({ file, timeColumn: 'open_time', valueColumns, range });
  const [openTime, open, high, low, close, volume] = columns;
  return { symbol, intervalMs, length, openTime, open, high, low, close, volume };
}

/**
 * Candles fit for use. A range without candles gives an empty series.
 * @throws PerpilotError DATA_CORRUPT with every fault of the rows read, its first rows and times
 */
export async function readUsableCandles(request: CandleRequest): Promise<CandleColumns> {
  const columns = await readRawCandles(request);
  if (columns.length > 0 || request.range === undefined) refuse(request.file, rowFaults(columns));
  return columns;
}

/**
 * Funding exactly as stored, jitter included.
 * @throws PerpilotError DATA_CORRUPT when the file or its columns cannot be read
 */
export async function readRawFunding(file: string, symbol: string): Promise<FundingSeries> {
  const request = { file, timeColumn: 'funding_time', valueColumns: ['funding_rate'] };
  const { length, columns } = await readColumns(request);
  const [time, rate] = columns;
  return { symbol, length, time, rate };
}

/**
 * Funding fit for use, stamps on the whole minute.
 * @throws PerpilotError DATA_CORRUPT with every fault, its first rows and times
 */
export async function readUsableFunding(file: string, symbol: string): Promise<FundingSeries> {
  const series = await readRawFunding(file, symbol);
  refuse(file, fundingFaults(series));
  return roundFundingStamps(series);
}

function refuse(file: string, faults: readonly Finding[]): void {
  if (faults.length === 0) return;
  const problems = faults.map((fault): Problem => {
    const places = fault.places.slice(0, NAMED_PLACES).map(placeText).join('; ');
    const more = fault.count > NAMED_PLACES && places !== '' ? `; and ${fault.count - NAMED_PLACES} more` : '';
    const message = `${file}: ${fault.summary}${places === '' ? '' : ` (${places}${more})`}`;
    return { message, where: file, hint: 'perpilot data check lists every place' };
  });
  throw new PerpilotError('DATA_CORRUPT', problems);
}

function placeText(place: FindingPlace): string {
  const row = place.row === undefined ? '' : `row ${place.row}`;
  const time = place.time === undefined || Number.isNaN(place.time) ? '' : ` at ${isoTime(place.time)}`;
  return `${row}${time}: ${place.detail}`;
}
