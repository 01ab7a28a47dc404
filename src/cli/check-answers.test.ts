// Does a person, and a program, read from the checks what leaks and what needs longer than it says?
import { describe, expect, it } from 'vitest';
import type { LeakFinding } from '../research/leak-findings.ts';
import type { LookAheadReport } from '../research/look-ahead-check.ts';
import { leaks, lookAheadJson, lookAheadLines } from './look-ahead-answer.ts';
import { warmUpJson, warmUpLines } from './warm-up-answer.ts';

const finding: LeakFinding = {
  stage: 'feature',
  name: 'next_return',
  kind: 'leak',
  cut: 101,
  bar: 100,
  time: Date.UTC(2024, 2, 1, 5),
  withFuture: 0.0123,
  withoutFuture: undefined,
  cuts: 7,
  reachBars: 1,
};
const report: LookAheadReport = {
  symbol: 'BTCUSDT',
  bars: 2_000,
  cuts: 10,
  wholeCuts: 4,
  valuesCompared: 12_345,
  ordersCompared: 67,
  noModel: undefined,
  findings: [],
};
const about = { riskLevel: 'moderate', regimeSensitivity: 'strict', seed: 3, synthetic: false };

describe('the look-ahead answer', () => {
  it('names the guilty with time, distance and both values, and few that follow', () => {
    const following = Array.from({ length: 8 }, (_, index): LeakFinding => ({
      ...finding,
      stage: 'order',
      name: `follower_${index}`,
      kind: 'follows',
    }));
    const answer = { ...about, reports: [report, { ...report, symbol: 'ETHUSDT', findings: [finding, ...following] }] };
    const text = lookAheadLines(answer, '2.0 s').join('\n');
    expect(leaks(answer)).toBe(true);
    expect(text).toContain(
      'LEAK ETHUSDT feature next_return: first at 2024-03-01 05:00, 1 candle before a cut: 0.0123 with the future, ' +
        'undefined without; at 7 cuts, up to 1 before',
    );
    expect(text).toContain('LOOK-AHEAD in ETHUSDT:');
    expect(text.match(/may follow/g)).toHaveLength(6);
    expect(text).toContain('may follow: 3 more');
    expect(text).not.toContain('No look-ahead');
  });

  it('says where it could not look', () => {
    const blind = { ...report, noModel: '3 usable labels', ordersCompared: 0 };
    const text = lookAheadLines({ ...about, reports: [blind] }, '1 s').join('\n');
    expect(text).toContain('probabilities were not checked, there is no model: 3 usable labels');
    expect(text).toContain('no order was ever wanted');
    expect(text).toContain('No look-ahead');
  });

  it('is whole in JSON, with null for what is undefined', () => {
    const answer = JSON.parse(lookAheadJson({ ...about, reports: [{ ...report, findings: [finding] }] }));
    expect(answer).toMatchObject({ ...about, leaks: true });
    expect(answer.symbols).toEqual([{ ...report, noModel: null, findings: [{ ...finding, withoutFuture: null }] }]);
  });
});

describe('the warm-up answer', () => {
  const needs = [
    { stage: 'feature', name: 'running', measured: Infinity, declared: 5 },
    { stage: 'feature', name: 'boastful', measured: 12, declared: 11 },
    { stage: 'feature', name: 'honest', measured: 12, declared: 12 },
  ];
  const answer = { needs, symbols: ['BTCUSDT'], starts: 9, riskLevel: 'none', seed: 1, synthetic: true };

  it('says which declare too little, and which never settle', () => {
    const text = warmUpLines(answer, '1 s').join('\n');
    expect(text).toMatch(/running +\| +never +\| +5 \| NO/);
    expect(text).toMatch(/boastful +\| +12 +\| +11 \| NO/);
    expect(text).toMatch(/honest +\| +12 +\| +12 \| yes/);
    expect(text).toContain('TOO SHORT: feature running, feature boastful');
    expect(text).toContain('Synthetic market');
  });

  it('is the same in JSON', () => {
    const { ok, needs: listed } = JSON.parse(warmUpJson(answer));
    expect(ok).toBe(false);
    expect(listed.map(({ measured, enough }: { measured: number; enough: boolean }) => [measured, enough])).toEqual([
      [null, false],
      [12, false],
      [12, true],
    ]);
  });
});
