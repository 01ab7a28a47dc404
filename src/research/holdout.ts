// Which data may nobody look at before the end? The last days of the history, opened by request and on record.
import { z } from 'zod';
import { firstBarAtOrAfter, type CandleSeries } from '../domain/candle.ts';
import { invariant, PerpilotError, type ErrorCode } from '../domain/errors.ts';
import type { FundingSeries } from '../domain/funding.ts';
import { isoDate } from '../domain/iso-time.ts';
import { DAY_MS, utcDay } from '../domain/time.ts';
import type { TrialStore } from '../ports/trial-store.ts';
import type { SymbolMarket } from './market.ts';

const OPENED: ErrorCode = 'HOLDOUT_OPENED';

/** A span [from, to) in epoch milliseconds that no walk-forward may touch. Empty where nothing is held out. */
export interface Holdout {
  readonly from: number;
  readonly to: number;
}

/**
 * The UTC midnight at which the holdout of `holdoutDays` whole days before `dataEnd` (close of the last candle, epoch
 * milliseconds) begins: walk-forward ends there. `dataEnd` itself for 0 days: nothing is held out.
 */
export function holdoutStart(dataEnd: number, holdoutDays: number): number {
  invariant(Number.isInteger(holdoutDays) && holdoutDays >= 0, `holdout of ${holdoutDays} days`);
  return holdoutDays === 0 ? dataEnd : (utcDay(dataEnd) - holdoutDays) * DAY_MS;
}

/** The holdout that several markets share: before the end of the one whose candles reach furthest. */
export function holdoutOf(markets: readonly SymbolMarket[], holdoutDays: number): Holdout {
  const to = Math.max(...markets.map(({ series }) => endOf(series)));
  return { from: holdoutStart(to, holdoutDays), to };
}

export interface HoldoutGuard {
  readonly from: number;
  /**
   * The funding stamp exactly at the start settles the interval before it, and a position held until then owes it.
   * `hidden`: such a payment counts as one whose rate is missing.
   */
  readonly stampAtStart: 'hidden' | 'visible';
  /** The opening that allows to see everything; undefined: the holdout stays shut. */
  readonly opening?: HoldoutOpening | undefined;
}

/**
 * `market` without anything at or after the start of the holdout: candles that close later, finer ones too, and later
 * funding are not hidden but absent, since every column is a copy with memory of its own. `dataHash` still names the
 * stored data. With an opening of this very data, the market itself.
 * @throws PerpilotError DATA_TOO_SHORT when no candle lies before the holdout
 */
export function guardHoldout(market: SymbolMarket, { from, stampAtStart, opening }: HoldoutGuard): SymbolMarket {
  if (opening !== undefined) {
    const isOwn = opening.symbol === market.symbol && opening.dataHash === market.dataHash && opening.from === from;
    invariant(isOwn, `${market.symbol}: the opening is that of another holdout`);
    return market;
  }
  const { symbol, funding, finer } = market;
  const series = candlesUntil(market.series, from);
  if (series.length === 0)
    throw new PerpilotError('DATA_TOO_SHORT', [
      {
        message: `${symbol}: no candle closes before the holdout begins on ${isoDate(from)}`,
        hint: 'store more history, leave the symbol out, or shorten walk_forward.holdout_days',
      },
    ]);
  return {
    ...market,
    series,
    funding: funding === undefined ? undefined : fundingBefore(funding, from, stampAtStart === 'visible'),
    finer: finer.map((each) => candlesUntil(each, from)),
  };
}

/** Candles that close by `end`. */
function candlesUntil(series: CandleSeries, end: number): CandleSeries {
  const length = firstBarAtOrAfter(series, end - series.intervalMs + 1);
  return {
    symbol: series.symbol,
    intervalMs: series.intervalMs,
    length,
    openTime: series.openTime.slice(0, length),
    open: series.open.slice(0, length),
    high: series.high.slice(0, length),
    low: series.low.slice(0, length),
    close: series.close.slice(0, length),
    volume: series.volume.slice(0, length),
    flags: series.flags.slice(0, length),
  };
}

function fundingBefore({ symbol, time, rate }: FundingSeries, end: number, included: boolean): FundingSeries {
  const first = time.findIndex((stamp) => (included ? stamp > end : stamp >= end));
  const length = first < 0 ? time.length : first;
  return { symbol, length, time: time.slice(0, length), rate: rate.slice(0, length) };
}

