// Do the strips show who was selected when, with nothing lost and nothing invented?
import { expect, it } from 'vitest';
import { selectionStrips } from './selection-strips.ts';

const REBALANCES = [
  { time: 0, selected: ['A', 'B'], weights: [0.6, 0.4], risks: [0.5, 0.5] },
  { time: 10, selected: ['A'], weights: [1], risks: undefined },
  { time: 20, selected: ['B', 'C'], weights: [0.5, 0.5], risks: [0.3, 0.7] },
  { time: 30, selected: [], weights: [], risks: undefined },
];

it('gives every rebalance a stretch of its own where there is room', () => {
  const strips = selectionStrips(REBALANCES, ['A', 'B', 'C', 'D'], { until: 40, count: 100 });
  expect(strips).toMatchObject({ from: 0, to: 40, stretches: 4 });
  expect(strips?.rows).toEqual([
    { symbol: 'A', selected: [1, 1, 0, 0], weight: [0.6, 1, 0, 0], risk: [0.5, 0, 0, 0] },
    { symbol: 'B', selected: [1, 0, 1, 0], weight: [0.4, 0, 0.5, 0], risk: [0.5, 0, 0.3, 0] },
    { symbol: 'C', selected: [0, 0, 1, 0], weight: [0, 0, 0.5, 0], risk: [0, 0, 0.7, 0] },
    { symbol: 'D', selected: [0, 0, 0, 0], weight: [0, 0, 0, 0], risk: [0, 0, 0, 0] },
  ]);
});

it('averages where there is none', () => {
  const strips = selectionStrips(REBALANCES, ['A', 'B'], { until: 40, count: 2 });
  expect(strips?.rows[0]).toEqual({ symbol: 'A', selected: [1, 0], weight: [0.8, 0], risk: [0.25, 0] });
  expect(strips?.rows[1].selected).toEqual([0.5, 0.5]);
});

it('is nothing without rebalances', () => {
  expect(selectionStrips([], ['A'], { until: 40, count: 2 })).toBeUndefined();
  expect(selectionStrips(REBALANCES, ['A'], { until: 0, count: 2 })).toBeUndefined();
});
