// What happens to a paper account? Everything it depends on, as entries of a log: fed again in their order, they make the same account.
import type { Candle, CandleSeries } from '../../domain/candle.ts';
import { fromExactJson, toExactJson } from '../../domain/exact-json.ts';
import { PerpilotError } from '../../domain/errors.ts';
import type { Instrument } from '../../domain/instrument.ts';
import type { CostParams } from '../../simulation/cost-model.ts';
import type { Liquidity, ListingStatus } from '../core/exchange.ts';
import type { SeenSymbol } from '../core/follow-market.ts';
import type { OrderKey, PlaceRequest, ProtectRequest } from '../core/order-record.ts';
import type { SeenMinute } from './seen-minute.ts';

export interface PaperSymbol {
  readonly instrument: Instrument;
  readonly baseCurrency: string;
  readonly fundingIntervalHours: number;
  readonly listedAt: number | undefined;
  /** Closed candles of the length that slippage is reckoned from. */
  readonly candles: CandleSeries;
}

/** By what rules an account is kept. Another set of them begins another chapter. */
export interface PaperRules {
  readonly costs: CostParams;
  readonly liquidity: Liquidity;
  readonly marginMode: 'isolated' | 'cross';
  readonly seed: number;
}

export interface OpeningEntry {
  readonly kind: 'opening';
  readonly from: number;
  readonly deposit: number;
  readonly rules: PaperRules;
  readonly symbols: readonly PaperSymbol[];
}

/** What was seen of a symbol, and how far its running minute had come. */
export interface LookedAt extends SeenSymbol {
  readonly minute: SeenMinute | undefined;
}

/** What a client asks for. */
export type PaperRequest =
  | { readonly kind: 'place'; readonly request: PlaceRequest }
  | { readonly kind: 'protect'; readonly request: ProtectRequest }
  | { readonly kind: 'cancel'; readonly symbol: string; readonly key: OrderKey }
  | { readonly kind: 'cancel-all'; readonly symbol: string }
  | { readonly kind: 'leverage'; readonly symbol: string; readonly leverage: number }
  | { readonly kind: 'margin-mode'; readonly mode: 'isolated' | 'cross' }
  | { readonly kind: 'position-mode'; readonly mode: 'one-way' | 'hedge' };

/** What the venue tells. */
export type PaperNews =
  | {
      readonly kind: 'look';
      readonly until: number;
      /** It tells of a time in which nobody looked: it was made good from the venue's candles afterwards. */
      readonly isLate: boolean;
      readonly symbols: Readonly<Record<string, LookedAt>>;
    }
  | { readonly kind: 'candle'; readonly symbol: string; readonly candle: Candle }
  | { readonly kind: 'rate'; readonly symbol: string; readonly time: number; readonly rate: number }
  | { readonly kind: 'status'; readonly symbol: string; readonly status: ListingStatus }
  | {
      readonly kind: 'contract';
      readonly symbol: string;
      readonly instrument: Instrument;
      readonly fundingIntervalHours: number;
    };

export type PaperEntry = OpeningEntry | PaperRequest | PaperNews;

/** An entry with how the account stood before it: what does not lead there again is refused. */
export interface WrittenEntry {
  readonly entry: PaperEntry;
  readonly found: { readonly wallet: string; readonly executions: number };
}

export const entryText = (written: WrittenEntry): string => toExactJson(written);

/** @throws PerpilotError JOURNAL_CORRUPT for a text that is no entry */
export function entryFromText(text: string): WrittenEntry {
  const value = fromExactJson(text);
  if (typeof value !== 'object' || value === null || !('entry' in value) || !('found' in value)) {
    throw new PerpilotError('JOURNAL_CORRUPT', 'a row is no entry of a paper account');
  }
  // Written by `entryText` above, and chained row to row.
  return value as WrittenEntry;
}
