// Is a difference that stays looked at ever more rarely, and something new at once?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ComparisonPauses, type Outcome } from './comparison-pauses.ts';

const RULES = { firstMs: 1_000, everyMs: 60_000 };
const stays: Outcome = { kind: 'compared', findings: [{ kind: 'unknown-position', symbol: 'AUSDT' }] };
const other: Outcome = { kind: 'compared', findings: [{ kind: 'stop-missing', symbol: 'AUSDT' }] };
const well: Outcome = { kind: 'compared', findings: [] };

describe('ComparisonPauses', () => {
  it('doubles while the same stands, up to the usual time', () => {
    const pauses = new ComparisonPauses(RULES);
    const waits = Array.from({ length: 8 }, () => pauses.after(stays));
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
  });

  it('begins anew with something new, and after all was well', () => {
    const pauses = new ComparisonPauses(RULES);
    for (let round = 0; round < 5; round += 1) pauses.after(stays);
    expect(pauses.after(other)).toBe(1_000);
    expect(pauses.after(other)).toBe(2_000);
    expect(pauses.after(well)).toBeUndefined();
    expect(pauses.after(other)).toBe(1_000);
  });

  it('looks at what moves within a quarter of the usual time', () => {
    const pauses = new ComparisonPauses(RULES);
    const waits = Array.from({ length: 7 }, () => pauses.after({ kind: 'moving' }));
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000]);
  });

  it('never waits longer than the usual time, and never less than the first', () => {
    const outcomes = fc.constantFrom<Outcome>(stays, other, well, { kind: 'moving' }, { kind: 'failed' });
    fc.assert(
      fc.property(fc.array(outcomes), (happened) => {
        const pauses = new ComparisonPauses(RULES);
        for (const outcome of happened) {
          const wait = pauses.after(outcome);
          if (outcome === well) expect(wait).toBeUndefined();
          else expect(wait).toBeGreaterThanOrEqual(RULES.firstMs);
          expect(wait ?? 0).toBeLessThanOrEqual(RULES.everyMs);
        }
      }),
    );
  });
});
