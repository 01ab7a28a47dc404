// M3: does the gate let through what trades better by more than luck, stop everything else with its reasons, and rarely fall for noise?
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../config/load-config.ts';
import { createRandom } from '../domain/random.ts';
import { judgePromotion, type AccountRecord, type GateCheck } from './promotion-gate.ts';

const rules = { ...loadConfig().config.renewal.gate, days: 120 };

function returnsOf(seed: string, mean: number, deviation = 0.01): Float64Array {
  const random = createRandom(seed);
  return Float64Array.from({ length: 120 }, () => mean + deviation * random.normal());
}

const account = (dailyReturns: Float64Array, other: Partial<AccountRecord> = {}): AccountRecord => ({
  dailyReturns,
  trades: 80,
  sharpe: 1.2,
  profitFactor: 1.3,
  maxDrawdown: 0.1,
  totalReturn: 0.1,
  brier: 0.22,
  labels: 900,
  ...other,
});

const champion = account(returnsOf('champion', 0));
const better = account(returnsOf('challenger', 0.004));
const failing = (checks: readonly GateCheck[]): string[] =>
  checks.filter(({ holds }) => !holds).map(({ name }) => name);
const judge = (challenger: AccountRecord, against: AccountRecord | undefined = champion, own = rules) =>
  judgePromotion({ champion: against, challenger, rules: own, seed: 'gate' });

describe('the gate', () => {
  it('lets a challenger through that is better in everything, with all its reasons', () => {
    const verdict = judge(better);
    expect(verdict.passed).toBe(true);
    expect(verdict.chance).toBeLessThan(0.01);
    expect(verdict.checks.map(({ name }) => name)).toEqual([
      'days',
      'trades',
      'sharpe',
      'profit-factor',
      'drawdown',
      'margin',
      'chance',
      'calibration',
    ]);
    for (const { says } of verdict.checks) expect(says).toMatch(/\d/);
  });

  it.each([
    ['days', account(returnsOf('challenger', 0.004).slice(0, 90)), account(returnsOf('champion', 0).slice(0, 90))],
    ['trades', { ...better, trades: 49 }, champion],
    ['sharpe', { ...better, sharpe: -0.1 }, champion],
    ['sharpe', { ...better, sharpe: undefined }, champion],
    ['profit-factor', { ...better, profitFactor: 0.99 }, champion],
    ['drawdown', { ...better, maxDrawdown: 0.26 }, champion],
    ['calibration', { ...better, brier: 0.2251 }, champion],
    ['calibration', { ...better, brier: undefined }, champion],
  ] as const)('stops a challenger for %s alone', (name, challenger, against) => {
    const verdict = judge(challenger, against);
    expect(verdict.passed).toBe(false);
    expect(failing(verdict.checks)).toEqual([name]);
  });

  it('tells every reason at once', () => {
    const bad = account(returnsOf('bad', -0.004), {
      trades: 3,
      sharpe: -2,
      profitFactor: 0.5,
      maxDrawdown: 0.4,
      brier: 0.3,
    });
    expect(failing(judge(bad).checks)).toEqual([
      'trades',
      'sharpe',
      'profit-factor',
      'drawdown',
      'margin',
      'chance',
      'calibration',
    ]);
  });

  it('stops one that is better by no more than luck, and one that trades as the champion does', () => {
    expect(failing(judge(account(returnsOf('lucky', 0.0005))).checks)).toContain('chance');
    const same = judge(champion);
    expect(failing(same.checks)).toEqual(['margin', 'chance']);
    expect(same.chance).toBeUndefined();
  });

  it('holds the first model of a symbol against not trading', () => {
    expect(judge(better, undefined).passed).toBe(true);
    const idle = account(new Float64Array(120), {
      trades: 0,
      sharpe: undefined,
      profitFactor: undefined,
      maxDrawdown: 0,
    });
    expect(failing(judge(idle, undefined).checks)).toContain('trades');
    expect(failing(judge(account(returnsOf('loses', -0.002)), undefined).checks)).toEqual(['margin', 'chance']);
  });

  it('acts on every one of its settings', () => {
    const strict: readonly [string, Partial<typeof rules>][] = [
      ['days', { days: 130 }],
      ['trades', { minTrades: 81 }],
      ['sharpe', { minSharpe: 1.3 }],
      ['profit-factor', { minProfitFactor: 1.4 }],
      ['drawdown', { maxDrawdown: 0.05 }],
      ['chance', { maxChance: 0.0001 }],
      ['calibration', { calibrationSlack: 0 }],
    ];
    const challenger = { ...better, brier: 0.221 };
    for (const [name, own] of strict) {
      expect(failing(judge(challenger, champion, { ...rules, ...own }).checks), name).toEqual([name]);
    }
  });

  it.each([0, 0.6])('falls for noise in no more cases than asked for (serial correlation %d)', (correlation) => {
    const runs = 400;
    let passed = 0;
    for (let run = 0; run < runs; run += 1) {
      const [first, second] = ['a', 'b'].map((side) => {
        const random = createRandom(`noise/${correlation}/${run}/${side}`);
        let level = 0;
        return Float64Array.from({ length: 120 }, () => {
          level = correlation * level + random.normal();
          return 0.01 * level;
        });
      });
      // Everything else is granted: margin and chance decide alone.
      if (judge(account(second), account(first)).passed) passed += 1;
    }
    // 10 % of 400 with a binomial band; blocks cannot follow strong correlation wholly.
    expect(passed / runs).toBeLessThan(correlation === 0 ? 0.14 : 0.2);
    expect(passed).toBeGreaterThan(5);
  });
});
