// What can be asked of the simulated exchange, whatever venue's protocol stands before it? Market, account, time and the hand of fate.
import type { Candle, CandleSeries } from '../../domain/candle.ts';
import type { FundingSeries } from '../../domain/funding.ts';
import type { Instrument } from '../../domain/instrument.ts';
import type { Ledger } from '../../domain/ledger.ts';
import type { Atoms } from '../../domain/money.ts';
import type { Side } from '../../domain/side.ts';
import type { CostParams } from '../../simulation/cost-model.ts';
import type { ExchangeEvent } from './exchange-event.ts';
import type { ExecutionRecord, OrderKey, OrderRecord, Outcome, PlaceRequest, ProtectRequest } from './order-record.ts';

/** The market that is replayed, all symbols with candles of one length. */
export interface MarketTape {
  readonly symbols: readonly {
    readonly instrument: Instrument;
    readonly baseCurrency: string;
    readonly candles: CandleSeries;
    /** Finer candles that decide what the candle touched first, and are served as they are. */
    readonly finer: readonly CandleSeries[];
    readonly funding: FundingSeries | undefined;
    readonly fundingIntervalHours: number;
    /** When it was listed, where known; else the first candle. */
    readonly listedAt: number | undefined;
    /** True: the end of its candles is its delisting; false: it merely is the end of the data. */
    readonly delisted: boolean;
  }[];
}

export interface ExchangeSetup {
  readonly tape: MarketTape;
  /** Market time at which it begins, epoch milliseconds, on the candle grid. */
  readonly from: number;
  /** It ends here at the latest; undefined: at the end of the data. */
  readonly until: number | undefined;
  readonly costs: CostParams;
  /** Wallet at the beginning, quote currency. */
  readonly deposit: number;
  readonly marginMode: 'isolated' | 'cross';
  readonly positionMode: 'one-way' | 'hedge';
  readonly defaultLeverage: number;
  readonly seed: number;
  /**
   * When a position leaves whose exit a candle touches: `path`, at the moment when the invented path reaches it; `close`, just
   * before the candle that decides it closes, as research counts it. Default `path`.
   */
  readonly touches?: 'path' | 'close' | undefined;
  /** The tape is only the past: what comes is told as it happens (`follow-market.ts`). Default: all is on the tape. */
  readonly isLive?: boolean | undefined;
  /** How much of what is traded a resting limit order gets. Undefined: all that it asks for, once the market is through it. */
  readonly liquidity?: Liquidity | undefined;
}

export interface Liquidity {
  /** Share (0 to 1) of what is traded beyond its price in a candle that a resting order gets. */
  readonly participation: number;
  /** Share (0 to 1) of the candles that pass it by although they trade beyond its price. */
  readonly missed: number;
}

export type ListingStatus = 'pre-launch' | 'trading' | 'reduce-only' | 'closing' | 'closed';

/** A contract as it stands now; the rules may have been changed since the beginning. */
export interface ListedContract {
  readonly instrument: Instrument;
  readonly baseCurrency: string;
  readonly status: ListingStatus;
  readonly listedAt: number;
  readonly delistingAt: number | undefined;
  readonly fundingIntervalHours: number;
  readonly maxLimitQuantity: number;
}

export interface Quote {
  readonly time: number;
  /** Last price: the open of a candle at its beginning, then along the path of the candle. NaN before the first candle. */
  readonly last: number;
  readonly mark: number;
  readonly bid: number;
  readonly ask: number;
  readonly open24h: number;
  readonly high24h: number;
  readonly low24h: number;
  /** Base units and quote currency of the last 24 hours of closed candles. */
  readonly volume24h: number;
  readonly turnover24h: number;
  /** Rate of the next stamp and when it falls due. */
  readonly fundingRate: number;
  readonly nextFundingTime: number;
}

/** Times as epoch milliseconds. Rows rise in time; `limit` cuts as the venue does, so codecs do that. */
export interface CandleRange {
  readonly symbol: string;
  readonly intervalMs: number;
  /** Open times, both inclusive. */
  readonly from: number;
  readonly until: number;
  readonly price: 'last' | 'mark' | 'index';
}

export interface ServedCandle extends Candle {
  readonly interpolated: boolean;
  /** Still open: values so far. */
  readonly running: boolean;
}

export interface PositionState {
  readonly symbol: string;
  /** Signed base units; 0: flat. */
  readonly quantity: number;
  /** Exact cost basis: sum of quantity × price of what is held, signed like it. */
  readonly basis: Atoms;
  readonly entryPrice: number;
  readonly markPrice: number;
  readonly leverage: number;
  readonly margin: number;
  readonly maintenanceMargin: number;
  readonly liquidationPrice: number | undefined;
  readonly bankruptcyPrice: number | undefined;
  readonly stopPrice: number | undefined;
  readonly stopTrigger: 'last' | 'mark' | 'index';
  readonly targetPrice: number | undefined;
  readonly targetTrigger: 'last' | 'mark' | 'index';
  readonly trailingDistance: number | undefined;
  readonly unrealised: Atoms;
  /** Realised since it was opened, fees and funding included, and over all time. */
  readonly realisedSinceOpen: Atoms;
  readonly realisedEver: Atoms;
  readonly status: 'normal' | 'liquidating' | 'deleveraging';
  readonly reduceOnly: boolean;
  readonly deleverageRank: number;
  readonly openedAt: number;
  readonly updatedAt: number;
  readonly sequence: number;
}

