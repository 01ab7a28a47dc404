// How is an account brought to nothing for certain? Cancel, close in slices, ask the venue, again until it says flat.
import { VenueError } from '../../domain/venue-error.ts';
import { floorToLot, type Instrument } from '../../domain/instrument.ts';
import type { Clock } from '../../ports/clock.ts';
import type { HeldPosition, VenueAccount } from '../../ports/venue-account.ts';

export interface FlattenRequest {
  readonly account: VenueAccount;
  readonly clock: Clock;
  /** Steps and the largest market order of a symbol; undefined: not known, then it is closed in one order. */
  readonly instrument: (symbol: string) => Instrument | undefined;
  /** Client order ids begin with it; at most 20 characters. */
  readonly idPrefix: string;
  /** At most this share of the position at once, so that a thin book is not swept; 1: all at once. */
  readonly sliceShare: number;
  /** Pause before the venue is asked again, milliseconds; grows up to `maxPauseMs` while nothing helps. */
  readonly pauseMs: number;
  readonly maxPauseMs: number;
  /** Gives up at this time, epoch milliseconds; undefined: never. */
  readonly deadline?: number | undefined;
  /** Only these symbols; undefined: all. */
  readonly symbols?: readonly string[] | undefined;
  readonly note?: ((text: string) => void) | undefined;
  /** Hears after every round how far it is. */
  readonly progress?: ((now: FlattenProgress) => void) | undefined;
}

export interface FlattenProgress {
  readonly rounds: number;
  /** What the venue showed; undefined: it did not answer. */
  readonly held: readonly { readonly symbol: string; readonly quantity: number }[] | undefined;
  readonly cancelledOrders: number;
  readonly lastFailure: string | undefined;
  readonly at: number;
}

export interface FlattenReport {
  /** The venue itself showed no position and no open order. */
  readonly flat: boolean;
  readonly rounds: number;
  /** What was held when it began. */
  readonly closed: readonly { readonly symbol: string; readonly quantity: number }[];
  readonly cancelledOrders: number;
  readonly failures: readonly string[];
  readonly startedAt: number;
  readonly endedAt: number;
}

/** So many failures are kept for the report. */
const KEPT_FAILURES = 50;

/**
 * Needs nothing but the account: no strategy, no books. Entries are cancelled first, so that nothing fills behind its back;
 * stops stay until their position is gone. Every close is reduce-only, so that sending it twice cannot open anything.
 */
export async function flattenAccount(request: FlattenRequest): Promise<FlattenReport> {
  const { account, clock, pauseMs, maxPauseMs, deadline = Infinity } = request;
  const startedAt = clock.now();
  const run: Run = {
    request,
    failures: [],
    failed: 0,
    lastFailure: undefined,
    firstSizes: new Map(),
    cancelled: 0,
    orders: 0,
  };
  const closed: { symbol: string; quantity: number }[] = [];
  let pause = pauseMs;
  for (let rounds = 1; ; rounds += 1) {
    const before = run.failed;
    await attempt(run, 'cancel entries', () => cancelEntries(run));
    const positions = await attempt(run, 'ask for positions', async () => chosen(request, await account.positions()));
    if (rounds === 1 && positions !== undefined) {
      closed.push(...positions.map(({ symbol, quantity }) => ({ symbol, quantity })));
    }
    for (const position of positions ?? []) {
      await attempt(run, `close ${position.symbol}`, () => closeSlice(run, position));
    }
    const flat = positions?.length === 0 && (await attempt(run, 'ask for orders', () => clearOrders(run))) === true;
    if (flat || clock.now() >= deadline) {
      const { cancelled, failures } = run;
      return { flat, rounds, closed, cancelledOrders: cancelled, failures, startedAt, endedAt: clock.now() };
    }
    request.progress?.({
      rounds,
      held: positions?.map(({ symbol, quantity }) => ({ symbol, quantity })),
      cancelledOrders: run.cancelled,
      lastFailure: run.lastFailure,
      at: clock.now(),
    });
    pause = run.failed > before ? Math.min(maxPauseMs, pause * 2) : pauseMs;
    await waitFor(clock, pause);
  }
}

