// On which account is one symbol bad and the others good? Three symbols that are traded all the time, without a wire or on the real connector.
import { setTimeout as pause } from 'node:timers/promises';
import type { SimulatedExchange } from '../../../src/exchange-simulator/core/exchange.ts';
import { fromExactJson } from '../../../src/domain/exact-json.ts';
import { recordFromText } from '../../../src/live/record/engine-record.ts';
import type { Incident } from '../../../src/live/session/session-setup.ts';
import type { VenueConnection, VenueName } from '../../../src/ports/venue-connection.ts';
import { scriptedVenue, until, type ScriptedVenue } from '../faults/scripted-venue.ts';
import { rehearsedBot, type BotOnMarket, type RehearsedBot } from './rehearsed-bot.ts';
import { always, HOUR, smallBot, type SmallBot, type SmallBotOptions } from './small-bot.ts';

export const ODD = 'BRAVOUSDT';
const SYMBOLS = ['ALPHAUSDT', ODD, 'CHARLIEUSDT'];

export interface GroundOptions extends SmallBotOptions {
  /** Undefined: without a wire. */
  readonly venue?: VenueName | undefined;
  /** Stands between bot and venue. */
  readonly between?: (connection: VenueConnection, exchange: SimulatedExchange) => VenueConnection;
  /** What else the bot is given. */
  readonly more?: Partial<BotOnMarket>;
}

export interface Ground extends AsyncDisposable {
  readonly small: SmallBot;
  readonly exchange: SimulatedExchange;
  readonly life: RehearsedBot;
  /** Runs until so many hours after the beginning. */
  run(hour: number): Promise<void>;
  /** The program ends without a word; a new one takes up what it left. */
  restart(): void;
  /** Incidents of all lives that have to do with a quarantine, as `kind cause`. */
  quarantines(): readonly string[];
  incidents(kind: string): readonly Incident[];
  /** Closes, symbols and what was decided there; `isOdd`: of the bad symbol, else of the others. */
  decisions(isOdd?: boolean): readonly string[];
  /** Trades of the others, their sizes aside: these follow the equity. */
  trades(): readonly unknown[];
}

const PATIENCE_MS = 30;
const PAST_DEADLINE_MS = 30_000;

export async function quarantineGround(options: GroundOptions = {}): Promise<Ground> {
  const { between = (connection) => connection } = options;
  const exits = { maxHoldBars: 5, ...options.settings?.exits };
  const small = smallBot({ symbols: SYMBOLS, script: always(1), ...options, settings: { ...options.settings, exits } });
  const { exchange, journal, start } = small;
  const venue = options.venue === undefined ? undefined : await scriptedVenue({ venue: options.venue, exchange });
  const bot: BotOnMarket = {
    ...small.bot,
    ...options.more,
    connection: between(venue?.connection ?? small.connection, exchange),
    ...(venue === undefined ? {} : { wire: wireOf(venue) }),
  };
  let life = rehearsedBot(bot);
  const incidents = (): readonly Incident[] =>
    [...journal.read({ stream: 'incident' })].map(({ payload }) => fromExactJson(payload) as Incident);
  return {
    small,
    exchange,
    get life() {
      return life;
    },
    async run(hour) {
      // What is waited for in vain is done without by then.
      await life.run(start + hour * HOUR + PAST_DEADLINE_MS);
      const { queue } = life.session;
      await until(() => queue.isHalted || queue.quiet);
    },
    restart() {
      life.session.queue.halt();
      life = rehearsedBot(bot);
    },
    quarantines: () =>
      incidents()
        .filter(({ kind }) => kind.startsWith('quarantine'))
        .map(({ kind, symbol, detail }) => `${symbol === ODD ? '' : symbol}${kind} ${String(detail['cause'])}`),
    incidents: (wanted) => incidents().filter(({ kind }) => kind === wanted),
    decisions: (isOdd = false) =>
      [...journal.read({ stream: 'event' })].flatMap(({ payload }) => {
        const { input, decisions } = recordFromText(payload);
        if (input.kind !== 'slice' || input.use === 'backfill') return [];
        const told = decisions.filter(({ symbol }) => (symbol === ODD) === isOdd);
        return told.map(({ symbol, verdict }) => `${(input.time - start) / HOUR} ${symbol} ${verdict}`);
      }),
    trades: () =>
      life.engine.state.roundTrips
        .filter(({ symbol }) => symbol !== ODD)
        .map(({ symbol, direction, entryTime, exitTime, reason }) => ({
          symbol,
          direction,
          entryTime: toMinute(entryTime),
          exitTime: toMinute(exitTime),
          reason,
        })),
    async [Symbol.asyncDispose]() {
      await life.session.stop();
      await venue?.[Symbol.asyncDispose]();
    },
  };
}

/** How long an answer takes over a wire is no matter here. */
const toMinute = (time: number): number => Math.floor(time / 60_000);

function wireOf({ exchange, running }: ScriptedVenue): NonNullable<BotOnMarket['wire']> {
  const state = () => ({ time: exchange.now, executions: exchange.executions({}).length, ended: exchange.ended });
  return {
    pace: {
      now: async () => state(),
      async step(time) {
        await running.advance(Math.min(time, exchange.nextClose()));
        return state();
      },
    },
    patience: () => pause(PATIENCE_MS),
  };
}
