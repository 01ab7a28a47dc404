// What does a venue tell everybody? Time, instruments, candles, funding and tickers, each checked before it is believed.
import type { Candle } from '../domain/candle.ts';
import type { Instrument } from '../domain/instrument.ts';

export type InstrumentStatus = 'pre-launch' | 'trading' | 'closing' | 'closed';

export interface VenueInstrument {
  readonly instrument: Instrument;
  readonly baseCurrency: string;
  readonly quoteCurrency: string;
  readonly status: InstrumentStatus;
  /** Epoch milliseconds; undefined: the venue does not say. */
  readonly listedAt: number | undefined;
  /** When it will be, or was, settled; undefined: nothing is planned. */
  readonly delistingAt: number | undefined;
  readonly fundingIntervalHours: number | undefined;
  /** Largest quantity of one limit order, base units. */
  readonly maxLimitQuantity: number;
}

/** Candles that open at or after `from`; the venue decides how many at once, at most `limit`. */
export interface CandleQuery {
  readonly symbol: string;
  readonly intervalMs: number;
  readonly from: number;
  readonly limit?: number | undefined;
  readonly price: 'trade' | 'mark';
}

export interface FundingQuery {
  readonly symbol: string;
  /** Both inclusive, epoch milliseconds. */
  readonly from: number;
  readonly until: number;
}

export interface FundingStamp {
  readonly time: number;
  readonly rate: number;
}

export interface VenueTicker {
  readonly symbol: string;
  readonly lastPrice: number;
  readonly markPrice: number | undefined;
  readonly bid: number | undefined;
  readonly ask: number | undefined;
  /** Quote currency traded in the last 24 hours. */
  readonly tradedValue24h: number | undefined;
  /** The rate that the next stamp will have as things stand. */
  readonly fundingRate: number | undefined;
  readonly nextFundingTime: number | undefined;
}

/** Public data. Every method fails with a VenueError and nothing else. */
export interface VenueMarket {
  serverTime(): Promise<number>;
  /** Always asked anew: nothing is remembered. */
  instruments(): Promise<readonly VenueInstrument[]>;
  /**
   * Closed candles in rising time from `from` on; the candle that is still open is left out. Empty: there are none from
   * `from` up to now. The venue may leave holes; they are not filled.
   */
  candles(query: CandleQuery): Promise<readonly Candle[]>;
  /** Stamps in rising time; a venue that returns few at once is asked as often as needed. */
  fundingHistory(query: FundingQuery): Promise<readonly FundingStamp[]>;
  tickers(): Promise<readonly VenueTicker[]>;
}
