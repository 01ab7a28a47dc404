// Is anything lost or doubled when the bot dies? `npm run crash-test -- --runs N --seed S` kills it N times and looks at the exchange.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { crashMonth, live, type KillKind, type Month, type MonthSetup } from './crash-month.ts';
import { MUTANTS } from './crash-mutants.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    hours: { type: 'string', default: '720' },
    venue: { type: 'string', default: 'bybit' },
    /** Months at a time. */
    parallel: { type: 'string', default: '2' },
    /** Kills in one month. */
    'per-month': { type: 'string', default: '120' },
    /** Breaks the bot in one way after the other, and looks whether the campaign notices. */
    mutants: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
  },
});
/** A broken bot need not come to an end. */
const MUTANT_LIFE_MS = 45_000;
const runs = Number(values.runs);
const venue = values.venue === 'binance' ? 'binance' : 'bybit';
const folder = mkdtempSync(join(tmpdir(), 'perpilot-crash-'));
const cache = join(folder, 'compiled');
const startedAt = performance.now();
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const sum = {
  kills: { commit: 0, request: 0, instant: 0 },
  orders: 0,
  executions: 0,
  faults: 0,
  longest: 0,
  broken: 0,
};
const total = (kills: Readonly<Record<KillKind, number>>): number => kills.commit + kills.request + kills.instant;

function monthSetup(seed: number, kills: number, mutant?: string): MonthSetup {
  const journal = join(folder, `${seed}-${mutant ?? 'sound'}`, 'journal.sqlite');
  const report = (line: string): void => (values.verbose ? say(`  ${line}`) : undefined);
  return { seed, kills, hours: Number(values.hours), venue, journal, cache, mutant, report };
}

function count(seed: number, month: Month): void {
  for (const kind of ['commit', 'request', 'instant'] as const) sum.kills[kind] += month.kills[kind];
  sum.orders += month.orders;
  sum.executions += month.executions;
  sum.faults += month.faults;
  sum.longest = Math.max(sum.longest, month.longestUnprotectedMs);
  sum.broken += month.broken.length;
  for (const text of month.broken.slice(0, 10)) say(`BROKEN seed ${seed}: ${text}`);
  say(
    `seed ${seed}: ${total(month.kills)} kills, ${month.orders} orders, ${month.executions} executions, ${month.broken.length} broken`,
  );
}

/** Months one after the other until enough kills are spread over them. */
async function campaign(): Promise<void> {
  let seed = Number(values.seed);
  let left = runs;
  const lane = async (): Promise<void> => {
    while (left > 0) {
      const kills = Math.min(Number(values['per-month']), left);
      left -= kills;
      const own = seed;
      seed += 1;
      const month = await crashMonth(monthSetup(own, kills));
      count(own, month);
      // What a month had no time for falls to the next one; a broken one has shown enough.
      const done = total(month.kills);
      if (month.broken.length === 0 && done > 0) left += kills - done;
    }
  };
  await Promise.all(Array.from({ length: Number(values.parallel) }, lane));
  const { commit, request, instant } = sum.kills;
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
  say(
    `at writes of the journal ${commit}, at requests ${request}, at random instants ${instant}; ${sum.orders} orders, ${sum.executions} executions, ${sum.faults} scripted faults`,
  );
  say(`longest without a stop ${sum.longest} ms; ${seconds} s on ${venue}`);
  say(`${total(sum.kills)} kills, ${sum.broken} broken`);
  process.exitCode = sum.broken === 0 && total(sum.kills) >= runs ? 0 : 1;
}

async function mutants(): Promise<void> {
  let missed = 0;
  for (const mutant of MUTANTS) {
    const setup = { ...monthSetup(Number(values.seed), runs, mutant), longestLifeMs: MUTANT_LIFE_MS };
    const { broken, kills } = await crashMonth(setup);
    if (broken.length === 0) missed += 1;
    say(
      `${mutant}: ${broken.length === 0 ? 'NOT FOUND' : `found after ${total(kills)} kills: ${broken[0].split('\n')[0]}`}`,
    );
  }
  say(`${MUTANTS.length} mutants, ${missed} not found`);
  process.exitCode = missed === 0 ? 0 : 1;
}

await live(['--warm', '--venue', venue], { cache });
await (values.mutants ? mutants() : campaign());
rmSync(folder, { recursive: true, force: true });
