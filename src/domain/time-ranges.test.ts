// Is time neither lost nor doubled when spans are merged and cut?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinedSpans, mergedSpans, spansWithout, type TimeSpan } from './time-ranges.ts';

const span = fc.record({ from: fc.integer({ min: 0, max: 40 }), until: fc.integer({ min: 0, max: 40 }) });
const spans = fc.array(span, { maxLength: 8 });

const within = (list: readonly TimeSpan[], time: number): boolean =>
  list.some(({ from, until }) => from <= time && time < until);
const isTidy = (list: readonly TimeSpan[]): boolean =>
  list.every(({ from, until }, index) => from < until && (index === 0 || list[index - 1].until < from));
const moments = Array.from({ length: 41 }, (_, time) => time);

describe('spans', () => {
  it('merged hold the same time', () => {
    fc.assert(
      fc.property(spans, (list) => {
        const merged = mergedSpans(list);
        expect(isTidy(merged)).toBe(true);
        for (const time of moments) expect(within(merged, time)).toBe(within(list, time));
      }),
      { seed: 1 },
    );
  });

  it('taken away are gone, and nothing else is', () => {
    fc.assert(
      fc.property(spans, spans, (wanted, taken) => {
        const left = spansWithout(wanted, taken);
        expect(isTidy(left)).toBe(true);
        for (const time of moments) expect(within(left, time)).toBe(within(wanted, time) && !within(taken, time));
      }),
      { seed: 2 },
    );
  });

  it('joined swallow small distances only', () => {
    const list = [
      { from: 0, until: 2 },
      { from: 4, until: 5 },
      { from: 9, until: 10 },
    ];
    expect(joinedSpans(list, 3)).toEqual([
      { from: 0, until: 5 },
      { from: 9, until: 10 },
    ]);
    expect(joinedSpans([], 3)).toEqual([]);
  });
});