interface Run {
  readonly request: FlattenRequest;
  /** The first ones. */
  readonly failures: string[];
  failed: number;
  lastFailure: string | undefined;
  /** Base units that were held of a symbol when it was first seen: slices are shares of them. */
  readonly firstSizes: Map<string, number>;
  cancelled: number;
  orders: number;
}

/** Whatever fails is noted and tried again in the next round. */
async function attempt<Value>(run: Run, what: string, action: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await action();
  } catch (error) {
    // The kill switch does not stop for anything that the venue says; what is no failure of the venue is a bug and shows itself.
    if (!(error instanceof VenueError)) throw error;
    const text = `${what}: ${error.code} ${error.message}`;
    run.failed += 1;
    run.lastFailure = text;
    if (run.failures.length < KEPT_FAILURES) run.failures.push(text);
    run.request.note?.(text);
    return undefined;
  }
}

function chosen(request: FlattenRequest, positions: readonly HeldPosition[]): readonly HeldPosition[] {
  const { symbols } = request;
  return symbols === undefined ? positions : positions.filter(({ symbol }) => symbols.includes(symbol));
}

async function cancelEntries(run: Run): Promise<void> {
  const { account, symbols } = run.request;
  for (const order of await account.openOrders()) {
    const isChosen = symbols === undefined || symbols.includes(order.symbol);
    if (!isChosen || order.reduceOnly || order.closesPosition || order.origin !== 'client') continue;
    if (order.clientOrderId === '') {
      await account.cancelAll(order.symbol);
    } else {
      await cancelQuietly(run, order.symbol, order.clientOrderId);
    }
    run.cancelled += 1;
  }
}

async function cancelQuietly({ request }: Run, symbol: string, clientOrderId: string): Promise<void> {
  try {
    await request.account.cancel({ symbol, clientOrderId });
  } catch (error) {
    // It is gone already, which is what was wanted.
    if (!(error instanceof VenueError) || !['ORDER_NOT_FOUND', 'ORDER_FINAL'].includes(error.code)) throw error;
  }
}

async function closeSlice(run: Run, { symbol, quantity }: HeldPosition): Promise<void> {
  const { account, clock, idPrefix, instrument, sliceShare } = run.request;
  const rules = instrument(symbol);
  const size = Math.abs(quantity);
  const first = run.firstSizes.get(symbol) ?? size;
  run.firstSizes.set(symbol, first);
  run.orders += 1;
  await account.place({
    clientOrderId: `${idPrefix}${clock.now().toString(36)}-${run.orders.toString(36)}`,
    symbol,
    side: quantity > 0 ? 'sell' : 'buy',
    quantity: rules === undefined ? size : sliceOf(rules, size, first * sliceShare),
    reduceOnly: true,
    type: 'market',
    safety: true,
  });
}

/** Whole lots, at least the smallest order where so much is held, and never more than one market order may have. */
function sliceOf(rules: Instrument, size: number, slice: number): number {
  const wanted = Math.max(floorToLot(rules, slice), rules.minQuantity);
  return Math.min(size, wanted, rules.maxMarketQuantity);
}

/** True: no order is open. What still is gets cancelled, for there is nothing left that it could protect. */
async function clearOrders(run: Run): Promise<boolean> {
  const { account, symbols } = run.request;
  const open = (await account.openOrders()).filter(({ symbol }) => symbols === undefined || symbols.includes(symbol));
  for (const symbol of new Set(open.map((order) => order.symbol))) await account.cancelAll(symbol);
  run.cancelled += open.length;
  return open.length === 0;
}

function waitFor(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(delayMs, resolve);
  });
}
