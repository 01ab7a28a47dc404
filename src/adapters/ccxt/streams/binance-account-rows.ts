// What do the account events of Binance USD-M say? Orders, executions and positions as the port knows them.
import { z } from 'zod';
import type {
  ExecutionKind,
  HeldPosition,
  OrderOrigin,
  OrderState,
  VenueExecution,
  VenueOrder,
} from '../../../ports/venue-account.ts';
import { decimal, instant, optionalDecimal, optionalPrice, wireId, wireSymbol } from './wire-values.ts';

const side = z.enum(['BUY', 'SELL']);

export const ORDER_STATES: Readonly<Record<string, OrderState>> = {
  NEW: 'new',
  PARTIALLY_FILLED: 'partly-filled',
  FILLED: 'filled',
  CANCELED: 'cancelled',
  EXPIRED: 'cancelled',
  EXPIRED_IN_MATCH: 'cancelled',
  REJECTED: 'rejected',
  // The venue's own orders of a liquidation: taken over by the insurance fund, or by auto-deleveraging.
  NEW_INSURANCE: 'filled',
  NEW_ADL: 'filled',
};

export const ALGO_STATES = ['NEW', 'TRIGGERING', 'TRIGGERED', 'FINISHED', 'CANCELED', 'EXPIRED', 'REJECTED'] as const;

export const tradeUpdate = z.object({
  o: z.object({
    s: wireSymbol,
    c: z.string(),
    S: side,
    o: z.string(),
    ot: z.string().optional(),
    x: z.string(),
    X: z.string().refine((name) => Object.hasOwn(ORDER_STATES, name), 'an unknown order state'),
    i: wireId,
    q: decimal,
    p: optionalPrice,
    ap: optionalPrice,
    sp: optionalPrice,
    l: decimal,
    L: optionalPrice,
    z: decimal,
    n: z.string().nullish(),
    T: instant,
    t: wireId,
    m: z.boolean(),
    R: z.boolean(),
    cp: z.boolean(),
  }),
});

export const algoUpdate = z.object({
  T: instant,
  o: z.object({
    caid: z.string(),
    aid: wireId,
    o: z.string(),
    s: wireSymbol,
    S: side,
    q: optionalDecimal,
    X: z.enum(ALGO_STATES),
    aq: optionalDecimal,
    ap: optionalPrice,
    tp: optionalPrice,
    p: optionalPrice,
    cp: z.boolean(),
    R: z.boolean(),
    rm: z.string().optional(),
  }),
});

export const accountUpdate = z.object({
  T: instant,
  a: z.object({
    B: z.array(z.object({ a: z.string() })).default([]),
    P: z
      .array(z.object({ s: wireSymbol, pa: decimal, ep: optionalPrice, ps: z.enum(['BOTH', 'LONG', 'SHORT']) }))
      .default([]),
  }),
});

type TradeRow = z.output<typeof tradeUpdate>['o'];
type AlgoRow = z.output<typeof algoUpdate>;

/** What the venue did by itself, recognised by the client ids that it gives. */
export function venueMade(clientOrderId: string): Extract<ExecutionKind, OrderOrigin> | undefined {
  if (clientOrderId.startsWith('autoclose-')) return 'liquidation';
  if (clientOrderId.startsWith('adl_autoclose')) return 'deleverage';
  return /^(?:settlement|delivery)_autoclose/.test(clientOrderId) ? 'delisting' : undefined;
}

export function originOf(clientOrderId: string, type: string): OrderOrigin {
  return venueMade(clientOrderId) ?? protectionOf(type) ?? 'client';
}

function protectionOf(type: string): OrderOrigin | undefined {
  if (type.startsWith('TRAILING_STOP')) return 'trailing-stop';
  if (type.startsWith('STOP')) return 'stop';
  return type.startsWith('TAKE_PROFIT') ? 'target' : undefined;
}

/** Limits have a price in the book once they are triggered: LIMIT, STOP and TAKE_PROFIT. */
export function typeOf(type: string): 'market' | 'limit' {
  return type.endsWith('MARKET') ? 'market' : 'limit';
}

