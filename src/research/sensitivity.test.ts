// Are spreads, heat maps and neighbours of a sweep what a plain search through all rows finds?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { heatMaps, neighbourhoodOf, pointsOf, sensitivityTables, type SweepPoint } from './sensitivity.ts';
import { sensitivitySection } from './sensitivity-section.ts';
import type { SweepDimension } from './sweep.ts';

const SEED = 20_240_602;

const dimensionOf = (key: string, ...values: string[]): SweepDimension => ({ key, values });
const pointAt = (place: readonly number[], sharpe: number | undefined, trades = 100): SweepPoint => ({
  place,
  sharpe,
  profitFactor: sharpe === undefined ? undefined : 1 + sharpe / 10,
  trades,
});

/** The median by its definition: as many values on one side as on the other. */
function medianByDefinition(values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  const rising = values.toSorted((a, b) => a - b);
  return (rising[Math.floor((rising.length - 1) / 2)] + rising[Math.ceil((rising.length - 1) / 2)]) / 2;
}

const known = (points: readonly SweepPoint[]): number[] =>
  points.flatMap(({ sharpe }) => (sharpe === undefined ? [] : [sharpe]));

const sweeps = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 }).chain((sizes) =>
  fc.record({
    dimensions: fc.constant(
      sizes.map((size, at) => dimensionOf(`s.k${at}`, ...Array.from({ length: size }, (_, v) => `v${v}`))),
    ),
    points: fc.array(
      fc.record({
        place: fc.tuple(...sizes.map((size) => fc.integer({ min: 0, max: size - 1 }))),
        sharpe: fc.option(fc.integer({ min: -30, max: 30 }), { nil: undefined }),
        profitFactor: fc.option(fc.double({ min: 0, max: 9, noNaN: true }), { nil: undefined }),
        trades: fc.nat({ max: 500 }),
      }),
      { maxLength: 40 },
    ),
  }),
);

const line = [dimensionOf('a.x', '0.3', '0.1', '0.2')];
/** Whether a best of 1 is a peak when all its neighbours have the Sharpe ratio `beside`. */
const judged = (beside: number): boolean | undefined =>
  neighbourhoodOf(line, [pointAt([0], beside), pointAt([1], beside), pointAt([2], 1)])?.isPeak;

const rowsOf = (sharpeOf: (x: number, y: number) => number | undefined) =>
  [0, 1, 2].flatMap((x) =>
    [0, 1].map((y) => ({
      riskLevel: 'moderate',
      configHash: `h${x}${y}`,
      figures: { sharpe: sharpeOf(x, y), profitFactor: undefined, trades: 10 * x + y },
    })),
  );
describe('the table of a setting', () => {
  it('agrees with a search through all rows', () => {
    fc.assert(
      fc.property(sweeps, ({ dimensions, points }) => {
        const tables = sensitivityTables(dimensions, points);
        expect(tables.map(({ key }) => key)).toEqual(dimensions.map(({ key }) => key));
        tables.forEach(({ rows }, at) => {
          expect(rows.reduce((sum, row) => sum + row.points, 0)).toBe(points.length);
          rows.forEach((row, index) => {
            const sharpes = known(points.filter(({ place }) => place[at] === index));
            expect(row.sharpe?.median).toBe(medianByDefinition(sharpes));
            expect(row.sharpe?.min).toBe(sharpes.length === 0 ? undefined : Math.min(...sharpes));
            expect(row.sharpe?.max).toBe(sharpes.length === 0 ? undefined : Math.max(...sharpes));
          });
        });
      }),
      { seed: SEED, numRuns: 200 },
    );
  });

  it('sorts numbers, and leaves other values in their order', () => {
    const [numbers, words] = sensitivityTables(
      [dimensionOf('a.x', '0.1', '-2', '10', '9'), dimensionOf('a.y', 'strict', 'relaxed')],
      [],
    );
    expect(numbers.rows.map(({ value }) => value)).toEqual(['-2', '0.1', '9', '10']);
    expect(words.rows.map(({ value }) => value)).toEqual(['strict', 'relaxed']);
  });

  it('leaves out rows that are no combination of the sweep', () => {
    const figures = { sharpe: 1, profitFactor: 2, trades: 3 };
    const rows = [
      { configHash: 'a', figures },
      { configHash: 'base', figures },
      { configHash: 'toString', figures },
    ];
    expect(pointsOf(rows, { dimensions: [], places: { a: [0] } })).toEqual([{ place: [0], ...figures }]);
  });
});