/** Exact money, quote currency in atoms. */
export interface WalletState {
  readonly wallet: Atoms;
  readonly unrealised: Atoms;
  readonly equity: Atoms;
  readonly positionMargin: Atoms;
  readonly orderMargin: Atoms;
  readonly maintenanceMargin: Atoms;
  readonly available: Atoms;
  readonly realisedEver: Atoms;
}

export interface AccountState {
  readonly marginMode: 'isolated' | 'cross';
  readonly positionMode: 'one-way' | 'hedge';
}

/** What a person, the venue or fate may do that no client can. */
export interface HandOfFate {
  /** Auto-deleveraging takes `quantity` off the position at the mark price. */
  deleverage(symbol: string, quantity: number): void;
  /** Liquidates the position now. */
  liquidate(symbol: string): void;
  /** Announces a delisting at `at`; then the position is settled and orders are cancelled. */
  delist(symbol: string, at: number): void;
  setStatus(symbol: string, status: ListingStatus): void;
  /** New steps, minimums, tiers or funding interval. */
  changeInstrument(
    symbol: string,
    change: Partial<Omit<Instrument, 'symbol'>> & { readonly fundingIntervalHours?: number },
  ): void;
  /** A person trades at the web site: a market order without client id. */
  tradeByHand(symbol: string, side: Side, quantity: number): void;
  setLeverageByHand(symbol: string, leverage: number): void;
  setModesByHand(change: Partial<AccountState>): void;
  setReduceOnly(symbol: string, reduceOnly: boolean): void;
  setDeleverageRank(symbol: string, rank: number): void;
  /** Removes the stop or target as if it had never been there (a lost attached stop). */
  dropProtection(symbol: string): void;
  /** Attached stops of coming entries never appear. */
  refuseProtection(symbol: string, refused: boolean): void;
  /** Stops fail when they trigger. */
  rejectAtTrigger(symbol: string, rejected: boolean): void;
  /**
   * The market reaches the open order now, wherever it stands: a conditional order triggers, a limit order fills whole.
   * `price`: what it meets, as after a gap; default: its trigger or limit price.
   */
  fillNow(symbol: string, orderId: string, price?: number): void;
  /** Market orders fill only this share (0 to 1) of what they ask, rounded to lots; the rest is cancelled. */
  thinBook(symbol: string, share: number): void;
  /** Orders fill in so many executions instead of one. */
  splitFills(symbol: string, parts: number): void;
  transfer(amount: number): void;
  /** Overrides the rate of the next stamp. */
  setNextFundingRate(symbol: string, rate: number): void;
  /** From now on this closed candle is served with other values; sent again when `announce`. */
  reviseCandle(symbol: string, openTime: number, values: Partial<Candle>, announce: boolean): void;
  /** A last price that no market made, for the ticker and the running candle only; undefined: the true one again. */
  setFalsePrice(symbol: string, price: number | undefined): void;
  beginMaintenance(): void;
  endMaintenance(): void;
}

export interface OrderFilter {
  readonly symbol?: string | undefined;
  readonly orderId?: string | undefined;
  readonly clientOrderId?: string | undefined;
}

export interface SimulatedExchange {
  /** Market time, epoch milliseconds. */
  readonly now: number;
  readonly ended: boolean;
  /** Length of the candles that are replayed. */
  readonly intervalMs: number;
  /** The time of the next thing that happens by itself (close, funding, touch, settlement); Infinity at the end. */
  nextTime(): number;
  /** The next close of a replayed candle; Infinity at the end. */
  nextClose(): number;
  /** Lets market time run to `time`, everything in between in order. Times in the past do nothing. */
  advanceTo(time: number): void;
  /** Events are delivered synchronously, in order; the returned function ends it. */
  listen(listener: (event: ExchangeEvent) => void): () => void;

  contracts(): readonly ListedContract[];
  contract(symbol: string): ListedContract | undefined;
  quote(symbol: string): Quote;
  candles(range: CandleRange): readonly ServedCandle[];
  funding(symbol: string, from: number, until: number): readonly { readonly time: number; readonly rate: number }[];
  /** Candle lengths for which `candle` events are wanted besides the replayed one; reference counted. */
  watchInterval(symbol: string, intervalMs: number): () => void;

  place(request: PlaceRequest): Outcome<OrderRecord>;
  amend(
    symbol: string,
    key: OrderKey,
    change: { readonly quantity?: number; readonly price?: number; readonly triggerPrice?: number },
  ): Outcome<OrderRecord>;
  cancel(symbol: string, key: OrderKey): Outcome<OrderRecord>;
  /** Undefined symbol: all. `conditional` undefined: both books. Returns what was cancelled. */
  cancelAll(symbol: string | undefined, conditional: boolean | undefined): readonly OrderRecord[];
  protect(request: ProtectRequest): Outcome<PositionState>;
  setLeverage(symbol: string, leverage: number): Outcome<number>;
  setMarginMode(mode: AccountState['marginMode']): Outcome<AccountState>;
  setPositionMode(mode: AccountState['positionMode']): Outcome<AccountState>;

  /** Still open, oldest first. */
  openOrders(filter: OrderFilter): readonly OrderRecord[];
  /** Every order that ended, oldest first. */
  closedOrders(filter: OrderFilter): readonly OrderRecord[];
  executions(filter: OrderFilter & { readonly from?: number; readonly until?: number }): readonly ExecutionRecord[];
  position(symbol: string): PositionState;
  /** What is held, by symbol. */
  positions(): readonly PositionState[];
  wallet(): WalletState;
  account(): AccountState;
  /** The book itself, for whoever compares to the last digit. Read only. */
  readonly ledger: Ledger;
  readonly costs: CostParams;
  readonly fate: HandOfFate;
}
