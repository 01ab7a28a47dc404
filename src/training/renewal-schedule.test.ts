// Are models trained when the calendar, their age, drift or the guard ask for it, and never more often than allowed?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../domain/time.ts';
import { nextCronTime, parseCron, type CronTimes } from './cron-times.ts';
import { nextTraining, retrainCauses } from './renewal-schedule.ts';

const at = (text: string): number => Date.parse(`${text}Z`);
const cron = (text: string): CronTimes => {
  const parsed = parseCron(text);
  if (typeof parsed === 'string') throw new Error(parsed);
  return parsed;
};
const next = (text: string, after: string): string | undefined => {
  const time = nextCronTime(cron(text), at(after));
  return time === undefined ? undefined : new Date(time).toISOString().slice(0, 16);
};

const list = (least: number, most: number) =>
  fc.uniqueArray(fc.integer({ min: least, max: most }), { minLength: 1, maxLength: 4 }).map((all) => all.join(','));

describe('a cron expression', () => {
  it.each([
    ['0 3 * * 1', '2024-03-01T10:00', '2024-03-04T03:00'],
    ['0 3 * * mon', '2024-03-04T03:00', '2024-03-11T03:00'],
    ['*/15 * * * *', '2024-03-01T10:14:59', '2024-03-01T10:15'],
    ['30 6 1 * *', '2024-12-01T06:30', '2025-01-01T06:30'],
    ['0 0 29 2 *', '2024-03-01T00:00', '2028-02-29T00:00'],
    ['0 0 13 * 5', '2024-09-01T00:00', '2024-09-06T00:00'],
    ['0 12 1-7 * 7', '2024-09-08T13:00', '2024-09-15T12:00'],
    ['5,10-20/5 4 * jan-mar *', '2024-03-31T04:15', '2024-03-31T04:20'],
    ['0 0 30 2 *', '2024-01-01T00:00', undefined],
  ])('%s after %s comes at %s', (text, after, expected) => {
    expect(next(text, after)).toBe(expected);
  });

  it.each([
    '',
    '* * * *',
    '60 * * * *',
    '* 24 * * *',
    '* * 0 * *',
    '* * * 13 *',
    '* * * * 8',
    '5-1 * * * *',
    'x * * * *',
    '*/0 * * * *',
  ])('%j is refused', (text) => {
    expect(typeof parseCron(text)).toBe('string');
  });

  it('is the first minute that fits, by brute force', () => {
    const expression = fc
      .tuple(list(0, 59), list(0, 23), fc.constant('*'), list(1, 12), list(0, 6))
      .map((parts) => parts.join(' '));
    fc.assert(
      fc.property(expression, fc.integer({ min: 0, max: 400 * 24 * 60 }), (text, minutes) => {
        const start = at('2024-01-01T00:00') + minutes * MINUTE_MS;
        const found = nextCronTime(cron(text), start);
        const [mm, hh, , mon, dow] = text.split(' ').map((part) => new Set(part.split(',').map(Number)));
        const fits = (time: number): boolean => {
          const date = new Date(time);
          return (
            mm.has(date.getUTCMinutes()) &&
            hh.has(date.getUTCHours()) &&
            mon.has(date.getUTCMonth() + 1) &&
            dow.has(date.getUTCDay())
          );
        };
        let time = start + MINUTE_MS;
        while (!fits(time)) time += MINUTE_MS;
        expect(found).toBe(time);
      }),
      { seed: 3, numRuns: 20 },
    );
  });
});

describe('the schedule', () => {
  const NOW = at('2024-05-01T00:00');
  const rules = { everyDays: 30, cron: undefined, onDrift: true, onGuard: true, minHoursBetween: 12 };
  const facts = { lastTraining: NOW - 5 * DAY_MS, driftSince: undefined, guardSince: undefined };

  it('begins with the first training, and then asks by age', () => {
    expect(retrainCauses(NOW, rules, { ...facts, lastTraining: undefined })).toEqual(['first']);
    expect(retrainCauses(NOW, rules, facts)).toEqual([]);
    expect(retrainCauses(NOW + 25 * DAY_MS, rules, facts)).toEqual(['age']);
    expect(retrainCauses(NOW, rules, { ...facts, shadowUntil: NOW })).toEqual(['shadow']);
    expect(retrainCauses(NOW, rules, { ...facts, shadowUntil: NOW + 1 })).toEqual([]);
    expect(retrainCauses(NOW, rules, { ...facts, lastTraining: NOW - 1, shadowUntil: NOW })).toEqual([]);
    expect(retrainCauses(NOW + 25 * DAY_MS, { ...rules, everyDays: null }, facts)).toEqual([]);
    expect(nextTraining(rules, NOW)).toBe(NOW + 30 * DAY_MS);
    expect(nextTraining({ ...rules, everyDays: null }, NOW)).toBeUndefined();
  });

  it('asks by the calendar, once for each time', () => {
    const weekly = { ...rules, everyDays: null, cron: cron('0 3 * * 1') };
    expect(retrainCauses(at('2024-05-06T02:59'), weekly, { ...facts, lastTraining: NOW })).toEqual([]);
    expect(retrainCauses(at('2024-05-06T03:00'), weekly, { ...facts, lastTraining: NOW })).toEqual(['calendar']);
    expect(retrainCauses(at('2024-05-07T03:00'), weekly, { ...facts, lastTraining: at('2024-05-06T03:00') })).toEqual(
      [],
    );
    expect(nextTraining(weekly, NOW)).toBe(at('2024-05-06T03:00'));
  });

  it('asks when models no longer fit or the guard paused, unless that is answered or switched off', () => {
    const drifted = { ...facts, driftSince: NOW - DAY_MS, guardSince: NOW - HOUR_MS };
    expect(retrainCauses(NOW, rules, drifted)).toEqual(['drift', 'guard']);
    expect(retrainCauses(NOW, { ...rules, onDrift: false }, drifted)).toEqual(['guard']);
    expect(retrainCauses(NOW, { ...rules, onGuard: false }, drifted)).toEqual(['drift']);
    expect(
      retrainCauses(NOW, rules, { ...drifted, lastTraining: NOW - 13 * HOUR_MS, driftSince: NOW - 20 * HOUR_MS }),
    ).toEqual(['guard']);
  });

  it('keeps its distance, whatever asks', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ hours: fc.integer({ min: 1, max: 40 }), drift: fc.boolean(), guard: fc.boolean() })),
        (steps) => {
          let now = NOW;
          let lastTraining = NOW;
          let driftSince: number | undefined;
          let guardSince: number | undefined;
          for (const { hours, drift, guard } of steps) {
            now += hours * HOUR_MS;
            if (drift) driftSince = now;
            if (guard) guardSince = now;
            if (retrainCauses(now, rules, { lastTraining, driftSince, guardSince }).length === 0) continue;
            expect(now - lastTraining).toBeGreaterThanOrEqual(12 * HOUR_MS);
            lastTraining = now;
          }
        },
      ),
      { seed: 2, numRuns: 100 },
    );
  });
});
