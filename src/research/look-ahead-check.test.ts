// Is every planted leak found by its name? (R11)
import { describe, expect, it } from 'vitest';
import { checkAll, marketOf, marks, settingsWith } from '../../test/leaks/leak-soil.ts';
import { PLANTED_LEAKS } from '../../test/leaks/planted-leaks.ts';
import type { LookAheadReport } from './look-ahead-check.ts';
import type { LeakFinding } from './leak-findings.ts';

const guiltyOf = (findings: readonly LeakFinding[]): string[] =>
  findings.filter(({ kind }) => kind === 'leak').map(({ stage, name }) => `${stage} ${name}`);

const market = marketOf('leaks');
const settings = settingsWith();

const reports = new Map<string, LookAheadReport>();
/** What the check says of a strategy with the leak; made once. */
function reportOn({ leak, plant }: (typeof PLANTED_LEAKS)[number]): LookAheadReport {
  const report = reports.get(leak) ?? checkAll({ market, settings, prepare: plant({ settings, marks, market }) });
  reports.set(leak, report);
  return report;
}

describe('planted leaks', () => {
  it.each(PLANTED_LEAKS)('finds $leak', (planted) => {
    const before = structuredClone(market.series);
    const report = reportOn(planted);
    const { guilty } = planted;
    expect(guiltyOf(report.findings).toSorted()).toEqual([...guilty].toSorted());
    expect(market.series).toEqual(before);
  });

  it('says where it was first seen, how far ahead it looks, and both values', () => {
    const { findings, cuts } = reportOn(PLANTED_LEAKS[0]);
    const [leak] = findings;
    const { close, openTime, intervalMs } = market.series;
    expect(leak).toMatchObject({ cuts, reachBars: 1, bar: leak.cut - 1, withoutFuture: undefined });
    expect(leak.time).toBe(openTime[leak.bar] + intervalMs);
    expect(leak.withFuture).toBe(close[leak.bar + 1] / close[leak.bar] - 1);
    const followers = findings.slice(1).map(({ stage, name, kind }) => `${kind} ${stage} ${name}`);
    expect(followers).toContain('follows meta-row next_return');
    expect(followers).toContain('follows judgement ready');
  });

  it('finds one that shows at some of the cuts only', () => {
    const planted = PLANTED_LEAKS.find(({ guilty }) => guilty.includes('mark suspect')) ?? PLANTED_LEAKS[0];
    const { findings, cuts } = reportOn(planted);
    expect(findings[0].cuts).toBeGreaterThan(0);
    expect(findings[0].cuts).toBeLessThan(cuts);
  });
});

describe('a check', () => {
  it('does without a model where there is too little to learn from, and says so', () => {
    const report = checkAll({ market, settings: settingsWith([], 'moderate', 100_000) });
    expect(report.findings).toEqual([]);
    expect(report.noModel).toContain('model.min_train_samples');
    expect(report.ordersCompared).toBeGreaterThan(1_000);
  });

  it('reports the same for the same seed', () => {
    const { plant } = PLANTED_LEAKS[2];
    const prepare = plant({ settings, marks, market });
    const [first, second] = [0, 1].map(() => checkAll({ market, settings, prepare, cuts: 6 }));
    expect(first).toEqual(second);
    expect(checkAll({ market, settings, prepare, cuts: 6, seed: 'other' })).not.toEqual(first);
  });
});
