// At what price and fee does an order fill? Market orders slip against us on the tick grid; resting targets fill as makers.
import type { Fill, FillReason } from '../domain/fill.ts';
import { roundToTick } from '../domain/instrument.ts';
import type { Instrument } from '../domain/instrument.ts';
import { atomsToNumber, productAtoms } from '../domain/money.ts';
import { signOf } from '../domain/side.ts';
import type { Side } from '../domain/side.ts';
import { slippedPrice } from './cost-model.ts';

/** Price of a market order that meets `quoted`: worse by `fraction`, rounded to the tick against us, at least one tick. */
export function marketFillPrice(
  instrument: Instrument,
  quoted: number,
  order: { readonly side: Side; readonly slippage: number },
): number {
  const { side, slippage } = order;
  const price = roundToTick(instrument, slippedPrice(quoted, signOf(side), slippage), side === 'buy' ? 'up' : 'down');
  return Math.max(price, instrument.tickSize);
}

/** Fee of a fill in quote currency: the exact product of quantity, price and rate, rounded once. */
export function feeOf(quantity: number, price: number, feeBps: number): number {
  return atomsToNumber(productAtoms(quantity, price, feeBps / 10_000));
}

/** What a fill lost against the price without slippage, quote currency; positive is a cost. */
function slippageOf(side: Side, quantity: number, prices: { readonly price: number; readonly quoted: number }): number {
  if (prices.price === prices.quoted) return 0;
  const paid = productAtoms(quantity, prices.price) - productAtoms(quantity, prices.quoted);
  return atomsToNumber(side === 'buy' ? paid : -paid);
}

/** What a fill is made of besides the prices that protect an entry. */
export interface FillTerms {
  readonly time: number;
  readonly symbol: string;
  readonly clientOrderId: string;
  readonly side: Side;
  readonly quantity: number;
  readonly price: number;
  /** Price without slippage; equal to `price` when there is none. */
  readonly quoted: number;
  readonly feeBps: number;
  readonly liquidity: 'taker' | 'maker';
  readonly reason: FillReason;
  readonly ambiguous?: boolean | undefined;
}

/** Prices of the exits that rest after an entry. */
export interface ProtectionPrices {
  readonly stopPrice: number | undefined;
  readonly targetPrice: number | undefined;
  readonly liquidationPrice: number | undefined;
}

const NO_PROTECTION: ProtectionPrices = { stopPrice: undefined, targetPrice: undefined, liquidationPrice: undefined };

/** The report of a fill. */
export function fillOf(terms: FillTerms, protection: ProtectionPrices = NO_PROTECTION): Fill {
  const { quantity, price, side } = terms;
  return {
    kind: 'fill',
    time: terms.time,
    symbol: terms.symbol,
    clientOrderId: terms.clientOrderId,
    side,
    quantity,
    price,
    fee: feeOf(quantity, price, terms.feeBps),
    slippage: slippageOf(side, quantity, terms),
    liquidity: terms.liquidity,
    reason: terms.reason,
    stopPrice: protection.stopPrice,
    targetPrice: protection.targetPrice,
    liquidationPrice: protection.liquidationPrice,
    ambiguous: terms.ambiguous ?? false,
  };
}