/** `createdAt` is the time of this event: Binance does not tell the order's own. */
export function orderOfTrade(row: TradeRow): VenueOrder {
  const state = ORDER_STATES[row.X];
  return {
    symbol: row.s,
    venueOrderId: row.i,
    clientOrderId: row.c,
    parentClientOrderId: undefined,
    origin: originOf(row.c, row.ot ?? row.o),
    side: row.S === 'BUY' ? 'buy' : 'sell',
    type: typeOf(row.o),
    state,
    quantity: row.q,
    filledQuantity: row.z,
    averagePrice: row.ap,
    price: row.p,
    triggerPrice: row.sp,
    reduceOnly: row.R,
    closesPosition: row.cp,
    reason: state === 'cancelled' || state === 'rejected' ? row.X : undefined,
    createdAt: row.T,
    updatedAt: row.T,
    conditional: false,
  };
}

/** Undefined: nothing was traded. Ids of trades are unique within a symbol only, so the symbol belongs to the id. */
export function executionOfTrade(row: TradeRow): VenueExecution | undefined {
  if ((row.x !== 'TRADE' && row.x !== 'CALCULATED') || row.l === 0 || row.L === undefined) return undefined;
  const feeText = row.n ?? '0';
  const fee = Number(feeText === '' ? NaN : feeText);
  if (!Number.isFinite(fee)) return undefined;
  return {
    kind: venueMade(row.c) ?? 'trade',
    executionId: `${row.s}-${row.t}`,
    symbol: row.s,
    venueOrderId: row.i,
    clientOrderId: row.c,
    side: row.S === 'BUY' ? 'buy' : 'sell',
    quantity: row.l,
    price: row.L,
    fee,
    feeText,
    rate: undefined,
    liquidity: row.m ? 'maker' : 'taker',
    origin: originOf(row.c, row.ot ?? row.o),
    time: row.T,
  };
}

/** Conditional orders live in a book of their own; once triggered, an ordinary order of another id carries on. */
export function orderOfAlgo({ T, o: row }: AlgoRow): VenueOrder {
  const filledQuantity = row.aq ?? 0;
  const state = algoState(row.X, filledQuantity);
  return {
    symbol: row.s,
    venueOrderId: row.aid,
    clientOrderId: row.caid,
    parentClientOrderId: undefined,
    origin: originOf(row.caid, row.o),
    side: row.S === 'BUY' ? 'buy' : 'sell',
    type: typeOf(row.o),
    state,
    quantity: row.q ?? 0,
    filledQuantity,
    averagePrice: row.ap,
    price: row.p,
    triggerPrice: row.tp,
    reduceOnly: row.R,
    closesPosition: row.cp,
    reason: state === 'cancelled' || state === 'rejected' ? (row.rm ?? row.X) : undefined,
    createdAt: T,
    updatedAt: T,
    conditional: true,
  };
}

export function algoState(state: (typeof ALGO_STATES)[number], filledQuantity: number): OrderState {
  switch (state) {
    case 'NEW':
    case 'TRIGGERING':
      return 'untriggered';
    case 'TRIGGERED':
      return 'new';
    case 'FINISHED':
      return filledQuantity > 0 ? 'filled' : 'cancelled';
    case 'REJECTED':
      return 'rejected';
    default:
      return 'cancelled';
  }
}

/** Only what the event tells: leverage, mark, liquidation and protection stay unknown. */
export function positionOfUpdate(
  row: z.output<typeof accountUpdate>['a']['P'][number],
  updatedAt: number,
): HeldPosition | undefined {
  if (row.pa === 0 || row.ep === undefined) return undefined;
  return {
    symbol: row.s,
    quantity: row.pa,
    entryPrice: row.ep,
    markPrice: undefined,
    liquidationPrice: undefined,
    leverage: undefined,
    stopPrice: undefined,
    targetPrice: undefined,
    reduceOnly: false,
    deleverageRank: undefined,
    updatedAt,
    hedgeSide: row.ps === 'BOTH' ? undefined : row.ps === 'LONG' ? 'long' : 'short',
  };
}
