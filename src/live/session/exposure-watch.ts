// Is a position within its limits at the price that it really filled at, and is its stop hit long before its liquidation? What is not is cut, or not opened.
import { ledgerEquity } from '../../domain/ledger.ts';
import { liquidationPriceFor } from '../../domain/liquidation-price.ts';
import type { OrderIntent } from '../../domain/order.ts';
import { protectionPrices } from '../../domain/protection-prices.ts';
import { signOf } from '../../domain/side.ts';
import type { EngineState, OpenTrade, SymbolState } from '../../engine/state.ts';
import { quantitiesWithin, type LimitedPosition, type PositionLimits } from '../../risk/limit-cuts.ts';
import type { SessionHand } from './session-hand.ts';
import type { ExposureRules, SessionSetup } from './session-setup.ts';

/** Why an entry must not be sent; undefined: nothing speaks against it. */
export function objectionTo(intent: OrderIntent, { engine, rules }: SessionSetup): string | undefined {
  const state = engine.state.bySymbol.get(intent.symbol);
  const { protection, quantity, decisionPrice, leverage } = intent;
  if (state === undefined || intent.reduceOnly || protection === undefined) return undefined;
  const direction = signOf(intent.side);
  const { stopPrice } = protectionPrices(state.instrument, { direction, price: decisionPrice }, protection);
  const terms = { direction, quantity, entry: decisionPrice, leverage, feeRate: 0 };
  const liquidation = liquidationPriceFor(state.instrument, terms);
  const isFar = isFarEnough({ entry: decisionPrice, stopPrice, liquidation }, rules.exposure);
  return isFar ? undefined : 'liquidation-too-near';
}

/** After a fill at `price`, or with a liquidation price that the venue shows. */
export function checkExposure(
  symbol: string,
  seen: { readonly price?: number | undefined; readonly liquidationPrice?: number | undefined },
  { session, setup }: { readonly session: SessionHand; readonly setup: SessionSetup },
): void {
  const { engine, clock, rules } = setup;
  const state = engine.state.bySymbol.get(symbol);
  if (state?.trade === undefined || state.closing !== undefined || state.pending?.order.reduceOnly === true) return;
  const { trade } = state;
  const keep = isSafeFromLiquidation(state, trade, { shown: seen.liquidationPrice, rules: rules.exposure })
    ? keptAfter(engine.state, state, { price: seen.price, rules: rules.exposure })
    : 0;
  if (keep >= trade.quantity) return;
  const kind = keep === 0 ? 'liquidation-too-near' : 'limit-exceeded';
  const time = clock.now();
  session.incident({ kind, symbol, detail: { held: trade.quantity, keep, ...seen }, time });
  session.digest({ kind: 'exposure-cut', time, symbol, keep });
}

function isSafeFromLiquidation(
  { instrument }: SymbolState,
  trade: OpenTrade,
  { shown, rules }: { readonly shown: number | undefined; readonly rules: ExposureRules },
): boolean {
  const { direction, quantity, heldPrice: entry, leverage, stopPrice } = trade;
  const own = liquidationPriceFor(instrument, { direction, quantity, entry, leverage, feeRate: 0 });
  // A stop that has passed the entry is hit first whatever happens.
  if (stopPrice === undefined || trade.hasTrailed) return true;
  return isFarEnough({ entry, stopPrice, liquidation: shown ?? own }, rules);
}

function isFarEnough(
  prices: { readonly entry: number; readonly stopPrice: number; readonly liquidation: number | undefined },
  { minLiquidationDistance }: ExposureRules,
): boolean {
  const { entry, stopPrice, liquidation } = prices;
  if (liquidation === undefined) return true;
  return Math.abs(entry - liquidation) >= minLiquidationDistance * Math.abs(entry - stopPrice);
}

/** What exceeds a limit by more than the tolerance is cut to the limit itself: what the cut costs must not lead to the next one. */
function keptAfter(
  state: EngineState,
  symbol: SymbolState,
  { price, rules }: { readonly price: number | undefined; readonly rules: ExposureRules },
): number {
  if (price === undefined) return Infinity;
  const isWithin =
    keptWithin(state, symbol, { price, factor: 1 + rules.limitTolerance }) >= (symbol.trade?.quantity ?? 0);
  return isWithin ? Infinity : keptWithin(state, symbol, { price, factor: 1 });
}

/** Base units of the symbol that keep the limits of its account, times `factor`; the others are left to the rebalances. */
function keptWithin(
  state: EngineState,
  symbol: SymbolState,
  { price, factor }: { readonly price: number; readonly factor: number },
): number {
  const held = state.symbols.filter(({ trade }) => trade !== undefined);
  const positions = held.flatMap((each) => positionOf(state, each, { symbol, price }) ?? []);
  const kept = quantitiesWithin(positions, limitsOf(state, factor), ledgerEquity(state.ledger));
  return kept[held.indexOf(symbol)];
}

function positionOf(
  { portfolio }: EngineState,
  { instrument, trade, index, close }: SymbolState,
  filled: { readonly symbol: SymbolState; readonly price: number },
): LimitedPosition | undefined {
  if (trade === undefined) return undefined;
  const isFilled = index === filled.symbol.index;
  return {
    instrument,
    direction: trade.direction,
    quantity: trade.quantity,
    isFixed: !isFilled,
    price: isFilled ? filled.price : close,
    leverage: trade.leverage,
    group: portfolio?.group(index) ?? index,
  };
}

/** Without a portfolio a position is bound by its margin, and the account by the number of them. */
function limitsOf({ params }: EngineState, factor: number): PositionLimits {
  const { portfolio, risk } = params;
  if (portfolio === undefined) {
    const most = risk.maxPositionFraction * risk.maxLeverage * risk.maxOpenPositions * factor;
    return { maxGross: most, maxNet: most, maxGroup: Infinity, maxMargin: risk.maxPositionFraction * factor };
  }
  const { maxGross, maxNet, maxGroup } = portfolio.limits;
  return {
    maxGross: maxGross * factor,
    maxNet: maxNet * factor,
    maxGroup: maxGroup * factor,
    maxMargin: Math.min(risk.maxPositionFraction, portfolio.crossSectional.maxSymbolRisk) * factor,
  };
}
