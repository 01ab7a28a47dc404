// What do Binance's order rows say? Ordinary and conditional orders, and trades, as the port knows them.
import { z } from 'zod';
import type { OrderOrigin, VenueExecution, VenueOrder } from '../../../ports/venue-account.ts';
import { ALGO_STATES, algoState, ORDER_STATES, originOf, typeOf, venueMade } from '../streams/binance-account-rows.ts';
import { decimal, instant, optionalDecimal, optionalPrice, wireId, wireSymbol } from '../streams/wire-values.ts';
import { wireAmount } from '../wire-amount.ts';
import { protectedEntry } from './protection-ids.ts';

const side = z.enum(['BUY', 'SELL']);
const orderState = z.string().refine((name) => Object.hasOwn(ORDER_STATES, name), 'an unknown order state');

export const orderRow = z.object({
  symbol: wireSymbol,
  orderId: wireId,
  clientOrderId: z.string(),
  side,
  type: z.string(),
  origType: z.string().nullish(),
  status: orderState,
  price: optionalPrice,
  avgPrice: optionalPrice,
  origQty: decimal,
  executedQty: decimal,
  stopPrice: optionalPrice,
  reduceOnly: z.boolean(),
  closePosition: z.boolean(),
  time: instant.optional(),
  updateTime: instant,
});
export type OrderRow = z.output<typeof orderRow>;

export function orderOf(row: OrderRow): VenueOrder {
  const state = ORDER_STATES[row.status];
  return {
    symbol: row.symbol,
    venueOrderId: row.orderId,
    clientOrderId: row.clientOrderId,
    parentClientOrderId: protectedEntry(row.clientOrderId),
    origin: originOf(row.clientOrderId, row.origType ?? row.type),
    side: row.side === 'BUY' ? 'buy' : 'sell',
    type: typeOf(row.type),
    state,
    quantity: row.origQty,
    filledQuantity: row.executedQty,
    averagePrice: row.avgPrice,
    price: row.price,
    triggerPrice: row.stopPrice,
    reduceOnly: row.reduceOnly,
    closesPosition: row.closePosition,
    reason: state === 'cancelled' || state === 'rejected' ? row.status : undefined,
    createdAt: row.time ?? row.updateTime,
    updatedAt: row.updateTime,
    conditional: false,
  };
}

/** The type of a conditional order has two names. */
export const algoRow = z
  .object({
    algoId: wireId,
    clientAlgoId: z.string(),
    orderType: z.string().optional(),
    type: z.string().optional(),
    symbol: wireSymbol,
    side,
    quantity: optionalDecimal,
    algoStatus: z.enum(ALGO_STATES),
    actualOrderId: z.string().nullish(),
    actualPrice: optionalPrice,
    triggerPrice: optionalPrice,
    price: optionalPrice,
    closePosition: z.boolean().default(false),
    reduceOnly: z.boolean(),
    createTime: instant,
    updateTime: instant,
  })
  .transform((row) => ({ ...row, orderType: row.orderType ?? row.type ?? '' }))
  .refine(({ orderType }) => orderType !== '', 'a conditional order without a type');
export type AlgoRow = z.output<typeof algoRow>;

export function orderOfAlgo(row: AlgoRow): VenueOrder {
  const state = algoState(row.algoStatus, row.actualPrice ?? 0);
  return {
    symbol: row.symbol,
    venueOrderId: row.algoId,
    clientOrderId: row.clientAlgoId,
    parentClientOrderId: protectedEntry(row.clientAlgoId),
    origin: originOf(row.clientAlgoId, row.orderType),
    side: row.side === 'BUY' ? 'buy' : 'sell',
    type: typeOf(row.orderType),
    state,
    quantity: row.quantity ?? 0,
    filledQuantity: state === 'filled' ? (row.quantity ?? 0) : 0,
    averagePrice: row.actualPrice,
    price: row.price,
    triggerPrice: row.triggerPrice,
    reduceOnly: row.reduceOnly,
    closesPosition: row.closePosition,
    reason: state === 'cancelled' || state === 'rejected' ? row.algoStatus : undefined,
    createdAt: row.createTime,
    updatedAt: row.updateTime,
    conditional: true,
  };
}

export const tradeRow = z.object({
  symbol: wireSymbol,
  id: wireId,
  orderId: wireId,
  side,
  price: decimal,
  qty: decimal,
  commission: wireAmount,
  commissionAsset: z.string(),
  maker: z.boolean(),
  time: instant,
});
export type TradeRow = z.output<typeof tradeRow>;

/** Trades do not name the order as the client did, so `order` does. Ids of trades are unique within a symbol only. */
export function executionOf(row: TradeRow, order: OrderRow | undefined): VenueExecution {
  const clientOrderId = order?.clientOrderId ?? '';
  const origin: OrderOrigin = originOf(clientOrderId, order?.origType ?? order?.type ?? '');
  return {
    kind: venueMade(clientOrderId) ?? 'trade',
    executionId: `${row.symbol}-${row.id}`,
    symbol: row.symbol,
    venueOrderId: row.orderId,
    clientOrderId,
    side: row.side === 'BUY' ? 'buy' : 'sell',
    quantity: row.qty,
    price: row.price,
    fee: row.commission.value,
    feeText: row.commission.text,
    rate: undefined,
    liquidity: row.maker ? 'maker' : 'taker',
    origin,
    time: row.time,
  };
}
