// Is a story lived through whole, whenever the program dies in it? Lives follow each other over one journal and one exchange, and are judged.
import { closeProblems, unwrittenOrders } from '../../crash/crash-judge.ts';
import { watchExchange, type CrashWatch } from '../../crash/crash-watch.ts';
import type { EngineParams } from '../../../src/engine/state.ts';
import type { ExchangeSetup, SimulatedExchange } from '../../../src/exchange-simulator/core/exchange.ts';
import type { Journal } from '../../../src/ports/journal.ts';
import type { LatchStore } from '../../../src/ports/latch-store.ts';
import type { MetaModel } from '../../../src/strategy/meta-model.ts';
import type { Script } from '../engine/scripted-bot.ts';
import { exchangeOf, type SharedMarket } from '../exchange-simulator/both-venues.ts';
import type { DirectVenueOptions } from './direct-venue.ts';
import { Killed, memoryJournal } from './memory-journal.ts';
import { mortalBot, type Death, type MortalLife } from './mortal-bot.ts';
import { memoryLatches, type RehearsedBot } from './rehearsed-bot.ts';

const HOUR = 3_600_000;
const REST_HOURS = 2;
const DEPOSIT = 100_000;

/** What somebody does to the bot or the account, so many hours after the beginning. */
export interface Deed {
  readonly hour: number;
  readonly act: (life: RehearsedBot, world: World) => void | Promise<void>;
}

export interface World {
  readonly exchange: SimulatedExchange;
  readonly latches: LatchStore;
}

export interface Story {
  readonly market: SharedMarket;
  readonly exchange?: Partial<ExchangeSetup>;
  readonly params: EngineParams;
  /** A script of its own for every life. */
  readonly script: () => Script;
  /** The story is over so many hours after its beginning; what is on its way then has two more to come to rest. */
  readonly hours: number;
  readonly deeds?: readonly Deed[];
  readonly modelOf?: (id: string) => MetaModel;
  /** Faults of the venue, anew for every telling. */
  readonly venue?: (world: World) => Omit<DirectVenueOptions, 'exchange' | 'gate'>;
  /** Told of every step of the market. */
  readonly onStep?: () => void;
  /** What a broken program does with its journal. */
  readonly spoil?: (journal: Journal) => Journal;
}

export interface Told {
  /** What went wrong; nothing, when all is well. */
  readonly broken: readonly string[];
  /** At what every life but the last died. */
  readonly deaths: readonly string[];
  /** Commits and writing requests of the last life up to the end of the story. */
  readonly made: { readonly commit: number; readonly request: number };
  readonly watch: CrashWatch;
  readonly journal: Journal;
}

/** Tells the story; the n-th life dies its death, the one after the last death lives to the end. */
export async function tell(story: Story, deaths: readonly (Death | undefined)[]): Promise<Told> {
  const exchange = exchangeOf(story.market, { deposit: DEPOSIT, touches: 'close', ...story.exchange });
  const world: World = { exchange, latches: memoryLatches() };
  const journal = memoryJournal();
  const watch = watchExchange(
    exchange,
    story.market.instruments.map(({ symbol }) => symbol),
  );
  const begin = exchange.now;
  const venue = story.venue?.(world);
  const deeds = [...(story.deeds ?? [])];
  const deathbeds: string[] = [];
  for (const death of [...deaths, undefined]) {
    const life = mortalBot(
      {
        market: story.market,
        exchange,
        // Every life has its own view of what is on the disk.
        journal: story.spoil?.(journal) ?? journal,
        params: story.params,
        script: story.script,
        initialEquity: DEPOSIT,
        latches: world.latches,
        ...(story.modelOf === undefined ? {} : { modelOf: story.modelOf }),
        ...(story.onStep === undefined ? {} : { onStep: story.onStep }),
      },
      death,
      venue,
    );
    if (await lives(life, { deeds, world, watch, begin, end: begin + story.hours * HOUR })) {
      const made = { ...life.made };
      if (watch.broken.length === 0) {
        await life.run(begin + (story.hours + REST_HOURS) * HOUR, true);
        judge(life, { exchange, watch, journal, begin });
      }
      return { broken: watch.broken, deaths: deathbeds, made, watch, journal };
    }
    deathbeds.push(life.deathbed ?? 'nothing');
  }
  throw new Error('the last life died');
}

/** False: it died. */
async function lives(
  life: MortalLife,
  at: {
    readonly deeds: Deed[];
    readonly world: World;
    readonly watch: CrashWatch;
    readonly begin: number;
    readonly end: number;
  },
): Promise<boolean> {
  const { deeds, world, watch, begin, end } = at;
  try {
    for (;;) {
      const [deed] = deeds;
      await life.run(deed === undefined ? end : begin + deed.hour * HOUR);
      if (deed === undefined) return true;
      await Promise.race([deed.act(life, world), life.death]);
      deeds.shift();
    }
  } catch (error) {
    if (error instanceof Killed) return false;
    // A promise inside of the program broke: it ends, and a new life would end in the same way.
    watch.note(`the bot ended: ${error instanceof Error ? error.message : String(error)}`);
    return true;
  }
}

/** Books and account at the end, and whether every close was decided at once and once only. */
function judge(
  { engine, session }: RehearsedBot,
  at: {
    readonly exchange: SimulatedExchange;
    readonly watch: CrashWatch;
    readonly journal: Journal;
    readonly begin: number;
  },
): void {
  const { exchange, watch, journal, begin } = at;
  if (!session.quiet) watch.note('the bot is not quiet at the end');
  const positions: Record<string, number> = {};
  const stops: Record<string, number | undefined> = {};
  const forgotten: string[] = [];
  for (const { instrument, trade, pending } of engine.state.symbols) {
    const { symbol } = instrument;
    if (pending !== undefined && session.orders.underWay.size === 0) forgotten.push(pending.order.clientOrderId);
    positions[symbol] = trade === undefined ? 0 : trade.direction * trade.quantity;
    stops[symbol] = trade?.stopPrice;
  }
  watch.compare({ wallet: String(engine.state.ledger.wallet), positions, stops, forgotten });
  const closes = closeProblems(journal, { begin, end: exchange.now, barMs: HOUR, backfill: false });
  for (const problem of [...closes, ...unwrittenOrders(exchange, journal)]) watch.note(problem);
}
