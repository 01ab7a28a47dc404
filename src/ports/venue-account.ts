// What does a venue do for one account? Balance, positions, orders, executions and the settings of the account.
import type { Side } from '../domain/side.ts';

export type MarginMode = 'isolated' | 'cross' | 'portfolio';
export type PositionMode = 'one-way' | 'hedge';

/** What a key may do. */
export interface KeyFacts {
  readonly readOnly: boolean;
  readonly mayTrade: boolean;
  readonly mayWithdraw: boolean;
  /** Epoch milliseconds; undefined: never. */
  readonly expiresAt: number | undefined;
  /** Undefined: any address. */
  readonly allowedAddresses: readonly string[] | undefined;
}

export interface AccountModes {
  readonly marginMode: MarginMode;
  /** Undefined: the venue tells it only of a symbol, and none was named or held. */
  readonly positionMode: PositionMode | undefined;
}

/** Money in quote currency. */
export interface VenueBalance {
  readonly wallet: number;
  /** Wallet and profit not realised. */
  readonly equity: number;
  /** What new orders may bind. */
  readonly available: number;
  /** The wallet as the venue writes it, not a digit lost. */
  readonly walletText: string;
}

export interface HeldPosition {
  readonly symbol: string;
  /** Signed base units, never 0. */
  readonly quantity: number;
  readonly entryPrice: number;
  readonly markPrice: number | undefined;
  readonly liquidationPrice: number | undefined;
  readonly leverage: number | undefined;
  /** Prices of stop and target that belong to the position itself. */
  readonly stopPrice: number | undefined;
  readonly targetPrice: number | undefined;
  /** The venue lets it only be reduced. */
  readonly reduceOnly: boolean;
  /** 1 (last) to 5 (first in the queue of auto-deleveraging). */
  readonly deleverageRank: number | undefined;
  readonly updatedAt: number;
  /** Set on accounts in hedge mode. */
  readonly hedgeSide: 'long' | 'short' | undefined;
}

export type OrderState = 'untriggered' | 'new' | 'partly-filled' | 'filled' | 'cancelled' | 'rejected';

/** What made an order: a person or program, an attached stop or target, or the venue itself. */
export type OrderOrigin = 'client' | 'stop' | 'target' | 'trailing-stop' | 'liquidation' | 'deleverage' | 'delisting';

export interface VenueOrder {
  readonly symbol: string;
  readonly venueOrderId: string;
  /** Empty where the venue gave none (attached stops, liquidations). */
  readonly clientOrderId: string;
  /** Client order id of the entry that an attached order protects, where the venue says so. */
  readonly parentClientOrderId: string | undefined;
  readonly origin: OrderOrigin;
  readonly side: Side;
  readonly type: 'market' | 'limit';
  readonly state: OrderState;
  /** Base units; 0 with `closesPosition`: whatever is held. */
  readonly quantity: number;
  readonly filledQuantity: number;
  readonly averagePrice: number | undefined;
  readonly price: number | undefined;
  readonly triggerPrice: number | undefined;
  readonly reduceOnly: boolean;
  readonly closesPosition: boolean;
  /** Why it ended, in the venue's words. */
  readonly reason: string | undefined;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** It lies in the book of conditional orders, which some venues keep apart. */
  readonly conditional: boolean;
}

export type ExecutionKind = 'trade' | 'funding' | 'liquidation' | 'deleverage' | 'delisting';

export interface VenueExecution {
  readonly kind: ExecutionKind;
  /** Unique at the venue: the same id is the same execution. */
  readonly executionId: string;
  readonly symbol: string;
  readonly venueOrderId: string;
  readonly clientOrderId: string;
  /** Undefined for funding. */
  readonly side: Side | undefined;
  /** Unsigned base units; for funding, what was held. */
  readonly quantity: number;
  /** For funding, the mark price. */
  readonly price: number;
  /** Fee of a trade, or the funding paid; positive is a cost, quote currency. */
  readonly fee: number;
  /** The same as the venue writes it, not a digit lost. */
  readonly feeText: string;
  /** Funding rate; undefined for trades. */
  readonly rate: number | undefined;
  readonly liquidity: 'maker' | 'taker' | undefined;
  readonly origin: OrderOrigin;
  readonly time: number;
}

