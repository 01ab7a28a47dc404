// When is nothing opened because people said so? Minute by minute, against the calendar of the runtime.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../config/load-config.ts';
import { isInWindow, isNearFunding, isNearTime, NO_ENTRIES } from './entry-windows.ts';
import { EntryWindowWatch } from './entry-window-watch.ts';
import { FundingAhead } from './funding-ahead.ts';
import { sessionRulesOf } from './session-rules.ts';
import { windowOf } from './window-text.ts';

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;
/** A Monday. */
const START = Date.UTC(2024, 4, 27);
const NAMES = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const ticker = { symbol: 'A', lastPrice: 1, markPrice: 1, bid: 1, ask: 1, tradedValue24h: 1 };

const rulesOf = (...settings: readonly string[]) =>
  sessionRulesOf(loadConfig({ overrides: settings.map((each) => `live.no_entries.${each}`) }).config.live).entryWindows;

const clock = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

/** Minutes of two weeks at which nothing is opened. */
const forbiddenMinutes = (window: string): number[] => {
  const rules = rulesOf(`windows=[${window}]`);
  return Array.from({ length: 2 * 7 * 1_440 }, (_, minute) => minute).filter((minute) =>
    isInWindow(rules, START + minute * MINUTE),
  );
};

/** What the calendar says of them, walking on from every beginning until the end is met. */
function walked(begins: (date: Date) => boolean, ends: (date: Date) => boolean): number[] {
  const found: number[] = [];
  let isOn = false;
  for (let minute = -7 * 1_440; minute < 2 * 7 * 1_440; minute += 1) {
    const date = new Date(START + minute * MINUTE);
    if (ends(date)) isOn = false;
    if (begins(date)) isOn = true;
    if (isOn && minute >= 0) found.push(minute);
  }
  return found;
}

const at = (minute: number, day?: number) => (date: Date) =>
  date.getUTCHours() * 60 + date.getUTCMinutes() === minute % 1_440 &&
  (day === undefined || date.getUTCDay() === day % 7);

const minutesFrom = (first: number, count: number): number[] =>
  Array.from({ length: count }, (_, index) => first + index);

const minuteOfDay = fc.integer({ min: 0, max: 1_439 });
const weekday = fc.integer({ min: 0, max: 6 });

describe('a window', () => {
  it('of every day is on from its beginning until its end, over midnight too', () => {
    fc.assert(
      fc.property(minuteOfDay, minuteOfDay, (from, until) => {
        fc.pre(from !== until);
        expect(forbiddenMinutes(`${clock(from)}-${clock(until)}`)).toEqual(walked(at(from), at(until)));
      }),
      { numRuns: 25 },
    );
  });

  it('of every week is on from its weekday until the next such time of day', () => {
    fc.assert(
      fc.property(weekday, minuteOfDay, minuteOfDay, (day, from, until) => {
        fc.pre(from !== until);
        const found = forbiddenMinutes(`${NAMES[day]} ${clock(from)}-${clock(until)}`);
        expect(found).toEqual(walked(at(from, day), at(until, until < from ? day + 1 : day)));
      }),
      { numRuns: 25 },
    );
  });

  it('may last until another weekday, over the end of the week too', () => {
    fc.assert(
      fc.property(weekday, fc.integer({ min: 1, max: 6 }), minuteOfDay, minuteOfDay, (day, days, from, until) => {
        const found = forbiddenMinutes(`${NAMES[day]} ${clock(from)}-${NAMES[(day + days) % 7]} ${clock(until)}`);
        expect(found).toEqual(walked(at(from, day), at(until, day + days)));
      }),
      { numRuns: 25 },
    );
  });

  it('may be a whole day', () => {
    expect(forbiddenMinutes('00:00-24:00')).toHaveLength(2 * 7 * 1_440);
    expect(forbiddenMinutes('Tue 00:00-24:00')).toEqual(walked(at(0, 2), at(0, 3)));
  });

  it('with dates comes once', () => {
    const from = (Date.UTC(2024, 5, 1, 12) - START) / MINUTE;
    const minutes = Array.from({ length: 120 }, (_, minute) => from + minute);
    expect(forbiddenMinutes('2024-06-01T12:00/2024-06-01T14:00')).toEqual(minutes);
    expect(forbiddenMinutes('2024-06-01T12:00:00Z/2024-06-01T14:00')).toEqual(minutes);
  });

  it.each([
    'Sat 22:00',
    'Sad 22:00-23:00',
    'sat 22:00-23:00',
    '24:00-25:00',
    '22:60-23:00',
    '22:00-22:00',
    'Sat 22:00-Sat 22:00',
    'Sat 22:00-Sat 21:00',
    '22:00-Sun 02:00',
    '2024-06-01T14:00/2024-06-01T12:00',
    '2024-06-01T14:00/2024-06-01T14:00',
    '2024-02-30T14:00/2024-06-01T12:00',
    '2024-06-01/2024-06-02',
  ])('is not %s', (text) => {
    expect(windowOf(text)).toBeUndefined();
    expect(() => rulesOf(`windows=[${text}]`)).toThrow(/live/);
  });

  it('does not exclude others', () => {
    const both = rulesOf('windows=[22:00-23:00, 01:00-02:00]');
    const minutes = [0, 60, 119, 120, 1_319, 1_320, 1_379, 1_380];
    expect(minutes.filter((minute) => isInWindow(both, START + minute * MINUTE))).toEqual([60, 119, 1_320, 1_379]);
  });
});

