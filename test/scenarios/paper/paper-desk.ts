// How are the paper account's scenarios written? The exchange simulator as the real venue on loopback, moved minute by minute, and a paper venue that follows it.
import { simulatorCredentials } from '../../../src/cli/simulator-options.ts';
import { createSystemClock } from '../../../src/adapters/system/system-clock.ts';
import { createVenueConnection } from '../../../src/adapters/ccxt/venue-connection.ts';
import { createSimulatedExchange } from '../../../src/exchange-simulator/core/create-simulated-exchange.ts';
import type { ExchangeSetup, SimulatedExchange } from '../../../src/exchange-simulator/core/exchange.ts';
import type { FaultPipeline } from '../../../src/exchange-simulator/faults/fault-pipeline.ts';
import { createPaperVenue } from '../../../src/exchange-simulator/paper/create-paper-venue.ts';
import type { PaperNotice, PaperVenueOptions } from '../../../src/exchange-simulator/paper/paper-options.ts';
import { startSimulator } from '../../../src/exchange-simulator/start-simulator.ts';
import { createBinanceCodec } from '../../../src/exchange-simulator/venues/binance/binance-codec.ts';
import { createBybitCodec } from '../../../src/exchange-simulator/venues/bybit/bybit-codec.ts';
import type { Journal } from '../../../src/ports/journal.ts';
import type { OrderRequest } from '../../../src/ports/venue-account.ts';
import type { VenueConnection, VenueName } from '../../../src/ports/venue-connection.ts';
import type { StreamEvent, StreamState } from '../../../src/ports/venue-streams.ts';
import type { TapeSymbol } from '../exchange-market.ts';
import { memoryJournal } from '../live/memory-journal.ts';
import { COSTS, HOUR, START } from '../simulated-market.ts';
import { MINUTE } from './minute-market.ts';

const { credentials: CREDENTIALS } = simulatorCredentials({});

export interface PaperDesk extends AsyncDisposable {
  /** The venue's own exchange: its market is followed, and its account may trade beside the paper one. */
  readonly exchange: SimulatedExchange;
  readonly notices: PaperNotice[];
  readonly journal: Journal;
  /** The paper venue of now. */
  readonly venue: VenueConnection;
  /** Lets the market run so many minutes, each seen by the paper account before the next. */
  minutes(count: number): Promise<void>;
  /** Resolves when every stamp that has passed has its rate. */
  settled(): Promise<void>;
  /** The market runs while nobody looks: the paper venue is dropped as by a kill. */
  kill(): Promise<void>;
  /** Minutes that pass unseen. */
  unseen(count: number): Promise<void>;
  /** Another life over the same log. */
  restart(more?: Partial<PaperVenueOptions>): Promise<void>;
  /** Tells the follower what the stream of a symbol does. */
  setStream(symbol: string, state: StreamState): void;
  /** Minutes of the symbol that are held back from the follower. */
  deaf: Set<string>;
}

export interface PaperDeskSetup {
  readonly symbols: readonly TapeSymbol[];
  readonly exchange?: Partial<ExchangeSetup>;
  readonly paper?: Partial<PaperVenueOptions>;
  readonly journal?: Journal;
  /** Whose protocol the market is heard through. Default: bybit. */
  readonly name?: VenueName;
  readonly faults?: FaultPipeline;
}

/** Everything as in the venue's own account: no delay, whole fills, the last price. */
export const AS_THE_VENUE = {
  latencyMs: 0,
  liquidity: { participation: 1e9, missed: 0 },
  prices: 'last',
  staleMs: 60_000,
} as const;