export interface OrderRequest {
  /** At most 36 characters of A–Z, a–z, 0–9, - and _; never used before. */
  readonly clientOrderId: string;
  readonly symbol: string;
  readonly side: Side;
  /** Base units on the lot grid. */
  readonly quantity: number;
  readonly reduceOnly: boolean;
  readonly type: 'market' | 'limit';
  /** Of a limit order, on the tick grid. */
  readonly price?: number | undefined;
  readonly timeInForce?: 'gtc' | 'ioc' | 'post-only' | undefined;
  /** A conditional order: it waits until the market reaches this price. */
  readonly triggerPrice?: number | undefined;
  readonly triggerBy?: 'last' | 'mark' | undefined;
  /** Stop and target for the whole position, to be there from the first fill on. */
  readonly protection?: ProtectionRequest | undefined;
  /** It brings the account to safety: it may use the reserved share of the request budget. */
  readonly safety: boolean;
}

/** Undefined: leave as it is; `none`: take away. Prices on the tick grid. */
export interface ProtectionRequest {
  readonly stopPrice?: number | 'none' | undefined;
  readonly targetPrice?: number | 'none' | undefined;
  readonly triggerBy?: 'last' | 'mark' | undefined;
}

/** The venue has taken the order for processing, which does not mean that it has filled. */
export interface OrderAck {
  readonly clientOrderId: string;
  readonly venueOrderId: string;
  /**
   * `attached`: the venue puts stop and target up with the first fill; `placed`: they rest as orders of their own;
   * `failed`: the entry was taken, but its protection was not: act now; `none`: none was asked for.
   */
  readonly protection: 'attached' | 'placed' | 'failed' | 'none';
}

export interface OrderName {
  readonly symbol: string;
  readonly clientOrderId: string;
}

export interface ExecutionQuery {
  /** Undefined: all symbols. */
  readonly symbol?: string | undefined;
  /** With all symbols: these are looked at in any case, where a venue only knows of others by what they cost or earned. */
  readonly surely?: readonly string[] | undefined;
  /** Inclusive, epoch milliseconds; as far back as the venue keeps them, in as many requests as it takes. */
  readonly from: number;
  readonly until?: number | undefined;
}

/** One account. Every method fails with a VenueError and nothing else; writes have a deadline and are never sent twice. */
export interface VenueAccount {
  keyFacts(): Promise<KeyFacts>;
  /** Of the account; where the venue keeps modes for each symbol, those of `symbols`, which are listed there (none: of all that is held). */
  modes(symbols?: readonly string[]): Promise<AccountModes>;
  balance(): Promise<VenueBalance>;
  /** All that is held, every symbol. */
  positions(): Promise<readonly HeldPosition[]>;
  /** Orders that may still fill, from the normal and the conditional book; of one symbol or of all. */
  openOrders(symbol?: string): Promise<readonly VenueOrder[]>;
  /** Looks everywhere an order can be: open orders, history, executions. Undefined: in none of them now. */
  findOrder(name: OrderName): Promise<VenueOrder | undefined>;
  /** In rising time, every kind, each once. */
  executions(query: ExecutionQuery): Promise<readonly VenueExecution[]>;
  place(order: OrderRequest): Promise<OrderAck>;
  /** Sets stop and target of what is held. */
  protect(symbol: string, protection: ProtectionRequest): Promise<void>;
  /** @throws VenueError ORDER_NOT_FOUND or ORDER_FINAL when there is nothing to cancel */
  cancel(name: OrderName): Promise<void>;
  /** Cancels every open order of the symbol in both books, stops of a position too. */
  cancelAll(symbol: string): Promise<void>;
  /** Whether it was so already makes no difference. */
  setLeverage(symbol: string, leverage: number): Promise<void>;
  setMarginMode(mode: 'isolated' | 'cross', symbol: string): Promise<void>;
  setPositionMode(mode: PositionMode): Promise<void>;
}