describe('a list of times', () => {
  it('keeps entries away from each of them, before and after', () => {
    const rules = rulesOf('times=[2024-05-27T12:00, 2024-05-28T00:10]', 'minutes_before=20', 'minutes_after=3');
    const found = Array.from({ length: 2 * 1_440 }, (_, minute) => minute).filter((minute) =>
      isNearTime(rules, START + minute * MINUTE),
    );
    expect(found).toEqual([...minutesFrom(700, 23), ...minutesFrom(1_430, 23)]);
  });

  it('has no day that there is not', () => {
    expect(() => rulesOf('times=[2024-02-30T12:00]')).toThrow(/days that there are/);
  });
});

describe('a payment of funding', () => {
  const time = START + 480 * MINUTE;
  const near = (rate: number | undefined, above: string): number[] => {
    const rules = rulesOf(`funding_above=${above}`, 'funding_minutes_before=10', 'funding_minutes_after=2');
    return Array.from({ length: 1_440 }, (_, minute) => minute).filter((minute) =>
      isNearFunding(rules, START + minute * MINUTE, [{ time, rate }]),
    );
  };
  const around = minutesFrom(470, 12);

  it.each([
    [0.002, '0.001', around],
    [-0.002, '0.001', around],
    [0.001, '0.001', []],
    [undefined, '0.001', around],
    [0, '0', around],
    [0.1, 'null', []],
  ])('of %s keeps entries away where the limit is %s, or does not', (rate, above, expected) => {
    expect(near(rate, above)).toEqual(expected);
  });

  it('is the next one that the venue names, and afterwards the last', () => {
    const ahead = new FundingAhead();
    expect(ahead.around(time - 1)).toEqual([
      { time: START, rate: undefined },
      { time, rate: undefined },
    ]);
    ahead.heard({ ...ticker, nextFundingTime: time, fundingRate: 0.003 });
    ahead.heard({ ...ticker, nextFundingTime: time, fundingRate: undefined });
    expect(ahead.around(time - 1)).toContainEqual({ time, rate: 0.003 });
    expect(ahead.around(time)).toEqual([
      { time, rate: 0.003 },
      { time: time + DAY / 3, rate: undefined },
    ]);
    ahead.heard({ ...ticker, nextFundingTime: time + DAY / 3, fundingRate: 0.0001 });
    expect(ahead.around(time + 1)).toEqual([
      { time, rate: 0.003 },
      { time: time + DAY / 3, rate: 0.0001 },
    ]);
  });

  it('is known before and after a start in the middle of it', () => {
    const ahead = new FundingAhead();
    ahead.heard({ ...ticker, nextFundingTime: time + DAY / 3, fundingRate: 0.0001 });
    expect(ahead.around(time + 1)).toContainEqual({ time, rate: undefined });
    expect(ahead.around(time + 1, 1)).toHaveLength(2);
  });
});

it('every reason is put up once and lifted once, for its symbol where it has one', () => {
  let now = START;
  const blocks = new Set<string>();
  const changes: string[] = [];
  const watch = new EntryWindowWatch({
    rules: rulesOf(
      'windows=[07:00-07:30]',
      'times=[2024-05-27T10:00]',
      'minutes_before=5',
      'minutes_after=0',
      'funding_above=0.001',
      'funding_minutes_before=15',
      'funding_minutes_after=1',
    ),
    now: () => now,
    symbols: ['A', 'B'],
    fundingIntervalHours: () => 8,
    block: (reason, blocked, symbol) => {
      const name = symbol === undefined ? reason : `${reason} ${symbol}`;
      if (blocks.has(name) === blocked) return;
      blocks[blocked ? 'add' : 'delete'](name);
      changes.push(`${clock((now - START) / MINUTE)} ${name} ${blocked ? 'on' : 'off'}`);
    },
  });
  for (const symbol of ['A', 'B', 'C'])
    watch.heard({
      ...ticker,
      symbol,
      nextFundingTime: START + 480 * MINUTE,
      fundingRate: symbol === 'A' ? 0.002 : 0.001,
    });
  for (let minute = 60; minute < 720; minute += 1) {
    now = START + minute * MINUTE;
    watch.look();
  }
  expect(changes).toEqual([
    `07:00 ${NO_ENTRIES.window} on`,
    `07:30 ${NO_ENTRIES.window} off`,
    `07:45 ${NO_ENTRIES.funding} A on`,
    `08:01 ${NO_ENTRIES.funding} A off`,
    `09:55 ${NO_ENTRIES.time} on`,
    `10:00 ${NO_ENTRIES.time} off`,
  ]);
});
