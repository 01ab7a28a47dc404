// Which of the contracts of a venue may be traded? Those that fulfil the settings, and for each other one the reason why not.
import { DAY_MS } from '../domain/time.ts';
import type { InstrumentStatus, VenueInstrument, VenueTicker } from '../ports/venue-market.ts';

/** Settings of section `discovery`. */
export interface DiscoveryParams {
  readonly universeMode: 'fixed' | 'auto';
  readonly symbols: readonly string[];
  /** Quote currency. */
  readonly minTradedValue24h: number;
  readonly minPrice: number;
  readonly maxSymbols: number;
  readonly minListingAgeDays: number;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

/** What is known of a contract at a moment. */
export interface ContractFacts {
  readonly symbol: string;
  readonly quoteCurrency: string;
  readonly status: InstrumentStatus;
  /** Epoch milliseconds; undefined: the venue does not say, or nothing is planned. */
  readonly listedAt: number | undefined;
  readonly delistingAt: number | undefined;
  readonly price: number | undefined;
  readonly tradedValue24h: number | undefined;
}

export type RefusalReason =
  | 'excluded'
  | 'not-listed'
  | 'not-trading'
  | 'being-delisted'
  | 'other-quote-currency'
  | 'no-price'
  | 'price-too-low'
  | 'too-little-traded'
  | 'listing-unknown'
  | 'listed-too-recently'
  | 'beyond-the-maximum'
  | 'not-in-the-fixed-list';

export interface DiscoveredUniverse {
  /** The most traded first; those of `include` before all others. */
  readonly chosen: readonly ContractFacts[];
  readonly refused: readonly { readonly symbol: string; readonly reason: RefusalReason }[];
}

/** One entry for each contract; a contract without a ticker has no price. */
export function contractFacts(
  instruments: readonly VenueInstrument[],
  tickers: readonly VenueTicker[],
): readonly ContractFacts[] {
  const bySymbol = new Map(tickers.map((ticker) => [ticker.symbol, ticker]));
  return instruments.map(({ instrument: { symbol }, quoteCurrency, status, listedAt, delistingAt }) => {
    const ticker = bySymbol.get(symbol);
    return {
      symbol,
      quoteCurrency,
      status,
      listedAt,
      delistingAt,
      price: ticker?.lastPrice,
      tradedValue24h: ticker?.tradedValue24h,
    };
  });
}

/** @param now the venue's time, epoch milliseconds */
export function discoverUniverse(
  contracts: readonly ContractFacts[],
  params: DiscoveryParams,
  now: number,
): DiscoveredUniverse {
  const wanted = params.universeMode === 'fixed' ? params.symbols : params.include;
  const known = new Set(contracts.map(({ symbol }) => symbol));
  const refused: { symbol: string; reason: RefusalReason }[] = wanted
    .filter((symbol) => !known.has(symbol))
    .map((symbol) => ({ symbol, reason: 'not-listed' }));
  const fit: ContractFacts[] = [];
  for (const contract of contracts) {
    const reason = refusalOf(contract, params, now);
    if (reason === undefined) fit.push(contract);
    else refused.push({ symbol: contract.symbol, reason });
  }
  const isWanted = ({ symbol }: ContractFacts): boolean => wanted.includes(symbol);
  fit.sort((a, b) => Number(isWanted(b)) - Number(isWanted(a)) || byTradedValue(a, b));
  const most = params.universeMode === 'fixed' ? fit.length : params.maxSymbols;
  for (const { symbol } of fit.slice(most)) refused.push({ symbol, reason: 'beyond-the-maximum' });
  refused.sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
  return { chosen: fit.slice(0, most), refused };
}

function byTradedValue(a: ContractFacts, b: ContractFacts): number {
  return (b.tradedValue24h ?? 0) - (a.tradedValue24h ?? 0) || (a.symbol < b.symbol ? -1 : 1);
}

/** Undefined: it may be traded. Symbols that were named need to be traded and nothing else. */
function refusalOf(contract: ContractFacts, params: DiscoveryParams, now: number): RefusalReason | undefined {
  const { symbol, status, delistingAt, quoteCurrency, price, listedAt } = contract;
  const isFixed = params.universeMode === 'fixed';
  if (isFixed && !params.symbols.includes(symbol)) return 'not-in-the-fixed-list';
  if (!isFixed && params.exclude.includes(symbol)) return 'excluded';
  if (status !== 'trading') return 'not-trading';
  if (delistingAt !== undefined) return 'being-delisted';
  if (quoteCurrency !== 'USDT') return 'other-quote-currency';
  if (price === undefined) return 'no-price';
  if (isFixed || params.include.includes(symbol)) return undefined;
  if (price < params.minPrice) return 'price-too-low';
  if (!((contract.tradedValue24h ?? NaN) >= params.minTradedValue24h)) return 'too-little-traded';
  if (params.minListingAgeDays === 0) return undefined;
  if (listedAt === undefined) return 'listing-unknown';
  return now - listedAt < params.minListingAgeDays * DAY_MS ? 'listed-too-recently' : undefined;
}
