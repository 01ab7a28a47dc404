// Is what is robust found, and everything else refused for its reason?
import { describe, expect, it } from 'vitest';
import {
  KEY,
  LOSS,
  PEAK,
  PLATEAU,
  SHIPPED,
  sweepOf,
  type InventedSweep,
} from '../../test/scenarios/calibrate-command/invented-runs.ts';
import { calibrationJson, calibrationLines, NO_MARKET, NOTHING_ROBUST } from './calibrate-answer.ts';
import { calibrationDocument } from './calibrate-document.ts';
import { calibrate } from './calibrate.ts';

const PLATEAUS = { AUSDT: PLATEAU, BUSDT: PLATEAU };
const calibrated = (...sweeps: readonly InventedSweep[]) => calibrate(sweeps.map(sweepOf), SHIPPED);
/** The refusals of the best configuration, that of barrier 0.025. */
const refusalsOf = (sweep: InventedSweep) => {
  const { levels, changes } = calibrated(sweep);
  const own = levels[0].candidates.find(({ settings }) => settings[KEY] === 0.025);
  if (own?.refusals.length !== 0) expect(changes.filter(({ to }) => to === 0.025)).toEqual([]);
  return own?.refusals;
};

describe('calibrate', () => {
  it('finds a plateau that holds on every symbol and proposes its best, for its level alone', () => {
    const { levels, changes, trials, rows } = calibrated({ sharpes: PLATEAUS });
    expect({ trials, rows }).toEqual({ trials: 10, rows: 10 });
    expect(levels).toHaveLength(1);
    expect(levels[0].winner).toMatchObject({
      configHash: 'moderate 0.025',
      symbols: ['AUSDT', 'BUSDT'],
      symbolsWithGain: 2,
      foldsPlanned: 48,
      foldsWon: 32,
      sharpeMedian: 3,
      sharpeWorst: 3,
      trades: 100,
      refusals: [],
      isShipped: false,
    });
    expect(levels[0].winner?.deflated).toBeGreaterThan(0.95);
    expect(changes).toEqual([{ profile: 'moderate', key: KEY, from: 0.02, to: 0.025 }]);
  });

  it('changes nothing where the best robust configuration is in force already', () => {
    const shippedBest = [2.8, 3, 2.9, 2.7, 2.6];
    const { levels, changes } = calibrated({ sharpes: { AUSDT: shippedBest, BUSDT: shippedBest } });
    expect(levels[0].winner?.isShipped).toBe(true);
    expect(changes).toEqual([]);
  });

  it('refuses a lucky peak because its neighbours fall', () => {
    expect(refusalsOf({ sharpes: { AUSDT: PEAK, BUSDT: PEAK } })).toContain('peak');
    const half = [0.2, 1.5, 3, 1.5, 0.2];
    expect(refusalsOf({ sharpes: { AUSDT: half, BUSDT: half } })).not.toContain('peak');
    const below = [0.2, 1.49, 3, 1.49, 0.2];
    expect(refusalsOf({ sharpes: { AUSDT: below, BUSDT: below } })).toContain('peak');
  });

  it('refuses a winner in one symbol only', () => {
    expect(refusalsOf({ sharpes: { AUSDT: PLATEAU, BUSDT: LOSS } })).toEqual(
      expect.arrayContaining(['loss', 'deflation']),
    );
    expect(refusalsOf({ sharpes: { AUSDT: PLATEAU } })).toEqual(['symbols']);
  });

  it.each<[string, Partial<InventedSweep>]>([
    ['trades', { more: { trades: 29 } }],
    ['folds', { more: { folds: { planned: 24, won: 12, failed: 0 } } }],
    ['failedFolds', { more: { folds: { planned: 24, won: 20, failed: 1 } } }],
    ['loss', { more: { netPnl: 0 } }],
    ['leak', { run: { leakSuspected: true } }],
    ['search', { more: { survives: false } }],
    ['noNeighbours', { run: { sweep: undefined } }],
    ['targets', { more: { judged: { sharpe: 1.2, profitFactor: 2, maxDrawdown: 0.05, trades: 100 } } }],
    ['targets', { more: { judged: { sharpe: 3, profitFactor: undefined, maxDrawdown: 0.05, trades: 100 } } }],
    ['targets', { more: { judged: { sharpe: 3, profitFactor: 2, maxDrawdown: 0.2, trades: 100 } } }],
    ['world', { settings: { 'costs.taker_fee_bps': 0 } }],
  ])('refuses for %s alone what is robust otherwise', (reason, sweep) => {
    expect(refusalsOf({ sharpes: PLATEAUS, ...sweep })).toEqual([reason]);
  });

  it('is not fooled by lower targets of a run, and asks for none where the level promises none', () => {
    const judged = { sharpe: 0.1, profitFactor: 1.01, maxDrawdown: 0.5, trades: 40 };
    expect(refusalsOf({ sharpes: PLATEAUS, more: { judged }, settings: { 'targets.sharpe': 0 } })).toEqual(['targets']);
    expect(refusalsOf({ sharpes: PLATEAUS, more: { judged }, riskLevel: 'aggressive' })).toEqual([]);
  });

  it('deflates by everything that all runs have tried', () => {
    const good = { sharpes: { AUSDT: [2, 2, 2.1, 2, 2], BUSDT: [2, 2, 2.1, 2, 2] } };
    expect(refusalsOf(good)).toEqual(['deflation']);
    const alone = calibrated({ sharpes: PLATEAUS });
    const noise = Array.from({ length: 40 }, (_, at) => ({
      sharpes: { AUSDT: LOSS, BUSDT: LOSS },
      riskLevel: 'aggressive',
      settings: { 'risk.cooldown_hours': at + 3 },
      run: { id: `noise ${at}` },
    }));
    const runs = [sweepOf({ sharpes: PLATEAUS }), ...noise.map((sweep, at) => renamed(sweepOf(sweep), `n${at}`))];
    const together = calibrate(runs, SHIPPED);
    expect(together.trials).toBe(10 + 40 * 10);
    const winner = together.levels.find(({ riskLevel }) => riskLevel === 'moderate')?.candidates[0];
    expect(winner?.deflated).toBeLessThan(alone.levels[0].candidates[0].deflated ?? NaN);
    expect(together.changes).toEqual([]);
  });

  it('refuses what another period or another run contradicts, and counts a run given twice once', () => {
    const first = sweepOf({ sharpes: PLATEAUS });
    const again = calibrate([first, first], SHIPPED);
    expect(again).toEqual(calibrate([first], SHIPPED));
    const later = sweepOf({ sharpes: { AUSDT: LOSS, BUSDT: LOSS }, run: { id: 'later' }, more: { dataHash: 'later' } });
    const { levels, changes } = calibrate([first, later], SHIPPED);
    expect(levels[0].candidates.find(({ settings }) => settings[KEY] === 0.025)).toMatchObject({
      runs: ['run of moderate', 'later'],
      symbolsWithGain: 0,
      refusals: expect.arrayContaining(['loss']),
    });
    expect(changes).toEqual([]);
  });

  it('says that nothing is robust', () => {
    const nothing = calibrated({ sharpes: { AUSDT: LOSS, BUSDT: LOSS } });
    expect(nothing.changes).toEqual([]);
    expect(calibrationLines(nothing, [])[0]).toBe(NOTHING_ROBUST);
    const text = calibrationDocument({ calibration: nothing, inForce: SHIPPED, isApplied: true });
    expect(text).toContain(`**${NOTHING_ROBUST}**`);
    expect(text).toContain('None: the configuration is what it was.');
  });
});

