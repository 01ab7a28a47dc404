// What must every client be able to do at Bybit, and what does it see there? One interface before clients of different makers.

export interface DrivenOrder {
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  readonly type: 'market' | 'limit';
  readonly quantity: number;
  readonly clientOrderId: string;
  readonly price?: number;
  readonly reduceOnly?: boolean;
  readonly stopPrice?: number;
  readonly targetPrice?: number;
  /** Makes it conditional. */
  readonly triggerPrice?: number;
  readonly triggerDirection?: 'up' | 'down';
}

/** Everything as plain values; unknown and absent are undefined. */
export interface SeenOrder {
  readonly id: string;
  readonly clientOrderId: string | undefined;
  readonly symbol: string;
  readonly side: string;
  readonly type: string;
  readonly status: 'open' | 'closed' | 'canceled' | 'rejected';
  readonly quantity: number;
  readonly filled: number;
  readonly price: number | undefined;
  readonly average: number | undefined;
  readonly triggerPrice: number | undefined;
  readonly reduceOnly: boolean;
}

export interface SeenPosition {
  readonly symbol: string;
  readonly side: 'long' | 'short';
  readonly quantity: number;
  readonly entryPrice: number;
  readonly leverage: number;
  readonly liquidationPrice: number | undefined;
  readonly stopPrice: number | undefined;
  readonly targetPrice: number | undefined;
  readonly unrealised: string;
}

export interface SeenExecution {
  readonly id: string;
  readonly orderId: string;
  readonly symbol: string;
  readonly kind: string;
  readonly side: string;
  readonly quantity: number;
  readonly price: number;
  /** As it stands on the wire. */
  readonly fee: string;
  readonly time: number;
}

/** An account as a client sees it; lists by id, so that their order does not matter. */
export interface SeenAccount {
  readonly positions: readonly SeenPosition[];
  readonly open: readonly SeenOrder[];
  readonly closed: readonly SeenOrder[];
  readonly executions: readonly SeenExecution[];
  readonly wallet: string;
  readonly equity: string;
  readonly available: string;
}

export interface Driver {
  readonly name: string;
  /** The order's id at the venue. @throws an error whose `code` is the venue's */
  place(order: DrivenOrder): Promise<string>;
  amend(symbol: string, orderId: string, change: { quantity: number; price: number }): Promise<void>;
  cancel(symbol: string, orderId: string): Promise<void>;
  cancelAll(symbol: string): Promise<void>;
  setLeverage(symbol: string, leverage: number): Promise<void>;
  setStop(symbol: string, stopPrice: number): Promise<void>;
  seen(): Promise<SeenAccount>;
  close(): Promise<void>;
}

/** What a venue refused. */
export class DriverError extends Error {
  readonly code: number;
  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

export const byId = <Row extends { readonly id: string }>(rows: readonly Row[]): readonly Row[] =>
  rows.toSorted((a, b) => (a.id < b.id ? -1 : 1));
export const bySymbol = <Row extends { readonly symbol: string }>(rows: readonly Row[]): readonly Row[] =>
  rows.toSorted((a, b) => (a.symbol < b.symbol ? -1 : 1));

/** A decimal text as a number; empty and zero are undefined. */
export const numberOrNone = (text: unknown): number | undefined =>
  text === undefined || text === null || Number(text) === 0 ? undefined : Number(text);
