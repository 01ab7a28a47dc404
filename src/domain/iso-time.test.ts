// Are instants written as the runtime's own calendar writes them?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPlausibleTime, isoDate, isoTime } from './iso-time.ts';

describe('isoTime', () => {
  it('equals the runtime’s calendar', () => {
    const time = fc.integer({ min: -60_000_000_000_000, max: 250_000_000_000_000 });
    fc.assert(
      fc.property(time, (value) => {
        const expected = new Date(value).toISOString();
        expect(isoDate(value)).toBe(expected.slice(0, 10));
        const minute = Math.floor(value / 60_000) * 60_000;
        expect(isoTime(minute)).toBe(expected.slice(0, 16).replace('T', ' '));
      }),
      { seed: 4 },
    );
  });

  it('shows seconds and milliseconds only where there are some', () => {
    expect(isoTime(Date.UTC(2024, 1, 29, 8, 0, 0, 31))).toBe('2024-02-29 08:00:00.031');
    expect(isoTime(Date.UTC(2024, 1, 29, 8, 0, 5))).toBe('2024-02-29 08:00:05');
    expect(isoTime(NaN)).toBe('NaN');
    expect(isoTime(1e300)).toBe('1e+300');
  });
});

describe('isPlausibleTime', () => {
  it('refuses seconds, microseconds and fractions', () => {
    const now = Date.UTC(2024, 5, 1);
    expect(isPlausibleTime(now)).toBe(true);
    expect(isPlausibleTime(now / 1000)).toBe(false);
    expect(isPlausibleTime(now * 1000)).toBe(false);
    expect(isPlausibleTime(now + 0.5)).toBe(false);
    expect(isPlausibleTime(NaN)).toBe(false);
  });
});
