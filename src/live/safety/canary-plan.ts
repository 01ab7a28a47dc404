// When is the next canary due, and in which contract may it order? From what the journal has of the last one, and what the venue lists.
import type { Instrument } from '../../domain/instrument.ts';
import type { VenueInstrument, VenueTicker } from '../../ports/venue-market.ts';
import type { CanaryRecord } from './canary-record.ts';
import { smallestQuantity } from './canary-steps.ts';

/** Times in milliseconds. */
export interface CanaryRules {
  /** Undefined: it is chosen. */
  readonly symbol: string | undefined;
  /** One is due so long after midnight, UTC, and every so often before and after. */
  readonly hourMs: number;
  readonly everyMs: number;
  /** The market must touch a stop or target right beside it within so long. */
  readonly patienceMs: number;
  /** One that failed, or could not run, is tried again after so long. */
  readonly retryMs: number;
  /** The last one that passed is too old then. */
  readonly maxAgeMs: number;
}

/** Epoch milliseconds from which on the next one is due; -Infinity: at once. */
export function canaryDueAt(last: CanaryRecord | undefined, { hourMs, everyMs, retryMs }: CanaryRules): number {
  if (last === undefined) return -Infinity;
  if (last.outcome !== 'passed') return (last.endedAt ?? last.startedAt) + retryMs;
  return (Math.floor((last.startedAt - hourMs) / everyMs) + 1) * everyMs + hourMs;
}

export interface CanaryMarket {
  readonly listed: readonly VenueInstrument[];
  readonly tickers: readonly VenueTicker[];
  /** Quote currency that new orders may bind. */
  readonly available: number;
  /** Symbols in which the venue shows a position or an order. */
  readonly occupied: ReadonlySet<string>;
  /** The bot trades it. */
  readonly isTraded: (symbol: string) => boolean;
  /** Nothing of the bot is held, ordered or looked after in it, of those that it trades. */
  readonly isFree: (symbol: string) => boolean;
}

/** The smallest order may bind this share of the free margin, at leverage 1. */
const AFFORDABLE = 0.2;

export type CanaryChoice =
  | { readonly kind: 'chosen'; readonly instrument: Instrument }
  | { readonly kind: 'none'; readonly reason: string };

/** What the bot does not trade comes first, the most traded ahead of the others, so that a price right beside is soon reached. */
export function chooseContract(wanted: string | undefined, market: CanaryMarket): CanaryChoice {
  const { listed, tickers, occupied, isTraded, isFree } = market;
  const byName = new Map(tickers.map((ticker) => [ticker.symbol, ticker]));
  const named = wanted === undefined ? listed : listed.filter(({ instrument }) => instrument.symbol === wanted);
  if (named.length === 0) return { kind: 'none', reason: `${wanted ?? 'nothing'} is not listed` };
  const trading = named.filter(({ status, instrument }) => status === 'trading' && byName.has(instrument.symbol));
  if (trading.length === 0) return { kind: 'none', reason: 'it is not traded now' };
  const free = trading.filter(
    ({ instrument: { symbol } }) => !occupied.has(symbol) && (!isTraded(symbol) || isFree(symbol)),
  );
  if (free.length === 0) return { kind: 'none', reason: 'something is held or ordered there' };
  const affordable = free.filter(({ instrument }) => isAffordable(instrument, byName.get(instrument.symbol), market));
  if (affordable.length === 0) return { kind: 'none', reason: 'the margin does not suffice for the smallest order' };
  const rank = ({ instrument: { symbol } }: VenueInstrument): readonly [number, number] => [
    isTraded(symbol) ? 1 : 0,
    -(byName.get(symbol)?.tradedValue24h ?? 0),
  ];
  const [first] = affordable.toSorted((a, b) => {
    const [traded, value] = rank(a);
    const [otherTraded, otherValue] = rank(b);
    return traded - otherTraded || value - otherValue || (a.instrument.symbol < b.instrument.symbol ? -1 : 1);
  });
  return { kind: 'chosen', instrument: first.instrument };
}

function isAffordable(instrument: Instrument, ticker: VenueTicker | undefined, { available }: CanaryMarket): boolean {
  if (ticker === undefined) return false;
  return smallestQuantity(instrument, ticker.lastPrice) * ticker.lastPrice <= available * AFFORDABLE;
}
