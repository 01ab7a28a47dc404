// What is a paper venue as a whole? The real market, and an account of this program's own that its prices move, behind the port of any venue.
import { PerpilotError } from '../../domain/errors.ts';
import { toExactJson } from '../../domain/exact-json.ts';
import { DAY_MS } from '../../domain/time.ts';
import { atomsToNumber } from '../../domain/money.ts';
import type { VenueConnection } from '../../ports/venue-connection.ts';
import type { VenueInstrument } from '../../ports/venue-market.ts';
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
  const contracts = await contractsOf(options);
  if (book.isNew || differsFrom(book, options)) {
    refuseWhenHeld(book);
    book.write(await openingOf(options, book, contracts), clock.now());
  }
  tellContracts(book, contracts, clock.now());
  const follower = new MarketFollower(options, book);
  const { notice } = options;
  let isClosed = false;
  const stopNotices = book.listen((event) => {
    if (event.kind !== 'execution') return;
    const { symbol, orderId, time } = event.execution;
    if (book.happenedLate(orderId)) notice?.({ kind: 'happened-in-absence', symbol, orderId, time });
  });
  const close = async (): Promise<void> => {
    isClosed = true;
    stopNotices();
    await follower.close();
  };
  try {
    await follower.start();
  } catch (error) {
    await close();
    throw error;
  }
  const parts = { options, book, follower, isClosed: () => isClosed };
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

async function contractsOf({ real, symbols }: PaperVenueOptions): Promise<ReadonlyMap<string, VenueInstrument>> {
  const listed = new Map((await real.market.instruments()).map((each) => [each.instrument.symbol, each]));
  const unknown = symbols.filter((symbol) => !listed.has(symbol));
  if (unknown.length > 0) throw failure('SYMBOL_UNKNOWN', `the venue does not list ${unknown.join(', ')}`);
  return new Map([...listed].filter(([symbol]) => symbols.includes(symbol)));
}

const rulesOf = ({ costs, terms, marginMode, seed }: PaperVenueOptions): PaperRules => ({
  costs,
  liquidity: terms.liquidity,
  marginMode,
  seed,
});

/** Whether the account is wanted by other rules, in other symbols or on other candles than it is kept. */
function differsFrom({ opening }: PaperBook, options: PaperVenueOptions): boolean {
  const { symbols, rules } = opening;
  const names = symbols.map(({ instrument }) => instrument.symbol);
  const isSameMarket = names.join() === options.symbols.join() && symbols[0].candles.intervalMs === options.barMs;
  return !isSameMarket || toExactJson(rules) !== toExactJson(rulesOf(options));
}

/** @throws PerpilotError CONFIG_INVALID naming what stands in the way */
function refuseWhenHeld(book: PaperBook): void {
  if (book.isNew) return;
  const { exchange } = book.followed;
  const held = exchange.positions().map(({ symbol, quantity }) => `${symbol}: ${quantity} is held on paper`);
  const open = exchange.openOrders({}).map(({ symbol }) => `${symbol}: an order is open on paper`);
  if (held.length + open.length === 0) return;
  throw new PerpilotError(
    'CONFIG_INVALID',
    [...held, ...open].map((message) => ({
      message,
      where: 'paper',
      hint: 'other costs, symbols or terms begin when flat: start with those from before, or close first: perpilot flatten',
    })),
  );
}

/** A chapter of its own: with the first deposit, or with what the one before left. */
async function openingOf(
  options: PaperVenueOptions,
  book: PaperBook,
  contracts: ReadonlyMap<string, VenueInstrument>,
): Promise<OpeningEntry> {
  const { real, symbols, barMs, costs, deposit } = options;
  const now = await real.market.serverTime();
  const bars = costs.slippageWindowBars + costs.slippageAverageBars + Math.ceil(DAY_MS / barMs) + 1;
  const first = Math.floor(now / barMs - bars) * barMs;
  const listed: PaperSymbol[] = [];
  for (const symbol of symbols) {
    const contract = contracts.get(symbol);
    if (contract === undefined) continue;
    const candles = await fetchCandles(real.market, { symbol, intervalMs: barMs, from: first });
    listed.push({ ...factsOf(contract), candles: seriesOf(symbol, barMs, candles) });
  }
  const from = Math.max(now, book.isNew ? 0 : book.followed.exchange.now);
  const wallet = book.isNew ? deposit : atomsToNumber(book.followed.exchange.ledger.wallet);
  return { kind: 'opening', from, deposit: wallet, rules: rulesOf(options), symbols: listed };
}

function factsOf({ instrument, baseCurrency, listedAt, fundingIntervalHours = 8 }: VenueInstrument) {
  return { instrument, baseCurrency, listedAt, fundingIntervalHours };
}

/** Rules that the venue has changed since. */
function tellContracts(book: PaperBook, contracts: ReadonlyMap<string, VenueInstrument>, receivedTime: number): void {
  const { exchange } = book.followed;
  for (const [symbol, { instrument, status, fundingIntervalHours = 8 }] of contracts) {
    const known = exchange.contract(symbol);
    const isSame =
      toExactJson(known?.instrument) === toExactJson(instrument) &&
      known?.fundingIntervalHours === fundingIntervalHours;
    if (!isSame) book.write({ kind: 'contract', symbol, instrument, fundingIntervalHours }, receivedTime);
    if (known?.status !== status) book.write({ kind: 'status', symbol, status }, receivedTime);
  }
}