export async function paperDesk(setup: PaperDeskSetup): Promise<PaperDesk> {
  const { name = 'bybit' } = setup;
  const exchange = createSimulatedExchange({
    tape: { symbols: setup.symbols },
    from: START,
    until: undefined,
    costs: COSTS,
    deposit: 10_000,
    marginMode: 'isolated',
    positionMode: 'one-way',
    defaultLeverage: 1,
    seed: 7,
    ...setup.exchange,
  });
  const clock = createSystemClock();
  const running = await startSimulator({
    exchange,
    createCodec: (world) => (name === 'bybit' ? createBybitCodec(world) : createBinanceCodec(world)),
    credentials: CREDENTIALS,
    clock,
    speed: 'lockstep',
    port: 0,
    limits: false,
    report: (problem) => {
      throw problem;
    },
    ...(setup.faults === undefined ? {} : { faults: setup.faults }),
  });
  const real = await createVenueConnection({
    venue: name,
    environment: 'live',
    baseUrls: { rest: running.httpUrl, stream: running.webSocketUrl },
    clock,
    random: Math.random,
    marketTime: async () => exchange.now,
    limited: false,
    budgetFolder: 'none',
  });
  const journal = setup.journal ?? memoryJournal();
  const notices: PaperNotice[] = [];
  const tap = tapOn(real, exchange.now);
  const options: PaperVenueOptions = {
    real: tap.connection,
    journal,
    clock,
    now: () => exchange.now,
    symbols: setup.symbols.map(({ instrument }) => instrument.symbol),
    barMs: HOUR,
    terms: AS_THE_VENUE,
    costs: COSTS,
    marginMode: 'isolated',
    deposit: 10_000,
    seed: 1,
    notice: (notice) => notices.push(notice),
    ...setup.paper,
  };
  let venue = await createPaperVenue(options);
  await tap.allLive(options.symbols);
  return {
    exchange,
    notices,
    journal,
    deaf: tap.deaf,
    get venue() {
      return venue;
    },
    async minutes(count) {
      for (let passed = 0; passed < count; passed += 1) {
        const until = (Math.floor(exchange.now / MINUTE) + 1) * MINUTE;
        await running.advance(until);
        await tap.seen(exchange, options.symbols);
      }
    },
    async settled() {
      for (;;) {
        const due = exchange.executions({}).filter(({ kind }) => kind === 'funding').length;
        const paid = (await venue.account.executions({ from: 0 })).filter(({ kind }) => kind === 'funding').length;
        if (paid >= due) return;
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
    async kill() {
      await venue.close();
      tap.forget();
    },
    async unseen(count) {
      for (let passed = 0; passed < count; passed += 1) await running.advance(exchange.now + MINUTE);
    },
    async restart(more) {
      tap.beginAt(exchange.now);
      venue = await createPaperVenue({ ...options, ...more });
      await tap.allLive(options.symbols);
    },
    setStream: (symbol, state) => tap.setStream(symbol, state),
    async [Symbol.asyncDispose]() {
      await venue.close();
      await real.close();
      await running.close();
    },
  };
}

const NOTHING = (): void => undefined;

/** Hears what the follower of the market hears, right after it. */
function tapOn(real: VenueConnection, start: number) {
  let begun = start;
  /** Close times of the newest closed candles, and last prices of the tickers. */
  const closed = new Map<string, number>();
  const prices = new Map<string, number>();
  const states = new Map<string, StreamState>();
  const deaf = new Set<string>();
  let listeners: ((event: StreamEvent) => void)[] = [];
  let wake = NOTHING;
  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) await new Promise<void>((resolve) => (wake = resolve));
  };
  const noted = (event: StreamEvent): void => {
    if (event.kind === 'candle' && event.confirmed) {
      closed.set(`${event.symbol} ${event.intervalMs}`, event.candle.closeTime);
    }
    if (event.kind === 'ticker') prices.set(event.ticker.symbol, event.ticker.lastPrice);
    if (event.kind === 'stream' && 'symbol' in event.topic) {
      const name = event.topic.kind === 'candle' ? `${event.topic.kind} ${event.topic.intervalMs}` : event.topic.kind;
      states.set(`${name} ${event.topic.symbol}`, event.state);
    }
    wake();
  };
  const connection: VenueConnection = {
    ...real,
    streams: {
      subscribe(topics, listener) {
        listeners.push(listener);
        return real.streams.subscribe(topics, (event) => {
          const isDeaf = event.kind === 'candle' && deaf.has(event.symbol);
          if (!isDeaf) listener(event);
          noted(event);
        });
      },
    },
  };
  return {
    connection,
    deaf,
    beginAt: (time: number) => {
      begun = time;
    },
    forget: () => {
      closed.clear();
      prices.clear();
      states.clear();
      listeners = [];
    },
    allLive: (symbols: readonly string[]) =>
      until(() =>
        symbols.every((symbol) =>
          [`candle ${MINUTE} ${symbol}`, `candle ${HOUR} ${symbol}`, `ticker ${symbol}`].every(
            (name) => states.get(name) === 'live',
          ),
        ),
      ),
    seen: (exchange: SimulatedExchange, symbols: readonly string[]) =>
      until(() =>
        symbols.every(
          (symbol) =>
            [MINUTE, HOUR].every(
              (interval) =>
                (closed.get(`${symbol} ${interval}`) ?? begun) >= Math.floor(exchange.now / interval) * interval,
            ) && prices.get(symbol) === exchange.quote(symbol).last,
        ),
      ),
    setStream(symbol: string, state: StreamState) {
      const topic = { kind: 'candle', symbol, intervalMs: MINUTE } as const;
      for (const listener of listeners) {
        listener({ kind: 'stream', topic, state, reason: 'test', gapSince: undefined, receivedAt: 0 });
      }
    },
  };
}

let count = 0;

/** A market order of 1 to buy; `more` overrides. */
export function order(symbol: string, more: Partial<OrderRequest> = {}): OrderRequest {
  count += 1;
  return {
    clientOrderId: `paper-${count}`,
    symbol,
    side: 'buy',
    quantity: 1,
    reduceOnly: false,
    type: 'market',
    safety: false,
    ...more,
  };
}