describe('heat maps', () => {
  it('hold the median of every pair of values, whatever the rest', () => {
    fc.assert(
      fc.property(sweeps, ({ dimensions, points }) => {
        const maps = heatMaps(dimensions, points);
        const wide = dimensions.filter(({ values }) => values.length > 1).length;
        expect(maps).toHaveLength((wide * (wide - 1)) / 2);
        for (const { xKey, yKey, xs, ys, sharpe, trades } of maps) {
          const [x, y] = [xKey, yKey].map((key) => dimensions.findIndex((dimension) => dimension.key === key));
          expect([xs, ys]).toEqual([dimensions[x].values, dimensions[y].values]);
          ys.forEach((_, row) =>
            xs.forEach((_, column) => {
              const own = points.filter(({ place }) => place[x] === column && place[y] === row);
              expect(sharpe[row][column]).toBe(medianByDefinition(known(own)));
              expect(trades[row][column]).toBe(medianByDefinition(own.map((point) => point.trades)));
            }),
          );
        }
      }),
      { seed: SEED, numRuns: 100 },
    );
  });
});

describe('the neighbours of the best', () => {
  it('are all places one step away, and the drop is measured from their median', () => {
    fc.assert(
      fc.property(sweeps, ({ dimensions, points }) => {
        const found = neighbourhoodOf(dimensions, points);
        const places = [...Map.groupBy(points, ({ place }) => place.join(' ')).values()].map((own) => ({
          place: own[0].place,
          sharpe: medianByDefinition(known(own)),
        }));
        const best = Math.max(...places.flatMap(({ sharpe }) => sharpe ?? []));
        if (best === -Infinity) {
          expect(found).toBeUndefined();
          return;
        }
        expect(found?.best.sharpe).toBe(best);
        const around = places.filter(({ place }) => {
          const steps = place.map((value, at) => Math.abs(value - (found?.best.place[at] ?? NaN)));
          return steps.reduce((sum, step) => sum + step, 0) === 1;
        });
        expect(found?.neighbours.map(({ place }) => place.join(' ')).toSorted()).toEqual(
          around.map(({ place }) => place.join(' ')).toSorted(),
        );
        const median = medianByDefinition(around.flatMap(({ sharpe }) => sharpe ?? []));
        expect(found?.neighbourMedian).toBe(median);
        expect(found?.drop).toBe(median === undefined ? undefined : best - median);
      }),
      { seed: SEED, numRuns: 200 },
    );
  });

  it('lie beside it in the order of numbers, not of writing', () => {
    const found = neighbourhoodOf(line, [pointAt([0], 0.5), pointAt([1], 2), pointAt([2], 1.5)]);
    expect(found?.neighbours.map(({ value }) => value)).toEqual(['0.2']);
    expect(found).toMatchObject({ drop: 0.5, isPeak: false, atEdge: ['a.x'], missing: 0 });
  });

  it('tell a peak from a plateau: less than half of the best is a peak', () => {
    expect([judged(0.49), judged(0.5), judged(-1)]).toEqual([true, false, true]);
  });

  it('judge nothing where the best is not above 0 or no neighbour is known', () => {
    expect(neighbourhoodOf(line, [pointAt([2], -1), pointAt([0], -2)])?.isPeak).toBeUndefined();
    const alone = neighbourhoodOf(line, [pointAt([2], 1), pointAt([1], undefined, 0)]);
    expect(alone).toMatchObject({ isPeak: undefined, drop: undefined, missing: 1 });
    expect(neighbourhoodOf(line, [pointAt([0], undefined)])).toBeUndefined();
  });
});

describe('the section of the summary', () => {
  const dimensions = [
    dimensionOf('labeling.profit_barrier', '0.01', '0.02', '0.03'),
    dimensionOf('regime.enabled', 'true', 'false'),
  ];
  const places = Object.fromEntries([0, 1, 2].flatMap((x) => [0, 1].map((y) => [`h${x}${y}`, [x, y]])));
  const textOf = (sharpeOf: (x: number, y: number) => number | undefined): string =>
    sensitivitySection({ sweep: { dimensions, places }, rows: rowsOf(sharpeOf) }).join('\n');

  it('shows every value of every setting and calls a peak a peak', () => {
    const text = textOf((x, y) => (x === 1 && y === 0 ? 2 : 0.25 * x));
    expect(text).toContain('## Sensitivity');
    expect(text).toContain('### moderate');
    expect(text).toMatch(/`labeling.profit_barrier` +\| +0\.02 +\| +2 +\| +1\.13 +\| 0\.25 … 2\.00 +\| +n\/a/);
    expect(text).toContain('Best: profit_barrier=0.02, enabled=true, with a Sharpe ratio of 2.00 and 10 trades');
    expect(text).toContain('**a peak, not a plateau**');
    expect(text).not.toContain('NaN');
  });

  it('calls a plateau a plateau, says when nothing earned anything, and says nothing without a sweep', () => {
    expect(textOf(() => 1)).toContain('a plateau.');
    expect(textOf(() => -1)).toContain('Nothing in this sweep earned anything.');
    expect(textOf(() => undefined)).toContain('No row has a defined Sharpe ratio');
    expect(sensitivitySection({ sweep: { dimensions, places: {} }, rows: rowsOf(() => 1) })).toEqual([]);
  });
});
