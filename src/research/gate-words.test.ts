// Does a row that has no edge say which gate it failed, with what was measured and what is needed?
import { describe, expect, it } from 'vitest';
import { simulatedRows } from '../../test/null/simulated-rows.ts';
import { failedGates, gateWords, type GatedRow } from './gate-words.ts';
import { assessSelection, type Survival, type SurvivalGate } from './selection.ts';
import { trialsAlone } from './trial-log.ts';

const rows = simulatedRows({ seed: 'words', days: 60, correlation: 0.5 }).slice(0, 4);
const input = { rows, seed: 'words', resamples: 20, drawdownLimits: [], buyAndHold: new Map() };
const report = assessSelection({ ...input, trials: { ...trialsAlone(rows), trials: 18 } });

const failing = (gate: SurvivalGate, value: number, trades = 100): GatedRow => ({
  figures: { trades },
  verdict: { survival: { survives: false, gate, measured: { value } } },
});

describe('the words for a gate', () => {
  it.each<[SurvivalGate, number, RegExp]>([
    [
      'deflated Sharpe ratio',
      0.41,
      /^not above what luck gives the best of 18 trials: deflated Sharpe 0\.41, needs 0\.95$/,
    ],
    ['Sharpe interval', -0.3, /^not surely above zero: the 95 % interval of the Sharpe ratio begins at -0\.30$/],
    ['search against flat', 0.31, /^the 4 rows tried do not beat doing nothing: SPA p 0\.31, needs less than 0\.05$/],
    ['overfitting', 0.99, /^picking the best row did not hold out of sample: PBO 0\.99, above the 0\.\d\d that/],
  ])('%s', (gate, value, words) => {
    expect(gateWords(failing(gate, value), report)).toMatch(words);
    expect(failedGates(failing(gate, value))).toEqual([gate]);
  });

  it('names few trades beside the gate, and nothing for an edge', () => {
    const few = failing('deflated Sharpe ratio', 0.2, 1);
    expect(gateWords(few, report)).toMatch(/^only 1 trade, needs 30; not above/);
    expect(failedGates(few)).toEqual(['trades', 'deflated Sharpe ratio']);
    const edge: GatedRow = { figures: { trades: 30 }, verdict: { survival: { survives: true } } };
    expect([gateWords(edge, report), failedGates(edge)]).toEqual([undefined, []]);
  });

  it('gives the reason of a figure without a value, and the digits that tell a miss from the bound', () => {
    const measured = { value: undefined, reason: 'returns do not vary' } as const;
    const survival: Survival = { survives: false, gate: 'deflated Sharpe ratio', measured };
    const none: GatedRow = { figures: { trades: 100 }, verdict: { survival } };
    expect(gateWords(none, report)).toContain('deflated Sharpe n/a (returns do not vary), needs 0.95');
    expect(gateWords(failing('deflated Sharpe ratio', 0.9496), report)).toContain('Sharpe 0.9496, needs 0.95');
    const single = { ...report, trials: 1 };
    expect(gateWords(failing('deflated Sharpe ratio', 0.5), single)).toContain('above what luck gives a single trial');
  });
});
