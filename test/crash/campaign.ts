// Is anything lost or doubled when the bot dies? `npm run crash-test -- --runs N --seed S` kills it N times and looks at the exchange.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { live, type KillKind } from './crash-life.ts';
import { habitsOf, type Habits } from './crash-market.ts';
import { crashMonth, type Month, type MonthSetup, type Venue } from './crash-month.ts';
import { MUTANTS, type Mutant } from './crash-mutants.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    hours: { type: 'string', default: '720' },
    /** `both`: every fifth month on Binance, the others on Bybit. */
    venue: { type: 'string', default: 'bybit' },
    /** Months at a time. */
    parallel: { type: 'string', default: '2' },
    /** Kills in one month. */
    'per-month': { type: 'string', default: '120' },
    /** Breaks the bot in one way after the other, and looks whether the campaign notices. */
    mutants: { type: 'boolean', default: false },
    /** Only this one of them. */
    mutant: { type: 'string' },
    verbose: { type: 'boolean', default: false },
  },
});
/** A broken bot need not come to an end. */
const MUTANT_LIFE_MS = 90_000;
const runs = Number(values.runs);
const venues: readonly Venue[] =
  values.venue === 'both'
    ? ['bybit', 'bybit', 'bybit', 'bybit', 'binance']
    : [values.venue === 'binance' ? 'binance' : 'bybit'];
const folder = mkdtempSync(join(tmpdir(), 'perpilot-crash-'));
const cache = join(folder, 'compiled');
const startedAt = performance.now();
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const sum = {
  kills: { commit: 0, request: 0, instant: 0 },
  comparedAfter: 0,
  byVenue: { bybit: 0, binance: 0 },
  orders: 0,
  executions: 0,
  faults: 0,
  longest: 0,
  broken: 0,
};
const total = (kills: Readonly<Record<KillKind, number>>): number => kills.commit + kills.request + kills.instant;
const seconds = (): string => ((performance.now() - startedAt) / 1000).toFixed(0);

function monthSetup(
  seed: number,
  kills: number,
  more: { readonly venue: Venue; readonly mutant?: Mutant },
): MonthSetup {
  const journal = join(folder, `${seed}-${more.mutant?.name ?? 'sound'}`, 'journal.sqlite');
  const report = (line: string): void => (values.verbose ? say(`  ${line}`) : undefined);
  return {
    seed,
    kills,
    hours: Number(values.hours),
    venue: more.venue,
    journal,
    cache,
    mutant: more.mutant?.name,
    report,
  };
}

const named = (habits: Habits): string =>
  Object.entries(habits)
    .flatMap(([name, isOn]) => (isOn ? [name] : []))
    .join(' ');

function count({ seed, venue }: MonthSetup, month: Month): void {
  for (const kind of ['commit', 'request', 'instant'] as const) sum.kills[kind] += month.kills[kind];
  const kills = total(month.kills);
  sum.byVenue[venue] += kills;
  sum.comparedAfter += month.comparedAfter;
  sum.orders += month.orders;
  sum.executions += month.executions;
  sum.faults += month.faults;
  sum.longest = Math.max(sum.longest, month.longestUnprotectedMs);
  sum.broken += month.broken.length;
  for (const text of month.broken.slice(0, 10)) say(`BROKEN seed ${seed} on ${venue}: ${text}`);
  say(
    `seed ${seed} on ${venue} (${named(habitsOf(seed))}): ${kills} kills, ${month.orders} orders, ${month.executions} executions, ${month.broken.length} broken`,
  );
}

/** Months, some at a time, until enough kills are spread over them. */
async function campaign(): Promise<void> {
  let months = 0;
  let left = runs;
  const lane = async (): Promise<void> => {
    while (left > 0) {
      const kills = Math.min(Number(values['per-month']), left);
      left -= kills;
      // The venue that comes seldom comes first: its months may be the longest.
      const venue = venues[(months + venues.length - 1) % venues.length];
      const setup = monthSetup(Number(values.seed) + months, kills, { venue });
      months += 1;
      const month = await crashMonth(setup);
      count(setup, month);
      // What a month had no time for falls to the next one; a broken one has shown enough.
      const done = total(month.kills);
      if (month.broken.length === 0 && done > 0) left += kills - done;
      rmSync(join(setup.journal, '..'), { recursive: true, force: true });
    }
  };
  await Promise.all(Array.from({ length: Number(values.parallel) }, lane));
  const { commit, request, instant } = sum.kills;
  say(
    `at writes of the journal ${commit}, at requests ${request}, at random instants ${instant}; books compared after ${sum.comparedAfter} of them before the next one; ${sum.orders} orders, ${sum.executions} executions, ${sum.faults} scripted faults`,
  );
  say(
    `longest without a stop ${sum.longest} ms; ${seconds()} s; Bybit ${sum.byVenue.bybit}, Binance ${sum.byVenue.binance}`,
  );
  say(`${total(sum.kills)} kills, ${sum.broken} broken`);
  process.exitCode = sum.broken === 0 && total(sum.kills) >= runs ? 0 : 1;
}

/** The first month from the seed on in which the mutant can show itself. */
function monthFor(mutant: Mutant): number {
  for (let seed = Number(values.seed); ; seed += 1) {
    const habits = habitsOf(seed);
    if (Object.entries(mutant.habits).every(([name, isOn]) => habits[name as keyof Habits] === isOn)) return seed;
  }
}

/** A bot that only hangs has not been found: nobody said what is wrong. */
const isFinding = (problem: string): boolean => !problem.startsWith('the bot hung');

async function mutants(): Promise<void> {
  const chosen = MUTANTS.filter(({ name }) => values.mutant === undefined || values.mutant === name);
  const waiting = [...chosen];
  let missed = 0;
  const lane = async (): Promise<void> => {
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
      const setup = monthSetup(monthFor(mutant), runs, { venue: mutant.venue, mutant });
      const { broken, kills } = await crashMonth({ ...setup, longestLifeMs: MUTANT_LIFE_MS });
      const finding = broken.find(isFinding);
      if (finding === undefined) missed += 1;
      const outcome =
        finding === undefined
          ? `NOT FOUND ${broken.join()}`
          : `found after ${total(kills)} kills: ${finding.split('\n')[0]}`;
      say(`${mutant.name} (${mutant.venue}, seed ${setup.seed}): ${outcome}`);
    }
  };
  await Promise.all(Array.from({ length: Number(values.parallel) }, lane));
  say(`${chosen.length} mutants, ${missed} not found; ${seconds()} s`);
  process.exitCode = missed === 0 && chosen.length > 0 ? 0 : 1;
}

const warmed = values.mutants ? (['bybit', 'binance'] as const) : new Set(venues);
for (const venue of warmed) await live(['--warm', '--venue', venue], { cache });
await (values.mutants ? mutants() : campaign());
rmSync(folder, { recursive: true, force: true });
