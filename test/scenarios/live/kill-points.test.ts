// L2: killed before and after every commit and every request of entry, stop, exit, rebalance, promotion, block and switch: nothing is lost, nothing is doubled.
import { describe, expect, it } from 'vitest';
import { portfolioParams } from '../portfolio-market.ts';
import { FULL_COSTS, marketOf, randomScript } from '../engine/random-backtest.ts';
import { modelOf, paramsOf } from '../engine/scripted-bot.ts';
import { tell, type Deed, type Story, type Told } from './lived-through.ts';
import type { Death } from './mortal-bot.ts';
import type { RehearsedBot } from './rehearsed-bot.ts';

const market = (symbols: readonly string[], from: number, hours: number): Story['market'] => ({
  ...marketOf(symbols, from, from + hours),
  finer: symbols.map(() => []),
  costs: FULL_COSTS,
});

const promotion =
  (id: string) =>
  (life: RehearsedBot): Promise<void> => {
    const { session, engine, clock } = life;
    return session.queue.run(() => {
      for (const { instrument } of engine.state.symbols) {
        const model = modelOf({ id });
        session.digest({ kind: 'model-promoted', time: clock.now(), symbol: instrument.symbol, model });
      }
    });
  };
const SWITCH = { reason: 'a test', by: 'test', at: 0 };
const DEEDS: readonly Deed[] = [
  { hour: 1, act: promotion('model-1') },
  { hour: 9, act: promotion('model-2') },
  { hour: 12, act: (_, { latches }) => latches.set('pause', SWITCH) },
  { hour: 14, act: (_, { latches }) => latches.clear('pause') },
  { hour: 22, act: (_, { latches }) => latches.set('kill', SWITCH) },
  { hour: 24, act: (_, { latches }) => latches.clear('kill') },
];

/** Entries, exits of every kind, promotions, a pause and the kill switch. */
const TRADING: Story = {
  market: market(['ALPHAUSDT', 'BRAVOUSDT'], 700, 40),
  params: paramsOf({
    risk: { maxLeverage: 10, basePositionFraction: 0.05, maxPositionFraction: 0.05, maxOpenPositions: 4 },
    exits: { stopFraction: 0.01, targetFraction: 0.012, maxHoldBars: 5, exitOnOppositeSignal: true },
    metaModel: 'on',
  }),
  script: () => randomScript('kill-points', 2),
  hours: 36,
  deeds: DEEDS,
  modelOf: (id) => modelOf({ id }),
};

/** Positions of three symbols that are brought to their targets every six hours. */
const REBALANCING: Story = {
  market: market(['ALPHAUSDT', 'BRAVOUSDT', 'DELTAUSDT'], 700, 80),
  params: {
    ...paramsOf({
      risk: { maxLeverage: 3, maxOpenPositions: 3 },
      exits: { stopFraction: 0.1, targetFraction: undefined, maxHoldBars: 1_000 },
      sizing: { volatilityTarget: false },
    }),
    portfolio: portfolioParams({
      crossSectional: { topK: 2, rebalanceIntervalHours: 4, allocation: 'inverse_volatility', sharpeLookbackDays: 1 },
      selection: { onLeaving: 'close' },
      covariance: { lookbackDays: 1, shrinkage: 0 },
      rebalancing: { noTradeBand: 0.02, increase: true },
    }),
  },
  script: () => () => ({ signal: 1 }),
  hours: 60,
};

/** The story with one death at every commit and request, one after the other, in each of both moments. */
async function sweep(
  story: Story,
): Promise<{ readonly broken: string[]; readonly deaths: Set<string>; points: number }> {
  const { made, broken, watch } = await tell(story, []);
  expect(broken).toEqual([]);
  expect(watch.executions).toBeGreaterThan(10);
  const found = { broken: [] as string[], deaths: new Set<string>(), points: 0 };
  for (const door of ['commit', 'request'] as const) {
    for (const when of ['before', 'after'] as const) {
      for (let at = 1; at <= made[door]; at += 1)
        collect(found, { door, at, when }, await tell(story, [{ door, at, when }]));
    }
  }
  return found;
}

function collect(found: { broken: string[]; deaths: Set<string>; points: number }, death: Death, told: Told): void {
  found.points += 1;
  for (const each of told.deaths) found.deaths.add(each);
  for (const problem of told.broken) found.broken.push(`${JSON.stringify(death)} ${told.deaths.join()}: ${problem}`);
}

const OF_EVERY_STORY = [
  'commit event:entries-blocked',
  'commit event:slice',
  'commit event:slice order:en:intended',
  'commit order:en:unknown',
  'commit order:en:open',
  'commit order:en:done',
  'commit order:ex:unknown',
  'commit order:ex:done',
  'commit event:funding execution',
  'commit equity',
  'request place',
  'request protect',
  'request setLeverage',
];
const OF_TRADING = [...OF_EVERY_STORY, 'commit event:model-promoted', 'commit latch', 'commit event:fill execution'];
const OF_REBALANCING = [
  ...OF_EVERY_STORY,
  'commit order:in:unknown',
  'commit order:in:done',
  'commit order:re:unknown',
  'commit order:re:done',
];

describe('L2: killed at every step', () => {
  it.each([
    ['stops attached to the entry', TRADING, OF_TRADING],
    ['stops sent after the entry', { ...TRADING, venue: () => ({ separateProtection: true }) }, OF_TRADING],
    ['the portfolio layer', REBALANCING, OF_REBALANCING],
  ])(
    'with %s',
    async (_name, story, steps) => {
      const { broken, deaths, points } = await sweep(story);
      expect(broken.slice(0, 5)).toEqual([]);
      expect([...deaths]).toEqual(expect.arrayContaining(steps));
      expect(points).toBeGreaterThan(300);
    },
    300_000,
  );
});

/** A journal that does something else than it should; `what` goes by the rows of one life. */
const spoilt = (story: Story, spoil: NonNullable<Story['spoil']>): Story => ({ ...story, spoil });

const LATE_COMMITS = 40;

/** One death in five. */
const brokenOf = async (story: Story): Promise<string[]> => {
  const found = { broken: [] as string[], deaths: new Set<string>(), points: 0 };
  for (let at = 1; at <= 200; at += 5) {
    const death: Death = { door: 'commit', at, when: 'after' };
    collect(found, death, await tell(story, [death]));
  }
  return found.broken;
};

describe('the sweep finds a program that', () => {
  it('sends long before it writes', async () => {
    const story = spoilt(TRADING, (journal) => {
      // Rows of one commit late are made good: a decision made again has the same order. Those of some closes are not.
      const late: Parameters<typeof journal.commit>[0][] = [];
      return {
        ...journal,
        commit(rows) {
          late.push(rows);
          return journal.commit(late.length > LATE_COMMITS ? (late.shift() ?? []) : []);
        },
      };
    });
    expect((await brokenOf(story)).length).toBeGreaterThan(5);
  });

  it('forgets its orders', async () => {
    const story = spoilt(TRADING, (journal) => ({
      ...journal,
      read: (query = {}) => journal.read(query.stream === 'order' ? { ...query, until: 0 } : query),
    }));
    expect((await brokenOf(story)).length).toBeGreaterThan(0);
  });

  it('does not write down what it has booked', async () => {
    const story = spoilt(TRADING, (journal) => ({
      ...journal,
      commit: (rows) => journal.commit(rows.filter(({ stream }) => stream !== 'execution')),
    }));
    expect((await brokenOf(story)).length).toBeGreaterThan(5);
  });
});
