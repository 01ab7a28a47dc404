// What is a paper venue as a whole? The real market, and an account of this program's own that its prices move, behind the port of any venue.
import { PerpilotError } from '../../domain/errors.ts';
import { toExactJson } from '../../domain/exact-json.ts';
import { DAY_MS } from '../../domain/time.ts';
import { atomsToNumber } from '../../domain/money.ts';
import type { VenueConnection } from '../../ports/venue-connection.ts';
import type { VenueInstrument } from '../../ports/venue-market.ts';
import { contractsBySymbol, tellContracts, watchContracts } from './contract-watch.ts';
import { fetchCandles } from './fetch-candles.ts';
import { MarketFollower } from './market-follower.ts';
import { createPaperAccount } from './paper-account.ts';
import { PaperBook } from './paper-book.ts';
import type { OpeningEntry, PaperRules, PaperSymbol } from './paper-entry.ts';
import type { PaperVenueOptions } from './paper-options.ts';
import { createPaperStreams } from './paper-streams.ts';
import { failure } from './paper-rows.ts';
import { seriesOf } from './series-of.ts';

/**
 * Opens the account, or takes up the one in the log and makes good what the market did meanwhile. Closing it leaves the real
 * venue's connection open.
 * @throws VenueError when the venue does not answer or does not list a symbol
 * @throws PerpilotError JOURNAL_CORRUPT for a log that leads elsewhere, CONFIG_INVALID when other rules do not fit what is held
 */
export async function createPaperVenue(options: PaperVenueOptions): Promise<VenueConnection> {
  const { real, journal, clock } = options;
  const book = new PaperBook(journal);
  const listed = contractsBySymbol(await real.market.instruments());
  if (book.isNew || differsFrom(book, options)) {
    refuseWhenHeld(book);
    book.write(await openingOf(options, book, listed), clock.now());
  }
  tellContracts(book, listed, clock.now());
  const follower = new MarketFollower(options, book);
  const { notice } = options;
  const { promise: closing, resolve: endWaiting } = Promise.withResolvers<void>();
  let isClosed = false;
  const stopContracts = watchContracts(options, book);
  const stopNotices = book.listen((event) => {
    if (event.kind !== 'execution') return;
    const { symbol, orderId, time } = event.execution;
    if (book.happenedLate(orderId)) notice?.({ kind: 'happened-in-absence', symbol, orderId, time });
  });
  const close = async (): Promise<void> => {
    isClosed = true;
    endWaiting();
    stopContracts();
    stopNotices();
    await follower.close();
  };
  try {
    await follower.start();
  } catch (error) {
    await close();
    throw error;
  }
  const parts = { options, book, follower, closing, isClosed: () => isClosed };
  return {
    venue: real.venue,
    environment: real.environment,
    attachesProtection: true,
    market: real.market,
    account: createPaperAccount(parts),
    streams: createPaperStreams(parts),
    health: () => real.health(),
    close,
  };
}

const rulesOf = ({ costs, terms, marginMode, seed }: PaperVenueOptions): PaperRules => ({
  costs,
  liquidity: terms.liquidity,
  marginMode,
  seed,
});

/**
 * Whether the account is wanted by other rules, in other symbols or on other candles than it is kept. Symbols alone may change
 * by themselves: while anything is held, the account stays with those that it has.
 */
function differsFrom(book: PaperBook, options: PaperVenueOptions): boolean {
  const { symbols, rules } = book.opening;
  const isSame =
    symbols[0].candles.intervalMs === options.barMs && toExactJson(rules) === toExactJson(rulesOf(options));
  if (!isSame) return true;
  const known = new Set(symbols.map(({ instrument }) => instrument.symbol));
  return options.symbols.some((symbol) => !known.has(symbol)) && heldIn(book).length === 0;
}

/** @throws PerpilotError CONFIG_INVALID naming what stands in the way */
function refuseWhenHeld(book: PaperBook): void {
  const held = book.isNew ? [] : heldIn(book);
  if (held.length === 0) return;
  throw new PerpilotError(
    'CONFIG_INVALID',
    held.map((message) => ({
      message,
      where: 'paper',
      hint: 'other costs, symbols or terms begin when flat: start with those from before, or close first: perpilot flatten',
    })),
  );
}

/** What hangs on the account. */
function heldIn({ followed: { exchange } }: PaperBook): readonly string[] {
  return [
    ...exchange.positions().map(({ symbol, quantity }) => `${symbol}: ${quantity} is held on paper`),
    ...exchange.openOrders({}).map(({ symbol }) => `${symbol}: an order is open on paper`),
  ];
}

/** A chapter of its own: with the first deposit, or with what the one before left. */
async function openingOf(
  options: PaperVenueOptions,
  book: PaperBook,
  listed: ReadonlyMap<string, VenueInstrument>,
): Promise<OpeningEntry> {
  const { real, symbols, barMs, costs, deposit } = options;
  const now = await real.market.serverTime();
  const bars = costs.slippageWindowBars + costs.slippageAverageBars + Math.ceil(DAY_MS / barMs) + 1;
  const first = Math.floor(now / barMs - bars) * barMs;
  const opened: PaperSymbol[] = [];
  for (const symbol of symbols) {
    const contract = listed.get(symbol);
    if (contract === undefined) throw failure('SYMBOL_UNKNOWN', `the venue does not list ${symbol}`);
    const candles = await fetchCandles(real.market, { symbol, intervalMs: barMs, from: first });
    opened.push({ ...factsOf(contract), candles: seriesOf(symbol, barMs, candles) });
  }
  const from = Math.max(now, book.isNew ? 0 : book.followed.exchange.now);
  const wallet = book.isNew ? deposit : atomsToNumber(book.followed.exchange.ledger.wallet);
  return { kind: 'opening', from, deposit: wallet, rules: rulesOf(options), symbols: opened };
}

function factsOf({ instrument, baseCurrency, listedAt, fundingIntervalHours = 8 }: VenueInstrument) {
  return { instrument, baseCurrency, listedAt, fundingIntervalHours };
}
