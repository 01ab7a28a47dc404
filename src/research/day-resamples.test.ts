import { describe, expect, it } from 'vitest';
import { createDayResamples, meanBlockOf } from './day-resamples.ts';

describe('createDayResamples', () => {
  it('draws the same days for the same length and block, whatever was asked before', () => {
    const resamples = createDayResamples('seed', 50);
    const first = resamples.of(30, 2);
    expect(resamples.of(30, 2)).toBe(first);
    const longer = resamples.of(40, 2);
    expect(longer).toHaveLength(50);
    expect(longer.every((days) => days.length === 40)).toBe(true);
    expect(resamples.of(30, 5)).not.toEqual(first);
    expect(resamples.of(30, 2)).toEqual(first);
    expect(createDayResamples('seed', 50).of(30, 2)).toEqual(first);
    expect(createDayResamples('other', 50).of(30, 2)).not.toEqual(first);
  });

  it('draws in blocks of the mean length asked for', () => {
    const breaks = createDayResamples('blocks', 200)
      .of(500, 4)
      .reduce((sum, days) => sum + days.filter((day, at) => at > 0 && day !== (days[at - 1] + 1) % 500).length, 0);
    expect((200 * 500) / breaks).toBeCloseTo(4, 0);
  });

  it('rounds the automatic block length up to whole days', () => {
    const wave = Array.from({ length: 300 }, (_, day) => Math.sin(day / 10));
    expect(meanBlockOf(wave)).toBeGreaterThan(10);
    expect(Number.isInteger(meanBlockOf(wave))).toBe(true);
    expect(meanBlockOf([0, 0, 0])).toBe(1);
  });

  it('keeps blocks short enough that a sample holds many, however long the memory', () => {
    const drift = Array.from({ length: 1_000 }, (_, day) => (day < 500 ? 1 : -1));
    expect(meanBlockOf(drift)).toBe(20);
  });
});
