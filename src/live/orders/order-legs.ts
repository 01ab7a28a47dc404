// Which order comes next for a decision, and what does it ask? The first one, the one after a limit order, a smaller one, the next part.
import { floorToLot, roundToTick, type Instrument } from '../../domain/instrument.ts';
import type { OrderIntent } from '../../domain/order.ts';
import { signOf, type Side } from '../../domain/side.ts';
import type { OrderRequest, ProtectionRequest } from '../../ports/venue-account.ts';
import { wireOrderId } from '../session/order-ids.ts';
import { provisionalProtection } from '../session/report.ts';
import { intendedOrder, type OrderTerms, type Remedy, type TrackedOrder } from './tracked-order.ts';

/** How what opens or adds is ordered. What closes is always a market order. */
export interface EntryRules {
  /** `limit-then-market`: first an order that rests at the touch, then what is left of it at the market. */
  readonly orders: 'market' | 'limit-then-market';
  /** How long the first one rests, milliseconds. */
  readonly restMs: number;
  /** The first one must not take. */
  readonly postOnly: boolean;
  /** Nothing is bought above, or sold below, the price of the decision by more than this; undefined: at any price. */
  readonly maxSlippageBps: number | undefined;
}

export interface LegContext {
  readonly instrument: Instrument;
  readonly prefix: string;
  readonly entries: EntryRules;
  readonly triggerBy: 'last' | 'mark';
  /** Stop and target can be attached to an order that has not filled yet. */
  readonly attachesProtection: boolean;
}

/** What becomes of a decision when one of its orders is over. */
export type NextLeg =
  /** `refused`: what the engine is told; undefined: all of it has filled. */
  | { readonly kind: 'over'; readonly refused: string | undefined }
  | { readonly kind: 'order'; readonly order: TrackedOrder }
  /** Something must be known first: what margin there is, or how the contract is listed now. */
  | { readonly kind: 'remedy'; readonly remedy: Remedy; readonly reason: string };

/** So many orders one decision may take at most: parts of a position larger than one market order. */
const MOST_LEGS = 35;
/** Parts of a lot below this are the last bits of sums. */
const ROUNDING = 1e-3;

/** Codes of a venue that has other rules for the contract than were known. */
const OTHER_RULES: ReadonlySet<string> = new Set([
  'OFF_GRID',
  'BELOW_MINIMUM',
  'ABOVE_MAXIMUM',
  'LEVERAGE_REFUSED',
  'PARAMETER_REFUSED',
]);

/** The first order of a decision. */
export function firstLeg(intent: OrderIntent, context: LegContext): TrackedOrder {
  const { entries } = context;
  const rests = !intent.reduceOnly && entries.orders === 'limit-then-market';
  const restsUntil = rests ? intent.decidedAt + entries.restMs : undefined;
  return legOf(intent, { leg: 1, filledBefore: 0, wanted: intent.quantity, restsUntil, tried: [] }, context);
}

/** What follows on `order`, which is over with every execution booked. `mayOpen`: entries are allowed now. */
export function nextLeg(order: TrackedOrder, context: LegContext, mayOpen: boolean): NextLeg {
  const { intent, ending, leg, tried } = order;
  const { rest, terms } = leftOf(order, context);
  if (!(rest > 0)) return over(isAll(order, context) ? undefined : whyNotAll(order));
  if (leg >= MOST_LEGS) return over(ending ?? 'too-many-orders');
  const next = (): NextLeg => ({ kind: 'order', order: legOf(intent, terms, context) });
  // One part of what a single market order could not take has filled.
  if (ending === undefined) return next();
  if (OTHER_RULES.has(ending) && !tried.includes('new-rules'))
    return { kind: 'remedy', remedy: 'new-rules', reason: ending };
  if (intent.reduceOnly || order.withdrawn === 'taken-back') return over(ending);
  if (!mayOpen) return over('entries-blocked');
  if (ending === 'MARGIN_INSUFFICIENT' && !tried.includes('smaller')) {
    return { kind: 'remedy', remedy: 'smaller', reason: ending };
  }
  if (order.restsUntil !== undefined && hasRested(order))
    return isOrderable(rest, context, intent) ? next() : over(ending);
  return over(isCapped(order) ? 'slippage-limit' : ending);
}

const over = (refused: string | undefined): NextLeg => ({ kind: 'over', refused });

const isAll = ({ intent, filledBefore, filled }: TrackedOrder, { instrument }: LegContext): boolean =>
  intent.quantity - filledBefore - filled < instrument.lotSize * ROUNDING;

const whyNotAll = ({ wanted, intent, ending }: TrackedOrder): string =>
  wanted < intent.quantity ? 'MARGIN_INSUFFICIENT' : (ending ?? 'BELOW_MINIMUM');

/** The same decision again after a remedy; undefined: that would be no other order, or none that the venue takes. */
export function remediedLeg(
  order: TrackedOrder,
  remedy: { readonly kind: Remedy; readonly affordable?: number | undefined },
  context: LegContext,
): TrackedOrder | undefined {
  const { intent } = order;
  const { rest, terms } = leftOf(order, context);
  const units = Math.min(rest, floorToLot(context.instrument, remedy.affordable ?? Infinity));
  if (!isOrderable(units, context, intent)) return undefined;
  const { filledBefore, tried } = terms;
  const wanted = remedy.kind === 'smaller' ? filledBefore + units : order.wanted;
  const restsUntil = hasRested(order) ? undefined : order.restsUntil;
  const again = legOf(intent, { ...terms, wanted, restsUntil, tried: [...tried, remedy.kind] }, context);
  return remedy.kind === 'new-rules' && isSameOrder(order.request, again.request) ? undefined : again;
}

