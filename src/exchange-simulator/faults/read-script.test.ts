// Does a fault script say what was meant, and does a wrong one say everything that is wrong with it?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readScript } from './read-script.ts';

const problemsOf = (written: unknown): readonly string[] => {
  const read = readScript(written);
  if (read.kind === 'read') return [];
  return read.problems.map(({ where, message, hint }) => [where, message, hint].filter(Boolean).join(' | '));
};

const entriesOf = (text: string) => {
  const read = readScript(parse(text));
  if (read.kind === 'refused') throw new Error(JSON.stringify(read.problems));
  return read.script;
};

describe('a fault script', () => {
  it('is read with rows by number and by name, triggers, spans and parameters', () => {
    const { seed, faults } = entriesOf(`
seed: 7
faults:
  - fault: 1
    at: 2024-01-03T04:00:00Z
    symbol: BTCUSDT
  - fault: candles-missing
    every: 6h
    count: 2
    drops: false
  - { fault: 18, rate: 0.02, for_wall: 2s, topic: kline, channel: public, delay_ms: 40, at_most: 3 }
  - { fault: 34, request: 5, for: 10m, offset_ms: -2500 }
  - { fault: symbol-delisted, at: 1704254400000, notice: 36h }
`);
    expect(seed).toBe(7);
    expect(faults[0]).toMatchObject({
      row: 1,
      trigger: { kind: 'at', time: Date.UTC(2024, 0, 3, 4) },
      extent: { count: 1 },
      narrowing: { symbol: 'BTCUSDT' },
      atMost: Infinity,
    });
    expect(faults[1]).toMatchObject({
      row: 20,
      trigger: { kind: 'every', spanMs: 6 * 3_600_000 },
      extent: { count: 2 },
      parameters: { drops: false },
    });
    expect(faults[2]).toMatchObject({
      trigger: { kind: 'rate', rate: 0.02 },
      extent: { wallMs: 2_000 },
      narrowing: { topic: 'kline', channel: 'public' },
      parameters: { delay_ms: 40 },
      atMost: 3,
    });
    expect(faults[3]).toMatchObject({
      trigger: { kind: 'nth', nth: 5 },
      extent: { marketMs: 600_000 },
      parameters: { offset_ms: -2500, drift_ms_per_minute: 0 },
    });
    expect(faults[4].parameters).toEqual({ kind: 'announced', notice: 36 * 3_600_000 });
  });

  it('may be the list alone, and empty', () => {
    expect(readScript([], 3)).toEqual({ kind: 'read', script: { seed: 3, faults: [] } });
    expect(readScript({})).toEqual({ kind: 'read', script: { seed: 0, faults: [] } });
  });

  it('lasts as is usual for the row and for what makes it begin', () => {
    const extents = entriesOf(`
faults:
  - fault: 1
  - { fault: 10, request: 2 }
  - { fault: 34, at: 2024-01-01 }
  - { fault: 43, at: 2024-01-01 }
  - { fault: 25, request: 2 }
  - { fault: 25, every: 1d }
  - fault: 11
`).faults.map(({ extent }) => extent);
    expect(extents).toEqual([
      {},
      { wallMs: 60_000 },
      {},
      { moment: true },
      { count: 1 },
      { marketMs: 86_400_000 },
      { moment: true },
    ]);
  });

  it('names every problem at once, each with its place and the nearest right word', () => {
    const problems = problemsOf({
      sed: 1,
      seed: -1,
      faults: [
        { fault: 'create-times-out' },
        { fault: 99 },
        { falt: 1 },
        7,
        { fault: 18, delay: 5, rate: 2 },
        { fault: 18, delay_ms: -1, at: 'tomorrow', every: '6 hours' },
        { fault: 1, topic: 'order' },
        { fault: 26, share: 1.5 },
        { fault: 21, kind: 'mising', chanel: 'public' },
        { fault: 13, channel: 'privat', count: 0, at_most: 0.5 },
        { fault: 38, notice: 5 },
        { fault: 51, prefix: 'no spaces' },
        { fault: 14, for: '10' },
      ],
    });
    expect(problems).toEqual([
      'sed | a fault script has no sed | did you mean seed?',
      'seed | seed: -1 is not a whole number from 0 on',
      'faults[0].fault | there is no fault "create-times-out" | did you mean create-times-out-after-acceptance?',
      'faults[1].fault | there is no fault 99 | rows 1 to 52, or their names',
      'faults[2] | it does not say which fault | did you mean fault instead of falt?',
      'faults[3] | 7 is no fault | write fault: 1',
      'faults[4].delay | messages-late has no delay | did you mean delay_ms?',
      'faults[4].rate | rate: 2 is above 1',
      'faults[5].every | at and every cannot both say when it begins',
      'faults[5].at | at: "tomorrow" is no moment | write 2024-01-03T04:00:00Z',
      'faults[5].every | every: "6 hours" is no span of time | write 250ms, 2s, 10m, 6h or 1d',
      'faults[5].delay_ms | delay_ms: -1 is below 0',
      'faults[6].topic | create-times-out-after-acceptance cannot be narrowed by topic | it can be by symbol, path',
      'faults[7].share | share: 1.5 is above 1',
      'faults[8].chanel | confirm-missing has no chanel | did you mean channel?',
      'faults[8].kind | kind: there is no "mising" | did you mean missing?',
      'faults[9].count | count: 0 is below 1',
      'faults[9].channel | there is no channel "privat" | did you mean private?',
      'faults[9].at_most | at_most: 0.5 is not whole',
      'faults[10].notice | notice: 5 has no unit | write 10m or 6h',
      'faults[11].prefix | prefix: "no spaces" is not 1 to 24 of A-Z, a-z, 0-9, - and _',
      'faults[12].for | for: "10" is no span of time | write 250ms, 2s, 10m, 6h or 1d',
    ]);
  });

  it('is refused as a whole when it is no script', () => {
    expect(problemsOf('faults')).toHaveLength(1);
    expect(problemsOf(undefined)).toHaveLength(1);
    expect(problemsOf({ faults: 'all' })).toEqual(['faults | faults: "all" is no list']);
  });

  it('never throws, whatever is written', () => {
    const keys = fc.constantFrom(
      'fault',
      'at',
      'every',
      'rate',
      'request',
      'for',
      'count',
      'delay_ms',
      'kind',
      'symbol',
    );
    const entry = fc.dictionary(keys, fc.oneof(fc.integer({ min: -5, max: 60 }), fc.string(), fc.jsonValue()));
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.record({ faults: fc.array(entry) })), (written) => {
        expect(['read', 'refused']).toContain(readScript(written).kind);
      }),
      { numRuns: 150 },
    );
  });
});
