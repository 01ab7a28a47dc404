// Do pieces in any order give one history, with its holes and revisions?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRowCollector, holesIn, revisedRows, type HistoryRow } from './history-rows.ts';

const collected = (...pieces: readonly (readonly HistoryRow[])[]) => {
  const collector = createRowCollector(1);
  for (const piece of pieces) collector.add(piece);
  return collector.rows();
};
const plain = ({ time, values }: ReturnType<typeof collected>) =>
  Array.from(time, (at, index) => [at, values[0][index]]);

describe('pieces', () => {
  it('give each time once, the later value in place of the earlier', () => {
    expect(
      plain(
        collected(
          [
            [5, 1],
            [3, 2],
          ],
          [
            [4, 3],
            [5, 4],
          ],
        ),
      ),
    ).toEqual([
      [3, 2],
      [4, 3],
      [5, 4],
    ]);
    expect(plain(collected([]))).toEqual([]);
  });

  it('agree with a map, whatever their order and number', () => {
    const row = fc.tuple(fc.integer({ min: 0, max: 50 }), fc.integer());
    fc.assert(
      fc.property(fc.array(fc.array(row)), (pieces) => {
        const map = new Map(pieces.flat());
        expect(plain(collected(...pieces))).toEqual([...map].toSorted(([a], [b]) => a - b));
      }),
      { seed: 3 },
    );
  });

  it('grow beyond their first room and can be added to a history', () => {
    const many = Array.from({ length: 10_000 }, (_, index) => [index, index * 2]);
    const first = collected(many);
    const collector = createRowCollector(1);
    collector.addAll(first);
    collector.add([[9_999, -1]]);
    const rows = collector.rows();
    expect(rows.length).toBe(10_000);
    expect(rows.values[0][9_999]).toBe(-1);
    expect(rows.values[0][5_000]).toBe(10_000);
  });
});

describe('a history', () => {
  it('tells its holes', () => {
    expect(
      holesIn(
        collected([
          [0, 0],
          [10, 0],
          [40, 0],
          [50, 0],
          [70, 0],
        ]),
        10,
      ),
    ).toEqual([
      { from: 20, until: 40 },
      { from: 60, until: 70 },
    ]);
    expect(holesIn(collected([]), 10)).toEqual([]);
  });

  it('tells what was revised, and nothing that is new or gone', () => {
    const before = collected([
      [0, 1],
      [10, 2],
      [20, NaN],
      [30, 4],
    ]);
    const after = collected([
      [10, 3],
      [20, NaN],
      [30, 4],
      [40, 5],
    ]);
    expect(revisedRows(before, after)).toEqual([{ time: 10, before: [2], after: [3] }]);
  });
});