function endOf({ openTime, length, intervalMs }: CandleSeries): number {
  return length === 0 ? -Infinity : openTime[length - 1] + intervalMs;
}

const openingSchema = z.object({
  /** Epoch milliseconds. */
  openedAt: z.number().int(),
  runId: z.string().min(1),
  symbol: z.string().min(1),
  configHash: z.string().min(1),
  dataHash: z.string().min(1),
  /** The holdout that was opened, epoch milliseconds. */
  from: z.number().int(),
  to: z.number().int(),
  reason: z.string().min(1),
  /** 1 for the first opening of this data, 2 for the next: from 2 on its result is no longer out of sample. */
  ordinal: z.int().min(1),
  /** The data had been opened before, and was opened again on demand. */
  again: z.boolean(),
});

/** One configuration let into the holdout of one symbol. */
export type HoldoutOpening = Readonly<z.output<typeof openingSchema>>;

export type HoldoutLedger = TrialStore<HoldoutOpening>;

/** A stored value as an opening; undefined when it is none. */
export function parseOpening(value: unknown): HoldoutOpening | undefined {
  return openingSchema.safeParse(value).data;
}

export interface OpeningRequest {
  /** Epoch milliseconds. */
  readonly openedAt: number;
  readonly runId: string;
  /** Every symbol with the hash of its data. */
  readonly data: readonly { readonly symbol: string; readonly dataHash: string }[];
  /** Every configuration that is let in. */
  readonly configHashes: readonly string[];
  readonly holdout: Holdout;
  readonly reason: string;
  /** Open although it has been opened before. */
  readonly again: boolean;
}

/** Earlier openings of the same data: of the same hash, or of a span of the same symbol that overlaps `holdout`. */
export function earlierOpenings(
  ledger: readonly HoldoutOpening[],
  { symbol, dataHash }: OpeningRequest['data'][number],
  holdout: Holdout,
): HoldoutOpening[] {
  return ledger.filter(
    (opening) =>
      opening.dataHash === dataHash ||
      (opening.symbol === symbol && opening.from < holdout.to && holdout.from < opening.to),
  );
}

/**
 * The lines that an opening adds to `ledger`: one per symbol and configuration. All lines of one run count as one opening.
 * @throws PerpilotError HOLDOUT_OPENED naming every symbol that was opened before, unless `again` is given;
 * ARGUMENT_INVALID without a reason
 */
export function planOpenings(ledger: readonly HoldoutOpening[], request: OpeningRequest): HoldoutOpening[] {
  const { openedAt, runId, data, configHashes, holdout, again } = request;
  const reason = request.reason.trim();
  if (reason === '') throw new PerpilotError('ARGUMENT_INVALID', 'opening the holdout needs a reason');
  invariant(holdout.from < holdout.to, 'there is no holdout to open');
  const earlier = data.map((each) => earlierOpenings(ledger, each, holdout));
  if (!again) refuseSecond(data, earlier);
  return data.flatMap(({ symbol, dataHash }, index) => {
    const times = new Set(earlier[index].map((each) => JSON.stringify([each.runId, each.openedAt, each.ordinal]))).size;
    const common = { openedAt, runId, symbol, dataHash, ...holdout, reason, ordinal: times + 1, again: times > 0 };
    return configHashes.map((configHash) => ({ ...common, configHash }));
  });
}

/**
 * Opens the holdout: the ledger is written before anything can be seen.
 * @throws PerpilotError as `planOpenings` and the ledger do
 */
export async function openHoldout(ledger: HoldoutLedger, request: OpeningRequest): Promise<readonly HoldoutOpening[]> {
  return ledger.append((known) => planOpenings(known, request));
}

function refuseSecond(data: OpeningRequest['data'], earlier: readonly (readonly HoldoutOpening[])[]): void {
  const problems = data.flatMap(({ symbol }, index) => {
    const [first] = earlier[index];
    if (first === undefined) return [];
    const { openedAt, runId, from, to, reason } = first;
    return {
      message: `${symbol}: the holdout ${isoDate(from)} to ${isoDate(to)} was opened on ${isoDate(openedAt)} by ${runId} (${reason})`,
      hint: 'what it shows now is no longer out of sample; wait for new data, or open it again on purpose with --again',
    };
  });
  if (problems.length > 0) throw new PerpilotError(OPENED, problems);
}
