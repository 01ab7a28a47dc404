// Does a fold without a figure count against stability instead of vanishing?
import { expect, it } from 'vitest';
import { foldStability } from './stability.ts';

it('counts undefined folds against the share of positive ones and nowhere else', () => {
  const result = foldStability([1, undefined, 3, -2]);
  expect(result).toMatchObject({ folds: 4, undefinedFolds: 1, sharePositive: 0.5, median: 1, minimum: -2, maximum: 3 });
  expect(result.mean).toBeCloseTo(2 / 3, 15);
  expect(foldStability([])).toMatchObject({ folds: 0, mean: undefined, sharePositive: undefined, minimum: undefined });
  expect(foldStability([undefined])).toMatchObject({ mean: undefined, sharePositive: 0, variation: undefined });
});
