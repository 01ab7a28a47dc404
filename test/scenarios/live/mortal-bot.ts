// How does a program die at an exact instant? Its journal and its venue end it at the n-th commit or request, before it or after it.
import { Killed } from './memory-journal.ts';
import { directVenue, type CallMoment, type DirectVenueOptions } from './direct-venue.ts';
import { rehearsedBot, type BotOnMarket, type RehearsedBot } from './rehearsed-bot.ts';
import { fromExactJson } from '../../../src/domain/exact-json.ts';
import type { Journal, NewJournalRow } from '../../../src/ports/journal.ts';

/** `at`: the how many-eth commit or writing request of this life. */
export interface Death {
  readonly door: 'commit' | 'request';
  readonly at: number;
  readonly when: CallMoment;
}

export interface MortalLife extends RehearsedBot {
  /** How many commits and writing requests this life has made. */
  readonly made: { readonly commit: number; readonly request: number };
  /** At what it died, as `commit event:slice order:intended`; undefined: it lives. */
  readonly deathbed: string | undefined;
  /** Rejects when it dies. */
  readonly death: Promise<never>;
}

/** Requests that change something at the venue. */
const WRITES: ReadonlySet<string> = new Set(['place', 'protect', 'cancel', 'cancelAll', 'setLeverage']);

/** A program that asks so often without writing anything has lost its way. */
const MOST_CALLS = 5_000;

/** A life of the bot over journal and exchange of `bot`. After its death nothing of it reaches either of them. */
export function mortalBot(
  bot: Omit<BotOnMarket, 'connection'>,
  death: Death | undefined,
  venue: Omit<DirectVenueOptions, 'exchange' | 'gate'> = {},
): MortalLife {
  const made = { commit: 0, request: 0 };
  let asked = 0;
  let deathbed: string | undefined;
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => undefined);
  const meet = (door: Death['door'], when: CallMoment, what: () => string): void => {
    if (deathbed !== undefined) throw new Killed();
    if (death?.door !== door || death.when !== when || death.at !== made[door]) return;
    deathbed = `${door} ${what()}`;
    const killed = new Killed();
    reject(killed);
    throw killed;
  };
  const connection = directVenue({
    ...venue,
    exchange: bot.exchange,
    gate(call, moment) {
      if (deathbed !== undefined) throw new Killed();
      asked += 1;
      if (asked > MOST_CALLS) throw new Error('the venue is asked again and again');
      if (!WRITES.has(call)) return;
      if (moment === 'before') made.request += 1;
      meet('request', moment, () => call);
    },
  });
  const { journal } = bot;
  const mortal: Journal = {
    ...journal,
    commit(rows) {
      made.commit += 1;
      asked = 0;
      meet('commit', 'before', () => namesOf(rows));
      const sequence = journal.commit(rows);
      meet('commit', 'after', () => namesOf(rows));
      return sequence;
    },
  };
  const life = rehearsedBot({ ...bot, connection, journal: mortal });
  return {
    ...life,
    made,
    death: promise,
    get deathbed() {
      return deathbed;
    },
  };
}

/** What a commit holds: kinds of events, phases of orders and the other streams, each once. */
function namesOf(rows: readonly NewJournalRow[]): string {
  return [...new Set(rows.map(nameOf))].join(' ');
}

function nameOf({ stream, key, payload }: NewJournalRow): string {
  if (stream === 'event') return `event:${(fromExactJson(payload) as { input: { kind: string } }).input.kind}`;
  if (stream === 'order') return `order:${key.slice(-2)}:${(fromExactJson(payload) as { phase: string }).phase}`;
  return stream;
}
