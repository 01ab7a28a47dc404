import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY_MS, MINUTE_MS } from '../../domain/time.ts';
import { accountId, judgeReadiness, sealOf, type ReadinessReport } from './readiness-report.ts';

const NOW = Date.UTC(2026, 5, 1, 12);
const account = accountId('bybit', 'live', 'the-key');
const question = { account, configHash: 'c0ffee', codeVersion: '0.1.0+abc', now: NOW };

const passed: ReadinessReport = {
  format: 'perpilot-readiness',
  version: 1,
  createdAt: NOW - DAY_MS,
  result: 'passed',
  account,
  configHash: 'c0ffee',
  codeVersion: '0.1.0+abc',
  lines: [
    { id: 'L8', what: 'the kill switch ends flat', result: 'passed' },
    { id: 'runbook', what: 'the runbook was read', result: 'signed', signedBy: 'Ada', signedOn: '2026-05-30' },
  ],
};

const sealed = (more: Partial<ReadinessReport> = {}): string => {
  const report = { ...passed, ...more };
  return JSON.stringify({ ...report, seal: sealOf(report) });
};
const codes = (text: string | undefined): readonly string[] => judgeReadiness(text, question).map(({ code }) => code);

describe('a report of readiness', () => {
  it('holds when it passed within seven days for this account, these settings and this version', () => {
    expect(codes(sealed())).toEqual([]);
    expect(codes(sealed({ createdAt: NOW - 7 * DAY_MS }))).toEqual([]);
    expect(codes(sealed({ createdAt: NOW + MINUTE_MS }))).toEqual([]);
  });

  it.each([
    ['that is not there', undefined, ['READINESS_MISSING']],
    ['that is no JSON', '{', ['READINESS_UNREADABLE']],
    ['that is something else', '{"format":"perpilot-model","version":1}', ['READINESS_UNREADABLE']],
    ['of another version of the format', sealed().replace('"version":1', '"version":2'), ['READINESS_UNREADABLE']],
    ['that failed', sealed({ result: 'failed' }), ['READINESS_FAILED']],
    [
      'that says it passed with a line that failed',
      sealed({ lines: [{ id: 'L1', what: 'x', result: 'failed' }] }),
      ['READINESS_FAILED'],
    ],
    ['that checked nothing', sealed({ lines: [] }), ['READINESS_FAILED']],
    ['that is too old', sealed({ createdAt: NOW - 7 * DAY_MS - 1 }), ['READINESS_OUTDATED']],
    ['from the future', sealed({ createdAt: NOW + MINUTE_MS + 1 }), ['READINESS_OUTDATED']],
    ['for another account', sealed({ account: accountId('bybit', 'live', 'other') }), ['READINESS_FOREIGN']],
    ['for the testnet', sealed({ account: accountId('bybit', 'testnet', 'the-key') }), ['READINESS_FOREIGN']],
    ['for other settings', sealed({ configHash: 'beef' }), ['READINESS_FOREIGN']],
    ['for another version', sealed({ codeVersion: '0.2.0+abc' }), ['READINESS_FOREIGN']],
    ['with a signature of nobody', sealed().replace('"signedBy":"Ada",', ''), ['READINESS_UNREADABLE']],
    ['without a seal', JSON.stringify(passed), ['READINESS_UNREADABLE']],
  ])('%s does not hold', (_name, text, expected) => {
    expect(codes(text)).toEqual(expected);
  });

  it('tells all that is wrong with it at once', () => {
    expect(codes(sealed({ result: 'failed', createdAt: 0, configHash: 'beef' }))).toEqual([
      'READINESS_FAILED',
      'READINESS_OUTDATED',
      'READINESS_FOREIGN',
    ]);
  });

  it('never holds when a character of it was changed by hand', () => {
    const text = sealed();
    // Blanks between members mean nothing, so letters and digits are what is changed.
    const places = [...text.matchAll(/[a-z0-9]/gi)].map(({ index }) => index);
    fc.assert(
      fc.property(
        fc.constantFrom(...places),
        fc.constantFrom('a', 'b', 'c', 'x', 'Z', '0', '1', '9'),
        (place, letter) => {
          fc.pre(text[place] !== letter);
          expect(codes(`${text.slice(0, place)}${letter}${text.slice(place + 1)}`)).not.toEqual([]);
        },
      ),
      { seed: 1, numRuns: 500 },
    );
  });
});
