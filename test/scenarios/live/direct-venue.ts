// A venue without a wire: the simulated exchange behind the ports, with replies that may be lost, late or doubled on request.
import { atomsToNumber } from '../../../src/domain/money.ts';
import { VenueError, type VenueErrorCode } from '../../../src/domain/venue-error.ts';
import type { SimulatedExchange } from '../../../src/exchange-simulator/core/exchange.ts';
import type {
  ExecutionRecord,
  OrderRecord,
  Outcome,
  RejectReason,
} from '../../../src/exchange-simulator/core/order-record.ts';
import type {
  ExecutionKind,
  HeldPosition,
  OrderAck,
  OrderOrigin,
  OrderState,
  VenueAccount,
  VenueExecution,
  VenueOrder,
} from '../../../src/ports/venue-account.ts';
import type { VenueConnection } from '../../../src/ports/venue-connection.ts';
import type { StreamEvent } from '../../../src/ports/venue-streams.ts';

/**
 * What becomes of a call. `lost`: carried out, and the answer never comes. `refused`: not carried out. `late`: the caller
 * gives up, and it is carried out some time afterwards.
 */
export type CallFate = 'pass' | 'lost' | 'refused' | 'late';

/** The moments of a call at which a program may die: it leaves, and its answer has come. */
export type CallMoment = 'before' | 'after';

export interface DirectVenueOptions {
  readonly exchange: SimulatedExchange;
  /** Asked before every call of the account. */
  readonly fate?: (call: string) => CallFate;
  /** What becomes of a stream event: sent so many times. */
  readonly copies?: (event: StreamEvent) => number;
  /** An event is told only after so many later ones. Default: none. */
  readonly heldBack?: (event: StreamEvent) => number;
  /** Carries a late call out when its time has come. */
  readonly later?: (action: () => void) => void;
  /** Asked before and after every call; what it throws, the call throws. */
  readonly gate?: (call: string, moment: CallMoment) => void;
  /** Stop and target are requests of their own, sent after the entry. */
  readonly separateProtection?: boolean;
}

const CODES: Partial<Record<RejectReason, VenueErrorCode>> = {
  'unknown-symbol': 'SYMBOL_UNKNOWN',
  'not-trading': 'SYMBOL_NOT_TRADING',
  'insufficient-margin': 'MARGIN_INSUFFICIENT',
  'duplicate-client-id': 'ORDER_ID_TAKEN',
  'unknown-order': 'ORDER_NOT_FOUND',
  'order-final': 'ORDER_FINAL',
  'nothing-to-reduce': 'REDUCE_ONLY_REFUSED',
  'below-minimum-notional': 'BELOW_MINIMUM',
  'below-minimum-quantity': 'BELOW_MINIMUM',
};
const STATES: Readonly<Record<OrderRecord['status'], OrderState>> = {
  new: 'new',
  'partly-filled': 'partly-filled',
  untriggered: 'untriggered',
  triggered: 'new',
  filled: 'filled',
  cancelled: 'cancelled',
  rejected: 'rejected',
  deactivated: 'cancelled',
};
const ORIGINS: Readonly<Record<OrderRecord['source'], OrderOrigin>> = {
  client: 'client',
  'by-hand': 'client',
  'attached-stop': 'stop',
  'attached-target': 'target',
  'trailing-stop': 'trailing-stop',
  liquidation: 'liquidation',
  deleverage: 'deleverage',
  settlement: 'delisting',
};
const KINDS: Readonly<Record<ExecutionRecord['kind'], ExecutionKind>> = {
  trade: 'trade',
  funding: 'funding',
  liquidation: 'liquidation',
  deleverage: 'deleverage',
  settlement: 'delisting',
};

const done = <Value>(outcome: Outcome<Value>): Value => {
  if (outcome.kind === 'done') return outcome.value;
  const code = CODES[outcome.reason] ?? 'REFUSED';
  throw new VenueError({ code, message: outcome.detail, retryable: false, orderMayExist: false });
};

export function orderOf(order: OrderRecord): VenueOrder {
  return {
    symbol: order.symbol,
    venueOrderId: order.orderId,
    clientOrderId: order.clientOrderId,
    parentClientOrderId: order.parentClientOrderId === '' ? undefined : order.parentClientOrderId,
    origin: ORIGINS[order.source],
    side: order.side,
    type: order.type,
    state: STATES[order.status],
    quantity: order.quantity,
    filledQuantity: order.filledQuantity,
    averagePrice: undefined,
    price: order.price,
    triggerPrice: order.triggerPrice,
    reduceOnly: order.reduceOnly,
    closesPosition: order.closesPosition,
    reason: order.cancelReason ?? order.rejectReason,
    createdAt: order.createdAt,
    updatedAt: order.updatedAt,
    conditional: order.conditional,
  };
}

