// L1: a thousand schedules of lost, refused and late requests, and of lost, doubled and reordered messages: no position and no order twice.
import { describe, expect, it } from 'vitest';
import { createRandom, type Random } from '../../../src/domain/random.ts';
import { VenueError } from '../../../src/domain/venue-error.ts';
import { FULL_COSTS, marketOf, randomScript } from '../engine/random-backtest.ts';
import { paramsOf } from '../engine/scripted-bot.ts';
import type { CallFate, DirectVenueOptions } from './direct-venue.ts';
import { tell, type Story, type World } from './lived-through.ts';

const SYMBOLS = ['ALPHAUSDT', 'BRAVOUSDT'];
const HOUR = 3_600_000;
const HOURS = 20;
const SCHEDULES = 1_000;
/** Requests are carried out so long after their sender gave up, at most: less than what proves that an order is not there. */
const LATEST_MS = 12_000;

const MARKETS = Array.from({ length: 20 }, (_, index) => ({
  ...marketOf(SYMBOLS, 200 * (index + 1), 200 * (index + 1) + HOURS + 10),
  finer: SYMBOLS.map(() => []),
  costs: FULL_COSTS,
}));

type Chances = readonly (readonly [outcome: string, chance: number])[];

function drawn(random: Random, chances: Chances): string {
  let left = random.next();
  for (const [outcome, chance] of chances) {
    left -= chance;
    if (left < 0) return outcome;
  }
  return 'pass';
}

/** Requests of which every third goes wrong, and messages of which every third does not come as it was sent. */
function wildVenue(random: Random, { exchange }: World, late: Late): Omit<DirectVenueOptions, 'exchange' | 'gate'> {
  const end = exchange.now + HOURS * HOUR;
  const isWild = (): boolean => exchange.now < end;
  const fates: Chances = [
    ['lost', 0.12],
    ['refused', 0.12],
    ['late', 0.08],
  ];
  return {
    fate: () => (isWild() ? drawn(random, fates) : 'pass') as CallFate,
    copies: () =>
      isWild()
        ? ({ none: 0, twice: 2 }[
            drawn(random, [
              ['none', 0.1],
              ['twice', 0.1],
            ])
          ] ?? 1)
        : 1,
    heldBack: () => (isWild() && random.next() < 0.1 ? 1 + random.below(6) : 0),
    later: (action) => late.add(exchange.now + random.below(LATEST_MS), action),
    separateProtection: random.next() < 0.3,
  };
}

interface Late {
  add(due: number, action: () => void): void;
  /** Carries out what is due; what the exchange refuses then, nobody hears. */
  run(now: number): void;
}

function lateRequests(): Late {
  let waiting: { readonly due: number; readonly action: () => void }[] = [];
  return {
    add: (due, action) => void waiting.push({ due, action }),
    run(now) {
      const due = waiting.filter((each) => each.due <= now);
      waiting = waiting.filter((each) => each.due > now);
      for (const { action } of due) {
        try {
          action();
        } catch (error) {
          if (!(error instanceof VenueError)) throw error;
        }
      }
    },
  };
}

function storyOf(seed: number): Story {
  const random = createRandom(`schedules/${seed}`);
  const late = lateRequests();
  let world: World | undefined;
  return {
    market: MARKETS[seed % MARKETS.length],
    exchange: { touches: seed % 2 === 0 ? 'close' : 'path' },
    params: paramsOf({
      risk: { maxLeverage: 10, basePositionFraction: 0.05, maxPositionFraction: 0.05, maxOpenPositions: 4 },
      exits: { stopFraction: 0.012, targetFraction: 0.014, maxHoldBars: 4, exitOnOppositeSignal: true },
    }),
    script: () => randomScript(`schedules/${seed}`, 2),
    hours: HOURS,
    venue(given) {
      world = given;
      return wildVenue(random, given, late);
    },
    onStep: () => late.run(world?.exchange.now ?? 0),
  };
}

describe('L1: under every schedule of faults', () => {
  it('no order is sent twice, no position is opened twice, and the books are the account', async () => {
    const broken: string[] = [];
    const sum = { orders: 0, executions: 0, longest: 0 };
    for (let seed = 1; seed <= SCHEDULES; seed += 1) {
      const told = await tell(storyOf(seed), []);
      for (const problem of told.broken) broken.push(`schedule ${seed}: ${problem}`);
      sum.orders += told.watch.orders;
      sum.executions += told.watch.executions;
      sum.longest = Math.max(sum.longest, told.watch.longestUnprotectedMs);
    }
    expect(broken.slice(0, 10)).toEqual([]);
    expect(sum.longest).toBeLessThanOrEqual(5_000);
    expect(sum.orders).toBeGreaterThan(SCHEDULES * 5);
  }, 300_000);
});