/** Where an order may rest: at its own side of the book, on the grid, within the cap. */
export function restingPrice(
  intent: OrderIntent,
  touch: { readonly bid: number | undefined; readonly ask: number | undefined },
  { instrument, entries }: Pick<LegContext, 'instrument' | 'entries'>,
): number {
  const isBuy = intent.side === 'buy';
  const own = isBuy ? touch.bid : touch.ask;
  const price = own === undefined || !(own > 0) ? intent.decisionPrice : own;
  const cap = capOf(intent, entries) ?? price;
  return roundToTick(instrument, isBuy ? Math.min(price, cap) : Math.max(price, cap), worseTowards(intent.side));
}

/** Base units of the decision that have not filled, and what the order after this one knows. */
function leftOf(
  { intent, wanted, filledBefore, filled, leg, tried }: TrackedOrder,
  { instrument }: LegContext,
): { readonly rest: number; readonly terms: OrderTerms } {
  const rest = wholeLots(instrument, wanted - filledBefore - filled, intent.reduceOnly);
  const terms = { leg: leg + 1, filledBefore: filledBefore + filled, wanted, restsUntil: undefined, tried };
  return { rest, terms };
}

/**
 * Whole lots, never more than `units`, whose last bits may be missing. What only reduces may be rounded up: the venue takes no
 * more than is held, and a rest of less than a lot has to go too.
 */
function wholeLots(instrument: Instrument, units: number, reduceOnly: boolean): number {
  const slack = instrument.lotSize * ROUNDING;
  return floorToLot(instrument, units + (reduceOnly ? instrument.lotSize - slack : slack));
}

/** It was given its time, or would have taken: then the market is next. Cancelled by anybody else, nothing is. */
function hasRested({ withdrawn, request, ending }: TrackedOrder): boolean {
  if (withdrawn === 'expired') return true;
  return request.timeInForce === 'post-only' && /post.?only|would.?take|PRICE_REFUSED|expired/i.test(ending ?? '');
}

/** The venue took the order, and the market had nothing within the cap any more. */
const isCapped = ({ request, venueOrderId }: TrackedOrder): boolean =>
  request.timeInForce === 'ioc' && venueOrderId !== undefined;

function isOrderable(units: number, { instrument }: LegContext, { reduceOnly, decisionPrice }: OrderIntent): boolean {
  if (!(units > 0)) return false;
  return reduceOnly || (units >= instrument.minQuantity && units * decisionPrice >= instrument.minNotional);
}

function isSameOrder(a: OrderRequest, b: OrderRequest): boolean {
  return (
    a.quantity === b.quantity &&
    a.price === b.price &&
    a.protection?.stopPrice === b.protection?.stopPrice &&
    a.protection?.targetPrice === b.protection?.targetPrice
  );
}

function legOf(intent: OrderIntent, terms: OrderTerms, context: LegContext): TrackedOrder {
  const { instrument, prefix } = context;
  const { symbol, side, reduceOnly } = intent;
  const units = wholeLots(instrument, terms.wanted - terms.filledBefore, reduceOnly);
  // More than one order may have is left to the next one.
  const quantity = Math.min(units, largestOrder(instrument));
  const protection = protectionOf(intent, terms, context);
  const request: OrderRequest = {
    clientOrderId: wireOrderId(prefix, intent, terms.leg),
    symbol,
    side,
    quantity,
    reduceOnly,
    ...pricing(intent, terms, context),
    ...(protection === undefined ? {} : { protection }),
    safety: reduceOnly,
  };
  return intendedOrder(request, intent, terms);
}

function largestOrder(instrument: Instrument): number {
  const { maxMarketQuantity } = instrument;
  return Number.isFinite(maxMarketQuantity) ? floorToLot(instrument, maxMarketQuantity) : Infinity;
}

function pricing(
  intent: OrderIntent,
  { restsUntil }: OrderTerms,
  { instrument, entries }: LegContext,
): Pick<OrderRequest, 'type' | 'price' | 'timeInForce'> {
  if (restsUntil !== undefined) return { type: 'limit', timeInForce: entries.postOnly ? 'post-only' : 'gtc' };
  const cap = intent.reduceOnly ? undefined : capOf(intent, entries);
  if (cap === undefined) return { type: 'market' };
  return { type: 'limit', timeInForce: 'ioc', price: roundToTick(instrument, cap, worseTowards(intent.side)) };
}

/** The worst price that is taken; not on the grid. */
function capOf({ side, decisionPrice }: OrderIntent, { maxSlippageBps }: EntryRules): number | undefined {
  return maxSlippageBps === undefined ? undefined : decisionPrice * (1 + (signOf(side) * maxSlippageBps) / 10_000);
}

/** Never beyond what was meant. */
const worseTowards = (side: Side): 'down' | 'up' => (side === 'buy' ? 'down' : 'up');

/** Where nothing can be attached, exits are set when the first fill is known: an order that rests has none yet. */
function protectionOf(
  intent: OrderIntent,
  { restsUntil, filledBefore }: OrderTerms,
  { instrument, triggerBy, attachesProtection }: LegContext,
): ProtectionRequest | undefined {
  if (!attachesProtection && (restsUntil !== undefined || filledBefore > 0)) return undefined;
  const protection = provisionalProtection(instrument, intent);
  return protection === undefined ? undefined : { ...protection, triggerBy };
}
