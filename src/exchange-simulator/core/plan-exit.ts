// How does the position leave in the running candle, and when? The rule of research over what is left of it; the path gives the moment.
import type { BarExit } from '../../domain/bar-exit.ts';
import type { Candle } from '../../domain/candle.ts';
import { exitSide } from '../../domain/side.ts';
import { matchExit, refreshTriggers, type HeldPosition } from '../../simulation/matching.ts';
import { settleExit } from '../../simulation/simulated-venue-exits.ts';
import { firstReach, priceAt, rangeOf } from '../market/price-path.ts';
import { isTraded, pathNow } from '../market/replay.ts';
import type { ExchangeState, ExitPlan, Listing, LiveOrder } from './exchange-state.ts';
import { leavesOf } from './order-store.ts';

/** The plan as things stand, made anew when anything has changed. Undefined: the position outlives the candle, or there is none. */
export function exitPlanOf(state: ExchangeState, listing: Listing): ExitPlan | undefined {
  if (listing.isPlanned) return listing.plan;
  listing.isPlanned = true;
  listing.isTouchKnown = false;
  listing.plan = undefined;
  if (listing.book.position.quantity > 0 && isTraded(listing.replay)) listing.plan = makePlan(state, listing);
  return listing.plan;
}

function makePlan(state: ExchangeState, listing: Listing): ExitPlan | undefined {
  const { book, replay } = listing;
  const { position } = book;
  const { stop, target } = setExits(listing);
  const isWhole = state.now === replay.candle.openTime;
  const candle = isWhole ? { ...replay.candle } : restOfCandle(state, listing);
  const entryBar = !isWhole || position.openedAt === candle.openTime;
  const exit = exitOf(listing, { candle, entryBar, stop, target });
  if (exit === undefined) return undefined;
  const settled = settleExit(book, exit, { candle, entryBar });
  const { kind } = settled.exit;
  const order = kind === 'stop' ? stop : kind === 'target' ? target : undefined;
  return { settled, candle, order, time: momentOf(state, listing, settled) };
}

interface ExitQuestion extends Exits {
  readonly candle: Candle;
  readonly entryBar: boolean;
}

/**
 * What the candle ends the position by. Where the venue tells a mark price, it decides liquidation and those exits that look at
 * it, which then meet the last price; of two that are touched the adverse one counts.
 */
function exitOf({ book, replay }: Listing, { candle, entryBar, stop, target }: ExitQuestion): BarExit | undefined {
  const { position } = book;
  const markCandle = replay.live?.markCandle;
  if (markCandle === undefined) return matchExit(position, candle, entryBar);
  const byLast = exitsAt(position, { stop: levelBy(stop, 'last'), target: levelBy(target, 'last') });
  const byMark = exitsAt(position, {
    stop: levelBy(stop, 'mark'),
    target: levelBy(target, 'mark'),
    liquidation: position.liquidationPrice,
  });
  const last = matchExit(byLast, candle, entryBar);
  const mark = matchExit(byMark, markCandle, entryBar);
  if (last === undefined || mark === undefined) return last ?? metAtLast(mark, candle);
  return last.kind === 'stop' ? last : metAtLast(mark, candle);
}

/** The price of an exit that looks at the mark price, or at the last one. */
const levelBy = (live: LiveOrder | undefined, source: 'last' | 'mark'): number | undefined =>
  (live?.record.triggerSource === 'mark') === (source === 'mark') ? live?.record.triggerPrice : undefined;

/** The same position with these exits alone. */
function exitsAt(
  position: HeldPosition,
  prices: {
    readonly stop?: number | undefined;
    readonly target?: number | undefined;
    readonly liquidation?: number | undefined;
  },
): HeldPosition {
  const { stop, target, liquidation } = prices;
  const same = { ...position, stopPrice: stop, targetPrice: target, liquidationPrice: liquidation };
  refreshTriggers(same);
  return same;
}

/** An exit that the mark price fired is an order at the market. */
function metAtLast(exit: BarExit | undefined, { close }: Candle): BarExit | undefined {
  return exit === undefined || exit.kind === 'liquidation' ? exit : { ...exit, price: close };
}

/** The path's first touch of the price; at once for a gap; at the latest when the deciding candle ends, if its path never gets there. */
function momentOf(state: ExchangeState, { book, replay }: Listing, { exit, latest }: ExitPlan['settled']): number {
  if (exit.how === 'gap' || state.setup.touches === 'close') return Math.max(state.now, latest);
  const { direction, stopPrice, targetPrice, liquidationPrice } = book.position;
  const level = { stop: stopPrice, target: targetPrice, liquidation: liquidationPrice }[exit.kind] ?? exit.price;
  const isUpwards = (direction === 1) === (exit.kind === 'target');
  const reach = firstReach(pathNow(replay), level, isUpwards ? 'up' : 'down', state.now - 1);
  return Math.max(state.now, Math.min(reach, latest));
}

/** What is still to come of the running candle, as a candle that opens now. */
export function restOfCandle(state: ExchangeState, { replay, book }: Listing): Candle {
  const { candle } = replay;
  const path = pathNow(replay);
  const { instrument } = book;
  const { high, low } = rangeOf(path, { from: state.now, until: candle.closeTime - 1 }, instrument);
  return { ...candle, openTime: state.now, open: priceAt(path, state.now, instrument), high, low };
}

/** Orders that end the position when they trigger, and their prices in force. */
interface Exits {
  readonly stop: LiveOrder | undefined;
  readonly target: LiveOrder | undefined;
}

/**
 * Puts the prices in force on the position: of its own stop and target, and of orders on their own that would close it all,
 * the nearest on each side.
 */
export function setExits(listing: Listing): Exits {
  const { position } = listing.book;
  const stop = nearest(listing, 'stop');
  const target = nearest(listing, 'target');
  position.stopPrice = stop?.record.triggerPrice;
  position.targetPrice = target?.record.triggerPrice;
  refreshTriggers(position);
  return { stop, target };
}

function nearest(listing: Listing, kind: 'stop' | 'target'): LiveOrder | undefined {
  const { position } = listing.book;
  const way = (position.direction === 1) === (kind === 'target') ? 'up' : 'down';
  let best = listing[kind];
  for (const live of listing.orders) {
    if (live === listing.stop || live === listing.target) continue;
    const { record } = live;
    if (record.status !== 'untriggered' || record.type !== 'market') continue;
    if (record.triggerDirection !== way || record.side !== exitSide(position.direction)) continue;
    if (!(record.closesPosition || (record.reduceOnly && leavesOf(record) >= position.quantity))) continue;
    if (best === undefined || isNearer(way, record.triggerPrice, best.record.triggerPrice)) best = live;
  }
  return best;
}

/** Of two levels that are reached by moving `way`, the first one met. */
function isNearer(way: 'up' | 'down', level: number | undefined, other: number | undefined): boolean {
  if (level === undefined || other === undefined) return other === undefined;
  return way === 'up' ? level < other : level > other;
}

/** The orders that the exit plan looks after: their own triggers are not looked for. */
export function exitsInForce(listing: Listing): readonly (LiveOrder | undefined)[] {
  if (listing.book.position.quantity === 0) return [];
  return [listing.stop, listing.target, nearest(listing, 'stop'), nearest(listing, 'target')];
}
