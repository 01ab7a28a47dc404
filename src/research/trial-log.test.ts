import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CHAIN_START, chainLines, readChain } from '../domain/hash-chain.ts';
import { DAY_MS } from '../domain/time.ts';
import { sampleVariance } from './statistics/moments.ts';
import { asPrimaryAlone, countTrials, parseTrial, trialsOf, type Trial } from './trial-log.ts';

const TRIAL: Trial = {
  runId: 'research-1',
  evaluatedAt: 1_700_000_000_000,
  symbol: 'BTCUSDT',
  riskLevel: 'moderate',
  variant: 'ensemble/standard',
  configHash: 'c0',
  settingsHash: 's0',
  dataHash: 'd0',
  from: 10 * DAY_MS,
  to: 20 * DAY_MS,
  codeVersion: '0.1.0',
  seed: 1,
  sharpe: 0.1,
  days: 10,
};
const trial = (changes: Partial<Trial>): Trial => ({ ...TRIAL, ...changes });

describe('trialsOf', () => {
  const context = {
    runId: 'r',
    evaluatedAt: 5,
    codeVersion: 'v',
    seed: 7,
    dataHashOf: (symbol: string) => `data of ${symbol}`,
    settingsHashOf: ({ configHash }: { readonly configHash: string }) => `settings of ${configHash}`,
  };
  const outcome = { symbol: 'A', riskLevel: 'x', variant: 'v', configHash: 'c', from: 0, to: DAY_MS };

  it('keeps the Sharpe ratio per day, and leaves an undefined one out instead of writing 0', () => {
    const [some, none] = trialsOf(
      [
        { ...outcome, dailyReturns: [0.01, 0.03] },
        { ...outcome, dailyReturns: [0, 0, 0] },
      ],
      context,
    );
    expect(some).toMatchObject({ days: 2, dataHash: 'data of A', settingsHash: 'settings of c', seed: 7 });
    expect(some.sharpe).toBeCloseTo(0.02 / Math.sqrt(0.0002), 12);
    expect(none).toMatchObject({ days: 3 });
    expect('sharpe' in none).toBe(false);
  });

  it('survives the log, and nothing else is taken for a trial', () => {
    const trials = [TRIAL, trial({ sharpe: undefined }), trial({ seed: 'µ', configHash: 'c"1' })];
    const reading = readChain(chainLines(CHAIN_START, trials).text);
    expect(reading.kind === 'sound' && reading.entries.map(parseTrial)).toEqual(trials);
    for (const value of [undefined, 5, {}, { ...TRIAL, sharpe: null }, { ...TRIAL, days: -1 }, { ...TRIAL, from: '0' }])
      expect(parseTrial(value)).toBeUndefined();
  });

  it('counts the primary signal alone as a configuration of its own', () => {
    const rows = [{ ...outcome, dailyReturns: [0.01, 0.03] }];
    const trials = trialsOf([...rows, ...asPrimaryAlone(rows)], context);
    expect(countTrials(trials, [trials[0]]).trials).toBe(2);
  });
});

describe('countTrials', () => {
  const scope = { symbol: 'BTCUSDT', dataHash: 'd0', from: 10 * DAY_MS, to: 20 * DAY_MS };

  it('counts the same configuration on the same data once, with its last known Sharpe ratio', () => {
    const log = [trial({}), trial({ sharpe: 0.5, runId: 'again' }), trial({ sharpe: undefined })];
    expect(countTrials([...log, trial({ configHash: 'c1', sharpe: 0.7 })], [scope])).toEqual({
      trials: 2,
      withSharpe: 2,
      varianceOfSharpes: sampleVariance([0.5, 0.7]),
      looks: 2,
      evaluations: 4,
    });
  });

  it.each<[string, Partial<Trial>, boolean]>([
    ['the same data, another span', { from: 0, to: DAY_MS }, true],
    ['the same data under another symbol', { symbol: 'ETHUSDT' }, true],
    ['other data, one day in common', { dataHash: 'd1', from: 19 * DAY_MS, to: 30 * DAY_MS }, true],
    ['other data, the span inside', { dataHash: 'd1', from: 0, to: 99 * DAY_MS }, true],
    ['other data right after', { dataHash: 'd1', from: 20 * DAY_MS, to: 30 * DAY_MS }, false],
    ['other data right before', { dataHash: 'd1', from: 0, to: 10 * DAY_MS }, false],
    ['another symbol and other data', { dataHash: 'd1', symbol: 'ETHUSDT' }, false],
  ])('%s: competes or not', (_what, changes, competes) => {
    expect(countTrials([trial(changes)], [scope]).trials).toBe(competes ? 1 : 0);
  });

  it('tells looks apart by seed and span where trials are one', () => {
    const log = [trial({}), trial({ seed: 2 }), trial({ seed: 3 }), trial({ to: 19 * DAY_MS }), trial({})];
    expect(countTrials(log, [scope])).toMatchObject({
      trials: 1,
      looks: 4,
      evaluations: 5,
      varianceOfSharpes: undefined,
    });
  });

  it('agrees with counting by hand, in any order and number of repetitions', () => {
    const trials = fc.array(
      fc.record({
        configHash: fc.constantFrom('a', 'b', 'c'),
        symbol: fc.constantFrom('BTCUSDT', 'ETHUSDT', 'XRPUSDT'),
        dataHash: fc.constantFrom('d0', 'd1'),
        from: fc.nat(30).map((day) => day * DAY_MS),
      }),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(trials, (changes) => {
        const log = changes.map((change) => trial({ ...change, to: change.from + 5 * DAY_MS }));
        const names = log
          .filter(({ symbol, dataHash, from, to }) => {
            const overlaps = Math.min(to, scope.to) > Math.max(from, scope.from);
            return dataHash === 'd0' || (symbol === 'BTCUSDT' && overlaps);
          })
          .map(({ configHash, symbol }) => `${configHash} ${symbol}`);
        const count = countTrials(log, [scope]);
        expect(count).toMatchObject({ trials: new Set(names).size, evaluations: names.length });
        expect(countTrials([...log, ...log.toReversed()], [scope, scope]).trials).toBe(count.trials);
      }),
      { seed: 3, numRuns: 200 },
    );
  });
});
