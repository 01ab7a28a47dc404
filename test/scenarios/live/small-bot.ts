// On which small account are switches and rules tried? Two to four symbols, a scripted bot, everything in memory.
import type { Direction } from '../../../src/domain/side.ts';
import type { VenueConnection } from '../../../src/ports/venue-connection.ts';
import { DEFAULT_RULES } from '../../../src/live/session/default-rules.ts';
import type { SessionRules } from '../../../src/live/session/session-setup.ts';
import type { KillSettings } from '../../../src/live/safety/kill-rules.ts';
import type { SimulatedExchange } from '../../../src/exchange-simulator/core/exchange.ts';
import { exchangeOf } from '../exchange-simulator/both-venues.ts';
import { FULL_COSTS, marketOf, randomScript } from '../engine/random-backtest.ts';
import { paramsOf, type Settings } from '../engine/scripted-bot.ts';
import { directVenue, type CallFate } from './direct-venue.ts';
import { memoryJournal, type MemoryJournal } from './memory-journal.ts';
import { memoryLatches, type BotOnMarket } from './rehearsed-bot.ts';

export const HOUR = 3_600_000;

export interface SmallBotOptions {
  readonly symbols?: readonly string[];
  readonly fate?: (call: string) => CallFate;
  readonly settings?: Settings;
  readonly kill?: Partial<KillSettings>;
  readonly rules?: Partial<SessionRules>;
  readonly script?: BotOnMarket['script'];
  readonly hours?: number;
}

export interface SmallBot {
  readonly bot: BotOnMarket;
  readonly exchange: SimulatedExchange;
  readonly connection: VenueConnection;
  readonly journal: MemoryJournal;
  readonly latches: ReturnType<typeof memoryLatches>;
  readonly start: number;
}

export function smallBot(options: SmallBotOptions = {}): SmallBot {
  const { symbols = ['ALPHAUSDT', 'BRAVOUSDT'], fate = () => 'pass', settings = {}, hours = 200 } = options;
  const market = { ...marketOf(symbols, 500, 500 + hours), finer: symbols.map(() => []), costs: FULL_COSTS };
  const exchange = exchangeOf(market, { deposit: 100_000, touches: 'close' });
  const latches = memoryLatches();
  const journal = memoryJournal();
  const connection = directVenue({ exchange, fate });
  const bot: BotOnMarket = {
    market,
    exchange,
    connection,
    journal,
    params: paramsOf({
      ...settings,
      risk: {
        maxLeverage: 10,
        basePositionFraction: 0.05,
        maxPositionFraction: 0.05,
        maxOpenPositions: symbols.length,
        ...settings.risk,
      },
      exits: { stopFraction: 0.05, targetFraction: 0.06, maxHoldBars: 40, ...settings.exits },
    }),
    script: options.script ?? (() => randomScript('switches', symbols.length)),
    initialEquity: 100_000,
    latches,
    rules: { ...options.rules, kill: { ...DEFAULT_RULES.kill, ...options.kill } },
  };
  return { bot, exchange, connection, journal, latches, start: exchange.now };
}

/** Entries that the account saw after `time`. */
export const entriesAfter = ({ exchange }: { readonly exchange: SimulatedExchange }, time: number): number =>
  exchange
    .closedOrders({})
    .filter(({ createdAt, reduceOnly, source }) => createdAt > time && !reduceOnly && source === 'client').length;

/** Signals in one direction at every bar. */
export const always =
  (direction: Direction): BotOnMarket['script'] =>
  () =>
  () => ({ signal: direction });
