// Which bot meets a whole venue? A session on the real connector, over the wire of either exchange, on a small market of one symbol.
import { setTimeout as pause } from 'node:timers/promises';
import type { VenueConnectionOptions } from '../../../src/adapters/ccxt/venue-connection.ts';
import { connectorNotices } from '../../../src/cli/connector-notices.ts';
import type { SimulatedExchange } from '../../../src/exchange-simulator/core/exchange.ts';
import type { LatchStore } from '../../../src/ports/latch-store.ts';
import type { VenueConnection, VenueName } from '../../../src/ports/venue-connection.ts';
import type { SessionRules } from '../../../src/live/session/session-setup.ts';
import { paramsOf, signalsAt, type Script } from '../engine/scripted-bot.ts';
import { exchangeOf, type SharedMarket } from '../exchange-simulator/both-venues.ts';
import { FREE, hours, type Prices } from '../exchange-market.ts';
import { scriptedVenue, until, type ScriptedVenue, type ScriptedVenueSetup } from '../faults/scripted-venue.ts';
import { fundingEvery, HOUR, INSTRUMENT, seriesOf, START, SYMBOL } from '../simulated-market.ts';
import { memoryJournal, type MemoryJournal } from './memory-journal.ts';
import { rehearsedBot, type BotOnMarket, type RehearsedBot } from './rehearsed-bot.ts';

export const VENUES: readonly VenueName[] = ['bybit', 'binance'];

export interface VenueBotSetup {
  readonly venue: VenueName;
  readonly prices: readonly Prices[];
  /** Default: long at the close of the third bar. */
  readonly script?: () => Script;
  readonly params?: Parameters<typeof paramsOf>[0];
  readonly costs?: SharedMarket['costs'];
  readonly rules?: Partial<SessionRules>;
  readonly latches?: LatchStore;
  readonly connection?: Partial<VenueConnectionOptions>;
  /** Contracts that the exchange lists beside the one that the bot trades. */
  readonly others?: readonly string[];
  readonly codec?: ScriptedVenueSetup['codec'];
  /** Stands between bot and venue. */
  readonly between?: (connection: VenueConnection, exchange: SimulatedExchange) => VenueConnection;
}

export interface VenueBot extends AsyncDisposable {
  readonly venue: ScriptedVenue;
  readonly exchange: SimulatedExchange;
  readonly journal: MemoryJournal;
  readonly life: RehearsedBot;
  /** Milliseconds that positions were without a stop, as the bot measured them. */
  readonly unprotected: readonly number[];
  run(hour: number): Promise<void>;
  /** The program ends without a word; a new one takes up what it left. */
  restart(): void;
  /** A program that has read the journal, and does nothing yet. */
  next(): RehearsedBot;
  incidents(): readonly string[];
  quantities(): { readonly venue: number; readonly books: number };
}

/** Longer than an answer needs on an idle machine; on a busy one, market time passes in small steps meanwhile. */
const PATIENCE_MS = 30;

/** Stops lie 5 % away, targets 50 %; a position is a tenth of 100,000 at leverage 2. */
export async function venueBot(setup: VenueBotSetup): Promise<VenueBot> {
  const { prices, between = (connection) => connection, script = () => signalsAt([2]) } = setup;
  const market: SharedMarket = {
    instruments: [INSTRUMENT],
    series: [seriesOf(hours(prices))],
    finer: [[]],
    funding: [fundingEvery(8 * HOUR, 0)],
    costs: setup.costs ?? FREE,
  };
  const { others = [] } = setup;
  const beside = others.map((symbol) => ({
    instrument: { ...INSTRUMENT, symbol },
    series: { ...market.series[0], symbol },
    funding: { ...fundingEvery(8 * HOUR, 0), symbol },
  }));
  const listed: SharedMarket = {
    ...market,
    instruments: [...market.instruments, ...beside.map(({ instrument }) => instrument)],
    series: [...market.series, ...beside.map(({ series }) => series)],
    finer: [...market.finer, ...beside.map(() => [])],
    funding: [...market.funding, ...beside.map(({ funding }) => funding)],
  };
  const exchange = exchangeOf(listed, { deposit: 100_000 });
  const notices = connectorNotices(() => undefined);
  const { codec, connection } = setup;
  const heard = {
    exchange,
    onNotice: notices.listener,
    ...(codec === undefined ? {} : { codec }),
    ...(connection === undefined ? {} : { connection }),
  };
  const venue = await scriptedVenue({ venue: setup.venue, ...heard });
  const journal = memoryJournal();
  const unprotected: number[] = [];
  const state = () => ({ time: exchange.now, executions: exchange.executions({}).length, ended: exchange.ended });
  const bot: BotOnMarket = {
    market,
    exchange,
    connection: between(venue.connection, exchange),
    journal,
    params: paramsOf({
      ...setup.params,
      exits: { stopFraction: 0.05, targetFraction: 0.5, maxHoldBars: 40, ...setup.params?.exits },
    }),
    script,
    initialEquity: 100_000,
    onProtected: (_symbol, milliseconds) => unprotected.push(milliseconds),
    wire: {
      pace: {
        now: async () => state(),
        async step(time) {
          await venue.running.advance(Math.min(time, exchange.nextClose()));
          return state();
        },
      },
      patience: () => pause(PATIENCE_MS),
    },
    ...(setup.rules === undefined ? {} : { rules: setup.rules }),
    ...(setup.latches === undefined ? {} : { latches: setup.latches }),
  };
  let life = rehearsedBot(bot);
  notices.tellTo(life.session.unknowns.heard, (jump) => life.session.clockJumped({ ...jump }));
  return {
    venue,
    exchange,
    journal,
    get life() {
      return life;
    },
    unprotected,
    async run(hour) {
      await life.run(START + hour * HOUR);
      const { queue, market } = life.session;
      await until(() => queue.isHalted || (queue.quiet && market.nextClose > exchange.now));
    },
    restart() {
      life.session.queue.halt();
      life = rehearsedBot(bot);
      notices.tellTo(life.session.unknowns.heard, (jump) => life.session.clockJumped({ ...jump }));
    },
    next: () => rehearsedBot(bot),
    incidents: () => [...new Set(life.incidents.map(({ kind }) => kind))],
    quantities() {
      const trade = life.engine.state.bySymbol.get(SYMBOL)?.trade;
      return {
        venue: exchange.position(SYMBOL).quantity,
        books: trade === undefined ? 0 : trade.direction * trade.quantity,
      };
    },
    async [Symbol.asyncDispose]() {
      await life.session.stop();
      await venue[Symbol.asyncDispose]();
    },
  };
}
