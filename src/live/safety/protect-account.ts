// How is an account made safe without being closed? No entry stays open, and every position has its stop, as the venue itself shows.
import { roundToTick, type Instrument } from '../../domain/instrument.ts';
import { VenueError } from '../../domain/venue-error.ts';
import type { Clock } from '../../ports/clock.ts';
import type { HeldPosition, VenueAccount, VenueOrder } from '../../ports/venue-account.ts';
import { flattenAccount } from './flatten-account.ts';

export interface ProtectRequest {
  readonly account: VenueAccount;
  readonly clock: Clock;
  readonly instrument: (symbol: string) => Instrument | undefined;
  /** Entries with this prefix are the bot's; others are left alone. */
  readonly familyPrefix: string;
  /** Where the bot wanted the stop of a position; undefined: that is not known. */
  readonly wantedStop: (symbol: string) => number | undefined;
  /** Fraction of the price, for a position whose stop is not known. */
  readonly emergencyStopFraction: number;
  readonly triggerBy: 'last' | 'mark';
  readonly pauseMs: number;
  /** Client order ids of closes begin with it. */
  readonly idPrefix: string;
  readonly progress?: ((now: ProtectReport) => void) | undefined;
}

export interface ProtectReport {
  /** The venue itself showed no entry of the bot, and a stop at every position. */
  readonly safe: boolean;
  readonly rounds: number;
  readonly cancelledEntries: readonly string[];
  readonly emergencyStops: readonly { readonly symbol: string; readonly stopPrice: number }[];
  /** Positions that no stop could be put under: the price had passed it, or the venue refused. */
  readonly closed: readonly string[];
  readonly lastFailure: string | undefined;
}

interface Run {
  readonly request: ProtectRequest;
  readonly cancelled: Set<string>;
  readonly stops: Map<string, number>;
  readonly closed: Set<string>;
  readonly refusals: Map<string, number>;
  lastFailure: string | undefined;
}

/** So often a stop is tried before the position is closed instead. */
const STOP_TRIES = 3;

export const isEntryOf = (order: VenueOrder, familyPrefix: string): boolean =>
  !order.reduceOnly &&
  !order.closesPosition &&
  order.origin === 'client' &&
  order.clientOrderId.startsWith(familyPrefix);

/** Goes on until the account is safe. */
export async function protectAccount(request: ProtectRequest): Promise<ProtectReport> {
  const run: Run = {
    request,
    cancelled: new Set(),
    stops: new Map(),
    closed: new Set(),
    refusals: new Map(),
    lastFailure: undefined,
  };
  for (let rounds = 1; ; rounds += 1) {
    const safe = (await attempt(run, 'look', () => oneRound(run))) === true;
    const report: ProtectReport = {
      safe,
      rounds,
      cancelledEntries: [...run.cancelled],
      emergencyStops: [...run.stops].map(([symbol, stopPrice]) => ({ symbol, stopPrice })),
      closed: [...run.closed],
      lastFailure: run.lastFailure,
    };
    request.progress?.(report);
    if (safe) return report;
    await new Promise<void>((resolve) => {
      request.clock.after(request.pauseMs, resolve);
    });
  }
}

/** True: there was nothing to do. */
async function oneRound(run: Run): Promise<boolean> {
  const { account, familyPrefix } = run.request;
  const [positions, orders] = await Promise.all([account.positions(), account.openOrders()]);
  const entries = orders.filter((order) => isEntryOf(order, familyPrefix));
  for (const { symbol, clientOrderId } of entries) {
    await attempt(run, `cancel ${clientOrderId}`, () => account.cancel({ symbol, clientOrderId }));
    run.cancelled.add(clientOrderId);
  }
  const bare = positions.filter((position) => !isProtected(position, orders));
  for (const position of bare) await putStop(run, position);
  return entries.length === 0 && bare.length === 0;
}

function isProtected({ symbol, quantity, stopPrice }: HeldPosition, orders: readonly VenueOrder[]): boolean {
  if (stopPrice !== undefined) return true;
  const side = quantity > 0 ? 'sell' : 'buy';
  return orders.some(
    (order) =>
      order.symbol === symbol &&
      order.side === side &&
      order.conditional &&
      order.origin !== 'target' &&
      (order.reduceOnly || order.closesPosition) &&
      (order.closesPosition || order.quantity === 0 || order.quantity >= Math.abs(quantity)),
  );
}

async function putStop(run: Run, position: HeldPosition): Promise<void> {
  const { symbol } = position;
  const stopPrice = stopOf(run.request, position);
  const tries = run.refusals.get(symbol) ?? 0;
  if (stopPrice === undefined || tries >= STOP_TRIES) {
    await close(run, symbol);
    return;
  }
  run.refusals.set(symbol, tries + 1);
  const { account, triggerBy } = run.request;
  await attempt(run, `stop of ${symbol}`, () => account.protect(symbol, { stopPrice, triggerBy }));
  run.stops.set(symbol, stopPrice);
}

/** Undefined: the price has passed the stop that was wanted, or nothing is known. */
function stopOf(request: ProtectRequest, position: HeldPosition): number | undefined {
  const { wantedStop, emergencyStopFraction, instrument } = request;
  const { symbol, quantity, entryPrice, markPrice = entryPrice } = position;
  const direction = quantity > 0 ? 1 : -1;
  const wanted = wantedStop(symbol);
  if (wanted !== undefined) return direction * (markPrice - wanted) > 0 ? wanted : undefined;
  const rules = instrument(symbol);
  const price = markPrice * (1 - direction * emergencyStopFraction);
  return rules === undefined ? price : roundToTick(rules, price, 'nearest');
}

async function close(run: Run, symbol: string): Promise<void> {
  const { account, clock, instrument, idPrefix, pauseMs } = run.request;
  run.closed.add(symbol);
  await flattenAccount({
    account,
    clock,
    instrument,
    idPrefix,
    sliceShare: 1,
    pauseMs,
    maxPauseMs: pauseMs * 10,
    symbols: [symbol],
    note: (text) => {
      run.lastFailure = text;
    },
  });
}

/** Whatever fails is seen again in the next round. */
async function attempt<Value>(run: Run, what: string, action: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await action();
  } catch (error) {
    // Nothing that the venue says ends it; what is no failure of the venue is a bug and shows itself.
    if (!(error instanceof VenueError)) throw error;
    run.lastFailure = `${what}: ${error.code} ${error.message}`;
    return undefined;
  }
}