function renamed(run: ReturnType<typeof sweepOf>, mark: string): ReturnType<typeof sweepOf> {
  const hash = (old: string): string => `${mark} ${old}`;
  return {
    ...run,
    rows: run.rows.map((row) => ({ ...row, configHash: hash(row.configHash) })),
    settings: new Map([...run.settings].map(([old, settings]) => [hash(old), settings])),
    sweep: undefined,
  };
}

describe('the answer', () => {
  it('says first that no market made synthetic runs, then warns of mixed code', () => {
    const runs = [
      sweepOf({ sharpes: PLATEAUS, run: { synthetic: true } }),
      sweepOf({ sharpes: PLATEAUS, run: { synthetic: true, id: 'other', codeVersion: 'newer' } }),
    ];
    const calibration = calibrate(runs, SHIPPED);
    const lines = calibrationLines(calibration, []);
    expect(lines[0]).toBe(NO_MARKET);
    expect(lines).toContain('Warning: runs of different code versions are mixed: test, newer');
    const text = calibrationDocument({ calibration, inForce: SHIPPED, isApplied: false });
    expect(text.split('\n')[0]).toBe(`> ${NO_MARKET}`);
    expect(text).toContain('Proposed, not written:');
    expect(JSON.parse(calibrationJson(calibration, []))).toMatchObject({ synthetic: true, notice: NO_MARKET });
  });

  it('shows the change, and per value the evidence and why it was refused', () => {
    const calibration = calibrated({ sharpes: { AUSDT: [0.2, ...PLATEAU.slice(1)], BUSDT: PLATEAU } });
    const text = calibrationLines(calibration, ['a file']).join('\n');
    expect(text).toContain(
      '--- config/profiles/moderate.yaml\n+++ config/profiles/moderate.yaml\n-labeling.profit_barrier: 0.02\n+labeling.profit_barrier: 0.025',
    );
    expect(text).toMatch(
      /`labeling\.profit_barrier` \| 0\.025 .*2 of 2 .*32 of 48 .*3\.00 .*at 0\.02: 2\.80, at 0\.03: 2\.90 .*robust/,
    );
    expect(text).toMatch(/`labeling\.profit_barrier` \| 0\.015 .*refused: .*luck/);
    expect(text.endsWith('Written: a file')).toBe(true);
  });
});
