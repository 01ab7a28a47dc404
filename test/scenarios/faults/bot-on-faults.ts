// Which bot meets the faults that are the bot's to bear? A session that enters once, on a small market whose faults a script makes.
import {
  createFaultPipeline,
  type ScriptedFaults,
} from '../../../src/exchange-simulator/faults/create-fault-pipeline.ts';
import type { SimulatedExchange } from '../../../src/exchange-simulator/core/exchange.ts';
import type { StreamEvent } from '../../../src/ports/venue-streams.ts';
import { paramsOf, signalsAt } from '../engine/scripted-bot.ts';
import { exchangeOf, type SharedMarket } from '../exchange-simulator/both-venues.ts';
import { FREE, hours, type Prices } from '../exchange-market.ts';
import { directVenue, type CallFate } from '../live/direct-venue.ts';
import { memoryJournal } from '../live/memory-journal.ts';
import { rehearsedBot, type BotOnMarket, type RehearsedBot } from '../live/rehearsed-bot.ts';
import { fundingEvery, HOUR, INSTRUMENT, seriesOf, START, SYMBOL } from '../simulated-market.ts';

export interface BotOnFaults {
  readonly exchange: SimulatedExchange;
  readonly faults: ScriptedFaults;
  /** The newest life of the bot. */
  readonly life: RehearsedBot;
  /** Runs until so many hours after the beginning. */
  run(hour: number): Promise<void>;
  /** The fault, as a script writes it, falls now. */
  strike(fault: object): void;
  /** The program ends without a word; a new one takes up what it left. */
  restart(): RehearsedBot;
  /** Kinds of incidents so far, each once. */
  incidents(): readonly string[];
  /** Position of the venue beside that of the books. */
  quantities(): { readonly venue: number; readonly books: number };
}

export interface BotOnFaultsSetup {
  readonly prices: readonly Prices[];
  /** Bars at whose close the strategy wants to be long. Default: the third. */
  readonly signals?: readonly number[];
  readonly fate?: (call: string) => CallFate;
  readonly copies?: (event: StreamEvent) => number;
}

/** Stops lie 5 % away, targets 50 %; a position is a tenth of 100,000 at leverage 2. */
export function botOnFaults({ prices, signals = [2], fate, copies }: BotOnFaultsSetup): BotOnFaults {
  const market: SharedMarket = {
    instruments: [INSTRUMENT],
    series: [seriesOf(hours(prices))],
    finer: [[]],
    funding: [fundingEvery(8 * HOUR, 0)],
    costs: FREE,
  };
  const exchange = exchangeOf(market, { deposit: 100_000 });
  const clock = { now: () => exchange.now };
  const faults = createFaultPipeline({ script: { seed: 7, faults: [] }, exchange, clock, venue: 'bybit' });
  const bot: BotOnMarket = {
    market,
    exchange,
    connection: directVenue({
      exchange,
      ...(fate === undefined ? {} : { fate }),
      ...(copies === undefined ? {} : { copies }),
    }),
    journal: memoryJournal(),
    params: paramsOf({ exits: { stopFraction: 0.05, targetFraction: 0.5, maxHoldBars: 40 } }),
    script: () => signalsAt(signals),
    initialEquity: 100_000,
  };
  let life = rehearsedBot(bot);
  return {
    exchange,
    faults,
    get life() {
      return life;
    },
    run: (hour) => life.run(START + hour * HOUR),
    strike(fault) {
      const added = faults.add(fault);
      if ('problems' in added) throw new Error(added.problems.join('; '));
      faults.onTime(exchange.now);
    },
    restart() {
      life = rehearsedBot(bot);
      return life;
    },
    incidents: () => [...new Set(life.incidents.map(({ kind }) => kind))],
    quantities() {
      const trade = life.engine.state.bySymbol.get(SYMBOL)?.trade;
      return {
        venue: exchange.position(SYMBOL).quantity,
        books: trade === undefined ? 0 : trade.direction * trade.quantity,
      };
    },
  };
}
