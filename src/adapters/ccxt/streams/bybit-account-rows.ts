// What do Bybit's account rows say? Orders, executions, positions and the wallet as the port knows them.
import { z } from 'zod';
import type {
  ExecutionKind,
  HeldPosition,
  OrderOrigin,
  OrderState,
  VenueBalance,
  VenueExecution,
  VenueOrder,
} from '../../../ports/venue-account.ts';
import { decimal, instant, optionalDecimal, optionalPrice, wireSymbol } from './wire-values.ts';

const side = z.enum(['Buy', 'Sell']);
const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '');

const STATES: Readonly<Record<string, OrderState>> = {
  New: 'new',
  Created: 'new',
  Triggered: 'new',
  PartiallyFilled: 'partly-filled',
  Untriggered: 'untriggered',
  Filled: 'filled',
  Cancelled: 'cancelled',
  Deactivated: 'cancelled',
  PartiallyFilledCanceled: 'cancelled',
  Rejected: 'rejected',
};

const KINDS: Readonly<Record<string, ExecutionKind>> = {
  Trade: 'trade',
  BlockTrade: 'trade',
  MovePosition: 'trade',
  Funding: 'funding',
  BustTrade: 'liquidation',
  AdlTrade: 'deleverage',
  Settle: 'delisting',
  Delivery: 'delisting',
};

const named = <Meaning>(meanings: Readonly<Record<string, Meaning>>): z.ZodType<Meaning> =>
  z.string().transform((name, context) => {
    if (Object.hasOwn(meanings, name)) return meanings[name];
    context.addIssue({ code: 'custom', message: `${name.slice(0, 40)} is unknown` });
    return z.NEVER;
  });

/** Which of the account's rows is meant for linear contracts; other categories share the topic. */
export const categoryRow = z.object({ category: z.string().optional() });

export const orderRow = z.object({
  symbol: wireSymbol,
  orderId: z.string().min(1),
  orderLinkId: text,
  parentOrderLinkId: text,
  side,
  orderType: z.enum(['Market', 'Limit']),
  orderStatus: named(STATES),
  price: optionalPrice,
  qty: decimal,
  cumExecQty: optionalDecimal,
  avgPrice: optionalPrice,
  triggerPrice: optionalPrice,
  reduceOnly: z.boolean(),
  closeOnTrigger: z.boolean(),
  stopOrderType: text,
  createType: text,
  cancelType: text,
  rejectReason: text,
  createdTime: instant,
  updatedTime: instant,
});

export const executionRow = z.object({
  symbol: wireSymbol,
  execId: z.string().min(1),
  orderId: text,
  orderLinkId: text,
  side: z.enum(['Buy', 'Sell', '', 'None']),
  execType: named(KINDS),
  execQty: decimal,
  execPrice: decimal,
  execFee: z.string(),
  feeRate: optionalDecimal,
  isMaker: z.boolean(),
  stopOrderType: text,
  createType: text,
  execTime: instant,
});

export const positionRow = z.object({
  symbol: wireSymbol,
  side: z.enum(['Buy', 'Sell', '', 'None']),
  size: decimal,
  entryPrice: optionalPrice,
  avgPrice: optionalPrice,
  markPrice: optionalPrice,
  liqPrice: optionalPrice,
  leverage: optionalPrice,
  stopLoss: optionalPrice,
  takeProfit: optionalPrice,
  isReduceOnly: z.boolean().optional(),
  adlRankIndicator: z.number().optional(),
  positionIdx: z.number().optional(),
  updatedTime: instant,
});

export const walletRow = z.object({
  totalAvailableBalance: optionalDecimal,
  coin: z.array(
    z.object({
      coin: z.string(),
      walletBalance: z.string(),
      equity: optionalDecimal,
      locked: optionalDecimal,
      totalOrderIM: optionalDecimal,
      totalPositionIM: optionalDecimal,
    }),
  ),
});

type Row<Shape extends z.ZodType> = z.output<Shape>;

/** Who made it: the venue's own doings first, then what a position carries, else a client. */
function originOf({
  createType,
  stopOrderType,
}: {
  readonly createType: string;
  readonly stopOrderType: string;
}): OrderOrigin {
  if (/^CreateBy(Liq|TakeOver)/.test(createType)) return 'liquidation';
  if (createType.startsWith('CreateByAdl')) return 'deleverage';
  if (createType.startsWith('CreateBySettle')) return 'delisting';
  if (stopOrderType.endsWith('StopLoss')) return 'stop';
  if (stopOrderType.endsWith('TakeProfit')) return 'target';
  return stopOrderType === 'TrailingStop' ? 'trailing-stop' : 'client';
}