export function executionOf(execution: ExecutionRecord): VenueExecution {
  return {
    kind: KINDS[execution.kind],
    executionId: execution.executionId,
    symbol: execution.symbol,
    venueOrderId: execution.orderId,
    clientOrderId: execution.clientOrderId,
    side: execution.kind === 'funding' ? undefined : execution.side,
    quantity: execution.quantity,
    price: execution.price,
    fee: atomsToNumber(execution.fee),
    feeText: String(atomsToNumber(execution.fee)),
    rate: execution.kind === 'funding' ? execution.rate : undefined,
    liquidity: execution.maker ? 'maker' : 'taker',
    origin: ORIGINS[execution.source],
    time: execution.time,
  };
}

function positionOf(exchange: SimulatedExchange, symbol: string): HeldPosition | undefined {
  const state = exchange.position(symbol);
  if (state.quantity === 0) return undefined;
  return {
    symbol,
    quantity: state.quantity,
    entryPrice: state.entryPrice,
    markPrice: state.markPrice,
    liquidationPrice: state.liquidationPrice,
    leverage: state.leverage,
    stopPrice: state.stopPrice,
    targetPrice: state.targetPrice,
    reduceOnly: state.reduceOnly,
    deleverageRank: state.deleverageRank,
    updatedAt: state.updatedAt,
    hedgeSide: undefined,
  };
}

const unanswered = (fate: CallFate): VenueError =>
  new VenueError({ code: 'TIMEOUT', message: 'no answer', retryable: true, orderMayExist: fate !== 'refused' });

const price = (value: number | 'none' | undefined) => (value === 'none' ? 0 : value);

type Call = <Value>(name: string, action: () => Value) => Promise<Value>;

function callOf({
  fate = () => 'pass',
  gate = () => undefined,
  later = (action) => action(),
}: DirectVenueOptions): Call {
  return async (name, action) => {
    gate(name, 'before');
    await Promise.resolve();
    const becomes = fate(name);
    if (becomes === 'refused') throw unanswered(becomes);
    if (becomes === 'late') {
      later(action);
      throw unanswered(becomes);
    }
    const value = action();
    if (becomes === 'lost') throw unanswered(becomes);
    gate(name, 'after');
    return value;
  };
}

/** What tells a listener of events: dropped, doubled or told after later ones. */
function tellerOf(
  { copies = () => 1, heldBack = () => 0 }: DirectVenueOptions,
  listener: (event: StreamEvent) => void,
): (event: StreamEvent) => void {
  let held: { readonly event: StreamEvent; left: number }[] = [];
  const tell = (event: StreamEvent): void => {
    for (let copy = copies(event); copy > 0; copy -= 1) listener(event);
  };
  return (event) => {
    const left = heldBack(event);
    if (left > 0) held.push({ event, left });
    else tell(event);
    const due = held.filter((each) => each.left < 1);
    held = held.filter((each) => each.left >= 1);
    for (const each of held) each.left -= 1;
    for (const each of due) tell(each.event);
  };
}

const NO_TICKER = {
  markPrice: undefined,
  bid: undefined,
  ask: undefined,
  tradedValue24h: undefined,
  fundingRate: undefined,
  nextFundingTime: undefined,
};

const quoted = (exchange: SimulatedExchange, symbol: string) => ({ lastPrice: exchange.quote(symbol).last });

