// What does a paper venue need, and how kind is it? The real venue's public side, a log, the time, and the terms of the account.
import type { Clock } from '../../ports/clock.ts';
import type { Journal } from '../../ports/journal.ts';
import type { VenueConnection } from '../../ports/venue-connection.ts';
import type { CostParams } from '../../simulation/cost-model.ts';
import type { Liquidity } from '../core/exchange.ts';

/** Times in milliseconds. */
export interface PaperTerms {
  /** From the client to the venue's book; the answer takes no time on top. */
  readonly latencyMs: number;
  readonly liquidity: Liquidity;
  readonly prices: 'book' | 'last';
  /** Nothing is traded at a price that was not confirmed for so long. */
  readonly staleMs: number;
}

/** What a person should know of. */
export type PaperNotice =
  /** Something was filled or cancelled while nobody looked. */
  | { readonly kind: 'happened-in-absence'; readonly symbol: string; readonly orderId: string; readonly time: number }
  | { readonly kind: 'minutes-missing'; readonly symbol: string; readonly reason: string }
  | { readonly kind: 'log-unwritable'; readonly reason: string }
  | { readonly kind: 'rate-unknown'; readonly symbol: string; readonly time: number };

export interface PaperVenueOptions {
  /** Its market and its public streams are used, nothing else. */
  readonly real: VenueConnection;
  /** The account's own log, which nothing else is written to. */
  readonly journal: Journal;
  readonly clock: Clock;
  /** Market time, epoch milliseconds. Default: the clock, set right by what is known of the venue's. */
  readonly now?: (() => number) | undefined;
  readonly symbols: readonly string[];
  /** Length of the candles that slippage is reckoned from: those of the decisions. */
  readonly barMs: number;
  readonly terms: PaperTerms;
  readonly costs: CostParams;
  readonly marginMode: 'isolated' | 'cross';
  /** Wallet of a new account, quote currency. */
  readonly deposit: number;
  readonly seed: number;
  readonly notice?: ((notice: PaperNotice) => void) | undefined;
}