function isConditional(stopOrderType: string): boolean {
  return stopOrderType !== '' && stopOrderType !== 'UNKNOWN';
}

/** Why it ended, where the venue says so; its words for nothing are none. */
function endOf(row: Row<typeof orderRow>): string | undefined {
  if (row.rejectReason !== '' && row.rejectReason !== 'EC_NoError') return row.rejectReason;
  const hasEnded = ['cancelled', 'rejected'].includes(row.orderStatus);
  return hasEnded && row.cancelType !== '' && row.cancelType !== 'UNKNOWN' ? row.cancelType : undefined;
}

export function orderOf(row: Row<typeof orderRow>): VenueOrder {
  return {
    symbol: row.symbol,
    venueOrderId: row.orderId,
    clientOrderId: row.orderLinkId,
    parentClientOrderId: row.parentOrderLinkId === '' ? undefined : row.parentOrderLinkId,
    origin: originOf(row),
    side: row.side === 'Buy' ? 'buy' : 'sell',
    type: row.orderType === 'Market' ? 'market' : 'limit',
    state: row.orderStatus,
    quantity: row.qty,
    filledQuantity: row.cumExecQty ?? 0,
    averagePrice: row.avgPrice,
    price: row.price,
    triggerPrice: row.triggerPrice,
    reduceOnly: row.reduceOnly,
    closesPosition: row.closeOnTrigger,
    reason: endOf(row),
    createdAt: row.createdTime,
    updatedAt: row.updatedTime,
    conditional: isConditional(row.stopOrderType),
  };
}

/** Undefined: the fee is no number. Bybit's fee is positive when paid, for trades as for funding. */
export function executionOf(row: Row<typeof executionRow>): VenueExecution | undefined {
  const fee = row.execFee === '' ? NaN : Number(row.execFee);
  if (!Number.isFinite(fee)) return undefined;
  const isFunding = row.execType === 'funding';
  return {
    kind: row.execType,
    executionId: row.execId,
    symbol: row.symbol,
    venueOrderId: row.orderId,
    clientOrderId: row.orderLinkId,
    side: isFunding || (row.side !== 'Buy' && row.side !== 'Sell') ? undefined : row.side === 'Buy' ? 'buy' : 'sell',
    quantity: row.execQty,
    price: row.execPrice,
    fee,
    feeText: row.execFee,
    rate: isFunding ? row.feeRate : undefined,
    liquidity: isFunding ? undefined : row.isMaker ? 'maker' : 'taker',
    origin: row.execType === 'trade' || row.execType === 'funding' ? originOf(row) : row.execType,
    time: row.execTime,
  };
}

export interface PositionNews {
  /** `long` and `short` on accounts in hedge mode, else empty. */
  readonly side: string;
  /** Undefined: flat. */
  readonly position: HeldPosition | undefined;
}

export function positionOf(row: Row<typeof positionRow>): PositionNews {
  const hedgeSide = ([undefined, 'long', 'short'] as const)[row.positionIdx ?? 0];
  const entryPrice = row.entryPrice ?? row.avgPrice;
  const side = hedgeSide ?? '';
  if (row.size === 0 || entryPrice === undefined) return { side, position: undefined };
  return {
    side,
    position: {
      symbol: row.symbol,
      quantity: row.side === 'Sell' ? -row.size : row.size,
      entryPrice,
      markPrice: row.markPrice,
      liquidationPrice: row.liqPrice,
      leverage: row.leverage,
      stopPrice: row.stopLoss,
      targetPrice: row.takeProfit,
      reduceOnly: row.isReduceOnly ?? false,
      deleverageRank: row.adlRankIndicator === 0 ? undefined : row.adlRankIndicator,
      updatedAt: row.updatedTime,
      hedgeSide,
    },
  };
}

/** Undefined: the account holds no USDT at all, or does not say how much. */
export function balanceOf(row: Row<typeof walletRow>): VenueBalance | undefined {
  const coin = row.coin.find((entry) => entry.coin === 'USDT');
  if (coin === undefined || coin.walletBalance === '') return undefined;
  const wallet = Number(coin.walletBalance);
  if (!Number.isFinite(wallet)) return undefined;
  const bound = (coin.locked ?? 0) + (coin.totalOrderIM ?? 0) + (coin.totalPositionIM ?? 0);
  return {
    wallet,
    equity: coin.equity ?? wallet,
    // With isolated margin the venue leaves the sum empty: it is what nothing binds.
    available: row.totalAvailableBalance ?? Math.max(0, wallet - bound),
    walletText: coin.walletBalance,
  };
}