/** A connection to `exchange`. Every answer comes with a later microtask. */
export function directVenue(options: DirectVenueOptions): VenueConnection {
  const { exchange, separateProtection = false } = options;
  const call = callOf(options);
  const account: VenueAccount = {
    keyFacts: () =>
      call('keyFacts', () => ({
        readOnly: false,
        mayTrade: true,
        mayWithdraw: false,
        expiresAt: undefined,
        allowedAddresses: undefined,
      })),
    modes: () =>
      call('modes', () => ({
        marginMode: exchange.account().marginMode,
        positionMode: exchange.account().positionMode,
      })),
    balance: () =>
      call('balance', () => {
        const { wallet, equity, available } = exchange.wallet();
        return {
          wallet: atomsToNumber(wallet),
          equity: atomsToNumber(equity),
          available: atomsToNumber(available),
          walletText: String(atomsToNumber(wallet)),
        };
      }),
    positions: () =>
      call('positions', () => exchange.positions().flatMap(({ symbol }) => positionOf(exchange, symbol) ?? [])),
    openOrders: (symbol) => call('openOrders', () => exchange.openOrders({ symbol }).map(orderOf)),
    findOrder: ({ symbol, clientOrderId }) =>
      call('findOrder', () => {
        const filter = { symbol, clientOrderId };
        const found = exchange.openOrders(filter)[0] ?? exchange.closedOrders(filter)[0];
        return found === undefined ? undefined : orderOf(found);
      }),
    executions: ({ symbol, from, until }) =>
      call('executions', () =>
        exchange
          .executions({ symbol, from, ...(until === undefined ? {} : { until }) })
          .map(executionOf)
          .toSorted((a, b) => a.time - b.time),
      ),
    async place(order) {
      const ack = await call('place', () => {
        const { stopPrice, targetPrice, triggerBy } = (separateProtection ? undefined : order.protection) ?? {};
        const placed = done(
          exchange.place({
            clientOrderId: order.clientOrderId,
            symbol: order.symbol,
            side: order.side,
            type: order.type,
            quantity: order.quantity,
            price: order.price,
            reduceOnly: order.reduceOnly,
            ...(order.timeInForce === undefined ? {} : { timeInForce: order.timeInForce }),
            triggerPrice: order.triggerPrice,
            ...(typeof stopPrice === 'number' ? { stopPrice, stopTrigger: triggerBy } : {}),
            ...(typeof targetPrice === 'number' ? { targetPrice, targetTrigger: triggerBy } : {}),
          }),
        );
        const protection: OrderAck['protection'] = order.protection === undefined ? 'none' : 'attached';
        return { clientOrderId: order.clientOrderId, venueOrderId: placed.orderId, protection };
      });
      if (!separateProtection || order.protection === undefined) return ack;
      return account.protect(order.symbol, order.protection).then(
        () => ({ ...ack, protection: 'placed' }),
        (error: unknown) => {
          if (!(error instanceof VenueError)) throw error;
          return { ...ack, protection: 'failed' };
        },
      );
    },
    protect: (symbol, { stopPrice, targetPrice, triggerBy }) =>
      call('protect', () => {
        const outcome = exchange.protect({
          symbol,
          stopPrice: price(stopPrice),
          stopTrigger: triggerBy,
          targetPrice: price(targetPrice),
          targetTrigger: triggerBy,
        });
        if (outcome.kind === 'rejected' && outcome.reason !== 'not-modified') done(outcome);
      }),
    cancel: ({ symbol, clientOrderId }) => call('cancel', () => void done(exchange.cancel(symbol, { clientOrderId }))),
    cancelAll: (symbol) => call('cancelAll', () => void exchange.cancelAll(symbol, undefined)),
    setLeverage: (symbol, leverage) =>
      call('setLeverage', () => {
        const outcome = exchange.setLeverage(symbol, leverage);
        if (outcome.kind === 'rejected' && outcome.reason !== 'not-modified') done(outcome);
      }),
    setMarginMode: (mode) => call('setMarginMode', () => void exchange.setMarginMode(mode)),
    setPositionMode: (mode) => call('setPositionMode', () => void exchange.setPositionMode(mode)),
  };
  return {
    venue: 'bybit',
    environment: 'testnet',
    attachesProtection: !separateProtection,
    account,
    market: {
      serverTime: async () => exchange.now,
      instruments: async () =>
        exchange.contracts().map((contract) => ({
          instrument: contract.instrument,
          baseCurrency: contract.baseCurrency,
          quoteCurrency: 'USDT',
          status: contract.status === 'reduce-only' ? 'closing' : contract.status,
          listedAt: contract.listedAt,
          delistingAt: contract.delistingAt,
          fundingIntervalHours: contract.fundingIntervalHours,
          maxLimitQuantity: contract.maxLimitQuantity,
        })),
      candles: ({ symbol, intervalMs, from, limit = 1000, price }) =>
        call('candles', () =>
          exchange
            .candles({ symbol, intervalMs, from, until: exchange.now, price: price === 'trade' ? 'last' : price })
            .filter(({ running }) => !running)
            .slice(0, limit)
            .map(({ openTime, closeTime, open, high, low, close, volume }) => ({
              openTime,
              closeTime,
              open,
              high,
              low,
              close,
              volume,
              flags: 0,
            })),
        ),
      fundingHistory: ({ symbol, from, until }) => call('fundingHistory', () => exchange.funding(symbol, from, until)),
      tickers: async () =>
        exchange
          .contracts()
          .map(({ instrument: { symbol } }) => ({ ...NO_TICKER, symbol, ...quoted(exchange, symbol) })),
    },
    streams: {
      subscribe(topics, listener) {
        const send = tellerOf(options, listener);
        const wanted = new Set(topics.map(({ kind }) => kind));
        for (const topic of topics) {
          listener({
            kind: 'stream',
            topic,
            state: 'live',
            reason: 'subscribed',
            gapSince: undefined,
            receivedAt: exchange.now,
          });
        }
        const stop = exchange.listen((event) => {
          const receivedAt = exchange.now;
          if (event.kind === 'candle') {
            const { symbol, intervalMs, candle, closed } = event;
            send({ kind: 'candle', symbol, intervalMs, candle, confirmed: closed, receivedAt });
          } else if (event.kind === 'execution' && wanted.has('executions')) {
            send({ kind: 'execution', execution: executionOf(event.execution), receivedAt });
          } else if (event.kind === 'order' && wanted.has('orders')) {
            send({ kind: 'order', order: orderOf(event.order), receivedAt });
          } else if (event.kind === 'position') {
            send({ kind: 'position', symbol: event.symbol, position: positionOf(exchange, event.symbol), receivedAt });
          }
        });
        return { states: () => new Map(), close: async () => stop() };
      },
    },
    health: () => ({
      clockOffsetMs: 0,
      clockMeasuredAt: exchange.now,
      waitingRequests: 0,
      blockedUntil: undefined,
    }),
    close: async () => undefined,
  };
}
